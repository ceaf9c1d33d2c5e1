import type { Position, ReadResult, Source, Split, SplitReader } from '../contracts/connector.ts';
import type { Counter } from '../contracts/operator.ts';
import type { RegisteredRows } from '../contracts/registered.ts';
import type { StateReader, StateWriter } from '../contracts/state.ts';
import { ConnectorError, InternalError } from '../errors/sluice-error.ts';
import { referencedColumns } from '../expr/walk.ts';
import type { ScanExec } from '../planner/physical/plan.ts';
import type { Stage } from './chain.ts';
import type { Clock } from './clock.ts';
import { decodeMs, encodeMs } from './epoch-json.ts';
import { locatedError } from './located-error.ts';
import { ScanOperator } from './operators/scan-operator.ts';
import { registeredSource } from './registered-source.ts';
import { SplitTimes } from './split-times.ts';
import { WatermarkAssigner } from './watermark.ts';

export interface ScanSettings {
  readonly maxBatchRows: number;
  /** Raw bytes read and not yet processed; above it no further read is started. */
  readonly inFlightBytes: number;
  /** −1: splits do not become idle by time. */
  readonly idleTimeoutMs: number;
  readonly idleAdvance: boolean;
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
}

interface SplitState {
  readonly split: Split;
  readonly reader: SplitReader;
  readonly assigner: WatermarkAssigner | undefined;
  position: Position | undefined;
  lagMs: number | undefined;
  /** Rows read from this split, also those a pushed filter left out. */
  readonly rows: Counter;
}

interface StoredSplit {
  readonly id: string;
  readonly position?: Position;
  readonly watermark: number | string;
}

/** Reads all splits of one table side by side and pushes their rows and their watermark into the chain. */
export class ScanDriver {
  readonly node: ScanExec;
  readonly stage: Stage;
  readonly #host: ScanHost;
  readonly #operator: ScanOperator;
  #source: Source | undefined;
  #splits: SplitState[] = [];
  #times: SplitTimes | undefined;
  #inFlight = 0;
  #room: (() => void)[] = [];
  /** The watermark sent; it never moves back, not even over a restart. */
  #sentMs = -Infinity;
  #sentIdle = false;
  rawBytes = 0;

  constructor(node: ScanExec, stage: Stage, host: ScanHost) {
    if (!(stage.operator instanceof ScanOperator)) throw new InternalError('a scan needs its operator');
    this.node = node;
    this.stage = stage;
    this.#operator = stage.operator;
    this.#host = host;
  }

  get lagMs(): number | undefined {
    const known = this.#splits.flatMap((one) => (one.lagMs === undefined ? [] : [one.lagMs]));
    return known.length === 0 ? undefined : Math.max(...known);
  }

  get canIdle(): boolean {
    return this.node.watermark !== undefined && this.#splits.some((one) => one.split.canIdle);
  }

  get commits(): boolean {
    return this.#source?.commit !== undefined;
  }

