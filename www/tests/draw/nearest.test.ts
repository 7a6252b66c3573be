import { describe, expect, it } from "vitest";
import { spreadOver } from "../../src/core/draw/nearest";

describe("training pictures that are looked among", () => {
  it.each([1, 2, 3, 10, 600, 12_000, 60_000, 59_999])("are each taken once of %i", (of) => {
    const count = Math.min(of, 3000);
    const places = [...spreadOver(of, 0, count - 1), ...spreadOver(of, count - 1, 1)];
    expect(new Set(places).size).toBe(count);
    for (const place of places) expect(place).toBeLessThan(of);
  });

  it("are spread over all of them from the first on", () => {
    for (const count of [10, 100, 1000]) {
      const tenths = new Array<number>(10).fill(0);
      for (const place of spreadOver(60_000, 0, count)) tenths[Math.floor(place / 6000)]++;
      for (const tenth of tenths) expect(Math.abs(tenth - count / 10)).toBeLessThanOrEqual(2);
    }
  });
});
