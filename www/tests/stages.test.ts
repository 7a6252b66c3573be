import { describe, expect, it } from "vitest";
import { Stages } from "../src/core/stages";

/** Lets every promise that is settled be heard. */
const soon = () => new Promise((resolve) => setTimeout(resolve));

describe("stages", () => {
  it("computes the newest of what came while one was under way, and nothing in between", async () => {
    let version = 1;
    const begun: number[] = [];
    const release: (() => void)[] = [];
    const stages = new Stages([{ key: () => String(version), run: () => (begun.push(version), new Promise((resolve) => release.push(resolve))) }], () => undefined);
    stages.want();
    for (version of [2, 3, 4]) stages.want();
    release[0]();
    await soon();
    expect(begun).toEqual([1, 4]);
    release[1]();
    await soon();
    expect(stages.busy.value).toBe(false);
    stages.want();
    expect(begun).toEqual([1, 4]);
  });

  it("goes back to the most wanted as soon as that is wanted again", async () => {
    let first = 1;
    const order: string[] = [];
    const stages = new Stages(
      [
        { key: () => String(first), run: async () => void order.push(`first ${first}`) },
        { key: () => "a", run: async () => void (order.push("second"), first++) },
        { key: () => "b", run: async () => void order.push("third") },
      ],
      () => undefined,
    );
    stages.want();
    await soon();
    expect(order).toEqual(["first 1", "second", "first 2", "third"]);
  });

  it("tells what failed once, and goes on with the rest", async () => {
    const failed: unknown[] = [];
    let done = 0;
    const stages = new Stages([{ key: () => "x", run: () => Promise.reject(new Error("no")) }, { key: () => "y", run: async () => void done++ }], (error) => failed.push(error));
    stages.want();
    await soon();
    stages.want();
    await soon();
    expect([failed.length, done]).toEqual([1, 1]);
  });

  it("stops where it was left", async () => {
    let done = 0;
    const stages = new Stages([{ key: () => String(done), run: async () => void done++ }], () => undefined);
    stages.want();
    stages.leave();
    await soon();
    expect(done).toBe(1);
  });
});
