import { encodeCursor } from '../../wire/sls/cursor.ts';
import type { HashRange } from '../../wire/sls/hash-key.ts';
import type { ShardLog } from '../storage/shard-log.ts';
import type { GroupShard } from './consumer-group.ts';

/** What meta.json keeps of a shard. */
export interface ShardState {
  readonly id: number;
  readonly begin: string;
  readonly end: string;
  readonly readonly: boolean;
  readonly createTimeSec: number;
  /** When it became read-only. */
  readonly closedTimeSec?: number | undefined;
  readonly parents: readonly number[];
  /** Decimal int64: the cursor of ordinal 0. */
  readonly cursorBase: string;
}

/** One shard: a range of hash keys and the log of what was written to it. */
export class Shard implements GroupShard {
  readonly id: number;
  readonly range: HashRange;
  readonly createTimeSec: number;
  readonly parents: readonly number[];
  readonly log: ShardLog;
  readonly #cursorBase: bigint;
  #closedTimeSec: number | undefined;
  #readonly: boolean;

  constructor(state: ShardState, log: ShardLog) {
    this.id = state.id;
    this.range = { begin: state.begin, end: state.end };
    this.createTimeSec = state.createTimeSec;
    this.parents = state.parents;
    this.#cursorBase = BigInt(state.cursorBase);
    this.#readonly = state.readonly;
    this.#closedTimeSec = state.closedTimeSec;
    this.log = log;
  }

  get readonly(): boolean {
    return this.#readonly;
  }

  get closedTimeSec(): number | undefined {
    return this.#closedTimeSec;
  }

  close(nowSec: number): void {
    this.#readonly = true;
    this.#closedTimeSec = nowSec;
  }

  get beginCursor(): string {
    return this.cursorOf(this.log.firstOrdinal);
  }

  get endCursor(): string {
    return this.cursorOf(this.log.endOrdinal);
  }

  cursorOf(ordinal: number): string {
    return encodeCursor(this.positionOf(ordinal));
  }

  /** The number inside a cursor. */
  positionOf(ordinal: number): bigint {
    return this.#cursorBase + BigInt(ordinal);
  }

  /** The ordinal a cursor's number names, or undefined where it is expired or in the future. */
  ordinalOf(position: bigint): number | undefined {
    const ordinal = position - this.#cursorBase;
    if (ordinal < BigInt(this.log.firstOrdinal) || ordinal > BigInt(this.log.endOrdinal)) return undefined;
    return Number(ordinal);
  }

  state(): ShardState {
    return {
      id: this.id,
      begin: this.range.begin,
      end: this.range.end,
      readonly: this.#readonly,
      createTimeSec: this.createTimeSec,
      closedTimeSec: this.#closedTimeSec,
      parents: this.parents,
      cursorBase: this.#cursorBase.toString(),
    };
  }

  /** The element of ListShards. */
  describe(): Record<string, string | number> {
    return {
      shardID: this.id,
      status: this.#readonly ? 'readonly' : 'readwrite',
      inclusiveBeginKey: this.range.begin,
      exclusiveEndKey: this.range.end,
      createTime: this.createTimeSec,
    };
  }
}
