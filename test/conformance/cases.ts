import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CaseColumn {
  readonly name: string;
  readonly type?: string;
  readonly expr?: string;
}

export interface CaseTable {
  readonly name: string;
  readonly columns: readonly CaseColumn[];
  readonly rows: readonly (readonly unknown[])[];
  readonly ops?: readonly string[];
  readonly watermark?: { readonly column: string; readonly delayMs: number };
  readonly primaryKey?: readonly string[];
  readonly kind?: string;
  readonly changelogMode?: string;
}

export interface Expected {
  readonly text?: string;
  readonly value?: unknown;
  readonly null?: boolean;
  readonly error?: boolean;
  readonly when?: 'validate' | 'runtime';
  readonly type?: string;
  readonly mode?: 'append' | 'final';
  readonly rows?: readonly (readonly unknown[])[];
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly key?: readonly string[];
}

export interface Case {
  readonly id: string;
  readonly area: string;
  readonly dialect: 'both' | 'blink' | 'flink';
  readonly settings?: { readonly timezone?: string };
  readonly expr?: string;
  readonly sql?: string;
  readonly views?: readonly { readonly name: string; readonly sql: string }[];
  readonly input?: readonly CaseTable[];
  readonly expected: Expected;
}

const files = ['scalar.jsonl', 'aggregate.jsonl', 'query.jsonl'];

/** All cases of a folder whose area begins with `area`; undefined when the folder has none of the files. */
export function loadCases(folder: string, area = ''): Case[] | undefined {
  const present = files.map((file) => join(folder, file)).filter((path) => existsSync(path));
  if (present.length === 0) return undefined;
  return present
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Case)
    .filter((one) => one.area.startsWith(area));
}
