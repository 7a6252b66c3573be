import { beforeEach, describe, expect, it, vi } from "vitest";
import { Engine, type FromWorker, Stopped, type ToWorker } from "../src/engine/client";
import type { EngineEvent, RunEvent } from "../src/engine/protocol";

class Fake {
  static made: Fake[] = [];
  readonly told: ToWorker[] = [];
  onmessage: (event: { data: FromWorker }) => void = () => {};
  onerror: (event: { message: string }) => void = () => {};
  terminated = false;
  constructor() {
    Fake.made.push(this);
  }
  postMessage(message: ToWorker): void {
    this.told.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  says(data: FromWorker): void {
    this.onmessage({ data });
  }
}

const paused: RunEvent = { type: "state", state: "paused" };

beforeEach(() => {
  Fake.made = [];
  vi.stubGlobal("Worker", Fake);
});

describe("the page's end of the engine", () => {
  it("gives every run its own events", () => {
    const engine = new Engine();
    const heard: [number, RunEvent][] = [];
    const leave = engine.follow(1, (event) => heard.push([1, event]));
    engine.follow(2, (event) => heard.push([2, event]));
    const [worker] = Fake.made;
    for (const run of [2, 1, 3]) worker.says({ kind: "told", run, event: paused });
    leave();
    worker.says({ kind: "told", run: 1, event: paused });
    expect(heard).toEqual([
      [2, paused],
      [1, paused],
    ]);
  });

  it("hands on why the engine refused, by its figures", async () => {
    const engine = new Engine();
    const asked = engine.ask("reset", { run: 1, learnt: false });
    const refusal = { code: "no_pictures", part: "test" } as const;
    Fake.made[0].says({ kind: "refusal", id: 1, message: "no pictures", refusal });
    await expect(asked).rejects.toMatchObject({ message: "no pictures", refusal });
  });

  it.each([
    ["says that it trapped", (worker: Fake) => worker.says({ kind: "event", event: { type: "stopped", message: "unreachable" } })],
    ["dies", (worker: Fake) => worker.onerror({ message: "unreachable" })],
  ])("refuses what was asked of a worker that %s, and asks the next one", async (_, stops) => {
    const engine = new Engine();
    const events: EngineEvent[] = [];
    engine.listen((event) => events.push(event));
    const under = engine.ask("pause", { run: 1 });
    stops(Fake.made[0]);
    stops(Fake.made[0]);
    await expect(under).rejects.toThrow(Stopped);
    await expect(engine.ask("pause", { run: 1 })).rejects.toThrow("unreachable");
    expect(events).toEqual([{ type: "stopped", message: "unreachable" }]);
    expect(Fake.made[0].terminated).toBe(true);
    engine.restart();
    const asked = engine.ask("pause", { run: 1 });
    expect(Fake.made[1].told).toHaveLength(1);
    Fake.made[1].says({ kind: "answer", id: Fake.made[1].told[0].id, answer: undefined });
    await asked;
  });

  it("hears nothing more of a worker that was replaced", () => {
    const engine = new Engine();
    const heard: RunEvent[] = [];
    const events: EngineEvent[] = [];
    engine.follow(1, (event) => heard.push(event));
    Fake.made[0].onerror({ message: "unreachable" });
    engine.restart();
    engine.listen((event) => events.push(event));
    Fake.made[0].says({ kind: "told", run: 1, event: paused });
    Fake.made[0].onerror({ message: "unreachable" });
    expect([heard, events]).toEqual([[], []]);
  });
});
