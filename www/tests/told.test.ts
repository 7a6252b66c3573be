/** Explanations as a walk really tells them (tests/suite/walk/told.rs writes and checks the file): the page knows every name. */
import { describe as group, expect, it } from "vitest";
import { numpy } from "../src/core/step/numpy";
import { describe, STEMS, type Telling } from "../src/core/step/words";
import type { Explanation, WalkOutline } from "../src/core/step/types";
import type { Loss } from "../src/engine/generated/types/Loss";
import type { Network } from "../src/engine/generated/types/Network";
import explanations from "./step/explanations.json?raw";
import { python, run } from "./step/python";

interface Walked {
  network: Network;
  loss: Loss;
  walk: WalkOutline;
  told: { explanation: Explanation; bound: number }[];
}

interface Case {
  title: string;
  telling: Omit<Telling, "language">;
  explanation: Explanation;
  bound: number;
}

const CASES: Case[] = (JSON.parse(explanations) as Walked[]).flatMap(({ network, loss, walk, told }) =>
  told.map(({ explanation, bound }) => {
    const { step, stem, buffer, index } = explanation;
    const layer = network.layers[walk.outline.steps[step].layer];
    return { title: `${stem}: ${walk.outline.buffers[buffer].name} ${index} of ${network.name}`, telling: { walk, step, layer, explanation, loss }, explanation, bound };
  }),
);
const command = python();
/** With `CI` set NumPy may not be missing. */
const skipped = command === undefined && !process.env.CI;

group("what a walk tells", () => {
  it("is of every operation", () => {
    expect(new Set(CASES.map(({ explanation }) => explanation.stem))).toEqual(new Set(STEMS));
  });

  it("is put into words, with every name known", () => {
    for (const { title, telling } of CASES)
      for (const language of ["en", "zh"] as const) {
        const { sentence, formula, accessible } = describe({ ...telling, language });
        for (const text of [sentence, accessible, formula.map(({ text }) => text).join("")]) expect(text, title).not.toMatch(/NaN|undefined|null|Infinity|^\s*$/);
      }
  });

  it.skipIf(skipped)("is printed by its programs (needs NumPy: apt-get install python3-numpy)", () => {
    const programs = CASES.map(({ telling }) => numpy({ ...telling, language: "en" }));
    const printed = run(command ?? "python3", programs);
    CASES.forEach(({ title, explanation: { value }, bound }, i) => {
      // The program computes in f64 and rounds once, the executor as far off as the reference says.
      const tolerance = bound + 2 ** -24 * Math.abs(value);
      expect(Math.abs(Number(printed[i]) - value), `${title}: ${printed[i]} for ${value}\n${programs[i]}`).toBeLessThanOrEqual(tolerance);
    });
  });
});
