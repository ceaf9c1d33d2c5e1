import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineApi } from '../src/index.ts';
import { functionNames, keywords } from '../src/tooling.ts';
import type { ShellCommand } from './command.ts';

/** Candidates for the word before the cursor, and that word: what node:readline's completer answers. */
export type Completion = [candidates: string[], word: string];

const tableComesNext = /\b(from|join|into|table|view|describe|desc|exists)\s+[^\s,()]*$/i;
const settingComesNext = /^\s*(?:re)?set\s+'?[^'=\s]*$/i;
const optionComesNext = /\bwith\s*\((?:[^()']|'[^']*')*$/i;

export class Completer {
  private readonly engine: EngineApi;
  private readonly commands: readonly ShellCommand[];
  private readonly optionsOf = new Map<string, readonly string[]>();

  constructor(engine: EngineApi, commands: readonly ShellCommand[]) {
    this.engine = engine;
    this.commands = commands;
  }

  /** `before`: the lines of the open statement; `line`: the current one up to the cursor. */
  async complete(before: string, line: string): Promise<Completion> {
    if (before.trim() === '' && line.trimStart().startsWith('\\')) return this.shellCommand(line);
    const word = /[\p{L}\p{N}_$.`]*$/u.exec(line)?.[0] ?? '';
    const text = `${before}\n${line}`;
    if (optionComesNext.test(text)) return [matching(await this.options(text), word), word];
    if (settingComesNext.test(text)) {
      const key = /[^'\s]*$/.exec(line)?.[0] ?? '';
      return [matching(await this.settings(), key), key];
    }
    if (tableComesNext.test(text)) return [matching(this.tables(), word), word];
    if (word === '') return [[], word];
    const functions = (await functionNames()).map((name) => `${name}(`);
    const names = [...this.columns(), ...this.tables(), ...sameCase(word, [...keywords(), ...functions])];
    return [matching(names, word), word];
  }

  private async shellCommand(line: string): Promise<Completion> {
    const [, name = '', argument] = /^\s*(\\\S*)(?:\s+(.*))?$/.exec(line) ?? [];
    if (argument === undefined) {
      return [
        matching(
          this.commands.map((command) => command.name),
          name,
        ),
        name,
      ];
    }
    const completes = this.commands.find((command) => command.name === name)?.completes;
    if (completes === 'tables') return [matching(this.tables(), argument), argument];
    if (completes === 'files') return [await files(argument), argument];
    return [[], argument];
  }

  private tables(): string[] {
    return this.engine.tables().map((table) => table.name);
  }

  private columns(): string[] {
    const names = this.engine.tables().flatMap((table) => {
      try {
        return this.engine.describe(table.name).map((column) => column.name);
      } catch {
        // A view whose table was dropped has no columns to offer.
        return [];
      }
    });
    return [...new Set(names)];
  }

  /** Keys of SET, Flink's beside ours. */
  private async settings(): Promise<string[]> {
    const [answer] = await this.engine.execute('SHOW SETTINGS').catch(() => []);
    return (answer?.rows ?? []).flatMap(([own, , flink]) => [own ?? '', flink ?? '']).filter((key) => key !== '');
  }

  /** Options of the connector that the open WITH names, without those already given. */
  private async options(text: string): Promise<string[]> {
    const open = text.slice(text.toLowerCase().lastIndexOf('with'));
    const type = /\b(?:type|connector)'?\s*=\s*'([A-Za-z0-9_-]+)'/i.exec(open)?.[1];
    if (type === undefined) return ['type'];
    let known = this.optionsOf.get(type);
    if (known === undefined) {
      const [answer] = await this.engine.execute(`SHOW CONNECTOR ${type}`).catch(() => []);
      known = (answer?.rows ?? []).flatMap(([name]) => name ?? []);
      this.optionsOf.set(type, known);
    }
    return known.filter((name) => !new RegExp(`\\b${name}'?\\s*=`, 'i').test(open));
  }
}

function matching(names: readonly string[], word: string): string[] {
  const start = word.toLowerCase();
  return [...new Set(names)].filter((name) => name.toLowerCase().startsWith(start)).sort();
}

/** Keywords follow the writer: small letters for `sel`, capitals otherwise. */
function sameCase(word: string, names: readonly string[]): readonly string[] {
  return word === word.toLowerCase() ? names.map((name) => name.toLowerCase()) : names;
}

async function files(start: string): Promise<string[]> {
  const folder = start.endsWith('/') ? start : dirname(start);
  try {
    const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true });
    const prefix = start.includes('/') ? folder : '';
    return matching(
      entries.map((entry) => join(prefix, entry.name) + (entry.isDirectory() ? '/' : '')),
      start,
    );
  } catch {
    return [];
  }
}
