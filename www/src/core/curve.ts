/** The columns that uPlot draws: batches (extremes and smoothed) and epochs on one axis, in epochs. */
import type { EpochReport } from "../engine/protocol";
import type { Series } from "./series";

type Column = (number | null)[];

export interface Columns {
  x: number[];
  raw: Column;
  smooth: Column;
  validation: Column;
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** Columns sorted by x; epochs fall between the batches that they end. `origin`: batches trained before the series begins. */
export function curveColumns(series: Series, origin: number, batches: number, epochs: readonly EpochReport[], value: (report: EpochReport) => number): Columns {
  const columns: Columns = { x: [], raw: [], smooth: [], validation: [] };
  const put = (x: number, raw: number | null, smooth: number | null, validation: number | null) => {
    columns.x.push(x);
    columns.raw.push(raw);
    columns.smooth.push(smooth);
    columns.validation.push(validation);
  };
  let next = 0;
  for (let bucket = 0; bucket < series.buckets; bucket++) {
    const end = (origin + series.end(bucket)) / batches;
    while (next < epochs.length && epochs[next].epoch < end) put(epochs[next].epoch, null, null, finite(value(epochs[next++])));
    const spread = series.min(bucket) !== series.max(bucket);
    if (spread) put(end - 0.5 * (series.width / batches), finite(series.min(bucket)), null, null);
    const meets = next < epochs.length && epochs[next].epoch === end;
    put(end, finite(series.max(bucket)), finite(series.smooth(bucket)), meets ? finite(value(epochs[next++])) : null);
  }
  while (next < epochs.length) put(epochs[next].epoch, null, null, finite(value(epochs[next++])));
  return columns;
}

/** How far the axis of epochs reaches: far enough for what there is, so that the first batches fill it too. */
export function reach(progress: number, epochs: number): number {
  const ends = [0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 10];
  for (let scale = 1; ; scale *= 10) {
    const end = ends.find((e) => e * scale >= progress);
    if (end !== undefined) return Math.max(Math.min(end * scale, epochs), progress);
  }
}

/** The greatest of the smoothed curve and of the epochs, which the axis must hold. */
export function greatest({ smooth, validation }: Columns): number {
  let most = 0;
  for (const value of smooth) if (value !== null && value > most) most = value;
  for (const value of validation) if (value !== null && value > most) most = value;
  return most;
}
