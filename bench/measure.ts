/** One figure of the project's goals. Ratios are taken in one run on one machine. */
export interface Measure {
  /** `P1`. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly goal: number;
  readonly better: 'higher' | 'lower';
  /** What it is measured against. */
  readonly peer: string;
  /** Prints details through `log` (stdout, with --json stderr) and returns the figure. */
  readonly run: (log: (line: string) => void) => Promise<number>;
}

export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly goal: number;
  readonly met: boolean;
  readonly peer: string;
  readonly command: string;
}

export async function figureOf(measure: Measure, log: (line: string) => void): Promise<Figure> {
  const value = await measure.run(log);
  return {
    value: Number(value.toPrecision(4)),
    unit: measure.unit,
    goal: measure.goal,
    met: measure.better === 'higher' ? value >= measure.goal : value <= measure.goal,
    peer: measure.peer,
    command: `npm run bench -- --only ${measure.id}`,
  };
}

/** Median of several timings of `work`, ms. */
export async function medianMs(runs: number, work: () => void | Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
