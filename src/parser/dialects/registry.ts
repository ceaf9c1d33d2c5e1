import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';

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
}

/** The one list of dialects besides our own; a new one is a file and a line here. */
export const dialects: Readonly<Record<string, Dialect>> = {
  mysql: { doc: 'SELECT as MySQL writes it', load: async () => (await import('./mysql.ts')).parseMysql },
  postgresql: {
    doc: 'SELECT as PostgreSQL writes it',
    load: async () => (await import('./postgresql.ts')).parsePostgresql,
  },
  trino: { doc: 'SELECT as Trino (Presto) writes it', load: async () => (await import('./trino.ts')).parseTrino },
  hive: { doc: 'SELECT as Hive writes it', load: async () => (await import('./hive.ts')).parseHive },
  sls: { doc: 'search | SELECT, as the console of SLS', load: async () => (await import('./sls.ts')).parseSls },
};