  async open(restored: StateReader | undefined): Promise<void> {
    try {
      this.#source = await this.#createSource();
      const splits = await this.#source.open();
      const stored = new Map(
        ((restored?.getJson('splits') ?? []) as StoredSplit[]).map((one) => [one.id, one] as const),
      );
      const dropped = this.stage.metrics.counter('nullRowtime');
      this.#sentMs = restored === undefined ? -Infinity : decodeMs(restored.getJson('sent'));
      const { idleTimeoutMs, idleAdvance } = this.#host.settings;
      this.#times = new SplitTimes(splits, { idleTimeoutMs, idleAdvance });
      for (const split of splits) {
        const known = stored.get(split.id);
        const watermarkMs = known === undefined ? -Infinity : decodeMs(known.watermark);
        const reader = await this.#openSplit(this.#source, split, known?.position);
        this.#times.advance(this.#splits.length, watermarkMs);
        this.#splits.push({
          split,
          reader,
          assigner:
            this.node.watermark === undefined
              ? undefined
              : new WatermarkAssigner(this.node.watermark, dropped, watermarkMs),
          position: known?.position,
          lagMs: undefined,
          rows: this.stage.metrics.counter(`rows[${split.id}]`),
        });
      }
    } catch (error) {
      throw locatedError(error, this.stage.id);
    }
  }

  /** Resolves when every split has ended (true) or reading was stopped (false). */
  async run(): Promise<boolean> {
    if (this.#sentMs > -Infinity) {
      await this.#host.exclusive(() => this.stage.push({ kind: 'watermark', atMs: this.#sentMs }));
    }
    const ended = await Promise.all(this.#splits.map((state, index) => this.#readSplit(state, index)));
    return ended.every(Boolean);
  }

  snapshot(into: StateWriter): void {
    into.putJson('sent', encodeMs(this.#sentMs));
    into.putJson(
      'splits',
      this.#splits.map(({ split, position, assigner }): StoredSplit => ({
        id: split.id,
        watermark: encodeMs(assigner?.watermarkMs ?? -Infinity),
        ...(position === undefined ? {} : { position }),
      })),
    );
  }

  /** Everything before these positions has been pushed. */
  positions(): ReadonlyMap<string, Position> {
    return new Map(
      this.#splits.flatMap(({ split, position }) => (position === undefined ? [] : [[split.id, position] as const])),
    );
  }

  async commit(positions: ReadonlyMap<string, Position>): Promise<void> {
    if (positions.size === 0) return;
    try {
      await this.#source?.commit?.(positions);
    } catch (error) {
      throw locatedError(error, this.stage.id);
    }
  }

  /** Looks for splits that fell idle by time. */
  async tick(): Promise<void> {
    if (this.#times?.tick(this.#host.clock.now()) === true) await this.#sendWatermark(undefined);
  }

  /** @throws the first failure, after everything was closed */
  async close(): Promise<void> {
    const closing = [
      ...this.#splits.map(async ({ reader }) => reader.close()),
      ...(this.#source === undefined ? [] : [this.#source.close()]),
    ];
    const results = await Promise.allSettled(closing);
    const failed = results.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw locatedError(failed.reason, this.stage.id);
  }

  async #createSource(): Promise<Source> {
    const { node } = this;
    const { clock, settings, registered, warn, stopSignal } = this.#host;
    if (node.source.kind === 'registered') {
      const rows = registered.get(node.source.name);
      if (rows === undefined) throw new InternalError(`no rows are registered for table "${node.source.name}"`);
      return registeredSource(rows, { wanted: node.wanted, schema: this.#operator.input, ...settings });
    }
    const { entry } = node.source;
    const module = await entry.load();
    if (module.source === undefined) {
      throw new ConnectorError('CONNECTOR_ROLE', `connector "${entry.name}" cannot be read from`);
    }
    const rowtime = node.watermark === undefined ? undefined : node.outputs[node.watermark.column];
    return module.source({
      table: node.table,
      wanted: node.wanted,
      filter: node.pushed,
      watermarkInputs: rowtime === undefined ? [] : referencedColumns([rowtime]),
      maxBatchRows: settings.maxBatchRows,
      schema: this.#operator.input,
      metrics: this.stage.metrics,
      now: () => clock.now(),
      signal: stopSignal,
      warn,
    });
  }

  async #openSplit(source: Source, split: Split, from: Position | undefined): Promise<SplitReader> {
    try {
      return await source.openSplit(split, from);
    } catch (error) {
      throw locatedError(error, this.stage.id, split.id);
    }
  }

  async #readSplit(state: SplitState, index: number): Promise<boolean> {
    const { stopSignal } = this.#host;
    try {
      let reading = this.#read(state.reader);
      for (;;) {
        const result = await reading;
        if (result === 'stopped') return false;
        this.#inFlight += result.rawBytes;
        const more = result.status !== 'end';
        // Read ahead while the chain works, unless too much is under way: then only after this answer is through.
        const ahead = more && this.#inFlight < this.#host.settings.inFlightBytes;
        if (ahead) reading = this.#read(state.reader);
        try {
          await this.#host.exclusive(() => (stopSignal.aborted ? undefined : this.#deliver(state, index, result)));
        } finally {
          this.#inFlight -= result.rawBytes;
          for (const wake of this.#room.splice(0)) wake();
        }
        if (stopSignal.aborted) return false;
        if (!more) return true;
        if (!ahead) {
          while (this.#inFlight >= this.#host.settings.inFlightBytes) {
            await new Promise<void>((resolve) => this.#room.push(resolve));
          }
          reading = this.#read(state.reader);
        }
      }
    } catch (error) {
      throw locatedError(error, this.stage.id, state.split.id);
    }
  }

  /** One read; a stop wins over it, and what the reader does after a stop no longer matters. */
  #read(reader: SplitReader): Promise<ReadResult | 'stopped'> {
    const { stopSignal } = this.#host;
    if (stopSignal.aborted) return Promise.resolve('stopped');
    const result = new Promise<ReadResult | 'stopped'>((resolve, reject) => {
      const stop = (): void => resolve('stopped');
      stopSignal.addEventListener('abort', stop, { once: true });
      reader
        .read()
        .then(resolve, (error: unknown) => {
          if (stopSignal.aborted) resolve('stopped');
          else reject(error instanceof Error ? error : new InternalError(String(error)));
        })
        .finally(() => stopSignal.removeEventListener('abort', stop));
    });
    // A read ahead may fail while the chain still works on the answer before it.
    result.catch(() => undefined);
    return result;
  }

  async #deliver(state: SplitState, index: number, result: ReadResult): Promise<void> {
    const { stage } = this;
    const times = this.#times;
    if (times === undefined) throw new InternalError('the scan is not open');
    const now = this.#host.clock.now();
    const serverMs = result.serverTimeMs ?? now;
    if (result.batches.some((batch) => batch.rowCount > 0)) times.data(index, serverMs);
    for (const raw of result.batches) {
      stage.countRead(raw.size);
      state.rows.add(raw.rowCount);
      const batch = this.#operator.project(raw);
      if (state.assigner === undefined) {
        const pending = stage.emit(batch);
        if (pending !== undefined) await pending;
        continue;
      }
      for (const part of state.assigner.assign(batch)) {
        const pending = stage.emit(part.batch);
        if (pending !== undefined) await pending;
        times.advance(index, part.watermarkMs);
        const sending = this.#sendWatermark(undefined);
        if (sending !== undefined) await sending;
      }
    }
    state.position = result.position;
    state.lagMs = result.lagMs;
    this.rawBytes += result.rawBytes;
    times.answered(index, result.status, now);
    await this.#sendWatermark(serverMs);
  }

  /** Sends the watermark of all splits where it moved, and `idle` where all of them are. */
  #sendWatermark(serverMs: number | undefined): void | Promise<void> {
    const times = this.#times;
    if (times === undefined || this.node.watermark === undefined) return undefined;
    const value = times.value(serverMs);
    const idle = times.allIdle;
    // The end of all splits is told once, by the task.
    const moved = value > this.#sentMs && value !== Infinity;
    if (moved) this.#sentMs = value;
    const tellIdle = idle && (moved || !this.#sentIdle);
    this.#sentIdle = idle;
    if (moved && tellIdle) {
      return Promise.resolve(this.stage.push({ kind: 'watermark', atMs: value })).then(() =>
        this.stage.push({ kind: 'watermark', atMs: 'idle' }),
      );
    }
    if (moved) return this.stage.push({ kind: 'watermark', atMs: value });
    if (tellIdle) return this.stage.push({ kind: 'watermark', atMs: 'idle' });
    return undefined;
  }
}
