import { describe, expect, it } from "vitest";
import { numpy } from "../src/core/step/numpy";
import { STEMS } from "../src/core/step/words";
import { python, run } from "./step/python";
import { DEPTHWISE } from "./step/depthwise";
import { POINTWISE } from "./step/pointwise";
import { TRAINING } from "./step/training";
import { WINDOWS } from "./step/windows";

const CASES = [...WINDOWS, ...DEPTHWISE, ...POINTWISE, ...TRAINING];
const command = python();
/** With `CI` set NumPy may not be missing. */
const skipped = command === undefined && !process.env.CI;

describe("the programs", () => {
  it("are written for every operation", () => {
    const stems = new Set(CASES.map(({ telling }) => telling.walk.outline.steps[0].stem));
    expect([...stems].sort()).toEqual([...STEMS].sort());
  });

  it("have no line but their own, whatever a layer is called", () => {
    const [{ telling }] = CASES;
    const written = (name: string) => numpy({ ...telling, layer: { ...telling.layer, name }, language: "en" });
    for (const end of ["\n", "\r", "\u2028", "\u0085", "\f"]) expect(written(`conv${end}import os`).split(/[\n\r\f\u0085\u2028]/)).toHaveLength(written("conv").split("\n").length);
  });

  it.skipIf(skipped)("go on with what is not a number (needs NumPy: apt-get install python3-numpy)", () => {
    const lost = CASES.map((made) => {
      const explanation = structuredClone(made.telling.explanation)!;
      explanation.lines = explanation.lines.map(({ name }) => ({ name, value: NaN }));
      explanation.columns = explanation.columns.map((column) => ({ ...column, values: column.values.map(() => NaN) }));
      return { ...made, telling: { ...made.telling, explanation } };
    });
    // Sums of nothing, and the count of right answers, are numbers all the same.
    const without = ["won none", "under no window", "never met", "in the border"];
    const printed = run(command ?? "python3", lost.map(({ telling }) => numpy({ ...telling, language: "zh" })));
    lost.forEach(({ title }, i) => {
      const numeric = title === "metrics: right answers" || without.some((end) => title.endsWith(end));
      expect(printed[i], title).toBe(numeric ? "0.0\n" : "nan\n");
    });
  });

  it.skipIf(skipped)("print the numbers shown (needs NumPy: apt-get install python3-numpy)", () => {
    const programs = CASES.map(({ telling }) => numpy({ ...telling, language: "en" }));
    const printed = run(command ?? "python3", programs);
    CASES.forEach(({ title, telling, exact, size }, i) => {
      const shown = telling.explanation?.value ?? NaN;
      // Both are rounded to f32 once, and before that each sum in f64 may have gone another way.
      const tolerance = 2 ** -23 * Math.abs(exact) + 2 ** -48 * size;
      expect(printed[i], title).toMatch(/^\S+\n$/);
      expect(Math.abs(Number(printed[i]) - shown), `${title}: ${printed[i]} for ${shown}\n${programs[i]}`).toBeLessThanOrEqual(tolerance);
    });
  });
});
