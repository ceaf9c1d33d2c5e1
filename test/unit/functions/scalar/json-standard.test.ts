import { describe, expect, it } from 'vitest';
import { firstJsonTree } from '../../../../src/values/nested/json-tree.ts';
import { followStandardPath } from '../../../../src/values/json/follow-standard-path.ts';
import { parseStandardPath } from '../../../../src/values/json/standard-path.ts';
import { numberText, treeText } from '../../../../src/values/json/tree-text.ts';

const STORE = '{"s":{"b":[{"p":1,"t":"a"},{"p":20,"t":"b","n":null}],"c":{"p":5}},"e":[],"a b":7}';

/** JSON text of what a path finds; `error` for what strict mode reports. */
function find(path: string, content = STORE): string {
  const bytes = new TextEncoder().encode(content);
  const parsed = parseStandardPath(path);
  if (parsed === null) return 'no path';
  const { failed, value } = followStandardPath(firstJsonTree(bytes, 0, bytes.length), parsed);
  return failed ? 'error' : treeText(value);
}

describe('paths of the SQL-standard JSON functions', () => {
  it.each([
    ['$.s.c.p', '5'],
    ['s.c.p', '5'],
    ["$['a b']", '7'],
    ["$.['a b']", '7'],
    ['$.s.b[-1].t', '"b"'],
    ['$.s.b[0,1].t', '["a","b"]'],
    ['$.s.b[1:].p', '[20]'],
    ['$.s.b[:1].p', '[1]'],
    ['$.s.b[*].t', '["a","b"]'],
    ['$.s.b.length()', '2'],
    ['$.s.*.p', '[5]'],
    ['$..p', '[5,1,20]'],
    ["$.s.c['p','q']", '{"p":5}'],
    ['$.e[*]', '[]'],
  ])('%s finds %s', (path, found) => {
    expect([...find(path)].sort()).toEqual([...found].sort());
    expect(find(path.startsWith('$') ? `lax ${path}` : path)).toBe(find(path));
  });

  it.each([
    ['@.p > 1', '["b"]'],
    ['@.p >= 1 && @.t != "b"', '["a"]'],
    ['@.p == 20 || @.p == 1', '["a","b"]'],
    ['!(@.p == 20)', '["a"]'],
    ['@.n', '["b"]'],
    ['@.n == null', '["b"]'],
    ['@.t =~ /A/i', '["a"]'],
    ["@.t in ['b', 'c']", '["b"]'],
    ['@.p < $.s.c.p', '["a"]'],
  ])('the filter (%s) leaves %s', (filter, found) => {
    expect(find(`$.s.b[?(${filter})].t`)).toBe(found);
  });

  it.each(['$.s.x', '$.s.x.y', '$.s.b[2]', '$.s.b.p', '$.x[*]', '$.s[0]'])(
    '%s is an error in strict mode only',
    (path) => {
      expect(find(`strict ${path}`)).toBe('error');
      expect(find(path)).toBe('error');
      expect(find(`lax ${path}`)).toBe(path.includes('*') ? '[]' : 'null');
    },
  );

  it.each(['', '$a', '$.', '$.a b', '$.a[', '$.a[x]', '$.a[?(@.b ==)]', '$.a[?(@.b == 1]'])('%s is no path', (path) => {
    expect(find(path)).toBe('no path');
  });

  it('takes the first value of a text and no more', () => {
    expect(find('$.a', '{"a":1} rest')).toBe('1');
    expect(find('$', '1 2')).toBe('1');
    expect(firstJsonTree(new TextEncoder().encode('1x'), 0, 2)).toBeUndefined();
  });
});

describe('numbers as Java prints a BigDecimal', () => {
  it.each([
    ['1.10', '1.10'],
    ['1e3', '1E+3'],
    ['1.5E3', '1.5E+3'],
    ['1e-3', '0.001'],
    ['1e-7', '1E-7'],
    ['12345e-2', '123.45'],
    ['-0.0', '-0.0'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('%s is %s', (text, shown) => {
    expect(numberText(text)).toBe(shown);
  });
});
