import type { AlignedWindow } from '../../planner/physical/plan.ts';

/** Where windows lie, and the panes that a row falls into one of. All times are instants. */
export interface WindowLayout {
  /** Start of the pane that holds this time. */
  paneOf(ms: number): number;
  paneEnd(paneMs: number): number;
  /** End of the first window beyond `afterMs` that reaches over the pane. */
  nextEnd(paneMs: number, afterMs: number): number;
  /** End of the last window that can contain the pane; at or below the pane where it lies between two windows. */
  lastEnd(paneMs: number): number;
  startOf(endMs: number): number;
  /** Not for CUMULATE, where several windows have one start. */
  endOf(startMs: number): number;
  /** Calls `take` with every window that holds this time, in the order of their ends. */
  forEach(ms: number, take: (startMs: number, endMs: number) => void): void;
}

/**
 * Where TUMBLE, HOP and CUMULATE windows lie. Time is cut into panes: the greatest common divisor of size and step, so
 * that a pane lies wholly inside or outside of each window; TUMBLE is the case of one pane a window.
 */
export class AlignedWindows implements WindowLayout {
  readonly #paneMs: number;
  readonly #sizeMs: number;
  /** From one end to the next. */
  readonly #stepMs: number;
  readonly #offsetMs: number;
  readonly #cumulates: boolean;

  constructor(window: AlignedWindow) {
    this.#sizeMs = window.sizeMs;
    this.#stepMs = stepOf(window);
    this.#offsetMs = window.offsetMs;
    this.#cumulates = window.kind === 'cumulate';
    this.#paneMs = greatestCommonDivisor(this.#sizeMs, this.#stepMs);
  }

  paneOf(ms: number): number {
    return Math.floor((ms - this.#offsetMs) / this.#paneMs) * this.#paneMs + this.#offsetMs;
  }

  paneEnd(paneMs: number): number {
    return paneMs + this.#paneMs;
  }

  nextEnd(paneMs: number, afterMs: number): number {
    const reach = Math.max(paneMs + this.#paneMs, afterMs + 1);
    const base = this.#baseOfEnds();
    return Math.ceil((reach - base) / this.#stepMs) * this.#stepMs + base;
  }

  lastEnd(paneMs: number): number {
    const every = this.#cumulates ? this.#sizeMs : this.#stepMs;
    return Math.floor((paneMs - this.#offsetMs) / every) * every + this.#offsetMs + this.#sizeMs;
  }

  startOf(endMs: number): number {
    if (!this.#cumulates) return endMs - this.#sizeMs;
    return Math.floor((endMs - 1 - this.#offsetMs) / this.#sizeMs) * this.#sizeMs + this.#offsetMs;
  }

  endOf(startMs: number): number {
    return startMs + this.#sizeMs;
  }

  /** The last end at or before a time. */
  endBefore(ms: number): number {
    const base = this.#baseOfEnds();
    return Math.floor((ms - base) / this.#stepMs) * this.#stepMs + base;
  }

  /** The last start at or before a time; not for CUMULATE. */
  startBefore(ms: number): number {
    return Math.floor((ms - this.#offsetMs) / this.#stepMs) * this.#stepMs + this.#offsetMs;
  }

  forEach(ms: number, take: (startMs: number, endMs: number) => void): void {
    const pane = this.paneOf(ms);
    const last = this.lastEnd(pane);
    for (let end = this.nextEnd(pane, -Infinity); end <= last; end += this.#stepMs) take(this.startOf(end), end);
  }

  #baseOfEnds(): number {
    return this.#cumulates ? this.#offsetMs : this.#offsetMs + this.#sizeMs;
  }
}

function stepOf(window: AlignedWindow): number {
  return window.kind === 'hop' ? window.slideMs : window.kind === 'cumulate' ? window.stepMs : window.sizeMs;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
