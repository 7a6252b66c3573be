import { describe, expect, it } from "vitest";
import { Turns } from "../src/engine/turns";

describe("runs that take turns", () => {
  it("each does one piece of work and then the next run does", async () => {
    const turns = new Turns();
    const done: string[] = [];
    const work = async (name: string, pieces: number) => {
      for (let i = 0; i < pieces; i++) {
        await turns.take(async () => {
          done.push(`${name} begins`);
          // Longer than any number of other promises: none may come in between.
          for (let wait = 0; wait < 20; wait++) await Promise.resolve();
          done.push(`${name} ends`);
        });
      }
    };
    await Promise.all([work("a", 3), work("b", 3)]);
    const one = ["a begins", "a ends", "b begins", "b ends"];
    expect(done).toEqual([...one, ...one, ...one]);
  });

  it("go on when one of them fails", async () => {
    const turns = new Turns();
    const failed = turns.take(() => Promise.reject(new Error("out of memory")));
    const next = turns.take(() => Promise.resolve(7));
    await expect(failed).rejects.toThrow("out of memory");
    expect(await next).toBe(7);
  });
});
