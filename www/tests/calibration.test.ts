import { describe, expect, it } from "vitest";
import { Calibration, spin } from "../src/engine/calibration";

/** Workers that share cores: each does 100 rounds alone, and its share together. `disturbed`: the share that other work takes, try by try. */
function workers(told: number, cores: number, disturbed: number[] = []): { kept: number; measured: number } {
  const calibration = new Calibration(told);
  let measured = 0;
  for (let next = calibration.next; next; next = calibration.next) {
    const free = 1 - (disturbed[Math.floor(measured / 2)] ?? 0);
    measured++;
    if (measured > 20) throw new Error("it comes to no end");
    const each = next === "alone" ? 100 : 100 * Math.min(1, (free * cores) / told);
    calibration.record(Array(next === "alone" ? 1 : told).fill(each));
  }
  return { kept: calibration.workers, measured };
}

describe("the number of workers", () => {
  it.each([1, 2])("is as told where that is %i, and nothing is measured", (told) => {
    expect(workers(told, 1)).toEqual({ kept: told, measured: 0 });
  });

  it.each([3, 4, 8])("is as told where there are %i cores, after one look", (told) => {
    expect(workers(told, told)).toEqual({ kept: told, measured: 2 });
  });

  it.each([
    [4, 2, 2],
    [8, 4, 4],
    [8, 2, 2],
    [3, 2, 2],
    [8, 5, 5],
    [4, 1, 2],
  ])("told as %i on %i cores is %i", (told, cores, kept) => {
    expect(workers(told, cores).kept).toBe(kept);
  });

  it("is not cut down for other work that ends", () => {
    expect(workers(8, 8, [0.6, 0.5, 0])).toEqual({ kept: 8, measured: 6 });
    expect(workers(8, 8, [0.5, 0])).toEqual({ kept: 8, measured: 4 });
  });

  it("is the most that was seen where other work goes on", () => {
    expect(workers(8, 8, [0.5, 0.3, 0.6]).kept).toBe(6);
  });

  it("comes to an end, and is as told, where the clock tells nothing", () => {
    const calibration = new Calibration(4);
    expect(calibration.next).toBe("alone");
    calibration.record([0]);
    expect(calibration.next).toBeNull();
    expect(calibration.workers).toBe(4);
  });
});

it("a worker counts what it gets done", () => {
  expect(spin(5)).toBeGreaterThan(0);
});
