import { ColumnBuilder } from '../../columnar/builder.ts';
import type { Column } from '../../columnar/column.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { AggregateFunction, Aggregator } from '../../contracts/function.ts';
import type { StateFactory, ValueStore } from '../../contracts/state.ts';
import type { AggregateForm } from '../../contracts/user-function.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { typeName, type SqlType } from '../../types/sql-type.ts';
import { timeZone, type Zone } from '../../values/zone.ts';
import { uncloneable } from './cloneable.ts';
import { describeJs, fromJs, toJs, type FromJs, type ToJs } from './js-values.ts';
import { thrownText, type FailurePolicy } from './user-errors.ts';
import { docsOf, policyOf, type UserParts } from './user-parts.ts';

type Step = (accumulator: unknown, ...args: unknown[]) => unknown;

/** The members of a form, with the types they are called with. */
interface Steps {
  readonly create: () => unknown;
  readonly accumulate: Step;
  readonly retract: Step | undefined;
  readonly merge: ((accumulator: unknown, others: Iterable<unknown>) => unknown) | undefined;
  readonly value: (accumulator: unknown) => unknown;
}

export function userAggregate(parts: UserParts): AggregateFunction {
  const { declaration, signature, opened } = parts;
  const { title, nulls, note, deterministic } = declaration;
  const policy = policyOf(parts);
  return {
    kind: 'aggregate',
    ...docsOf(parts),
    resolve(site) {
      const found = signature.match(site);
      if (found === undefined) return undefined;
      const { args } = found;
      const form: AggregateForm = found.form;
      const returns = signature.type(signature.returns(form.returns, args));
      const steps = stepsOf(form);
      const shape = {
        name: title,
        args,
        returns,
        policy,
        zone: timeZone(site.context.timeZone),
        propagates: nulls === 'propagate',
      };
      return {
        args,
        returns,
        retractable: steps.retract !== undefined,
        mergeable: steps.merge !== undefined,
        deterministic,
        definition: declaration,
        create(state) {
          opened();
          const wrong = uncloneable(steps.create());
          if (wrong !== undefined) {
            throw new PlanError('FUNCTION_INVALID', `function "${title}" has an accumulator that holds ${wrong}`, {
              hint: 'Accumulators hold plain objects, arrays, Map, Set, Date, typed arrays, text and numbers.',
              notes: note === undefined ? [] : [note],
            });
          }
          return new UserAggregator(steps, shape, state);
        },
      };
    },
  };
}

function stepsOf(form: AggregateForm): Steps {
  return {
    create: form.createAccumulator as () => unknown,
    accumulate: form.accumulate as Step,
    retract: form.retract as Step | undefined,
    merge: form.merge as Steps['merge'],
    value: form.getValue as (accumulator: unknown) => unknown,
  };
}

interface AggregateShape {
  readonly name: string;
  readonly args: readonly SqlType[];
  readonly returns: SqlType;
  readonly policy: FailurePolicy;
  readonly zone: Zone;
  readonly propagates: boolean;
}

/** Accumulators of user code by slot; a slot without one is that of a group nothing was added to. */
class UserAggregator implements Aggregator {
  readonly #steps: Steps;
  readonly #shape: AggregateShape;
  readonly #held: ValueStore;
  readonly #readers: readonly ToJs[];
  readonly #write: FromJs;

  constructor(steps: Steps, shape: AggregateShape, state: StateFactory) {
    this.#steps = steps;
    this.#shape = shape;
    this.#held = state.values('accumulators');
    this.#readers = shape.args.map((type) => toJs(type, shape.zone));
    this.#write = fromJs(shape.returns, shape.zone);
  }

  ensure(slotCount: number): void {
    this.#held.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#each(this.#steps.accumulate, args, rows, slots, count);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    if (this.#steps.retract !== undefined) this.#each(this.#steps.retract, args, rows, slots, count);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as UserAggregator;
    const { merge } = this.#steps;
    for (let k = 0; k < count; k++) {
      const theirs = other.#held.get(fromSlots[k]!);
      if (theirs === undefined) continue;
      const slot = slots[k]!;
      if (merge === undefined) {
        throw new PlanError('PLAN_WINDOW', `aggregate function "${this.#shape.name}" has no merge`, {
          hint: 'HOP, CUMULATE and SESSION windows add up accumulators: give the function a merge(accumulator, others).',
        });
      }
      this.#guarded(slot, () => merge(this.#accumulator(slot), [structuredClone(theirs)]));
    }
  }

  result(slots: Int32Array, count: number): Column {
    const { returns, policy } = this.#shape;
    const builder = new ColumnBuilder(returns, count);
    for (let k = 0; k < count; k++) {
      let given: unknown;
      try {
        given = this.#steps.value(this.#accumulator(slots[k]!));
      } catch (error) {
        policy.failed(thrownText(error), error);
        given = null;
      }
      const value = this.#write(given);
      if (value === undefined)
        policy.failed(`gave ${describeJs(given, returns)} where ${typeName(returns)} is declared`);
      builder.append(value ?? null);
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#held.clear(slot);
  }

  #each(step: Step, args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const { propagates } = this.#shape;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      const given = args.map((column, i) => this.#readers[i]!(valueAt(column, row)));
      if (propagates && given.includes(null)) continue;
      const slot = slots[k]!;
      this.#guarded(slot, () => step(this.#accumulator(slot), ...given));
    }
  }

  #accumulator(slot: number): unknown {
    const held = this.#held.get(slot);
    if (held !== undefined) return held;
    const made = this.#steps.create();
    this.#held.set(slot, made);
    return made;
  }

  /** Runs a step; one that gives something back has made a new accumulator. */
  #guarded(slot: number, step: () => unknown): void {
    try {
      const next = step();
      if (next !== undefined) this.#held.set(slot, next);
    } catch (error) {
      this.#shape.policy.failed(thrownText(error), error);
    }
  }
}
