import { describe, expect, it } from "vitest";
import { fieldsOf } from "../src/core/fields";
import { freshLayer } from "../src/core/graph";
import { F32_MAX, fits, narrowed, read, shortest, TRAINING, whole } from "../src/core/ranges";

describe("a range", () => {
  it.each([
    ["learning_rate", 1e-50, false],
    ["learning_rate", 1e-45, true],
    ["learning_rate", 0, false],
    ["learning_rate", 1e39, false],
    ["learning_rate", F32_MAX, true],
    ["learning_rate", NaN, false],
    ["learning_rate", Infinity, false],
    ["beta_1", 0.99999999999, false],
    ["beta_1", 0.9999999, true],
    ["beta_2", -1e-50, true],
    ["epsilon", 1e-60, false],
    ["momentum", 1, false],
    ["batch_size", 4096, true],
    ["batch_size", 4097, false],
    ["batch_size", 1.5, false],
    ["seed", 4294967295, true],
  ] as const)("of %s judges %s as the engine will use it", (name, value, fit) => expect(fits(value, TRAINING[name])).toBe(fit));

  it("of a layer's numbers does the same", () => {
    const rangeOf = (kind: "Dropout" | "BatchNormalization", name: string) => {
      const field = fieldsOf(freshLayer(kind)).find((field) => field.name === name);
      return (field as Extract<typeof field, { kind: "real" }>).range;
    };
    expect(fits(0.99999999999, rangeOf("Dropout", "rate"))).toBe(false);
    expect(fits(1e-50, rangeOf("BatchNormalization", "epsilon"))).toBe(false);
    expect(fits(1, rangeOf("BatchNormalization", "momentum"))).toBe(true);
  });

  it("knows when it is only f32 that puts a number out of it", () => {
    expect(narrowed(1e-50, TRAINING.learning_rate)).toBe(0);
    expect(narrowed(0.99999999999, TRAINING.beta_1)).toBe(1);
    expect(narrowed(1e39, TRAINING.learning_rate)).toBe(Infinity);
    for (const value of [0, -1, NaN, 0.5]) expect(narrowed(value, TRAINING.learning_rate)).toBeUndefined();
    expect(narrowed(1.5, whole(0, 3))).toBeUndefined();
  });
});

describe("a number", () => {
  it.each([["1e-3", 0.001], [" 12 ", 12], ["-.5", -0.5], ["5.", 5], ["+1E2", 100]])("is read from %j", (text, value) => expect(read(text)).toBe(value));
  it.each(["", " ", "0x10", "Infinity", "NaN", "1e", "1,5", "1_000", "."])("is not read from %j", (text) => expect(read(text)).toBeUndefined());

  it("is written so that it is the same f32, and as short as that allows", () => {
    expect(shortest(Math.fround(0.001))).toBe(0.001);
    expect(shortest(0.9999999)).toBe(0.9999999);
    expect(shortest(4294967295)).toBe(4294967295);
    for (let i = 1; i < 2000; i++) {
      const value = Math.fround(Math.sin(i) * 10 ** ((i % 70) - 35));
      expect(Math.fround(shortest(value))).toBe(value);
    }
  });
});
