import { describe, expect, it } from 'vitest';
import {
  functionNames,
  keepParts,
  keywords,
  onOneLine,
  scriptParts,
  splitStatements,
  statementGroup,
} from '../../src/tooling.ts';

describe('scriptParts', () => {
  it('tells statements apart and takes a last one without semicolon', () => {
    const text = "-- a;b\nSET 'x;' = 'y';\nCREATE TABLE t (a INT);\nINSERT INTO t SELECT 1;\n(SELECT 2) -- end\n";
    const parts = scriptParts(text);
    expect(parts.map((part) => part.group)).toEqual(['setup', 'setup', 'insert', 'query']);
    for (const part of parts) expect(text.slice(part.start, part.end)).toContain(part.text);
  });

  it('gives nothing for blanks and comments', () => {
    expect(scriptParts(' ;; /* x */ -- y')).toEqual([]);
    expect(statementGroup('EXPLAIN SELECT 1')).toBe('answer');
    expect(statementGroup('SELEC 1')).toBe('other');
  });
});

describe('statements that are jobs', () => {
  it.each([
    ['EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END', 'insert'],
    ['BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END', 'insert'],
    ['EXECUTE INSERT INTO a SELECT 1', 'insert'],
    ['EXECUTE SELECT 1', 'query'],
    ["CREATE TABLE a WITH (type = 'print') AS SELECT 1", 'insert'],
    ['CREATE TABLE a (b AS c + 1, c INT)', 'setup'],
    ['CREATE VIEW a AS SELECT 1', 'setup'],
    ['ALTER TABLE a RENAME TO b', 'setup'],
    ['USE CATALOG c', 'setup'],
  ])('%s', (text, group) => expect(statementGroup(text)).toBe(group));

  it('keeps a statement set in one piece, whatever CASE ends in it', () => {
    const set =
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE x WHEN 1 THEN 2 END; INSERT INTO b SELECT 1; END';
    const other = 'BEGIN STATEMENT SET; INSERT INTO a SELECT 1 END';
    const text = `SELECT 1; ${set}; EXPLAIN ESTIMATED_COST STATEMENT SET BEGIN INSERT INTO a SELECT 1; END; ${other}; SELECT 2`;
    expect(scriptParts(text).map((part) => part.text)).toEqual([
      'SELECT 1',
      set,
      'EXPLAIN ESTIMATED_COST STATEMENT SET BEGIN INSERT INTO a SELECT 1; END',
      other,
      'SELECT 2',
    ]);
  });

  it('waits for the end of a statement set', () => {
    const open = 'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;';
    expect(splitStatements(open)).toEqual({ complete: [], rest: open });
    expect(splitStatements(`${open} END;`).complete).toHaveLength(1);
  });
});

describe('keepParts', () => {
  it('keeps every place of what it keeps', () => {
    const text = 'SELECT 1;\n-- note\nCREATE VIEW v AS\n  SELECT 2 ;\nSELECT 3';
    const parts = scriptParts(text).slice(1);
    const kept = keepParts(text, parts);
    expect(kept.indexOf('CREATE')).toBe(text.indexOf('CREATE'));
    expect(kept.indexOf('SELECT 3')).toBe(text.indexOf('SELECT 3'));
    expect(kept).not.toContain('SELECT 1');
    expect(scriptParts(kept).map((part) => part.text)).toEqual(['CREATE VIEW v AS\n  SELECT 2', 'SELECT 3']);
  });
});

describe('words', () => {
  it('puts a statement on one line without changing its strings', () => {
    expect(onOneLine("SELECT 'a  b', -- why\n  x\nFROM t ;")).toBe("SELECT 'a  b', x FROM t ;");
  });

  it('offers keywords and functions', async () => {
    expect(keywords()).toContain('SELECT');
    expect(await functionNames()).toEqual(expect.arrayContaining(['UPPER', 'CUMULATE', 'TUMBLE_START']));
  });
});
