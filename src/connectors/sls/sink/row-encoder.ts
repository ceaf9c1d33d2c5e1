import type { Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { TableDescriptor } from '../../../contracts/connector.ts';
import type { Schema } from '../../../types/schema.ts';
import type { LogGroupWriter } from '../../../wire/sls/encode-log-group.ts';
import { LogFields, type FieldTexts } from '../../../wire/sls/log-fields.ts';
import { ColumnTexts } from './column-texts.ts';

/** Where the attributes of a log come from: column indexes, −1 = none. */
export interface Roles {
  readonly topic: number;
  readonly source: number;
  readonly time: number;
  readonly partition: number;
}

/** Writes rows as logs, straight from the columns: no object per row and no string per value. */
export class RowEncoder {
  readonly roles: Roles;
  /** The columns that become fields. */
  readonly #fieldColumns: readonly number[];
  readonly #fields: LogFields;
  /** By column; undefined for those that are neither field nor attribute. */
  readonly #texts: readonly (ColumnTexts | undefined)[];
  #times: Column | undefined;

  constructor(table: TableDescriptor, schema: Schema) {
    const { options } = table;
    const indexOf = (option: string): number => {
      const name = options.optionalText(option);
      return name === undefined ? -1 : schema.fields.findIndex((field) => field.name === name);
    };
    this.roles = {
      topic: indexOf('topic'),
      source: indexOf('source'),
      time: indexOf('timestampColumn'),
      partition: options.text('mode') === 'partition' ? indexOf('partitionColumn') : -1,
    };
    const attributes = new Set([this.roles.topic, this.roles.source, this.roles.time]);
    this.#texts = schema.fields.map(({ type }, column) =>
      column === this.roles.time ? undefined : new ColumnTexts(type, table),
    );
    this.#fieldColumns = schema.fields.flatMap((_, column) => (attributes.has(column) ? [] : [column]));
    this.#fields = new LogFields(
      this.#fieldColumns.map((column) => schema.fields[column]!.name),
      { writeNulls: options.bool('writeNullProperties') },
    );
  }

  /** Takes the rows that are written next; the batch must stay as it is until then. */
  load(batch: Batch): void {
    const { columns, rowCount, selection } = batch;
    this.#texts.forEach((texts, column) => texts?.load(columns[column]!, rowCount, selection));
    this.#fieldColumns.forEach((column, field) => this.#fields.set(field, this.#texts[column]!));
    this.#times = columns[this.roles.time];
  }

  /** Writes one log. @returns its bytes */
  write(row: number, into: LogGroupWriter, nowSec: number): number {
    return into.log(this.#times === undefined ? nowSec : timeOf(this.#times, row, nowSec), this.#fields, row);
  }

  /** The texts of an attribute in the rows that were loaded; undefined for the column −1. */
  texts(column: number): FieldTexts | undefined {
    return this.#texts[column];
  }
}

/** Epoch seconds of a log; NULL and what no log time can be fall back to now. */
function timeOf(column: Column, row: number, nowSec: number): number {
  if ((column.nulls !== null && column.nulls[row] === 1) || column.layout === 'bytes') return nowSec;
  const seconds = Number(column.values[row]);
  return seconds >= 0 && seconds <= 0xffffffff ? Math.floor(seconds) : nowSec;
}
