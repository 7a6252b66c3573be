import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Run } from "../src/core/run";
import type { EngineEvent, StepReport } from "../src/engine/protocol";

let frames: (() => void)[] = [];
const frame = () => frames.splice(0).forEach((job) => job());

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (job: () => void) => frames.push(job));
});

// A frame that is asked for is due before the next is asked for.
afterEach(frame);

const step = (iteration: number): EngineEvent => ({
  type: "step",
  report: { iteration, epoch: 1, batch: iteration, batches: 10, loss: 1 / iteration, accuracy: 0.5, images_per_second: 1, seconds_left: 1 } as StepReport,
});
const maps = (iteration: number): EngineEvent => ({ type: "maps", split: "test", index: 0, label: 0, iteration, values: [] });
const restart = { type: "restart", training: {}, analysis: {} } as unknown as EngineEvent;

describe("a run", () => {
  it("shows the newest of many reports once a frame, and draws every one", () => {
    const run = new Run();
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
    expect(run.loss.length).toBe(5);
  });

  it("begins anew", () => {
    const run = new Run();
    run.take(step(1));
    run.take(restart);
    frame();
    expect(run.step.value).toBeNull();
    expect(run.loss.length).toBe(0);
    expect(run.epochs.value).toEqual([]);
  });

  it("knows where a saved run goes on", () => {
    const run = new Run();
    run.take(step(300));
    expect(run.origin).toBe(299);
  });

  it("goes back to an update, and on from there", () => {
    const run = new Run();
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
    const run = new Run();
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
    const run = new Run();
    const epoch = (n: number) => ({ type: "epoch", report: { epoch: n, iteration: 10 * n, confusion: [], worst: [] }, predictions: new Uint8Array() }) as unknown as EngineEvent;
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

  it("keeps the details of the last epoch alone", () => {
    const run = new Run();
    const epoch = (n: number) => ({ type: "epoch", report: { epoch: n, confusion: [[1]], worst: [{}] }, predictions: new Uint8Array() }) as unknown as EngineEvent;
    run.take(epoch(1));
    run.take(epoch(2));
    expect(run.epochs.value.map((report) => report.confusion.length)).toEqual([0, 1]);
  });
});
