import { beforeEach, describe, expect, it, vi } from "vitest";
import { Crew, HelperStopped } from "../src/engine/crew";
import type { FromHelper, Job, ToHelper } from "../src/engine/helper";
import type { Compiled } from "../src/engine/module";

/** A helper worker that does what it is told to. */
class Fake {
  static made: Fake[] = [];
  readonly told: ToHelper[] = [];
  onmessage: (event: { data: FromHelper }) => void = () => {};
  onerror: (event: { message: string }) => void = () => {};
  terminated = false;

  constructor() {
    Fake.made.push(this);
  }

  postMessage(message: ToHelper): void {
    this.told.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  says(data: FromHelper): void {
    this.onmessage({ data });
  }

  get kinds(): string[] {
    return this.told.map((message) => ("run" in message ? `${message.kind} ${message.run}` : message.kind));
  }
}

const job = (): Job => ({ task: {}, parameters: 2, inputs: 1, numbers: new Float32Array(4) });
/** Of weights that the helper has already. */
const same = (): Job => ({ task: {}, parameters: null, inputs: 1, numbers: new Float32Array(2) });
const alive = () => Fake.made.filter((worker) => !worker.terminated);

beforeEach(() => {
  Fake.made = [];
  vi.stubGlobal("Worker", Fake);
});

describe("the crew", () => {
  it.each([
    { cores: "a core each", share: 1, kept: 4 },
    { cores: "half a core each", share: 0.5, kept: 2 },
  ])("keeps as many workers as gain something: $kept of 4 with $cores", async ({ share, kept }) => {
    // So much more than this thread does that its own work is nothing beside it.
    const ALONE = 1e12;
    const spinning: Fake[] = [];
    vi.spyOn(Fake.prototype, "postMessage").mockImplementation(function (this: Fake, message: ToHelper) {
      if (message.kind !== "spin") return;
      spinning.push(this);
      queueMicrotask(() => {
        const rounds = spinning.length > 1 ? share * ALONE : ALONE;
        for (const worker of spinning.splice(0)) worker.says({ rounds });
      });
    });
    const crew = new Crew({} as Compiled, 3);
    await crew.calibrate();
    expect(crew.workers).toBe(kept);
    expect(alive()).toHaveLength(kept - 1);
    vi.restoreAllMocks();
  });

  it("measures nothing where there is one helper", async () => {
    const crew = new Crew({} as Compiled, 1);
    await crew.calibrate();
    expect(crew.workers).toBe(2);
    expect(Fake.made[0].kinds).toEqual(["load"]);
  });

  it("is made once, however many runs there are", async () => {
    const crew = new Crew({} as Compiled, 2);
    for (const run of [1, 2]) crew.setup(run, { run });
    const both = Promise.all([crew.perform(1, [job(), job()]), crew.perform(2, [job()])]);
    const [first, second] = Fake.made;
    first.says({ outcome: Float32Array.of(1) });
    first.says({ outcome: Float32Array.of(2) });
    second.says({ outcome: Float32Array.of(3) });
    expect(await both).toEqual([[Float32Array.of(1), Float32Array.of(3)], [Float32Array.of(2)]]);
    crew.drop(2);
    expect(Fake.made).toHaveLength(2);
    expect(first.kinds).toEqual(["load", "setup 1", "setup 2", "job 1", "job 2", "drop 2"]);
  });

  it.each([
    ["traps", (worker: Fake) => worker.says({ trap: "unreachable" })],
    ["dies", (worker: Fake) => worker.onerror({ message: "unreachable" })],
  ])("replaces a helper that %s, set up for every run that is left", async (_, fails) => {
    const crew = new Crew({} as Compiled, 2);
    for (const run of [1, 2, 3]) crew.setup(run, {});
    crew.drop(2);
    const batch = crew.perform(1, [job(), job()]);
    fails(Fake.made[1]);
    await expect(batch).rejects.toThrow(HelperStopped);
    await expect(batch).rejects.toThrow("unreachable");
    // Until then nothing waits for it for ever.
    await expect(crew.perform(3, [job(), job()])).rejects.toThrow(HelperStopped);
    expect(crew.mend(1)).toBe(true);
    expect(Fake.made[1].terminated).toBe(true);
    expect(alive()).toHaveLength(2);
    expect(Fake.made[2].kinds).toEqual(["load", "setup 1", "setup 3"]);
  });

  it("that failed between two batches is noticed at the next", async () => {
    const crew = new Crew({} as Compiled, 1);
    crew.setup(1, {});
    Fake.made[0].onerror({ message: "" });
    await expect(crew.perform(1, [job()])).rejects.toThrow("it could not be started");
    crew.setup(1, {});
    // A set-up alone makes nothing well.
    await expect(crew.perform(1, [job()])).rejects.toThrow(HelperStopped);
    expect(crew.mend(1)).toBe(true);
  });

  it("asks every run for its weights again when a helper was replaced, whichever run noticed", async () => {
    const crew = new Crew({} as Compiled, 2);
    for (const run of [1, 2]) crew.setup(run, {});
    Fake.made[0].onerror({ message: "" });
    await expect(crew.perform(1, [job(), job()])).rejects.toThrow(HelperStopped);
    // The other helper did its share of what is tried again.
    Fake.made[1].says({ outcome: new Float32Array(1) });
    expect(crew.mend(1)).toBe(true);
    const answer = (batch: Promise<unknown>) => {
      for (const worker of alive()) worker.says({ outcome: new Float32Array(1) });
      return batch;
    };
    await answer(crew.perform(1, [job(), job()]));
    await answer(crew.perform(1, [same(), same()]));
    expect(crew.mend(1)).toBe(false);
    // The other run has not heard of it.
    await expect(crew.perform(2, [same(), same()])).rejects.toThrow("replaced");
    expect(crew.mend(2)).toBe(true);
    await answer(crew.perform(2, [job(), job()]));
    await answer(crew.perform(2, [same(), same()]));
    expect(crew.mend(2)).toBe(false);
  });

  it("refuses a job without the helper's end", async () => {
    const crew = new Crew({} as Compiled, 1);
    const refused = crew.perform(1, [job()]);
    Fake.made[0].says({ refusal: "the network is too big" });
    await expect(refused).rejects.toThrow("too big");
    expect(crew.mend(1)).toBe(false);
  });

  it("leaves no worker behind when it is stopped", () => {
    new Crew({} as Compiled, 3).stop();
    expect(alive()).toEqual([]);
  });
});
