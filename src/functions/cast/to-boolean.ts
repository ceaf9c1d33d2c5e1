import { parseBoolean } from '../../values/parse-boolean.ts';
import type { CastSite, Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';

/** 0 is false, any other number true. */
export function castToBoolean(site: CastSite): Conversion | undefined {
  switch (site.from.kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'float':
    case 'double':
      return { kernel: (value: number) => value !== 0, inline: (value) => `(${value} !== 0)` };
    case 'bigint':
    case 'decimal':
      return { kernel: (value: bigint) => value !== 0n, inline: (value) => `(${value} !== 0n)` };
    case 'char':
    case 'varchar':
      return castFromText(site, parseBoolean);
    default:
      return undefined;
  }
}
