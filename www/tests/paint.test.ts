import { describe, expect, it, vi } from "vitest";
import { parse, ramp, rangeOf, readPalette } from "../src/core/paint";

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

describe("a token", () => {
  it("is read as the colour it is", () => expect(parse(" #2b62B8 ")).toEqual([43, 98, 184]));
  it.each(["", " ", "#fff", "red", "#12345g", "rgb(1 2 3)"])("that is %j becomes none, and no NaN", (token) => expect(parse(token)).toBeNull());

  it("that is empty, as before the style sheet has come, still gives maps that can be told apart", () => {
    vi.stubGlobal("getComputedStyle", () => ({ getPropertyValue: () => "" }));
    const { ink, signed } = readPalette({} as Element);
    for (const colours of [ink, signed]) {
      const grey = (word: number) => rgb(word).reduce((a, b) => a + b, 0);
      expect(Math.abs(grey(colours[0]) - grey(colours[255]))).toBeGreaterThan(0);
      expect(new Set(colours).size).toBeGreaterThan(100);
      expect(grey(colours[0])).toBeGreaterThan(0);
    }
    vi.unstubAllGlobals();
  });
});

describe("a range", () => {
  it("is of what is finite", () => expect(rangeOf(Float32Array.of(NaN, 3, -Infinity, -2, Infinity))).toEqual({ min: -2, max: 3 }));
  it("is none where nothing is", () => expect(rangeOf(Float32Array.of(NaN, NaN))).toBeNull());
});
