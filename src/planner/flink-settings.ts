import { durationMs } from './duration.ts';

/** A setting of Flink that is one of ours under another name. */
interface Alias {
  /** Our key. */
  readonly key: string;
  /** Our value of Flink's; '' leaves it unset; undefined: it does not fit. */
  readonly read: (value: string) => string | undefined;
  /** Completes `setting "x" takes …`. */
  readonly takes: string;
}

const same = (key: string, takes = 'a text'): Alias => ({ key, read: (value) => value, takes });

/** `unset`: the duration that means none. */
const duration = (key: string, unset?: number): Alias => ({
  key,
  read: (value) => {
    const ms = durationMs(value);
    if (ms === undefined) return undefined;
    return ms === unset ? '' : String(ms);
  },
  takes: "a duration such as '10 s'",
});

const flag = (key: string): Alias => ({
  key,
  read: (value) => (/^(true|false)$/i.test(value.trim()) ? value.trim().toLowerCase() : undefined),
  takes: "'true' or 'false'",
});

const words = (key: string, values: Readonly<Record<string, string>>): Alias => ({
  key,
  read: (value) => values[value.trim().toUpperCase()],
  takes: `one of ${Object.keys(values)
    .map((one) => `'${one}'`)
    .join(', ')}`,
});

/** Flink's keys with a counterpart (blink-sql 9.5), and older names of Blink. */
export const flinkAliases: Readonly<Record<string, Alias>> = {
  'pipeline.name': same('blink.job.name'),
  'table.local-time-zone': {
    key: 'blink.job.timeZone',
    read: (value) => (value.trim().toLowerCase() === 'default' ? '' : value),
    takes: 'the name of a time zone',
  },
  'execution.checkpointing.interval': duration('blink.checkpoint.interval.ms'),
  'execution.checkpointing.timeout': duration('blink.checkpoint.timeout.ms'),
  'execution.checkpointing.mode': words('blink.checkpoint.mode', {
    EXACTLY_ONCE: 'EXACTLY_ONCE',
    AT_LEAST_ONCE: 'AT_LEAST_ONCE',
  }),
  'table.exec.state.ttl': duration('blink.state.ttl.ms', 0),
  'table.exec.mini-batch.allow-latency': duration('blink.miniBatch.allowLatencyMs'),
  'table.exec.mini-batch.size': {
    key: 'blink.miniBatch.size',
    // -1 is Flink's "not set".
    read: (value) => (value.trim() === '-1' ? '' : /^\d+$/.test(value.trim()) ? value.trim() : undefined),
    takes: 'a whole number',
  },
  'table.exec.source.idle-timeout': {
    key: 'sql.exec.source.idle.timeout.ms',
    read: (value) => {
      const ms = durationMs(value);
      // Flink: 0 means never.
      return ms === undefined ? undefined : ms === 0 ? '-1' : String(ms);
    },
    takes: "a duration such as '10 s'",
  },
  'table.exec.rank.topn-cache-size': {
    key: 'blink.topn.cache.size',
    read: (value) => (/^[1-9]\d*$/.test(value.trim()) ? value.trim() : undefined),
    takes: 'a whole number from 1',
  },
  'table.optimizer.agg-phase-strategy': words('blink.localAgg.enabled', {
    AUTO: 'true',
    TWO_PHASE: 'true',
    ONE_PHASE: 'false',
  }),
  'table.optimizer.distinct-agg.split.enabled': flag('blink.partialAgg.enabled'),
  'table.optimizer.incremental-agg-enabled': flag('sql.exec.incremental-agg.enabled'),
  'pipeline.auto-watermark-interval': duration('blink.auto.watermark.interval.ms', 0),
  'pipeline.object-reuse': flag('blink.object.reuse'),
  'table.sql-dialect': {
    key: 'sql.dialect',
    read: (value) => (value.trim().toLowerCase() === 'default' ? 'blink' : value),
    takes: 'the name of a dialect',
  },
  'state.backend.niagara.ttl.ms': same('blink.state.ttl.ms', 'a whole number from 1'),
};

/** The name Flink has for a setting of ours. */
export function flinkKey(key: string): string | undefined {
  return Object.entries(flinkAliases).find(([name, alias]) => alias.key === key && !name.endsWith('.ms'))?.[0];
}

