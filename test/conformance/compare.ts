/** Whether two result cells are the same value, by the rules of the case set's README. */
export function sameCell(got: string | null, expected: unknown, type: string | undefined, loose = false): boolean {
  if (expected === null || expected === undefined) return got === null;
  if (got === null) return false;
  const wanted = typeof expected === 'object' ? JSON.stringify(expected) : `${expected as string | number | boolean}`;
  const kind = (type ?? '').replace(/[(<].*/, '').trim();
  switch (kind) {
    case 'BOOLEAN':
      return got.toLowerCase() === wanted.toLowerCase();
    case 'FLOAT':
    case 'REAL':
      return sameNumber(got, wanted, 1e-6);
    case 'DOUBLE':
      return sameNumber(got, wanted, loose ? 1e-6 : 1e-12);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
    case 'TIME':
      return stripFraction(got) === stripFraction(wanted);
    case 'INTERVAL SECOND':
    case 'INTERVAL MONTH':
    case 'INTERVAL DAY TO SECOND':
    case 'INTERVAL YEAR TO MONTH':
      return got === wanted || intervalNumber(got) === wanted;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return got.toLowerCase() === wanted.toLowerCase();
    default:
      return got === wanted;
  }
}

/**
 * Whether a nested value of the API is the one of a case: ARRAY a list, MAP a list of pairs in any order, ROW a list of
 * fields. What is inside is compared as numbers or as text, times without trailing zeros.
 */
export function sameNested(got: unknown, expected: unknown): boolean {
  if (got === null || expected === null) return got === expected;
  if (got instanceof Map) {
    const left = [...(got as Map<unknown, unknown>)];
    if (!Array.isArray(expected) || expected.length !== left.length) return false;
    return expected.every((entry: unknown) => {
      const place = left.findIndex((one) => sameNested(one, entry));
      if (place >= 0) left.splice(place, 1);
      return place >= 0;
    });
  }
  if (got instanceof Uint8Array) return sameLeaf(`0x${Buffer.from(got).toString('hex')}`, expected);
  if (typeof got !== 'object') return sameLeaf(`${got as string | number | bigint | boolean}`, expected);
  const items: readonly unknown[] = Array.isArray(got) ? got : Object.values(got);
  return (
    Array.isArray(expected) &&
    items.length === expected.length &&
    items.every((item, i) => sameNested(item, (expected as unknown[])[i]))
  );
}

function sameLeaf(got: string, expected: unknown): boolean {
  if (typeof expected === 'object') return false;
  const wanted = `${expected as string | number | boolean}`;
  if (got === wanted || (typeof expected === 'number' && sameNumber(got, wanted, 1e-12))) return true;
  if (intervalNumber(got) === wanted) return true;
  return /^\d[\d-]*( |:)/.test(wanted) && stripFraction(got) === stripFraction(wanted);
}

/** A nested cell as text against JSON: the parts in their order, whatever brackets stand around them. */
export function sameNestedText(got: string | null, expected: unknown): boolean {
  if (got === null || expected === null) return got === expected;
  if (typeof expected === 'string') return got === expected;
  const parts = got.replaceAll(/[[\]{}()]/g, ' ').split(/[,=]/);
  const wanted = (expected as unknown[]).flat(Infinity);
  const trimmed = parts.map((part) => part.trim()).filter((part) => part !== '');
  return (
    trimmed.length === wanted.length &&
    wanted.every((one, i) => (one === null ? /^null$/i.test(trimmed[i]!) : sameLeaf(trimmed[i]!, one)))
  );
}

/** DECIMAL whose scale the source does not assert: as numbers. */
export function sameDecimalValue(got: string | null, expected: string): boolean {
  return got !== null && /^-?[\d.]+$/.test(got) && normal(got) === normal(expected);
}

function normal(text: string): string {
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  return trimmed === '-0' ? '0' : trimmed.replace(/^(-?)\./, '$10.');
}

function sameNumber(got: string, wanted: string, tolerance: number): boolean {
  const a = toNumber(got);
  const b = toNumber(wanted);
  if (Object.is(a, b) || a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))) return true;
  // Some sources print fewer digits: then the printed digits decide.
  const digits = wanted
    .replace(/e.*/i, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+/, '').length;
  return digits > 0 && digits < 12 && Number(a.toPrecision(digits)) === b;
}

function toNumber(text: string): number {
  if (/^[+-]?inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^nan$/i.test(text) ? Number.NaN : Number(text);
}

/** Some sources print an interval as its milliseconds or months, as the inputs of all cases are. */
function intervalNumber(text: string): string | undefined {
  const months = /^([+-])(\d+)-(\d\d)$/.exec(text);
  if (months !== null) return signed(months[1], Number(months[2]) * 12 + Number(months[3]));
  const time = /^([+-])(\d+) (\d\d):(\d\d):(\d\d)\.(\d{3})$/.exec(text);
  if (time === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, millis = 0] = time.slice(2).map(Number);
  return signed(time[1], (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + millis);
}

function signed(sign: string | undefined, magnitude: number): string {
  return String(sign === '-' && magnitude !== 0 ? -magnitude : magnitude);
}

function stripFraction(text: string): string {
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** VARCHAR matches CHAR of any length; a missing length means any; blanks and case do not count. */
export function sameTypeName(got: string, expected: string): boolean {
  const a = normalType(got);
  const b = normalType(expected);
  if (a === b) return true;
  if (b.includes('<')) return anyLength(a) === anyLength(b);
  if (/^VARCHAR/.test(b)) return /^(VARCHAR|CHAR)/.test(a);
  return !b.includes('(') && a.replace(/\(.*\)/, '') === b;
}

/** Texts inside a nested type: CHAR or VARCHAR of any length. */
function anyLength(type: string): string {
  return type.replaceAll(/(VAR)?CHAR(\(\d+\))?/g, 'VARCHAR');
}

function normalType(text: string): string {
  return (
    text
      .toUpperCase()
      .replaceAll(/\bSTRING\b/g, 'VARCHAR')
      .replaceAll(' ', '')
      .replaceAll('`', '')
      .replace('NOTNULL', '')
      // There are two interval types, whatever range of fields a source names.
      .replaceAll(/INTERVAL(YEAR|MONTH)(\(\d\))?(TO[A-Z]+)?/g, 'INTERVALMONTH')
      .replaceAll(/INTERVAL(DAY|HOUR|MINUTE|SECOND)(\(\d\))?(TO[A-Z]+)?(\(\d\))?/g, 'INTERVALSECOND')
      .replace(/^TIME$/, 'TIME(0)')
  );
}
