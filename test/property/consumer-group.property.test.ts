import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConsumerGroup, type GroupShard } from '../../src/logservice/model/consumer-group.ts';

const seed = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) };

/** A consumer as the official libraries behave: it lets go of a shard one step after it was told to. */
class Consumer {
  readonly name: string;
  readonly inHand = new Set<number>();
  #leaving: number[] = [];

  constructor(name: string) {
    this.name = name;
  }

  beat(group: ConsumerGroup): void {
    const assigned = group.heartbeat(this.name, [...this.inHand], 0);
    for (const shard of assigned) this.inHand.add(shard);
    this.#leaving = [...this.inHand].filter((shard) => !assigned.includes(shard));
  }

  shutDown(): void {
    for (const shard of this.#leaving) this.inHand.delete(shard);
    this.#leaving = [];
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('beat' as const), who: fc.nat(5) }),
  fc.record({ kind: fc.constant('shutDown' as const), who: fc.nat(5) }),
  fc.record({ kind: fc.constant('split' as const), who: fc.nat(50) }),
  fc.record({ kind: fc.constant('finish' as const), who: fc.nat(50) }),
);

describe('consumer group', () => {
  it('never has a shard in two hands, keeps children behind their parents, and ends balanced', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat(5), fc.boolean(), (steps, initial, order) => {
        const make = (id: number, parents: number[]): { -readonly [K in keyof GroupShard]: GroupShard[K] } => ({
          id,
          parents,
          readonly: false,
          beginCursor: 'b',
          endCursor: `e${id}`,
        });
        const shards = Array.from({ length: initial + 1 }, (_, id) => make(id, []));
        const group = new ConsumerGroup({ name: 'g', timeoutSec: 1, order, checkpoints: [] }, () => shards);
        const consumers = Array.from({ length: 6 }, (_, i) => new Consumer(`c${i}`));
        const finished = new Set<number>();
        const joined = new Set<Consumer>();
        const check = (): void => {
          const all = consumers.flatMap((consumer) => [...consumer.inHand]);
          expect(new Set(all).size).toBe(all.length);
          if (!order) return;
          for (const shard of all) {
            for (const parent of shards[shard]?.parents ?? []) expect(finished.has(parent)).toBe(true);
          }
        };
        for (const { kind, who } of steps) {
          const consumer = consumers[who % 6]!;
          if (kind === 'beat') {
            joined.add(consumer);
            consumer.beat(group);
          } else if (kind === 'shutDown') {
            consumer.shutDown();
          } else {
            const shard = shards[who % shards.length]!;
            if (kind === 'split' && !shard.readonly && shards.length < 20) {
              shard.readonly = true;
              shards.push(make(shards.length, [shard.id]), make(shards.length + 1, [shard.id]));
            } else if (kind === 'finish' && shard.readonly) {
              group.updateCheckpoint(shard.id, shard.endCursor, { force: true }, 0);
              finished.add(shard.id);
            }
          }
          check();
        }
        for (let round = 0; round < 6; round++) {
          for (const consumer of joined) {
            consumer.beat(group);
            check();
            consumer.shutDown();
          }
        }
        if (joined.size === 0) return;
        const counts = [...joined].map((consumer) => consumer.inHand.size);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        const open = group.describe().filter(({ state }) => state !== 'wait' && state !== 'over');
        expect(counts.reduce((a, b) => a + b, 0)).toBe(open.length);
      }),
      { numRuns: 300, ...seed },
    );
  });
});
