import { describe, expect, it } from "vitest";
import * as f from "../src/core/format";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.053398705, "0.0534"],
    [1.2, "1.20"],
    [12.34, "12.3"],
    [123.4, "123"],
    [999.6, "1,000"],
    [1234.5, "1,230"],
    [-0.25, "−0.250"],
    [0.00012344, "0.000123"],
    [4.14e-7, "4.1e−7"],
    [-2.5e9, "−2.5e9"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
  ])("writes %s as %s", (value, text) => expect(f.number(value)).toBe(text));

  it("never writes a hyphen for a minus", () => {
    for (const write of [f.number, f.exact, f.loss, f.probability, f.plain, f.count]) expect(write(-12.5)).not.toContain("-");
  });

  it("keeps every digit of an f32", () => {
    const value = Math.fround(0.1);
    expect(Math.fround(Number(f.exact(value)))).toBe(value);
  });

  it("writes an f32 rate as it was typed", () => expect(f.plain(Math.fround(0.001))).toBe("0.001"));

  it.each([
    [6.2, "0:07"],
    [408, "6:48"],
    [3723, "1:02:03"],
    [NaN, "–"],
  ])("writes %s seconds as %s", (seconds, text) => expect(f.duration(seconds)).toBe(text));

  it.each([
    [0, "0.0 kB"],
    [640_000, "640 kB"],
    [4_190_000, "4.2 MB"],
    [9_960_000, "10 MB"],
    [38_214_656, "38 MB"],
    [1_340_000_000, "1.3 GB"],
  ])("writes %s bytes as %s", (bytes, text) => expect(f.bytes(bytes)).toBe(text));

  it("pads counts to the width of the largest", () => {
    expect(f.padded(7, 469)).toHaveLength(3);
    expect(f.padded(469, 469)).toBe("469");
  });
});
