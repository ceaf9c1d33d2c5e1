import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';

/** Takes one query of another SQL system and lowers it to our tree. */
export type DialectParser = (source: SourceText) => Promise<Query>;

export interface Dialect {
  /** One line for help texts. */
  readonly doc: string;
  readonly load: () => Promise<DialectParser>;
}

/** The one list of dialects besides our own; a new one is a file and a line here. */
export const dialects: Readonly<Record<string, Dialect>> = {
  mysql: { doc: 'SELECT as MySQL writes it', load: async () => (await import('./mysql.ts')).parseMysql },
};
