/** How the text of a setting is checked. */
export type SettingForm =
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int'; readonly min: number }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface Setting {
  readonly form: SettingForm;
  /** Empty: not set. */
  readonly fallback: string;
  readonly doc: string;
  /** Accepted so that jobs run as they stand, but it changes nothing yet: SET answers with a warning. */
  readonly idle?: true;
}

const text = { kind: 'text' } as const;
const flag = { kind: 'boolean' } as const;
const count = (min: number): SettingForm => ({ kind: 'int', min });
const words = (...list: readonly string[]): SettingForm => ({ kind: 'words', words: list });

/** The closed list of SET keys. Blink's job parameters keep their own names (blink-sql 5). */
export const settings: Readonly<Record<string, Setting>> = {
  'sql.compatibility': {
    form: words('blink', 'flink'),
    fallback: 'blink',
    doc: 'Whose rules hold where Blink and Flink disagree: integer division, CAST of bad text, CONCAT with NULL, …',
  },
  'sql.dialect': {
    form: words('blink', 'mysql', 'postgresql', 'trino', 'hive', 'sls'),
    fallback: 'blink',
    doc: 'The SQL system whose grammar queries are written in.',
  },
  'sql.sls.table': {
    form: text,
    fallback: '',
    doc: 'The table that queries of the dialect sls read; not set: the only one that lies in SLS.',
  },
  'regexp.backtracking': {
    form: flag,
    fallback: 'false',
    doc: 'Take regular expressions that can run without end on some texts.',
  },
  'sql.exec.source.idle.timeout.ms': {
    form: count(-1),
    fallback: '10000',
    doc: 'A shard that has been caught up for so long no longer holds the watermark; -1 never.',
  },
  'sql.exec.source.idle.advance': {
    form: flag,
    fallback: 'true',
    doc: "When all shards are idle the watermark follows the server's clock.",
  },
  'blink.job.timeZone': {
    form: text,
    fallback: 'UTC',
    doc: 'IANA name of the time zone in which TIMESTAMP is read and shown (Blink itself defaults to Asia/Shanghai).',
  },
  'blink.job.name': { form: text, fallback: '', doc: 'The name of the job in messages and metrics.' },
  'blink.checkpoint.interval.ms': {
    form: count(1),
    fallback: '10000',
    doc: 'Time between two checkpoints.',
  },
  'blink.state.ttl.ms': {
    form: count(1),
    fallback: '',
    doc: 'State that was not written for so long is removed; not set: never.',
  },
  'table.exec.emit.early-fire.enabled': {
    form: flag,
    fallback: 'false',
    doc: 'TUMBLE and HOP give results of open windows (Flink; EMIT … BEFORE WATERMARK says the same).',
  },
  'table.exec.emit.early-fire.delay': {
    form: text,
    fallback: '',
    doc: "Time between two results of an open window, such as '1 min'; not set: with every row.",
  },
  'table.exec.emit.late-fire.enabled': {
    form: flag,
    fallback: 'false',
    doc: 'TUMBLE and HOP correct their results by late rows (Flink; EMIT … AFTER WATERMARK says the same).',
  },
  'table.exec.emit.late-fire.delay': {
    form: text,
    fallback: '',
    doc: "Time between two corrections, such as '1 min'; not set: with every late row.",
  },
  'table.exec.emit.allow-lateness': {
    form: text,
    fallback: '',
    doc: "How long windows are kept for late rows, such as '1 h'; not set: blink.state.ttl.ms.",
  },
  'table.exec.sink.not-null-enforcer': {
    form: words('ERROR', 'DROP'),
    fallback: 'ERROR',
    doc: 'A NULL for a NOT NULL column of a result table ends the job, or drops and counts the row.',
  },
  'table.exec.sink.type-length-enforcer': {
    form: words('IGNORE', 'TRIM_PAD', 'ERROR'),
    fallback: 'IGNORE',
    doc: 'Texts longer than VARCHAR(n) of a result table are written as they are, cut (CHAR(n) also filled up), or end the job.',
  },
  'table.optimizer.reuse-sub-plan-enabled': {
    form: flag,
    fallback: 'true',
    doc: 'What several INSERTs of a job, or several parts of a query, have in common is computed once (Flink).',
  },
  'blink.checkpoint.mode': {
    form: words('EXACTLY_ONCE', 'AT_LEAST_ONCE'),
    fallback: 'EXACTLY_ONCE',
    doc: 'What a checkpoint guarantees about state.',
    idle: true,
  },
  'blink.checkpoint.timeout.ms': {
    form: count(1),
    fallback: '600000',
    doc: 'A checkpoint that takes longer is given up.',
    idle: true,
  },
  'blink.auto.watermark.interval.ms': {
    form: count(1),
    fallback: '',
    doc: 'Watermarks here follow every batch, exactly; the interval of Blink has no meaning.',
    idle: true,
  },
  'blink.job.timestamp.reserve.ms': {
    form: flag,
    fallback: 'false',
    doc: 'Sinks write TIMESTAMP with milliseconds.',
    idle: true,
  },
  'blink.topn.cache.size': { form: count(1), fallback: '10000', doc: 'Rows in the cache of TopN.', idle: true },
  'blink.miniBatch.allowLatencyMs': {
    form: count(0),
    fallback: '',
    doc: 'Rows are always processed in batches here.',
    idle: true,
  },
  'blink.miniBatch.size': {
    form: count(0),
    fallback: '',
    doc: 'Rows are always processed in batches here.',
    idle: true,
  },
  'blink.microBatch.allowLatencyMs': {
    form: count(0),
    fallback: '',
    doc: 'Rows are always processed in batches here.',
    idle: true,
  },
  'blink.miniBatch.join.enabled': { form: flag, fallback: 'false', doc: 'Mini-batches for joins.', idle: true },
  'sql.exec.mini-batch.window.enabled': {
    form: flag,
    fallback: 'false',
    doc: 'Mini-batches for windows.',
    idle: true,
  },
  'blink.localAgg.enabled': {
    form: flag,
    fallback: 'true',
    doc: 'Aggregation before the exchange.',
    idle: true,
  },
  'blink.partialAgg.enabled': { form: flag, fallback: 'false', doc: 'COUNT(DISTINCT) in two levels.', idle: true },
  'blink.object.reuse': { form: flag, fallback: 'true', doc: 'Nothing is copied between operators here.', idle: true },
  'sql.exec.incremental-agg.enabled': {
    form: flag,
    fallback: 'false',
    doc: 'Joins steps of a local-global aggregation of DISTINCT.',
    idle: true,
  },
  'blink.job.submit.timeoutInSeconds': { form: count(1), fallback: '180', doc: 'Blink deployment.', idle: true },
  'sql.exec.fault.tolerance.enabled': { form: flag, fallback: 'false', doc: 'Blink deployment.', idle: true },
  'blink.forbid.unionall.as.breakpoint.in.subsection.optimization': {
    form: flag,
    fallback: 'false',
    doc: 'Sub-plans are shared across UNION ALL anyway.',
    idle: true,
  },
};

/** Completes `setting "x" …`; undefined when the text fits. */
export function settingProblem(form: SettingForm, value: string): string | undefined {
  switch (form.kind) {
    case 'text':
      return undefined;
    case 'boolean':
      return /^(true|false)$/i.test(value.trim()) ? undefined : "takes 'true' or 'false'";
    case 'int': {
      const number = Number(value.trim());
      const fits = value.trim() !== '' && Number.isSafeInteger(number) && number >= form.min;
      return fits ? undefined : `takes a whole number from ${form.min}`;
    }
    case 'words': {
      const fits = form.words.some((word) => word.toLowerCase() === value.trim().toLowerCase());
      return fits ? undefined : `takes one of ${form.words.map((word) => `'${word}'`).join(', ')}`;
    }
  }
}
