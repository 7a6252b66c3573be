import { describe, expect, it } from "vitest";
import { answerOf } from "../src/core/answer";

describe("an answer", () => {
  it("is the class that was said", () => expect(answerOf({ predicted: 3, confidence: 0.4 }, 10)).toBe(3));
  // The engine's search for the largest of NaN ends where it began: at class 0, a T-shirt, with no confidence.
  it.each([
    [0, NaN],
    [0, -Infinity],
    [0, Infinity],
    [255, 0.5],
    [10, 0.5],
  ])("is none where class %s was said with %s", (predicted, confidence) => expect(answerOf({ predicted, confidence }, 10)).toBeNull());
});
