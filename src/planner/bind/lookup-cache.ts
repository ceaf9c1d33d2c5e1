import { timeRangesOf } from '../../contracts/lookup.ts';
import { textLiteral } from '../../contracts/literal.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { fold } from '../../expr/fold.ts';
import { TIMESTAMP, VARCHAR } from '../../types/sql-type.ts';
import type { CatalogTable } from '../catalog-table.ts';
import type { LookupCache } from '../physical/time-joins.ts';
import type { BindContext } from './bind-context.ts';
import { convert } from './coerce.ts';

/** How a dimension table is kept at hand, by its options; registered rows are all in memory. */
export function lookupCache(table: CatalogTable, context: BindContext): LookupCache {
  const { options } = table.descriptor;
  const word = table.from.kind === 'registered' ? 'ALL' : options.text('cache');
  return {
    kind: word === 'ALL' ? 'all' : word === 'LRU' ? 'lru' : 'none',
    size: options.optionalInt('cacheSize') ?? 10_000,
    ttlMs: options.optionalInt('cacheTTLMs'),
    empty: options.optionalText('cacheEmpty') !== 'false',
    quiet: timeRangesOf(options.text('cacheReloadTimeBlackList')).map(([from, to]) => {
      const [fromMs, toMs] = [epochMs(from, context), epochMs(to, context)];
      if (fromMs < toMs) return [fromMs, toMs] as const;
      throw new ConnectorError(
        'CONNECTOR_OPTION_VALUE',
        `a period of option "cacheReloadTimeBlackList" ends before it begins`,
        {
          span: table.span,
        },
      );
    }),
  };
}

function epochMs(text: string, context: BindContext): number {
  const full = /:\d\d:\d\d$/.test(text) ? text : `${text}:00`;
  const cast = convert(textLiteral(full, VARCHAR), TIMESTAMP, { mode: 'cast', context });
  const value = cast && fold(cast);
  if (value?.kind === 'literal' && typeof value.value === 'number') return value.value;
  throw new ConnectorError('CONNECTOR_OPTION_VALUE', `option "cacheReloadTimeBlackList" has no time "${text}"`);
}
