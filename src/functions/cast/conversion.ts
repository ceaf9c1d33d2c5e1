import type { ScalarImplementation } from '../../contracts/function.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Zone } from '../../values/zone.ts';

/** What a conversion depends on. */
export interface CastSite {
  readonly from: SqlType;
  readonly to: SqlType;
  readonly flink: boolean;
  readonly zone: Zone;
  /** Bad text fails the run: Flink's CAST. Otherwise it is NULL. */
  readonly failing: boolean;
}

/** A conversion before its fixed parts are filled in. `inline` only where the kernel never gives NULL. */
export interface Conversion {
  readonly kernel: ScalarImplementation['kernel'];
  readonly mayReturnNull?: boolean;
  readonly inline?: (value: string) => string;
}

/** The JS value stays as it is: same layout, or one that a store into the target's array narrows. */
export const IDENTITY: Conversion = { kernel: (value: unknown) => value, inline: (value) => value };
