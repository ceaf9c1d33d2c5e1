import type { AlignedWindow } from '../../planner/physical/plan.ts';
import { MS_PER_DAY } from '../../values/civil-date.ts';
import { timeZone, type Zone } from '../../values/zone.ts';
import { AlignedWindows, type WindowLayout } from './aligned-windows.ts';

/**
 * Windows that lie at the same local times all year where clocks change: one of a day has 23, 24 or 25 hours. They are
 * aligned windows of local time, whose bounds and panes are known outside by their instants.
 */
class ZonedWindows implements WindowLayout {
  readonly #local: AlignedWindows;
  readonly #zone: Zone;

  constructor(window: AlignedWindow, zone: string) {
    this.#local = new AlignedWindows(window);
    this.#zone = timeZone(zone);
  }

  paneOf(ms: number): number {
    return this.#instant(this.#localPane(ms));
  }

  paneEnd(paneMs: number): number {
    return this.#instant(this.#local.paneEnd(this.#localPane(paneMs)));
  }

  nextEnd(paneMs: number, afterMs: number): number {
    if (afterMs === Infinity) return Infinity;
    const pane = this.#localPane(paneMs);
    // No clock changes by a day: from there on the ends are tried in turn.
    let end = this.#local.nextEnd(pane, afterMs === -Infinity ? afterMs : this.#zone.toLocal(afterMs) - MS_PER_DAY);
    while (this.#instant(end) <= afterMs) end = this.#local.nextEnd(pane, end);
    return this.#instant(end);
  }

  lastEnd(paneMs: number): number {
    return this.#instant(this.#local.lastEnd(this.#localPane(paneMs)));
  }

  startOf(endMs: number): number {
    return this.#instant(this.#local.startOf(this.#local.endBefore(this.#zone.toLocal(endMs))));
  }

  endOf(startMs: number): number {
    return this.#instant(this.#local.endOf(this.#local.startBefore(this.#zone.toLocal(startMs))));
  }

  forEach(ms: number, take: (startMs: number, endMs: number) => void): void {
    this.#local.forEach(this.#zone.toLocal(ms), (start, end) => take(this.#instant(start), this.#instant(end)));
  }

  #localPane(ms: number): number {
    return this.#local.paneOf(this.#zone.toLocal(ms));
  }

  /** A bound that a clock change skips is the moment of the change; one that occurs twice is the first. */
  #instant(localMs: number): number {
    const late = this.#zone.toInstant(localMs);
    const early = localMs - this.#zone.offsetAt(late - MS_PER_DAY);
    return early < late && this.#zone.toLocal(early) === localMs ? early : late;
  }
}

/** Windows by instants or, where clocks change, by local time. */
export function windowLayout(window: AlignedWindow): WindowLayout {
  return window.zone === undefined ? new AlignedWindows(window) : new ZonedWindows(window, window.zone);
}
