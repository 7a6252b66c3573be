import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { History } from "../src/core/history";
import type { RunEvent, StepReport } from "../src/engine/protocol";

let frames: (() => void)[] = [];
const frame = () => frames.splice(0).forEach((job) => job());

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (job: () => void) => frames.push(job));
});

// A frame that is asked for is due before the next is asked for.
afterEach(frame);

const step = (iteration: number): RunEvent => ({
  type: "step",
  report: { iteration, epoch: 1, batch: iteration, batches: 10, loss: 1 / iteration, accuracy: 0.5, images_per_second: 1, seconds_left: 1 } as StepReport,
});
const maps = (iteration: number): RunEvent => ({ type: "maps", split: "test", index: 0, label: 0, iteration, layers: [2, 5], values: [Float32Array.of(iteration), new Float32Array(3)] });
const restart = { type: "restart", training: {}, analysis: {} } as unknown as RunEvent;

describe("a run", () => {
  it("shows the newest of many reports once a frame, and draws every one", () => {
    const run = new History();
    const shown: (number | undefined)[] = [];
    run.step.subscribe((report) => shown.push(report?.iteration));
    for (let i = 1; i <= 5; i++) {
      run.take(step(i));
      run.take(maps(i));
    }
    expect(frames).toHaveLength(1);
    frame();
    expect(shown).toEqual([undefined, 5]);
    expect(run.maps.value?.iteration).toBe(5);
    expect(run.maps.value?.values.get(2)).toEqual(Float32Array.of(5));
    expect(run.maps.value?.values.get(0)).toBeUndefined();
    expect(run.loss.length).toBe(5);
  });

  it("gives back the maps that nobody looks at any more, and no others", () => {
    const run = new History();
    const given: number[] = [];
    const sent = (iteration: number): RunEvent => {
      const event = maps(iteration) as Extract<RunEvent, { type: "maps" }>;
      Object.assign(event.values[0].buffer, { transfer: () => given.push(iteration) });
      return event;
    };
    run.take(sent(1));
    run.take(sent(2));
    expect(given).toEqual([1]);
    frame();
    run.take(sent(3));
    frame();
    run.take(step(4));
    frame();
    expect(run.maps.value?.iteration).toBe(3);
    expect(given).toEqual([1]);
    run.take(sent(4));
    frame();
    expect(given).toEqual([1, 2]);
  });

  it("begins anew", () => {
    const run = new History();
    run.take(step(1));
    run.take(restart);
    frame();
    expect(run.step.value).toBeNull();
    expect(run.loss.length).toBe(0);
    expect(run.epochs.value).toEqual([]);
  });

  it("knows where a saved run goes on", () => {
    const run = new History();
    run.take(step(300));
    expect(run.origin).toBe(299);
  });

  it("goes back to an update, and on from there", () => {
    const run = new History();
    const changes: number[] = [];
    for (let i = 1; i <= 30; i++) run.take(step(i));
    frame();
    run.curves.subscribe((n) => changes.push(n));
    run.take({ type: "rewind", iteration: 20 });
    expect(run.iteration).toBe(20);
    expect(run.loss.length).toBe(20);
    expect(run.accuracy.length).toBe(20);
    // As many as before within one frame: drawn all the same.
    for (let i = 21; i <= 30; i++) run.take(step(i));
    frame();
    expect(run.step.value?.iteration).toBe(30);
    expect(run.loss.length).toBe(30);
    expect(changes).toHaveLength(2);
  });

  it("stands where it went back to until the next update comes", () => {
    const run = new History();
    for (let i = 301; i <= 310; i++) run.take(step(i));
    run.take({ type: "rewind", iteration: 304 });
    frame();
    expect(run.step.value?.iteration).toBe(304);
    expect(run.loss.length).toBe(4);
    expect(run.origin).toBe(300);
    run.take({ type: "rewind", iteration: 300 });
    frame();
    expect(run.step.value).toBeNull();
    expect(run.loss.length).toBe(0);
  });

  it("forgets an epoch that is trained again, and no other", () => {
    const run = new History();
    const epoch = (n: number) => ({ type: "epoch", report: { epoch: n, iteration: 10 * n, confusion: [], worst: [] }, predictions: new Uint8Array() }) as unknown as RunEvent;
    for (let i = 1; i <= 22; i++) {
      run.take(step(i));
      if (i % 10 === 0) run.take(epoch(i / 10));
    }
    run.take({ type: "rewind", iteration: 20 });
    expect(run.epochs.value.map((report) => report.epoch)).toEqual([1, 2]);
    expect(run.answers.value).not.toBeNull();
    run.take({ type: "rewind", iteration: 19 });
    expect(run.epochs.value.map((report) => report.epoch)).toEqual([1]);
    expect(run.answers.value).toBeNull();
  });

  it("goes back to where it was saved, however far, and on from there", () => {
    const run = new History();
    const epoch = (n: number) => ({ type: "epoch", report: { epoch: n, iteration: 100 * n, confusion: [], worst: [] }, predictions: new Uint8Array() }) as unknown as RunEvent;
    for (let i = 1; i <= 500; i++) {
      run.take(step(i));
      if (i % 100 === 0) run.take(epoch(i / 100));
      if (i === 200) run.take({ type: "saved", iteration: 200, bytes: new Uint8Array() });
    }
    const drawn = (series: History["loss"]) => Array.from({ length: series.buckets }, (_, b) => [series.min(b), series.smooth(b)]);
    const never = new History();
    for (let i = 1; i <= 200; i++) never.take(step(i));
    run.back();
    frame();
    expect(run.step.value?.iteration).toBe(200);
    expect(run.epochs.value.map((report) => report.epoch)).toEqual([1, 2]);
    expect(drawn(run.loss)).toEqual(drawn(never.loss));
    for (let i = 201; i <= 260; i++) for (const each of [run, never]) each.take(step(i));
    // A lost GPU takes it back from there as well.
    for (const each of [run, never]) each.take({ type: "rewind", iteration: 250 });
    expect(run.loss.length).toBe(250);
    expect(drawn(run.loss)).toEqual(drawn(never.loss));
  });

  it("that was never saved goes back to its beginning", () => {
    const run = new History();
    for (let i = 1; i <= 5; i++) run.take(step(i));
    run.back();
    frame();
    expect(run.step.value).toBeNull();
    expect(run.loss.length).toBe(0);
  });

  it("keeps the details of the last epoch alone", () => {
    const run = new History();
    const epoch = (n: number) => ({ type: "epoch", report: { epoch: n, confusion: [[1]], worst: [{}] }, predictions: new Uint8Array() }) as unknown as RunEvent;
    run.take(epoch(1));
    run.take(epoch(2));
    expect(run.epochs.value.map((report) => report.confusion.length)).toEqual([0, 1]);
  });
});
