import { describe, expect, it } from "vitest";
import { numpy } from "../src/core/step/numpy";
import { STEMS } from "../src/core/step/words";
import { python, run } from "./step/python";
import { POINTWISE } from "./step/pointwise";
import { TRAINING } from "./step/training";
import { WINDOWS } from "./step/windows";

const CASES = [...WINDOWS, ...POINTWISE, ...TRAINING];
const command = python();
/** With `CI` set NumPy may not be missing. */
const skipped = command === undefined && !process.env.CI;

describe("the programs", () => {
  it("are written for every operation", () => {
    const stems = new Set(CASES.map(({ telling }) => telling.walk.outline.steps[0].stem));
    expect([...stems].sort()).toEqual([...STEMS].sort());
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
