import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { isFineTime, typeName } from '../../types/sql-type.ts';
import type { CatalogColumn } from '../catalog-table.ts';

/** Watermarks are milliseconds, so the time they speak about is. @throws PlanError PLAN_DDL */
export function checkRowtimePrecision(column: CatalogColumn, span: Span | undefined): void {
  if (!isFineTime(column.type)) return;
  const shown = `the watermark column "${column.name}" is ${typeName(column.type)}, finer than a watermark`;
  throw new PlanError('PLAN_DDL', shown, {
    span,
    hint: `Compute one in milliseconds: ts AS CAST(${column.name} AS TIMESTAMP(3)), and use WATERMARK FOR ts.`,
  });
}
