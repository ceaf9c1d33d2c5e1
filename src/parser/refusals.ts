/**
 * Statements of other systems that are understood and refused: the words they begin with → what to do instead.
 * The longest match counts.
 */
export const refusedStatements: Readonly<Record<string, string>> = {
  'ALTER CATALOG': oneCatalog(),
  'ALTER DATABASE': oneCatalog(),
  'ALTER FUNCTION': 'Write CREATE OR REPLACE FUNCTION.',
  'ALTER CONNECTION': oneCatalog(),
  'ALTER MATERIALIZED': materialized(),
  'ALTER MODEL': 'Call the model in a user function.',
  ADD: "Functions are JavaScript modules: CREATE FUNCTION f AS './f.js'.",
  CALL: 'There are no stored procedures.',
  CLEAR: 'It belongs to shells of other systems.',
  COMMIT: 'There are no transactions: sinks write as rows come.',
  COMPILE: compiledPlan(),
  'CREATE CATALOG': oneCatalog(),
  'CREATE CONNECTION': 'Give the keys of a connection in the WITH of the table.',
  'CREATE DATABASE': oneCatalog(),
  'CREATE INDEX': 'A dimension table declares INDEX (columns) among its columns.',
  'CREATE MATERIALIZED': materialized(),
  'CREATE MODEL': 'Call the model in a user function.',
  DELETE: 'A table is a stream: write a query whose result leaves the rows out, and INSERT it into another table.',
  'DESCRIBE CATALOG': oneCatalog(),
  'DESCRIBE DATABASE': oneCatalog(),
  'DESCRIBE MODEL': 'Call the model in a user function.',
  'DROP CATALOG': oneCatalog(),
  'DROP CONNECTION': 'Give the keys of a connection in the WITH of the table.',
  'DROP DATABASE': oneCatalog(),
  'DROP INDEX': 'Declare the table anew: CREATE OR REPLACE TABLE.',
  'DROP MATERIALIZED': materialized(),
  'DROP MODEL': 'Call the model in a user function.',
  GRANT: 'There are no users: what may be read and written is decided by the system behind a table.',
  LOAD: 'There are no modules: every built-in function is there.',
  MERGE: 'INSERT an updating query into a table with PRIMARY KEY: its sink writes by that key.',
  REFRESH: 'Nothing of a table is kept that could be stale.',
  'REMOVE JAR': 'Functions are JavaScript modules: DROP FUNCTION.',
  REPLACE: 'Write CREATE OR REPLACE TABLE, or INSERT into a table with PRIMARY KEY.',
  REVOKE: 'There are no users: what may be read and written is decided by the system behind a table.',
  ROLLBACK: 'There are no transactions: sinks write as rows come.',
  'SHOW CREATE CATALOG': oneCatalog(),
  'SHOW CREATE DATABASE': oneCatalog(),
  'SHOW CREATE MATERIALIZED': materialized(),
  'SHOW CREATE FUNCTION': 'Run: DESCRIBE FUNCTION.',
  'SHOW CREATE MODEL': 'Call the model in a user function.',
  'SHOW JARS': "Functions are JavaScript modules: CREATE FUNCTION f AS './f.js'; run: SHOW USER FUNCTIONS.",
  'SHOW MODELS': 'Call the model in a user function.',
  'SHOW PARTITIONS': 'Tables have no partitions.',
  'SHOW PROCEDURES': 'There are no stored procedures.',
  SOURCE: 'Give the file to the command: sluice run FILE, or \\i FILE in the shell.',
  STATEMENT: 'Write EXECUTE STATEMENT SET BEGIN …; END;.',
  TRUNCATE: 'A table only describes where rows come from or go to: empty it in the system behind it.',
  UNLOAD: 'There are no modules: every built-in function is there.',
  UPDATE: 'A table is a stream: write a query that computes the new rows, and INSERT it into another table.',
  'USE MODULES': 'There are no modules: every built-in function is there.',
};

/** Clauses that are understood and refused. */
export const refusals = {
  buckets: 'How rows are spread is decided by the system behind the table.',
  staticPartition: 'Tables have no partitions: write the value as a column of the query.',
  partition: 'Tables have no partitions.',
  compiledPlan: compiledPlan(),
  savepoint: 'A stopped job writes and commits what it has read; write STOP JOB without WITH.',
  shellWord: 'It is a command of the shell; a program calls engine.close().',
};

/** What newcomers type to a shell. */
export const shellWords: ReadonlySet<string> = new Set(['QUIT', 'EXIT', 'HELP']);

/** The longest key of `refusedStatements` that the words begin with. */
export function refusedStatement(words: readonly string[]): string | undefined {
  for (let count = 3; count > 0; count--) {
    const key = words.slice(0, count).join(' ');
    if (words.length >= count && Object.hasOwn(refusedStatements, key)) return key;
  }
  return undefined;
}

function oneCatalog(): string {
  return 'There is one catalog, default_catalog, with one database, default_database.';
}

function compiledPlan(): string {
  return 'A job is planned when it starts: keep its script. EXPLAIN shows the plan.';
}

function materialized(): string {
  return 'Write INSERT INTO a table; CREATE VIEW gives a query a name.';
}
