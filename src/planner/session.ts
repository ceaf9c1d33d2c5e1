import type { FunctionContext } from '../contracts/function.ts';
import { PlanError } from '../errors/sluice-error.ts';
import type { Span } from '../errors/span.ts';
import { suggest } from '../errors/suggest.ts';
import { zoneHint, zoneId } from '../types/zone-id.ts';
import { flinkAliases, ignoredFlinkKeys, isIgnoredKey } from './flink-settings.ts';
import { settingProblem, settings, type Setting } from './settings.ts';

export interface SettingRow {
  readonly key: string;
  readonly value: string;
  readonly changed: boolean;
  readonly doc: string;
}

/** The settings of one user of the engine. SET changes plans made afterwards, never a running job. */
export class Session {
  readonly #values = new Map<string, string>();
  readonly #now: () => number;

  constructor(options: { readonly now?: () => number; readonly timeZone?: string } = {}) {
    this.#now = options.now ?? (() => Date.now());
    if (options.timeZone !== undefined) {
      checkTimeZone(options.timeZone);
      this.#values.set('blink.job.timeZone', options.timeZone);
    }
  }

  /**
   * @returns a line for the user when the setting is known but changes nothing yet
   * @throws PlanError PLAN_SETTING for an unknown key or a value that does not fit
   */
  set(
    key: string,
    value: string,
    spans: { readonly key?: Span | undefined; readonly value?: Span | undefined } = {},
  ): string | undefined {
    const alias = aliasOf(key);
    if (alias !== undefined) return this.#setAlias(key, alias, value, spans);
    if (isForeign(key)) {
      this.#values.set(key.toLowerCase(), value);
      return `setting "${key}" of Flink is known and changes nothing here`;
    }
    const [name, setting] = find(key, spans.key);
    const problem = settingProblem(setting.form, value);
    if (problem !== undefined) {
      throw new PlanError('PLAN_SETTING', `setting "${name}" ${problem}, not '${value}'`, {
        span: spans.value ?? spans.key,
      });
    }
    if (name === 'blink.job.timeZone') checkTimeZone(value, spans.value ?? spans.key);
    this.#values.set(name, setting.form.kind === 'text' ? value : canonical(setting, value));
    if (name === 'blink.job.timeZone' && value === 'CST') {
      return 'time zone "CST" is America/Chicago, as in Java; the time of China is Asia/Shanghai';
    }
    return setting.idle ? `setting "${name}" is known and changes nothing yet: ${setting.doc}` : undefined;
  }

  #setAlias(
    key: string,
    alias: FlinkAlias,
    value: string,
    spans: { readonly key?: Span | undefined; readonly value?: Span | undefined },
  ): string | undefined {
    const own = alias.read(value);
    if (own === '') {
      this.#values.delete(alias.key);
      return undefined;
    }
    // A warning names what was written.
    if (own !== undefined) return this.set(alias.key, own, spans)?.replace(`"${alias.key}"`, `"${key}"`);
    throw new PlanError('PLAN_SETTING', `setting "${key}" takes ${alias.takes}, not '${value}'`, {
      span: spans.value ?? spans.key,
    });
  }

  /** Without a key: all. */
  reset(key?: string, span?: Span): void {
    if (key === undefined) this.#values.clear();
    else if (isForeign(key)) this.#values.delete(key.toLowerCase());
    else this.#values.delete(find(key, span)[0]);
  }

  /** The value in force, or '' where there is none. */
  get(key: string, span?: Span): string {
    if (isForeign(key)) return this.#values.get(key.toLowerCase()) ?? '';
    const [name, setting] = find(key, span);
    return this.#values.get(name) ?? setting.fallback;
  }

  flag(key: string): boolean {
    return this.get(key) === 'true';
  }

  /** Undefined where the setting is not set and has no default. */
  int(key: string): number | undefined {
    const value = this.get(key);
    return value === '' ? undefined : Number(value);
  }

  list(): readonly SettingRow[] {
    return Object.entries(settings).map(([key, setting]) => ({
      key,
      value: this.get(key),
      changed: this.#values.has(key),
      doc: setting.doc,
    }));
  }

  /** A new session with the same settings: what a job script changes stays in it. */
  copy(): Session {
    const copy = new Session({ now: this.#now });
    for (const [key, value] of this.#values) copy.#values.set(key, value);
    return copy;
  }

  functionContext(): FunctionContext {
    return {
      compatibility: this.get('sql.compatibility') === 'flink' ? 'flink' : 'blink',
      timeZone: this.get('blink.job.timeZone'),
      now: this.#now,
      regexpBacktracking: this.flag('regexp.backtracking'),
    };
  }
}

/** Java takes an unknown name for GMT: every time of the job would be off by hours without a word. */
function checkTimeZone(name: string, span?: Span): void {
  if (zoneId(name) !== undefined) return;
  throw new PlanError('PLAN_SETTING', `time zone "${name}" does not exist`, { span, hint: zoneHint(name) });
}

function canonical(setting: Setting, value: string): string {
  const trimmed = value.trim();
  if (setting.form.kind !== 'words')
    return setting.form.kind === 'int' ? String(Number(trimmed)) : trimmed.toLowerCase();
  return setting.form.words.find((word) => word.toLowerCase() === trimmed.toLowerCase()) ?? trimmed;
}

type FlinkAlias = (typeof flinkAliases)[string];

function aliasOf(key: string): FlinkAlias | undefined {
  const lower = key.toLowerCase();
  return Object.hasOwn(flinkAliases, lower) ? flinkAliases[lower] : undefined;
}

/** A key that means nothing here. */
function isForeign(key: string): boolean {
  return !Object.hasOwn(settings, key) && aliasOf(key) === undefined && isIgnoredKey(key);
}

function find(key: string, span: Span | undefined): readonly [string, Setting] {
  const wanted = (aliasOf(key)?.key ?? key).toLowerCase();
  const name = Object.keys(settings).find((one) => one.toLowerCase() === wanted);
  const setting = name === undefined ? undefined : settings[name];
  if (name !== undefined && setting !== undefined) return [name, setting];
  const close = suggest(key, [...Object.keys(settings), ...Object.keys(flinkAliases), ...ignoredFlinkKeys]);
  throw new PlanError('PLAN_SETTING', `setting "${key}" does not exist`, {
    span,
    hint: close === undefined ? 'Run: SHOW SETTINGS.' : `Did you mean "${close}"?  Run: SHOW SETTINGS.`,
  });
}
