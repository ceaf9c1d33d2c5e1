import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../../src/columnar/byte-slice.ts';
import { encodeLogGroup, LogGroupWriter } from '../../../../src/wire/sls/encode-log-group.ts';
import { LogFields, type FieldTexts } from '../../../../src/wire/sls/log-fields.ts';

/** Texts one behind the other in a buffer of their own, which ends with the last of them. */
function texts(values: readonly (string | null)[]): FieldTexts {
  const parts = values.map((value) => encodeUtf8(value ?? ''));
  const bytes = new Uint8Array(Buffer.concat([Buffer.from('ab'), ...parts])).subarray(2);
  const lengths = Int32Array.from(parts, (part) => part.length);
  const offsets = Int32Array.from(parts, (_, row) => parts.slice(0, row).reduce((sum, part) => sum + part.length, 0));
  const nulls = values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 1 : 0)) : null;
  return { bytes, offsets, lengths, nulls };
}

/** Lengths around every limit of a varint and of the ways of copying. */
const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 31, 100, 117, 118, 127, 128, 129, 511, 512, 513, 16_370, 16_384, 70_000];

describe('the fields of logs', () => {
  it.each([true, false])('are the bytes that objects give, with NULL written: %s', (writeNulls) => {
    const keys = ['a', 'some_longer_key', '', 'é'.repeat(70)];
    const columns = [
      lengths.map((length) => 'x'.repeat(length)),
      lengths.map((length, row) => (row % 3 === 0 ? null : 'ü'.repeat(length >> 1))),
      lengths.map((_, row) => (row % 5 === 0 ? '' : `row ${row}`)),
      lengths.map(() => null),
    ];
    const fields = new LogFields(keys, { writeNulls });
    columns.forEach((values, field) => fields.set(field, texts(values)));
    const writer = new LogGroupWriter(16);
    const sizes = lengths.map((_, row) => writer.log(1_700_000_000 + row, fields, row));
    const logs = lengths.map((_, row) => ({
      time: 1_700_000_000 + row,
      contents: keys.flatMap((key, field): [string, string][] => {
        const value = columns[field]![row]!;
        return value === null && !writeNulls ? [] : [[key, value ?? '']];
      }),
    }));
    expect(Buffer.compare(writer.finish({ topic: 't' }), encodeLogGroup({ logs, topic: 't' }))).toBe(0);
    const single = logs.map((log) => {
      const alone = new LogGroupWriter();
      alone.beginLog(log.time);
      for (const [key, value] of log.contents) {
        const bytes = encodeUtf8(value);
        alone.content(encodeUtf8(key), bytes, 0, bytes.length);
      }
      return alone.endLog();
    });
    expect(sizes).toEqual(single);
  });

  it('of a log taken back leave no trace', () => {
    const fields = new LogFields(['k'], { writeNulls: false });
    fields.set(0, texts(['one', 'two', 'three']));
    const writer = new LogGroupWriter();
    writer.log(1, fields, 0);
    writer.log(2, fields, 1);
    writer.undoLog();
    writer.log(3, fields, 2);
    expect(writer.logCount).toBe(2);
    const logs = [
      { time: 1, contents: [['k', 'one']] as [string, string][] },
      { time: 3, contents: [['k', 'three']] as [string, string][] },
    ];
    expect(writer.finish()).toEqual(encodeLogGroup({ logs }));
  });

  it('are read from where they lie now, whatever buffer that is', () => {
    const fields = new LogFields(['k', 'l'], { writeNulls: false });
    const [first, second] = [texts(['one']), texts(['another'])];
    fields.set(0, first);
    fields.set(1, first);
    fields.set(0, second);
    const writer = new LogGroupWriter();
    writer.log(1, fields, 0);
    const contents: [string, string][] = [
      ['k', 'another'],
      ['l', 'one'],
    ];
    expect(writer.finish()).toEqual(encodeLogGroup({ logs: [{ time: 1, contents }] }));
  });
});
