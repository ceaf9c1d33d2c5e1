import { describe, expect, it } from 'vitest';
import { redactSql } from '../../../src/errors/redact.ts';

const shown = (text: string): string => redactSql(text).text;

describe('redactSql', () => {
  it.each([
    ["WITH (accessKey = 'abc', type = 'sls')", "WITH (accessKey = '***', type = 'sls')"],
    ["WITH (`access.key.secret`='it''s')", "WITH (`access.key.secret`='***')"],
    ["WITH ('password' = 'x')", "WITH ('password' = '***')"],
    ["SET 'my.token' = 'abc'", "SET 'my.token' = '***'"],
    ['WITH (accessKey = "abc")', "WITH (accessKey = '***')"],
    ['WITH (accessKey = abc+d/e==, type = x)', "WITH (accessKey = '***', type = x)"],
    ["accessKey -- the key\n = /* here */ 'abc'", "accessKey -- the key\n = /* here */ '***'"],
  ])('hides the value in %s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('hides a secret that is never closed, up to the end of the text', () => {
    expect(shown("WITH (accessKey = 'abc, type")).toBe("WITH (accessKey = '***'");
  });

  it('leaves comments, other values and comparisons of columns alone', () => {
    for (const text of [
      "-- accessKey = 'abc'\nSELECT 'accessKey', 1",
      "SELECT status FROM t WHERE key = other AND name = 'x'",
      "WITH (accessId = 'id', partitionColumn = 'k')",
    ]) {
      expect(shown(text)).toBe(text);
    }
  });

  it('keeps the number of lines when a secret spans several', () => {
    expect(shown("accessKey = 'a\nb\nc',\nx").split('\n')).toHaveLength(4);
  });

  it('maps offsets before, inside and behind a secret', () => {
    const text = "WITH (accessKey = 'secret-value', logStroe = 'x')";
    const redacted = redactSql(text);
    expect(redacted.map(0)).toBe(0);
    expect(redacted.map(text.indexOf('value'))).toBe(redacted.text.indexOf("'***'"));
    expect(redacted.map(text.indexOf('logStroe'))).toBe(redacted.text.indexOf('logStroe'));
    expect(redacted.map(text.length)).toBe(redacted.text.length);
  });

  it('takes further names of secret options', () => {
    expect(redactSql("WITH (pin = '1')", ['PIN']).text).toBe("WITH (pin = '***')");
  });
});
