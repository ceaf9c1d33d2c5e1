import { LogGroupWriter } from '../../../wire/sls/encode-log-group.ts';
import type { Lane } from './lane-finder.ts';
import type { SealedGroup } from './producer.ts';

export interface OpenGroup {
  readonly lane: Lane;
  readonly writer: LogGroupWriter;
}

/** The service and the producers take no larger log. */
export const MAX_LOG_BYTES = 8 << 20;
/** No request is larger than this, unless one log is. */
const MAX_GROUP_BYTES = 8 << 20;
/** More open groups than this are sealed together, so that many distinct topics cannot fill the memory. */
const MAX_OPEN_GROUPS = 1024;
/** Emptied writers that are kept, with the room they have grown to. */
const SPARE_WRITERS = 8;

/** Collects logs into groups by topic, source and hash key, and seals a group when it is full or asked to. */
export class Batcher {
  readonly #limits: { readonly logs: number; readonly bytes: number };
  readonly #seal: (group: SealedGroup) => void;
  readonly #packPrefix: string;
  readonly #open = new Map<string, OpenGroup>();
  readonly #spare: LogGroupWriter[] = [];
  #packs = 0;

  constructor(settings: {
    readonly logs: number;
    readonly bytes: number;
    /** 16 hex digits that tell this producer from others. */
    readonly packPrefix: string;
    readonly seal: (group: SealedGroup) => void;
  }) {
    this.#limits = settings;
    this.#seal = settings.seal;
    this.#packPrefix = settings.packPrefix;
  }

  /** Whether nothing is collected. */
  get empty(): boolean {
    return this.#open.size === 0;
  }

  /** The open group of a lane; write one log to its `writer`, then call `added`. */
  group(lane: Lane): OpenGroup {
    let group = this.#open.get(lane.name);
    if (group === undefined) {
      if (this.#open.size >= MAX_OPEN_GROUPS) this.sealAll();
      group = { lane, writer: this.#spare.pop() ?? new LogGroupWriter() };
      this.#open.set(lane.name, group);
    }
    return group;
  }

  /**
   * Tells that a log of `logBytes` was written to `group`, and seals the group when it is full.
   * @returns `open`; `sealed`: the group must be asked for again; `again`: it must, and the log written again, because it
   * did not fit to the others; `too-large`: no request can hold the log, which was taken back
   */
  added(group: OpenGroup, logBytes: number): 'open' | 'sealed' | 'again' | 'too-large' {
    const { writer } = group;
    if (logBytes > MAX_LOG_BYTES) {
      writer.undoLog();
      return 'too-large';
    }
    if (writer.size > MAX_GROUP_BYTES && writer.logCount > 1) {
      writer.undoLog();
      this.#close(group);
      return 'again';
    }
    if (writer.logCount < this.#limits.logs && writer.size < this.#limits.bytes) return 'open';
    this.#close(group);
    return 'sealed';
  }

  sealAll(): void {
    for (const group of [...this.#open.values()]) this.#close(group);
  }

  #close({ lane, writer }: OpenGroup): void {
    this.#open.delete(lane.name);
    if (writer.logCount === 0) return;
    const { topic, source, hashKey } = lane.key;
    const packId = `${this.#packPrefix}-${(this.#packs++).toString(16).toUpperCase()}`;
    const body = writer.lend({ topic, source, tags: [['__pack_id__', packId]] });
    this.#seal({ lane: lane.name, body, hashKey, packId });
    if (this.#spare.length < SPARE_WRITERS) this.#spare.push(writer);
  }
}
