import { describe, expect, it } from "vitest";
import { catalogues, wordsOf } from "../../src/core/i18n";
import type { Refusal } from "../../src/engine/failure";

const REFUSALS: [Refusal, string][] = [
  [{ code: "undecoded" }, "PNG"],
  [{ code: "empty" }, ""],
  [{ code: "sheet_full" }, ""],
  [{ code: "other_pictures" }, "28"],
  [{ code: "no_weights" }, ""],
  [{ code: "picture_length", expected: 3072, got: 784 }, "3,072"],
  [{ code: "no_maps" }, ""],
  [{ code: "unreadable", reason: "expected value at line 1" }, "line 1"],
  [{ code: "version", version: 9 }, "9"],
  [{ code: "too-many", what: "marks", count: 5000, most: 4000 }, "5,000"],
  [{ code: "number", mark: 2, what: "the width", value: "900", least: 0, most: 0.25 }, "3"],
  [{ code: "kept", kind: "not_kept", reason: "its format is `x`" }, "`x`"],
  [{ code: "kept", kind: "empty" }, ""],
  [{ code: "kept", kind: "other_classes", index: 3, kept: "hat", network: "Dress" }, "hat"],
  [{ code: "kept", kind: "too_many", what: "drawings", count: 20_000, most: 10_000 }, "20,000"],
  [{ code: "kept", kind: "name", index: 1, name: "Bag" }, "Bag"],
  [{ code: "kept", kind: "shape", shape: [0, 28, 1] }, "0×28×1"],
  [{ code: "kept", kind: "pixels", index: 4, expected: 784, got: 3 }, "5"],
];

describe("what is not taken", () => {
  it.each(["en", "zh"] as const)("is told in words of its own in %s, with the figures", (language) => {
    const said = REFUSALS.map(([refusal, part]) => {
      const sentence = wordsOf({ message: "in the engine's words", refusal }, catalogues[language]);
      expect(sentence, JSON.stringify(refusal)).not.toBe("in the engine's words");
      expect(sentence).toContain(part);
      expect(sentence).toMatch(/[.。]$/);
      expect(sentence).not.toContain("undefined");
      return sentence;
    });
    expect(new Set(said).size).toBe(REFUSALS.length);
  });
});