/** Keys of Flink about things that do not exist here or are always as Flink's best choice: SET takes them with a notice. */
export const ignoredFlinkKeys: ReadonlySet<string> = new Set(
  (
    'execution.runtime-mode execution.batch-shuffle-mode execution.attached execution.shutdown-on-attached-exit execution.target ' +
    'execution.buffer-timeout execution.buffer-timeout.enabled execution.buffer-timeout.interval execution.savepoint.path ' +
    'execution.state-recovery.path execution.sort-partition.memory execution.checkpointing.min-pause ' +
    'execution.checkpointing.max-concurrent-checkpoints execution.checkpointing.unaligned ' +
    'execution.checkpointing.unaligned.enabled execution.checkpointing.aligned-checkpoint-timeout ' +
    'execution.checkpointing.externalized-checkpoint-retention execution.checkpointing.tolerable-failed-checkpoints ' +
    'execution.checkpointing.checkpoints-after-tasks-finish execution.checkpointing.incremental ' +
    'execution.checkpointing.dir execution.checkpointing.savepoint-dir execution.checkpointing.storage ' +
    'execution.checkpointing.num-retained parallelism.default pipeline.max-parallelism pipeline.jars pipeline.classpaths ' +
    'pipeline.cached-files pipeline.global-job-parameters pipeline.operator-chaining pipeline.operator-chaining.enabled ' +
    'pipeline.auto-generate-uids pipeline.force-avro pipeline.force-kryo pipeline.generic-types ' +
    'pipeline.watermark-alignment.allow-unaligned-source-splits restart-strategy restart-strategy.type ' +
    'restart-strategy.fixed-delay.attempts restart-strategy.fixed-delay.delay state.backend state.backend.type ' +
    'state.backend.incremental state.backend.rocksdb.localdir state.checkpoints.dir state.savepoints.dir ' +
    'state.checkpoint-storage state.checkpoints.num-retained state.backend.local-recovery ' +
    'table.builtin-catalog-name table.builtin-database-name table.catalog-store.kind table.column-expansion-strategy ' +
    'table.display.max-column-width table.dml-sync table.exec.async-lookup.buffer-capacity ' +
    'table.exec.async-lookup.output-mode table.exec.async-lookup.timeout table.exec.async-lookup.key-ordered-enabled ' +
    'table.exec.deduplicate.insert-update-after-sensitive-enabled table.exec.deduplicate.mini-batch.compact-changes-enabled ' +
    'table.exec.disabled-operators table.exec.legacy-cast-behaviour table.exec.local-hash-agg.adaptive.enabled ' +
    'table.exec.mini-batch.enabled table.exec.operator-fusion-codegen.enabled table.exec.rank.topn-cache-size ' +
    'table.exec.resource.default-parallelism table.exec.simplify-operator-name-enabled table.exec.sink.keyed-shuffle ' +
    'table.exec.sink.nested-constraint-enforcer table.exec.sink.rowtime-inserter ' +
    'table.exec.sink.upsert-materialize table.exec.sort.async-merge-enabled ' +
    'table.exec.source.cdc-events-duplicate table.exec.spill-compression.enabled table.exec.spill-compression.block-size ' +
    'table.exec.uid.format table.exec.uid.generation table.exec.window-agg.buffer-size-limit ' +
    'table.exec.interval-join.min-cleanup-interval table.exec.unbounded-over.version table.generated-code.max-length ' +
    'table.optimizer.adaptive-broadcast-join.strategy table.optimizer.bushy-join-reorder-threshold ' +
    'table.optimizer.distinct-agg.split.bucket-num table.optimizer.dynamic-filtering.enabled ' +
    'table.optimizer.join-reorder-enabled table.optimizer.join.broadcast-threshold ' +
    'table.optimizer.multi-join.enabled table.optimizer.multiple-input-enabled ' +
    'table.optimizer.non-deterministic-update.strategy table.optimizer.reuse-optimize-block-with-digest-enabled ' +
    'table.optimizer.reuse-sink-enabled table.optimizer.reuse-source-enabled ' +
    'table.optimizer.runtime-filter.enabled table.optimizer.source.aggregate-pushdown-enabled ' +
    'table.optimizer.source.predicate-pushdown-enabled table.optimizer.source.report-statistics-enabled ' +
    'table.optimizer.union-all-as-breakpoint-enabled table.optimizer.delta-join.strategy ' +
    'table.plan.compile.catalog-objects table.plan.force-recompile table.plan.restore.catalog-objects ' +
    'table.resources.download-dir table.rtas-ctas.atomicity-enabled sql-client.display.color-schema ' +
    'sql-client.display.max-column-width sql-client.display.print-time-cost sql-client.display.show-line-numbers ' +
    'sql-client.execution.max-table-result.rows sql-client.execution.result-mode sql-client.verbose ' +
    'table.optimizer.mini-batch.join.enabled table.exec.mini-batch.join-enabled'
  ).split(' '),
);

/** Whole families of keys about where and how Flink or Blink is deployed. */
const deployment =
  /^(taskmanager|jobmanager|kubernetes|yarn|cluster|web|rest|metrics|blob|heartbeat|akka|pekko|fs|s3|oss|security|high-availability|env|python|io|slot|task|historyserver|zookeeper|client\.jvm|state\.backend\.(rocksdb|gemini|niagara|forst|heap)|restart-strategy|blink\.job\.option|blink\.main|yarn\.app\.blink|kubernetes)[.-]/i;

/** Whether Flink or Blink has such a setting which means nothing here. */
export function isIgnoredKey(key: string): boolean {
  return ignoredFlinkKeys.has(key.toLowerCase()) || deployment.test(key) || /^blink\.job\.option$/i.test(key);
}
