import type { Task } from '../runtime/task.ts';

export interface OperatorReading {
  readonly id: string;
  readonly kind: string;
  readonly describe: Readonly<Record<string, string>>;
  /** Counters and gauges by name: rowsIn, rowsOut, batches, busyMs, lateRows, stateBytes … */
  readonly values: Readonly<Record<string, number>>;
}

export interface JobMetrics {
  readonly operators: readonly OperatorReading[];
  /** Rows read from all sources. */
  readonly rows: number;
  /** Uncompressed bytes behind them, where sources know it. */
  readonly rawBytes: number;
  /** The smallest watermark of the sources that have one; undefined before the first. */
  readonly watermarkMs: number | undefined;
  /** How far the furthest split is behind its newest data, where known. */
  readonly lagMs: number | undefined;
  /** Rows that came after their windows had fired. */
  readonly lateRows: number;
}

export function readMetrics(task: Task): JobMetrics {
  const operators = task.stages.map((stage) => ({
    id: stage.id,
    kind: stage.kind,
    describe: stage.operator.describe(),
    values: stage.metrics.read(),
  }));
  const watermarks = task.scans
    .filter((scan) => scan.node.watermark !== undefined)
    .map((scan) => scan.stage.watermarkMs);
  const watermarkMs = Math.min(...watermarks);
  const lags = task.scans.flatMap((scan) => (scan.lagMs === undefined ? [] : [scan.lagMs]));
  return {
    operators,
    rows: task.scans.reduce((sum, scan) => sum + scan.stage.metrics.counter('rowsIn').value, 0),
    rawBytes: task.scans.reduce((sum, scan) => sum + scan.rawBytes, 0),
    watermarkMs: watermarks.length === 0 || watermarkMs === -Infinity ? undefined : watermarkMs,
    lagMs: lags.length === 0 ? undefined : Math.max(...lags),
    lateRows: operators.reduce((sum, one) => sum + (one.values['lateRows'] ?? 0), 0),
  };
}
