import { valueAt } from '../../src/columnar/row-view.ts';
import { ByteSlice, encodeUtf8 } from '../../src/columnar/byte-slice.ts';
import type { DecodedRows } from '../../src/contracts/format.ts';
import { parseOptions } from '../../src/contracts/options.ts';
import { RowErrors, type OnError } from '../../src/contracts/row-errors.ts';
import { format } from '../../src/formats/registry.ts';
import type { SqlType } from '../../src/types/sql-type.ts';

export interface DecodeSettings {
  readonly columns: readonly (readonly [string, SqlType])[];
  readonly wanted?: readonly number[];
  readonly options?: Readonly<Record<string, string>>;
  readonly onError?: OnError;
  /** Cuts the text into chunks of these sizes, repeated; default one chunk. */
  readonly chunks?: readonly number[];
  readonly maxBatchRows?: number;
}

/** Decodes text with a format the way the file connector does; rows as plain values, bytes as strings. */
export async function decodeText(name: string, text: string, settings: DecodeSettings) {
  const entry = format(name)!;
  const columns = settings.columns.map(([column, type]) => ({ name: column, type, nullable: true, header: false }));
  const given = Object.entries(settings.options ?? {}).map(([key, value]) => ({ key, value }));
  const options = parseOptions(entry.options, given, { connector: 'file' });
  entry.validate?.(columns, options);
  const counter = { value: 0, add: (n: number) => void (counter.value += n) };
  const decoder = (await entry.load()).decoder({
    physical: columns,
    wanted: (settings.wanted ?? columns.map((_, i) => i)).map((i) => columns[i]!),
    options,
    timeZone: 'UTC',
    errors: new RowErrors({
      policy: settings.onError ?? 'null',
      table: 't',
      counter,
      debug: false,
      warn: () => undefined,
      now: () => 0,
    }),
    maxBatchRows: settings.maxBatchRows ?? 4096,
  });
  const bytes = encodeUtf8(text);
  const decoded: DecodedRows[] = [];
  const sizes = settings.chunks ?? [Math.max(1, bytes.length)];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]!);
    decoded.push(...decoder.decode(bytes.slice(at, at + size)));
    at += size;
  }
  decoded.push(...decoder.finish());
  const rows: unknown[][] = [];
  const lines: number[] = [];
  for (const batch of decoded) {
    for (let row = 0; row < batch.rowCount; row++) {
      rows.push(batch.columns.map((column) => plain(valueAt(column, row))));
      lines.push(batch.lines[row]!);
    }
  }
  return { rows, lines, bad: counter.value, consumed: decoder.consumed, line: decoder.line, total: bytes.length };
}

function plain(value: unknown): unknown {
  return value instanceof ByteSlice ? value.toString() : value;
}
