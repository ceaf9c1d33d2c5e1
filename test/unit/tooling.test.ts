import { describe, expect, it } from 'vitest';
import { functionNames, keepParts, keywords, onOneLine, scriptParts, statementGroup } from '../../src/tooling.ts';

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
    expect(Array.isArray(await functionNames())).toBe(true);
  });
});
