import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { Schema } from '../../types/schema.ts';
import { RowLog } from './row-log.ts';
import type { WindowState } from './window-states.ts';

/** The rows of both sides of a window join in one window. */
export class WindowPair implements WindowState {
  readonly left: RowLog;
  readonly right: RowLog;

  constructor(left: Schema, right: Schema) {
    this.left = new RowLog(left);
    this.right = new RowLog(right);
  }

  get bytes(): number {
    return this.left.bytes + this.right.bytes;
  }

  reset(): void {
    this.left.reset();
    this.right.reset();
  }

  snapshot(into: StateWriter): void {
    this.left.snapshot(into.scope('left'));
    this.right.snapshot(into.scope('right'));
  }

  restore(from: StateReader): void {
    this.left.restore(from.scope('left'));
    this.right.restore(from.scope('right'));
  }
}
