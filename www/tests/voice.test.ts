import { describe, expect, it } from "vitest";
import { overfits, say, type Situation } from "../src/core/voice";
import type { EpochReport, StepReport } from "../src/engine/protocol";

const epoch = (loss: number, val_loss: number, more: Partial<EpochReport> = {}) => ({ epoch: 1, iteration: 100, val_accuracy: 0.9, loss, val_loss, ...more }) as EpochReport;
const step = (iteration: number, loss = 0.5) => ({ iteration, loss, accuracy: 0.8, batches: 100 }) as StepReport;
const now = (more: Partial<Situation>): Situation => ({
  opened: true,
  restored: false,
  state: "running",
  step: step(50),
  epochs: [],
  validating: null,
  dataReady: false,
  settingsWait: false,
  editing: false,
  ...more,
});

describe("the voice", () => {
  it("sees overfitting only when validation rises while training falls", () => {
    expect(overfits([epoch(0.3, 0.3), epoch(0.2, 0.31), epoch(0.1, 0.33)])).toBe(true);
    expect(overfits([epoch(0.3, 0.3), epoch(0.2, 0.31), epoch(0.1, 0.3)])).toBe(false);
    expect(overfits([epoch(0.3, 0.3), epoch(0.35, 0.31), epoch(0.4, 0.33)])).toBe(false);
    expect(overfits([epoch(0.2, 0.31), epoch(0.1, 0.33)])).toBe(false);
  });

  it.each([
    [{ opened: false }, "opening"],
    [{ step: null, state: "idle" }, "fresh"],
    [{ step: null, state: "paused", restored: true }, "restored"],
    [{ step: null }, "starting"],
    [{ step: step(5) }, "begun"],
    [{}, "learning"],
    [{ state: "paused" }, "paused"],
    [{ step: step(3, NaN), state: "paused" }, "notFinite"],
    [{ validating: 0.4 }, "validating"],
    [{ settingsWait: true }, "settings"],
    [{ dataReady: true }, "dataReady"],
    [{ dataReady: true, epochs: [epoch(0.5, 0.4)], step: step(190) }, "learning"],
    [{ editing: true }, "editing"],
    [{ state: "failed" }, "failed"],
    [{ step: step(101), epochs: [epoch(0.5, 0.4)] }, "epoch"],
    [{ step: step(190), epochs: [epoch(0.5, 0.4)] }, "learning"],
    [{ state: "finished", epochs: [epoch(0.5, 0.4)] }, "finished"],
  ] as [Partial<Situation>, string][])("for %j says %s", (more, says) => expect(say(now(more)).says).toBe(says));
});
