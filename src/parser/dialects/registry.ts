import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import type { DialectSyntax } from './dialect-syntax.ts';

/** A column of the table that a query of the SLS console reads. */
export interface LogColumn {
  readonly name: string;
  readonly type: 'text' | 'number' | 'other';
}

export interface LogTable {
  readonly name: readonly string[];
  readonly columns: readonly LogColumn[];
}

/** What a dialect may ask about the place where its query runs. */
export interface DialectContext {
  /** The table that a query reads which names none. @throws PlanError when it is not clear which */
  readonly logTable?: (() => LogTable) | undefined;
}

/** Takes one query of another SQL system to our tree. */
export type DialectParser = (source: SourceText, context: DialectContext) => Query;

export interface Dialect {
  /** One line for help texts. */
  readonly doc: string;
  readonly load: () => Promise<DialectParser>;
  /** node-sql-parser's grammar of it, asked where our own cannot read a text. */
  readonly second?: {
    readonly database: string;
    readonly syntax: () => Promise<DialectSyntax>;
  };
}

/** The one list of dialects besides our own; a new one is a file and a line here. */
export const dialects: Readonly<Record<string, Dialect>> = {
  mysql: {
    doc: 'SELECT as MySQL writes it',
    load: async () => (await import('./mysql.ts')).parseMysql,
    second: { database: 'mysql', syntax: async () => (await import('./mysql.ts')).mysqlSyntax },
  },
  postgresql: {
    doc: 'SELECT as PostgreSQL writes it',
    load: async () => (await import('./postgresql.ts')).parsePostgresql,
    second: { database: 'postgresql', syntax: async () => (await import('./postgresql.ts')).postgresqlSyntax },
  },
  trino: {
    doc: 'SELECT as Trino (Presto) writes it',
    load: async () => (await import('./trino.ts')).parseTrino,
    second: { database: 'trino', syntax: async () => (await import('./trino.ts')).trinoSyntax },
  },
  hive: {
    doc: 'SELECT as Hive writes it',
    load: async () => (await import('./hive.ts')).parseHive,
    second: { database: 'hive', syntax: async () => (await import('./hive.ts')).hiveSyntax },
  },
  sls: { doc: 'search | SELECT, as the console of SLS', load: async () => (await import('./sls.ts')).parseSls },
};
