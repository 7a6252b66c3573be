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

  it("keeps the details of the last epoch alone", () => {
    const run = new Run();
    const epoch = (n: number) => ({ type: "epoch", report: { epoch: n, confusion: [[1]], worst: [{}] }, predictions: new Uint8Array() }) as unknown as EngineEvent;
    run.take(epoch(1));
    run.take(epoch(2));
    expect(run.epochs.value.map((report) => report.confusion.length)).toEqual([0, 1]);
  });
});
