import { describe, expect, it } from "vitest";
import { catalogues } from "../src/core/i18n";
import { overfits, say, type Situation } from "../src/core/voice";
import type { EpochReport, StepReport } from "../src/engine/protocol";

const epoch = (loss: number, val_loss: number, more: Partial<EpochReport> = {}) => ({ epoch: 1, iteration: 100, val_accuracy: 0.9, loss, val_loss, ...more }) as EpochReport;
const step = (iteration: number, loss = 0.5) => ({ iteration, loss, accuracy: 0.8, batches: 100 }) as StepReport;
const now = (more: Partial<Situation>): Situation => ({
  opened: true,
  unopened: false,
  loss: { first: 2.3, latest: 0.5 },
  test: 10_000,
  restored: null,
  learnt: false,
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

  it("takes no noise for overfitting", () => {
    expect(overfits([epoch(0.3, 0.3), epoch(0.2, 0.3001), epoch(0.1, 0.3002)])).toBe(false);
  });

  it("says that the loss falls where it does", () => {
    const begun = (latest: number) => say(now({ step: step(5), loss: { first: 2.3, latest } }));
    expect(begun(1.9)).toEqual({ says: "begun", falls: true });
    expect(begun(2.4)).toEqual({ says: "begun", falls: false });
    expect(begun(NaN)).toEqual({ says: "begun", falls: false });
  });

  it("blames the steps for a loss that is no number only after the first", () => {
    expect(say(now({ step: step(1, Infinity), state: "paused" }))).toEqual({ says: "notFinite", first: true });
    expect(say(now({ step: step(2, NaN), state: "paused" }))).toEqual({ says: "notFinite", first: false });
  });

  // What a run ends with, of 100 test pictures or of 10,000.
  it.each([
    [100, 100, "all 100 test pictures right", "全部答对"],
    [0, 100, "none of the 100", "一张也没有"],
    [18, 100, "18.0 % of the test pictures right; about one in 6 is right", "每 6 张对 1 张"],
    [50, 100, "one in 2 is wrong", "每 2 张错 1 张"],
    [99, 100, "one in 100 is wrong", "每 100 张错 1 张"],
    [9132, 10_000, "91.3 % of the test pictures right; about one in 12 is wrong", "每 12 张错 1 张"],
    [9999, 10_000, "99.99 % of the test pictures right; about one in 10,000 is wrong", "99.99 %"],
    [1, 10_000, "0.01 % of the test pictures right; about one in 10,000 is right", "每 10,000 张对 1 张"],
  ])("ends a run with %s of %s right truly", (right, of, en, zh) => {
    const saying = say(now({ state: "finished", epochs: [epoch(0.5, 0.4, { val_accuracy: Math.fround(right / of) })], test: of }));
    expect(catalogues.en.say(saying)).toContain(en);
    expect(catalogues.zh.say(saying)).toContain(zh);
  });

  it("counts the epochs of the run, not those that the page has seen", () => {
    const saying = say(now({ step: step(601), epochs: [epoch(0.5, 0.4, { epoch: 6, iteration: 600 })] }));
    expect(catalogues.en.say(saying)).toContain("epoch 6");
    expect(catalogues.zh.say(saying)).toContain("第 6 轮");
  });

  it.each([[0, "not one picture"], [0.01, "hardly a picture"], [0.12, "1 picture in ten"], [0.8, "8 pictures in ten"], [0.99, "nearly every picture"], [1, "every picture"]])(
    "puts an accuracy of %s into words: %s",
    (accuracy, words) => expect(catalogues.en.say({ says: "learning", loss: 1, accuracy })).toContain(` ${words}`),
  );

  it.each([
    [{ opened: false }, "opening"],
    [{ opened: false, unopened: true }, "unopened"],
    [{ step: null, state: "idle" }, "fresh"],
    [{ step: null, state: "idle", learnt: true }, "learnt"],
    [{ state: "running", learnt: true }, "learning"],
    [{ step: null, state: "paused", restored: { epoch_anew: false, fresh_optimizer: false } }, "restored"],
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
