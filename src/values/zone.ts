import { zoneId } from '../types/zone-id.ts';
import { MS_PER_DAY } from './civil-date.ts';

/**
 * A time zone. Offsets are milliseconds to add to an instant (epoch ms) to get local time counted as if it were UTC.
 */
export interface Zone {
  readonly name: string;
  /** Set where the offset never changes. */
  readonly fixedOffset: number | undefined;
  offsetAt(epochMs: number): number;
  /** Instant → local ms. */
  toLocal(epochMs: number): number;
  /**
   * Local ms → instant. A local time that a clock change skips moves forward by the gap; one that occurs twice is the
   * later one (standard time), both as Java's calendar does.
   */
  toInstant(localMs: number): number;
}

class FixedZone implements Zone {
  readonly name: string;
  readonly fixedOffset: number;

  constructor(name: string, offset: number) {
    this.name = name;
    this.fixedOffset = offset;
  }

  offsetAt(): number {
    return this.fixedOffset;
  }

  toLocal(epochMs: number): number {
    return epochMs + this.fixedOffset;
  }

  toInstant(localMs: number): number {
    return localMs - this.fixedOffset;
  }
}

export const UTC: Zone = new FixedZone('UTC', 0);

/** Cached transitions come in blocks of this many ms, about 397 days. */
const BLOCK_MS = 2 ** 35;
/** Offsets are probed this often: no zone changes its clock and changes it back within ten days. */
const PROBE_MS = BLOCK_MS / 64;
/** Outside these instants (years 1 and 9999) the offset of the edge counts; formatting other eras is not worth it. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_214_400_000;

interface Block {
  /** `starts[i] ≤ t < starts[i + 1]` has offset `offsets[i]`; starts has one more entry, the end. */
  readonly starts: number[];
  readonly offsets: number[];
}

class RegionZone implements Zone {
  readonly name: string;
  readonly fixedOffset = undefined;
  readonly #format: Intl.DateTimeFormat;
  readonly #blocks = new Map<number, Block>();
  // The range that the last look-up fell in.
  #start = Infinity;
  #end = -Infinity;
  #offset = 0;

  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  offsetAt(epochMs: number): number {
    if (epochMs >= this.#start && epochMs < this.#end) return this.#offset;
    const clamped = epochMs < FIRST_MS ? FIRST_MS : epochMs > LAST_MS ? LAST_MS : epochMs;
    if (!(clamped >= FIRST_MS)) return 0;
    const { starts, offsets } = this.#block(Math.floor(clamped / BLOCK_MS));
    let i = offsets.length - 1;
    while (i > 0 && clamped < starts[i]!) i--;
    this.#start = starts[i]!;
    this.#end = starts[i + 1]!;
    this.#offset = offsets[i]!;
    return this.#offset;
  }

  toLocal(epochMs: number): number {
    return epochMs + this.offsetAt(epochMs);
  }

  toInstant(localMs: number): number {
    const guess = localMs - this.#offset;
    if (guess >= this.#start + MS_PER_DAY && guess < this.#end - MS_PER_DAY) return guess;
    const before = this.offsetAt(localMs - MS_PER_DAY);
    const after = this.offsetAt(localMs + MS_PER_DAY);
    if (before === after) return localMs - before;
    const late = localMs - after;
    if (this.offsetAt(late) === after) return late;
    return localMs - before;
  }

  #block(index: number): Block {
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = this.#probeBlock(index * BLOCK_MS);
      this.#blocks.set(index, block);
    }
    return block;
  }

  #probeBlock(start: number): Block {
    const end = start + BLOCK_MS;
    const starts = [start];
    let offset = this.#ask(start);
    const offsets = [offset];
    for (let at = start; at < end; at += PROBE_MS) {
      const next = this.#ask(at + PROBE_MS);
      if (next === offset) continue;
      // The first whole second with the new offset.
      let low = Math.floor(at / 1000);
      let high = Math.ceil((at + PROBE_MS) / 1000);
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (this.#ask(middle * 1000) === next) high = middle;
        else low = middle;
      }
      starts.push(high * 1000);
      offsets.push(next);
      offset = next;
    }
    starts.push(end);
    return { starts, offsets };
  }

  #ask(epochMs: number): number {
    const whole = Math.floor(Math.min(Math.max(epochMs, FIRST_MS), LAST_MS) / 1000) * 1000;
    const fields: Record<string, number> = {};
    for (const part of this.#format.formatToParts(whole)) fields[part.type] = Number(part.value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    // setUTCFullYear and not Date.UTC, which reads the years 0 … 99 as 19xx.
    const local = new Date(0);
    local.setUTCFullYear(year, month - 1, day);
    local.setUTCHours(hour, minute, second);
    return local.getTime() - whole;
  }
}

const zones = new Map<string, Zone>();

/**
 * The zone of an IANA name, a Java short id or an offset (`+08:00`, `GMT+8`). An unknown name counts as GMT (Java rule).
 */
export function timeZone(name: string): Zone {
  return knownZone(name) ?? UTC;
}

/** `timeZone`, or undefined for a name that nobody knows. */
export function knownZone(name: string): Zone | undefined {
  const cached = zones.get(name);
  if (cached !== undefined) return cached;
  const zone = findZone(name);
  // Names may come from data: the cache must not grow without end.
  if (zone !== undefined && zones.size < 1000) zones.set(name, zone);
  return zone;
}

function findZone(name: string): Zone | undefined {
  const id = zoneId(name);
  if (id === undefined) return undefined;
  if (id.kind === 'region') return new RegionZone(id.iana);
  return id.offsetMs === 0 && !/[+-]/.test(name) ? UTC : new FixedZone(name, id.offsetMs);
}
