import { aggregateWindowTable } from './aggregate-window-table.ts';
import { alignDayWindows } from './align-day-windows.ts';
import { checkIntervalJoins } from './check-interval-joins.ts';
import { foldConstants } from './fold-constants.ts';
import { joinVersions } from './join-versions.ts';
import { forgetJoinTimes } from './forget-join-times.ts';
import { mergeProjections } from './merge-projections.ts';
import { pruneColumns } from './prune-columns.ts';
import { pushFilterDown } from './push-filter-down.ts';
import { pushFilterIntoScan } from './push-filter-into-scan.ts';
import { rankFilteredOver } from './rank-filtered-over.ts';
import { rankWindows } from './rank-windows.ts';
import { removeIdleSorts } from './remove-idle-sorts.ts';
import { removeTrivial } from './remove-trivial.ts';
import { skipReordering } from './skip-reordering.ts';
import type { Rule } from './rule.ts';
import { warnEndlessMatches } from './warn-endless-matches.ts';

/** The one list of rules, in the order in which they run. */
export const order: readonly Rule[] = [
  // First: what nobody can see needs no further thought.
  removeIdleSorts,
  // Everything after it sees constants as constants and shorter conditions.
  foldConstants,
  // Views and sub-queries leave a stack of projections; filters then pass one instead of many.
  mergeProjections,
  // Before filters move: one on a bound of a window then stays above the aggregation that makes the windows.
  aggregateWindowTable,
  // Before columns are pruned: a filter that moved down needs its columns only below its new place.
  pushFilterDown,
  // Conditions met each other while moving: FALSE and TRUE may have appeared.
  foldConstants,
  removeTrivial,
  // Before any other ranking, and while windows still have both of their bounds.
  rankWindows,
  rankFilteredOver,
  // As soon as the view of the last rows is known as such.
  joinVersions,
  // From here on nothing above a scan asks for more columns than it needs.
  pruneColumns,
  // After pruning, because pruning leaves projections that only drop columns.
  mergeProjections,
  removeTrivial,
  // Last of the filters: what reaches a scan is what the scan outputs now.
  pushFilterIntoScan,
  // A column that only a pushed filter reads is no output any more.
  pruneColumns,
  removeTrivial,
  // Now that projections below aggregations are as small as they get.
  skipReordering,
  alignDayWindows,
  // Joins that are none by time after all, before what relies on their times.
  checkIntervalJoins,
  warnEndlessMatches,
  // Last: until here a join may still become one by window or by time, which keeps them.
  forgetJoinTimes,
];
