import type { Counter, OperatorMetrics } from '../contracts/operator.ts';

/** Counters and gauges of one operator. */
export class MetricSet implements OperatorMetrics {
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, () => number>();

  counter(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = {
        value: 0,
        add(count: number) {
          this.value += count;
        },
      };
      this.#counters.set(name, counter);
    }
    return counter;
  }

  gauge(name: string, read: () => number): void {
    this.#gauges.set(name, read);
  }

  /** All values at this moment, by name. */
  read(): Readonly<Record<string, number>> {
    const values: Record<string, number> = {};
    for (const [name, counter] of this.#counters) values[name] = counter.value;
    for (const [name, read] of this.#gauges) values[name] = read();
    return values;
  }
}
