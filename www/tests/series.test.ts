import { describe, expect, it } from "vitest";
import { curveColumns, reach } from "../src/core/curve";
import { Series } from "../src/core/series";
import type { EpochReport } from "../src/engine/protocol";

const epoch = (epoch: number, val_loss: number) => ({ epoch, val_loss }) as EpochReport;

describe("a series", () => {
  it("keeps every value while there is room", () => {
    const series = new Series(8, 2);
    for (const value of [3, 1, 2]) series.push(value);
    expect(series.buckets).toBe(3);
    expect([0, 1, 2].map((b) => series.max(b))).toEqual([3, 1, 2]);
  });

  it("stays within its capacity and keeps the extremes of a long run", () => {
    const series = new Series(64);
    const n = 50_000;
    for (let i = 0; i < n; i++) series.push(i === 31_337 ? 1e6 : i === 777 ? -1e6 : Math.sin(i));
    expect(series.length).toBe(n);
    expect(series.buckets).toBeLessThanOrEqual(64);
    expect(series.buckets).toBeGreaterThan(16);
    const buckets = Array.from({ length: series.buckets }, (_, b) => b);
    expect(Math.max(...buckets.map((b) => series.max(b)))).toBe(1e6);
    expect(Math.min(...buckets.map((b) => series.min(b)))).toBe(-1e6);
    expect(series.end(series.buckets - 1)).toBe(n);
  });

  it("holds each value in the bucket of its turn", () => {
    const series = new Series(16);
    for (let i = 1; i <= 1000; i++) series.push(i);
    for (let b = 0; b < series.buckets; b++) {
      expect(series.max(b)).toBe(series.end(b));
      expect(series.min(b)).toBe(b === 0 ? 1 : series.end(b - 1) + 1);
    }
  });

  // The losses of a run that falls fast at first: 2.3 at the beginning, 0.73 at the fiftieth batch.
  it.each([5, 10, 25, 50, 100, 200])("says at batch %s what the batches have, not what they had", (n) => {
    const series = new Series();
    const loss = (i: number) => 2.3 * i ** -0.293;
    for (let i = 1; i <= n; i++) series.push(loss(i));
    expect(series.latest / loss(n)).toBeGreaterThanOrEqual(1);
    expect(series.latest / loss(n)).toBeLessThan(1.05);
  });

  it("is the plain mean of as many values as it says", () => {
    const series = new Series();
    const values = Array.from({ length: 333 }, (_, i) => Math.sin(i * i));
    for (const [i, value] of values.entries()) {
      series.push(value);
      const n = series.smoothed;
      expect(n).toBe(Math.max(1, Math.min(20, Math.floor((i + 1) / 5))));
      const last = values.slice(i + 1 - n, i + 1);
      // Held as f32; the sum of 20 numbers of at most 1 in f64 is exact beside that.
      expect(Math.abs(series.latest - last.reduce((a, b) => a + b, 0) / n)).toBeLessThanOrEqual(2 ** -24);
    }
  });

  it("knows its first value", () => {
    const series = new Series();
    expect(series.first).toBeNaN();
    for (const value of [2, 7, 1]) series.push(value);
    expect(series.first).toBe(2);
  });

  it("starts its average at the first value, and survives what is no number", () => {
    const series = new Series(8);
    series.push(2);
    expect(series.latest).toBeCloseTo(2);
    series.push(NaN);
    expect(series.latest).toBeNaN();
    series.push(2);
    expect(series.latest).toBeCloseTo(2);
  });
});

describe("a series that goes back", () => {
  /** Every number that is drawn. */
  const drawn = (series: Series) =>
    Array.from({ length: series.buckets }, (_, b) => [series.end(b), series.min(b), series.max(b), series.smooth(b)]);
  const value = (i: number) => (i % 97 === 96 ? NaN : Math.sin(i * i));
  const filled = (n: number) => {
    const series = new Series(16);
    for (let i = 0; i < n; i++) series.push(value(i));
    return series;
  };

  // 16 buckets are merged at 16, 32, 64, …: before, at and after these, and over them.
  it.each([1, 15, 17, 20, 31, 32, 33, 40, 63, 65, 70, 128, 130, 300, 519])("from %s values, is as if what came after had never been", (n) => {
    for (let back = 0; back <= Math.min(n, 32); back++) {
      const series = filled(n);
      series.rewind(n - back);
      expect(drawn(series), `${back} back`).toEqual(drawn(filled(n - back)));
      for (let i = n - back; i < n + 40; i++) series.push(value(i));
      expect(drawn(series), `${back} back and on`).toEqual(drawn(filled(n + 40)));
    }
  });

  it("goes back again and again", () => {
    const series = filled(100);
    series.rewind(85);
    for (let i = 85; i < 90; i++) series.push(value(i));
    series.rewind(80);
    expect(drawn(series)).toEqual(drawn(filled(80)));
  });

  it("is empty where it cannot remember", () => {
    const series = filled(500);
    series.rewind(10);
    expect(series.length).toBe(0);
    series.push(1);
    expect(drawn(series)).toEqual([[1, 1, 1, 1]]);
  });
});

describe("the columns of a curve", () => {
  it("are sorted, and put epochs where they ended", () => {
    const series = new Series(8);
    for (let i = 1; i <= 25; i++) series.push(i);
    const { x, raw, validation } = curveColumns(series, 0, 10, [epoch(1, 0.5), epoch(2, 0.4)], (e) => e.val_loss);
    expect([...x].sort((a, b) => a - b)).toEqual(x);
    expect(validation.filter((v) => v !== null)).toEqual([0.5, 0.4]);
    expect(x[validation.indexOf(0.5)]).toBe(1);
    expect(x[validation.indexOf(0.4)]).toBe(2);
    expect(Math.max(...raw.map((v) => v ?? 0))).toBe(25);
    expect(x.at(-1)).toBeCloseTo(2.5);
  });

  it("begin where a saved run went on", () => {
    const series = new Series(8);
    series.push(1);
    expect(curveColumns(series, 20, 10, [], () => 0).x).toEqual([2.1]);
  });

  it("leave gaps for what is no number", () => {
    const series = new Series(8);
    series.push(NaN);
    const { raw, smooth } = curveColumns(series, 0, 1, [epoch(1, NaN)], (e) => e.val_loss);
    expect([...raw, ...smooth].every((v) => v === null)).toBe(true);
  });
});

describe("the axis of epochs", () => {
  it.each([
    [0.01, 10, 0.1],
    [0.3, 10, 0.5],
    [1, 10, 1],
    [3.2, 10, 5],
    [8, 10, 10],
    [2.5, 3, 3],
    [42, 100, 50],
    [12, 10, 12],
  ])("after %s of %s epochs reaches to %s", (progress, epochs, end) => expect(reach(progress, epochs)).toBe(end));
});
