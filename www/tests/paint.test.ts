import { describe, expect, it } from "vitest";
import { ramp, rangeOf } from "../src/core/paint";

const rgb = (word: number) => [word & 255, (word >> 8) & 255, (word >> 16) & 255];

describe("colours", () => {
  it("run from the first to the last through those between, opaque", () => {
    const colours = ramp([[255, 0, 0], [0, 255, 0], [0, 0, 255]]);
    expect(rgb(colours[0])).toEqual([255, 0, 0]);
    expect(rgb(colours[255])).toEqual([0, 0, 255]);
    // The middle lies between two of the 256: within one step of pure green.
    expect(rgb(colours[127])[1]).toBeGreaterThanOrEqual(253);
    expect(colours.every((word) => word >>> 24 === 255)).toBe(true);
  });
});

describe("a range", () => {
  it("is of what is finite", () => expect(rangeOf(Float32Array.of(NaN, 3, -Infinity, -2, Infinity))).toEqual({ min: -2, max: 3 }));
  it("is none where nothing is", () => expect(rangeOf(Float32Array.of(NaN, NaN))).toBeNull());
});
