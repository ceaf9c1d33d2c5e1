import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSlice, encodeUtf8 } from '../../src/columnar/byte-slice.ts';
import { JsonLocator, parseJsonPath } from '../../src/values/json/json-path.ts';
import { isJson } from '../../src/values/json/json-scanner.ts';
import { jsonValueInto } from '../../src/values/json/json-text.ts';

const seed = Number(process.env['SEED'] ?? 20260801);

/** `$.a.b[1]` by the scanner: text, null, or 'unsure'. */
function scan(json: string, pathText: string): string | null {
  const path = parseJsonPath(pathText);
  if (path === null) throw new Error(`no path: ${pathText}`);
  const bytes = encodeUtf8(`{${json}}`);
  const locator = new JsonLocator(path);
  if (!locator.find(bytes, 1, bytes.length - 2)) return 'invalid';
  if (locator.unsure) return 'unsure';
  if (locator.start < 0) return null;
  const out = new ByteSlice();
  return jsonValueInto(out, bytes, locator.start, locator.end) ? out.toString() : null;
}

function follow(value: unknown, steps: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of steps) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (Array.isArray(current) !== (typeof step === 'number')) return Array.isArray(current) ? 'unsure' : undefined;
    if (!Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}

const names = fc.constantFrom('a', 'b', 'c', 'é', 'x y');
const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(1.5e300),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
  ),
}));

describe('JSON in bytes', () => {
  it('finds what JSON.parse finds', () => {
    const steps = fc.array(fc.oneof(names, fc.nat(2)), { maxLength: 4 });
    fc.assert(
      fc.property(tree, steps, fc.constantFrom(0, 1, '\t'), (value, path, indent) => {
        const pathText = `$${path.map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`)).join('')}`;
        const found = follow(value, path);
        const wanted =
          found === undefined || found === null ? null : typeof found === 'string' ? found : JSON.stringify(found);
        expect(scan(JSON.stringify(value, undefined, indent), pathText)).toBe(wanted);
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('takes for JSON what JSON.parse takes', () => {
    const noise = fc.tuple(tree, fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '\\', '0', 'e', '-', 'u', ' ', 'é'));
    fc.assert(
      fc.property(noise, ([value, at, insert]) => {
        const json = JSON.stringify(value);
        const place = at % (json.length + 1);
        const broken = json.slice(0, place) + insert + json.slice(place + (insert === '' ? 1 : 0));
        let valid = true;
        try {
          JSON.parse(broken);
        } catch {
          valid = false;
        }
        const bytes = encodeUtf8(broken);
        expect(isJson(bytes, 0, bytes.length), broken).toBe(valid);
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('takes the last of two members of one name, and undoes escapes', () => {
    expect(scan('{"a":1,"a":{"b":2}}', '$.a.b')).toBe('2');
    expect(scan('{"a":{"b":2},"a":1}', '$.a.b')).toBeNull();
    expect(scan('{"a":"x\\u00e9\\n\\ud83d\\ude00\\/"}', '$.a')).toBe('xé\n😀/');
    expect(scan('{"\\u0061":1}', '$.a')).toBe('unsure');
    expect(scan('{"a":1} x', '$.a')).toBe('invalid');
  });
});
