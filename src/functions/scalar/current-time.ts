import type { FunctionContext, ScalarBinding, ScalarFunction } from '../../contracts/function.ts';
import { BIGINT, DATE, DOUBLE, TIME, TIMESTAMP, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { MS_PER_DAY } from '../../values/civil-date.ts';
import { timeZone } from '../../values/zone.ts';
import { scalar } from '../define.ts';

function clock(
  name: string,
  returns: SqlType,
  doc: string,
  read: (context: FunctionContext) => () => number,
): ScalarFunction {
  return scalar({
    name,
    category: 'datetime',
    syntax: [name === 'PROCTIME' || name === 'CURRENT_ROW_TIMESTAMP' ? `${name}()` : name],
    doc: `${doc}; read anew for every row.`,
    examples: [],
    overloads: [{ params: [], returns, deterministic: false, make: ({ context }) => read(context) }],
  });
}

const instant = ({ now }: FunctionContext) => now;

function localDay({ now, timeZone: name }: FunctionContext): () => number {
  const zone = timeZone(name);
  return () => Math.floor(zone.toLocal(now()) / MS_PER_DAY);
}

function localTime({ now, timeZone: name }: FunctionContext): () => number {
  const zone = timeZone(name);
  return () => {
    const local = zone.toLocal(now());
    return local - Math.floor(local / MS_PER_DAY) * MS_PER_DAY;
  };
}

const now = scalar({
  name: 'NOW',
  category: 'datetime',
  syntax: ['NOW([offset_seconds])'],
  doc: 'Epoch seconds of the wall clock, moved by an offset (`sql.compatibility` flink: a TIMESTAMP); read anew for every row.',
  examples: [],
  resolve({ types, context }): ScalarBinding | undefined {
    const base = { nulls: 'propagate', mayReturnNull: false, deterministic: false } as const;
    const [offset] = types;
    if (offset === undefined) {
      if (context.compatibility === 'flink') {
        return { args: [], returns: TIMESTAMP, impl: { ...base, kernel: context.now } };
      }
      return { args: [], returns: BIGINT, impl: { ...base, kernel: () => BigInt(Math.floor(context.now() / 1000)) } };
    }
    if (types.length !== 1 || !(isNumeric(offset) || offset.kind === 'null')) return undefined;
    const kernel = (seconds: number): bigint =>
      BigInt(Math.floor(context.now() / 1000)) + (Number.isFinite(seconds) ? BigInt(Math.trunc(seconds)) : 0n);
    return { args: [DOUBLE], returns: BIGINT, impl: { ...base, kernel } };
  },
});

export const currentTime: readonly ScalarFunction[] = [
  clock('CURRENT_TIMESTAMP', TIMESTAMP, 'The current time', instant),
  clock('LOCALTIMESTAMP', TIMESTAMP, 'The current time', instant),
  clock('CURRENT_ROW_TIMESTAMP', TIMESTAMP, 'The current time', instant),
  clock('PROCTIME', TIMESTAMP, 'The processing time', instant),
  clock('CURRENT_DATE', DATE, 'Today in the time zone of the job', localDay),
  clock('CURRENT_TIME', TIME, 'The time of day in the time zone of the job', localTime),
  clock('LOCALTIME', TIME, 'The time of day in the time zone of the job', localTime),
  now,
];
