import type { RegisteredRows } from '../contracts/registered.ts';
import type { Clock } from './clock.ts';

export interface ScanSettings {
  readonly maxBatchRows: number;
  /** Raw bytes read and not yet processed; above it no further read is started. */
  readonly inFlightBytes: number;
  /** −1: splits do not become idle by time. */
  readonly idleTimeoutMs: number;
  readonly idleAdvance: boolean;
  /** How long a split that is empty at its first answer holds event time back: its producers may be starting, too. */
  readonly emptyGraceMs: number;
}

/** What a scan needs of its task. */
export interface ScanHost {
  readonly clock: Clock;
  readonly settings: ScanSettings;
  readonly registered: ReadonlyMap<string, RegisteredRows>;
  readonly warn: (message: string) => void;
  /** Aborted when reading stops. */
  readonly stopSignal: AbortSignal;
  /** Runs work while nothing else of the task runs. */
  exclusive<T>(work: () => T | Promise<T>): Promise<T>;
  /** Whether the rows go to a caller and not to sinks. */
  readonly query: () => boolean;
  /** Lets a barrier pass: what was pushed is flushed, and positions are committed. */
  barrier(): Promise<void>;
}
