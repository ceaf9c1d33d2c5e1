import { describe, expect, it } from 'vitest';
import { ConsumerGroup, type GroupShard } from '../../../../src/logservice/model/consumer-group.ts';

interface TestShard extends GroupShard {
  readonly: boolean;
  endCursor: string;
}

const shard = (id: number, parents: readonly number[] = []): TestShard => ({
  id,
  parents,
  readonly: false,
  beginCursor: 'begin',
  endCursor: `end-${id}`,
});

const group = (shards: TestShard[], order = false): ConsumerGroup =>
  new ConsumerGroup({ name: 'g', timeoutSec: 10, order, checkpoints: [] }, () => shards);

const states = (of: ConsumerGroup): string[] =>
  of.describe().map(({ shard: id, state, holder }) => `${id} ${state} ${holder ?? '-'}`);

const code = (of: () => unknown): unknown => {
  try {
    of();
  } catch (error) {
    const { status, errorCode, message } = error as { status: number; errorCode: string; message: string };
    return [status, errorCode, message];
  }
  return undefined;
};

const forced = { force: true };

describe('consumer group', () => {
  it('gives all shards to the first consumer', () => {
    const g = group([shard(0), shard(1), shard(2)]);
    expect(g.heartbeat('a', [], 0)).toEqual([0, 1, 2]);
    expect(g.heartbeat('a', [0, 1, 2], 1000)).toEqual([0, 1, 2]);
  });

  it('takes a shard from its holder first, and gives it to the next one only when the holder has let go', () => {
    const g = group([shard(0), shard(1), shard(2), shard(3)]);
    g.heartbeat('a', [], 0);
    expect(g.heartbeat('b', [], 100)).toEqual([]);
    const left = g.heartbeat('a', [0, 1, 2, 3], 200);
    expect(left).toHaveLength(2);
    // Still flushing: listed, so nobody else gets them.
    expect(g.heartbeat('b', [], 300)).toEqual([]);
    expect(g.heartbeat('a', [0, 1, 2, 3], 400)).toEqual(left);
    expect(g.heartbeat('a', left, 500)).toEqual(left);
    const others = [0, 1, 2, 3].filter((id) => !left.includes(id));
    expect(g.heartbeat('b', [], 600)).toEqual(others);
  });

  it('keeps any two living consumers within one shard of each other', () => {
    const g = group(Array.from({ length: 11 }, (_, id) => shard(id)));
    const held = new Map<string, number[]>(['a', 'b', 'c', 'd'].map((name) => [name, []]));
    for (let round = 0; round < 6; round++) {
      for (const name of held.keys()) held.set(name, g.heartbeat(name, held.get(name) ?? [], round * 1000));
    }
    expect([...held.values()].map((ids) => ids.length).sort()).toEqual([2, 3, 3, 3]);
    expect([...held.values()].flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, id) => id));
  });

  it('leaves a shard with its holder when the next consumer dies, and frees those of a dead holder', () => {
    const g = group([shard(0), shard(1)]);
    g.heartbeat('a', [], 0);
    g.heartbeat('b', [], 0);
    expect(g.heartbeat('a', [0, 1], 9000)).toHaveLength(1);
    expect(g.heartbeat('a', [0, 1], 10_001)).toEqual([0, 1]);
    expect(g.heartbeat('c', [], 20_002)).toEqual([0, 1]);
  });

  it('frees a shard in transfer when its holder dies', () => {
    const g = group([shard(0), shard(1)]);
    g.heartbeat('a', [], 0);
    g.heartbeat('b', [], 5000);
    expect(states(g).filter((text) => text.includes('transfer'))).toHaveLength(1);
    expect(g.heartbeat('b', [], 10_001)).toEqual([0, 1]);
  });

  it('refuses a consumer that is gone and still holds shards', () => {
    const g = group([shard(0)]);
    expect(code(() => g.heartbeat('x', [0], 0))).toEqual([
      400,
      'NotExistConsumerWithBody',
      'non-exist consumer with non-empty body of heartbeat message',
    ]);
    g.heartbeat('a', [], 0);
    expect(code(() => g.heartbeat('a', [0], 10_001))).toBeTruthy();
    expect(g.heartbeat('a', [], 10_002)).toEqual([0]);
  });

  it('ignores listed shards that belong to another', () => {
    const g = group([shard(0), shard(1)]);
    g.heartbeat('a', [], 0);
    g.heartbeat('b', [], 0);
    g.heartbeat('a', g.heartbeat('a', [0, 1], 0), 0);
    const [own] = g.heartbeat('b', [], 0);
    expect(own).toBeDefined();
    expect(g.heartbeat('b', [0, 1], 0)).toEqual([own]);
  });

  it('remembers over a restart who holds what, for one time-out', () => {
    const shards = [shard(0), shard(1), shard(2)];
    const g = group(shards);
    g.heartbeat('a', [], 0);
    g.heartbeat('b', [], 0);
    g.heartbeat('b', [], 0);
    const restart = (): ConsumerGroup => new ConsumerGroup(JSON.parse(JSON.stringify(g.state())), () => shards, 0);
    const left = g.heartbeat('a', [0, 1, 2], 0);
    const moved = [0, 1, 2].filter((id) => !left.includes(id));
    // Still in transfer: the old holder has it.
    expect(restart().heartbeat('b', [], 100)).toEqual([]);
    expect(g.heartbeat('a', left, 0)).toEqual(left);
    const again = restart();
    expect(again.heartbeat('b', moved, 9000)).toEqual(moved);
    expect(again.heartbeat('a', left, 9000)).toEqual(left);
    const late = restart();
    expect(code(() => late.heartbeat('b', moved, 10_001))).toEqual(
      expect.arrayContaining([400, 'NotExistConsumerWithBody']),
    );
    const revision = again.revision;
    again.heartbeat('a', left, 9500);
    expect(again.revision).toBe(revision);
  });

  it('keeps new children waiting over a restart', () => {
    const shards = [shard(0)];
    const g = group(shards, true);
    g.heartbeat('a', [], 0);
    shards[0]!.readonly = true;
    shards.push(shard(1, [0]), shard(2, [0]));
    const again = new ConsumerGroup(g.state(), () => shards, 0);
    expect(again.heartbeat('a', [0], 0)).toEqual([0]);
  });

  it('keeps children of a split waiting in an ordered group until the parent is committed to its end', () => {
    const shards = [shard(0)];
    const g = group(shards, true);
    expect(g.heartbeat('a', [], 0)).toEqual([0]);
    shards[0]!.readonly = true;
    shards.push(shard(1, [0]), shard(2, [0]), shard(3, [1, 2]));
    expect(g.heartbeat('a', [0], 0)).toEqual([0]);
    expect(states(g)).toEqual(['0 already_alloc a', '1 wait -', '2 wait -', '3 wait -']);
    g.updateCheckpoint(0, 'middle', { consumer: 'a', force: false }, 0);
    expect(g.heartbeat('a', [0], 0)).toEqual([0]);
    g.updateCheckpoint(0, 'end-0', { consumer: 'a', force: false }, 0);
    expect(g.heartbeat('a', [0], 0)).toEqual([1, 2]);
    shards[1]!.readonly = true;
    shards[2]!.readonly = true;
    g.updateCheckpoint(1, 'end-1', forced, 0);
    expect(g.heartbeat('a', [1, 2], 0)).toEqual([2]);
    g.updateCheckpoint(2, 'end-2', forced, 0);
    expect(g.heartbeat('a', [2], 0)).toEqual([3]);
    // The last commit may come twice.
    g.updateCheckpoint(0, 'end-0', { consumer: 'a', force: false }, 0);
  });

  it('starts the children at once in an unordered group', () => {
    const shards = [shard(0)];
    const g = group(shards);
    g.heartbeat('a', [], 0);
    shards[0]!.readonly = true;
    shards.push(shard(1, [0]), shard(2, [0]));
    expect(g.heartbeat('a', [0], 0)).toEqual([0, 1, 2]);
  });

  it('counts a read-only shard without data as consumed', () => {
    const shards = [shard(0)];
    const g = group(shards, true);
    g.heartbeat('a', [], 0);
    shards[0]!.readonly = true;
    shards[0]!.endCursor = 'begin';
    shards.push(shard(1, [0]), shard(2, [0]));
    expect(g.heartbeat('a', [0], 0)).toEqual([1, 2]);
  });

  it('brings a finished shard back when a forced checkpoint leaves its end', () => {
    const shards = [shard(0)];
    const g = group(shards);
    g.heartbeat('a', [], 0);
    shards[0]!.readonly = true;
    g.updateCheckpoint(0, 'end-0', forced, 0);
    expect(g.heartbeat('a', [0], 0)).toEqual([]);
    g.updateCheckpoint(0, 'begin', forced, 0);
    expect(g.heartbeat('a', [], 0)).toEqual([0]);
  });

  it('releases waiting shards when the order is given up, and leaves older shards alone when it is introduced', () => {
    const shards = [shard(0), shard(1, [0]), shard(2, [0])];
    shards[0]!.readonly = true;
    const ordered = group(shards, true);
    expect(ordered.heartbeat('a', [], 0)).toEqual([0]);
    expect(ordered.update({ order: false })).toBe(true);
    expect(ordered.heartbeat('a', [0], 0)).toEqual([0, 1, 2]);
    expect(ordered.update({ order: true })).toBe(true);
    expect(ordered.heartbeat('a', [0, 1, 2], 0)).toEqual([0, 1, 2]);
    shards[1]!.readonly = true;
    shards.push(shard(3, [1]));
    expect(ordered.heartbeat('a', [0, 1, 2], 0)).toEqual([0, 1, 2]);
  });

  it('changes nothing when the same values are set again', () => {
    const g = group([shard(0)]);
    g.heartbeat('a', [], 0);
    expect(g.update({ timeoutSec: 10, order: false })).toBe(false);
    expect(states(g)).toEqual(['0 already_alloc a']);
  });

  it('takes an unforced checkpoint only from the holder', () => {
    const g = group([shard(0), shard(1)]);
    expect(code(() => g.updateCheckpoint(0, 'c', { consumer: 'a', force: false }, 0))).toEqual([
      404,
      'ConsumerNotExist',
      'consumer not exist in the consumer group',
    ]);
    g.heartbeat('a', [], 0);
    g.heartbeat('b', [], 0);
    expect(code(() => g.updateCheckpoint(0, 'c', { consumer: 'b', force: false }, 0))).toEqual([
      400,
      'ConsumerNotMatch',
      'shard 0 is not held by consumer b',
    ]);
    g.updateCheckpoint(0, 'c', { consumer: 'b', force: true }, 5);
    g.updateCheckpoint(1, 'd', forced, 6);
    expect(g.checkpoints()).toEqual([
      { shard: 0, checkpoint: 'c', updateTime: 5000, consumer: 'b' },
      { shard: 1, checkpoint: 'd', updateTime: 6000, consumer: 'a' },
    ]);
    expect(code(() => g.updateCheckpoint(9, 'c', forced, 0))).toEqual([
      404,
      'ShardNotExist',
      'Shard 9 does not exist.',
    ]);
    expect(code(() => g.checkpoints(9))).toEqual([404, 'ShardNotExist', 'Shard 9 does not exist.']);
  });

  it('lists every shard, also those never saved, and takes its state along', () => {
    const shards = [shard(0), shard(1)];
    const g = group(shards);
    g.updateCheckpoint(1, 'x', forced, 1);
    expect(g.checkpoints()).toEqual([
      { shard: 0, checkpoint: '', updateTime: 0, consumer: '' },
      { shard: 1, checkpoint: 'x', updateTime: 1000, consumer: '' },
    ]);
    const again = new ConsumerGroup(JSON.parse(JSON.stringify(g.state())), () => shards, 0);
    expect(again.checkpoints()).toEqual(g.checkpoints());
    shards.pop();
    expect(again.checkpoints()).toHaveLength(1);
  });
});
