import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/columnar/batch.ts';
import { MetricSet } from '../../../src/runtime/metrics.ts';
import { WatermarkAssigner, WatermarkMinimum } from '../../../src/runtime/watermark.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { TIMESTAMP } from '../../../src/types/sql-type.ts';
import { batchOf, rowsOfBatch } from '../../support/runtime/batches.ts';
import { watermark } from '../../support/runtime/plans.ts';

const times = schema([field('ts', TIMESTAMP)]);
const metrics = new MetricSet();

function assigned(assigner: WatermarkAssigner, values: readonly (number | null)[], selection?: number[]): unknown[] {
  let batch = batchOf(
    times,
    values.map((one) => [one]),
  );
  if (selection !== undefined) batch = batch.select(Int32Array.from(selection));
  return assigner
    .assign(batch)
    .map(({ batch: part, watermarkMs }: { batch: Batch; watermarkMs: number }) => [
      rowsOfBatch(part).flat(),
      watermarkMs,
    ]);
}

describe('watermark assigner', () => {
  it('leaves an ordered batch whole, with the watermark behind it', () => {
    const assigner = new WatermarkAssigner(watermark(0, 5), metrics.counter('nulls'));
    expect(assigned(assigner, [10, 11, 12])).toEqual([[[10, 11, 12], 7]]);
  });

  it('cuts before a row at or below a running watermark that was not sent', () => {
    const assigner = new WatermarkAssigner(watermark(0, 5), metrics.counter('nulls'));
    expect(assigned(assigner, [10, 20, 16, 15, 14, 30, 26])).toEqual([
      [[10, 20, 16], 15],
      [[15, 14, 30, 26], 25],
    ]);
  });

  it('cuts only where a pane has closed', () => {
    const assigner = new WatermarkAssigner(watermark(0, 0, 10), metrics.counter('nulls'));
    expect(assigned(assigner, [5, 7, 6, 9, 8, 12, 11, 19, 19])).toEqual([
      [[5, 7, 6, 9], 9],
      [[8, 12, 11, 19], 19],
      [[19], 19],
    ]);
    const shifted = new WatermarkAssigner(watermark(0, 0, 10, 3), metrics.counter('nulls'));
    expect(assigned(shifted, [9, 10, 5, 12, 12])).toEqual([
      [[9, 10, 5, 12], 12],
      [[12], 12],
    ]);
  });

  it('counts the times of rows that a filter left out, and cuts only before rows that are there', () => {
    const assigner = new WatermarkAssigner(watermark(0, 0), metrics.counter('nulls'));
    expect(assigned(assigner, [1, 50, 40, 30, 60], [0, 3, 4])).toEqual([
      [[1], 50],
      [[30, 60], 60],
    ]);
    expect(assigned(assigner, [70, 80], [])).toEqual([[[], 80]]);
  });

  it('drops and counts rows without a time', () => {
    const own = new MetricSet();
    const assigner = new WatermarkAssigner(watermark(0, 0), own.counter('nulls'));
    expect(assigned(assigner, [1, null, 2, null], [0, 1, 2])).toEqual([[[1, 2], 2]]);
    expect(own.counter('nulls').value).toBe(1);
  });

  it('hands rows without a time on where something besides windows reads them', () => {
    const own = new MetricSet();
    const spec = { ...watermark(0, 0, 10), keepsNulls: true };
    const assigner = new WatermarkAssigner(spec, own.counter('nulls'));
    expect(assigned(assigner, [1, null, 12, null, 5, null], [0, 1, 2, 4, 5])).toEqual([
      [[1, null, 12], 12],
      [[5, null], 12],
    ]);
    expect(own.counter('nulls').value).toBe(0);
  });

  it('cuts wherever the watermark moved, where every move is asked for', () => {
    const spec = { ...watermark(0, 5), everyMove: true, keepsNulls: true };
    const assigner = new WatermarkAssigner(spec, metrics.counter('nulls'));
    expect(assigned(assigner, [10, 10, 20, null, 16, 15, 30, 30])).toEqual([
      [[10], 5],
      [[10, 20], 15],
      [[null, 16, 15, 30], 25],
      [[30], 25],
    ]);
    expect(assigned(assigner, [40, 41, 41], [0, 2])).toEqual([
      [[40], 36],
      [[41], 36],
    ]);
  });

  it('goes on where a restored one stood', () => {
    const assigner = new WatermarkAssigner(watermark(0, 5), metrics.counter('nulls'), 15);
    expect(assigned(assigner, [3, 18])).toEqual([[[3, 18], 15]]);
  });
});

describe('watermark minimum', () => {
  it('never moves an input back', () => {
    const minimum = new WatermarkMinimum(1);
    minimum.advance(0, 10);
    minimum.advance(0, 5);
    expect(minimum.watermarkOf(0)).toBe(10);
  });

  it('holds at minus infinity until each input has one, leaves idle and ended ones out', () => {
    const minimum = new WatermarkMinimum(3);
    minimum.advance(0, 10);
    minimum.advance(1, 20);
    expect(minimum.value).toBe(-Infinity);
    minimum.setIdle(2, true);
    expect(minimum.value).toBe(10);
    minimum.setIdle(0, true);
    expect(minimum.value).toBe(20);
    minimum.end(1);
    expect([minimum.value, minimum.allIdle]).toEqual([10, true]);
    minimum.end(0);
    minimum.end(2);
    expect([minimum.value, minimum.allIdle]).toEqual([Infinity, false]);
  });
});
