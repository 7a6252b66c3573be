import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Crew } from "../src/engine/crew";
import type { DataSet } from "../src/engine/datasets";
import type { Shared } from "../src/engine/driver";
import type { FromWorker } from "../src/engine/client";
import type { Network, RunEvent } from "../src/engine/protocol";

const post = vi.fn<(message: FromWorker) => void>();
vi.stubGlobal("self", { location: { href: "https://atelier.test/" }, postMessage: post });
const { Driver } = await import("../src/engine/driver");
const { Turns } = await import("../src/engine/turns");

const told = (type: string) => post.mock.calls.flatMap(([message]) => (message.kind === "told" && message.event.type === type ? [message.event] : []));

/** Sessions of networks that train ten batches an epoch and two epochs. */
class Session {
  static made: Session[] = [];
  /** What the next calls do instead of what they should. */
  static wrong: Partial<Record<"advance" | "trace" | "new", Error[]>> = {};
  /** Called after each update. */
  static updated: (session: Session) => void = () => {};
  at = 0;
  freed = false;

  constructor() {
    this.#fail("new");
    Session.made.push(this);
  }
  #fail(call: "advance" | "trace" | "new"): void {
    if (this.freed) throw new Error("null pointer passed to rust");
    const error = Session.wrong[call]?.shift();
    if (error) throw error;
  }
  async advance(): Promise<unknown> {
    this.#fail("advance");
    if (this.at === 20) return { type: "finished" };
    this.at++;
    Session.updated(this);
    if (this.at % 10 === 0) return { type: "epoch", report: { iteration: this.at } };
    return { type: "step", report: { iteration: this.at, loss: 1 / this.at } };
  }
  step = async () => void (await this.advance());
  async trace(_: string, __: number, layers: number[]): Promise<Float32Array[]> {
    this.#fail("trace");
    return [...layers].map((layer) => Float32Array.of(layer));
  }
  settle = async () => this.#fail("new");
  news = () => [];
  executor = () => ({ kind: "cpu", reason: { type: "starting" }, adapter: null, memory: { bytes: 0, buffers: 0 } });
  use_cpu = async () => {};
  iteration = () => this.at;
  epochs = () => Math.floor(this.at / 10);
  batch = () => this.at % 10;
  predictions = () => new Uint8Array(1);
  predict = async (indices: Uint32Array) => new Float32Array(2 * indices.length);
  checkpoint = async () => Uint8Array.of(this.at);
  restore = async ({ bytes }: Saved) => {
    this.at = bytes[0];
    return { epoch_anew: false, fresh_optimizer: false };
  };
  /** Whose weights it began with. */
  weights: "seed" | "learnt" = "seed";
  use_data = async () => this.reset();
  reset = async () => void ((this.at = 0), (this.weights = "seed"));
  begin_with = async () => void ((this.at = 0), (this.weights = "learnt"));
  free(): void {
    this.freed = true;
  }
}

/** A saved run: a byte that says at which update. */
class Saved {
  constructor(readonly bytes: Uint8Array) {}
  network = () => NETWORK;
  training = () => ({});
  free = () => {};
}

const NETWORK: Network = { name: "n", layers: ["a", "b", "c"].map((name) => ({ name, inbound: [], layer: { class_name: "Flatten" } })) };

const data = () => {
  const made = { labels: () => new Uint8Array(1), free: vi.fn(), share: () => data() };
  return made;
};
const set = (id = 1) => ({ data: data(), info: { id, source: "procedural", train: 10, test: 10, class_names: [] }, choice: 0 }) as unknown as DataSet;

/** Weights that come with the page, which know as many pictures as there are garments. */
function learnt(there = true) {
  const give = async (session: Session, _: Network, { info }: DataSet) => {
    if (!there || info.id > 8) return false;
    await session.begin_with();
    return true;
  };
  return { read: async () => (there ? {} : null), give };
}

function engine({ there = true } = {}) {
  const crew = { workers: 2, setup: vi.fn(), drop: vi.fn(), mend: vi.fn(() => false), perform: vi.fn() };
  const shared = { wasm: { Session, Saved, analyze: () => ({}) }, compiled: { isa: "simd128" }, crew: crew as unknown as Crew, devices: {}, turns: new Turns(), learnt: learnt(there) } as unknown as Shared;
  const begin = (run = 1, saved?: Uint8Array, learnt = false) => {
    const ask = { run, network: NETWORK, training: {} as never, executor: "cpu" as const, learnt };
    return Driver.begin(shared, set(), saved ? { ...ask, saved } : ask);
  };
  return { begin, crew };
}

const states = () => told("state").map((event) => (event as Extract<RunEvent, { type: "state" }>).state);
const reached = (state: string) => vi.waitFor(() => expect(states().at(-1)).toBe(state));

beforeEach(() => {
  post.mockClear();
  Session.made = [];
  Session.wrong = {};
});
afterEach(() => vi.restoreAllMocks());

describe("the weights that come with the page", () => {
  const weights = () => Session.made.at(-1)?.weights;
  const restarts = () => told("restart").map((event) => (event as Extract<RunEvent, { type: "restart" }>).learnt);

  it("are where a run begins, over the first pictures and those that take their place, until it is reset", async () => {
    const driver = await engine().begin(1, undefined, true);
    await driver.learn();
    expect([weights(), restarts()]).toEqual(["learnt", [true]]);
    // A seed makes its weights again; these only a file of them does.
    expect(told("saved")).toHaveLength(1);
    await driver.offer({ ...set(2), info: { ...set(2).info, source: "beside" } } as DataSet);
    expect([weights(), restarts()]).toEqual(["learnt", [true, true]]);
    await driver.replace(NETWORK, {} as never, true);
    expect(weights()).toBe("learnt");
    await driver.reset(false);
    expect([weights(), restarts().at(-1)]).toEqual(["seed", false]);
    const saved = told("saved").length;
    await driver.learn();
    expect(weights()).toBe("seed");
    expect(told("saved")).toHaveLength(saved);
  });

  it("know nothing of other pictures", async () => {
    const driver = await engine().begin(1, undefined, true);
    await driver.learn();
    await driver.useData({ ...set(9), choice: 5 } as DataSet);
    expect([weights(), restarts().at(-1)]).toEqual(["seed", false]);
    await driver.useData({ ...set(3), choice: 6 } as DataSet);
    expect([weights(), restarts().at(-1)]).toEqual(["learnt", true]);
  });

  it("are not taken up by a run that has begun, goes on from a file or does not want them", async () => {
    const { begin } = engine();
    const stepped = await begin(1, undefined, true);
    await stepped.step();
    await stepped.learn();
    expect([weights(), Session.made.at(-1)?.at]).toEqual(["seed", 1]);
    for (const other of [await begin(2, Uint8Array.of(4), true), await begin(3, undefined, false), await engine({ there: false }).begin(4, undefined, true)]) {
      await other.learn();
      expect(weights()).toBe("seed");
    }
    expect(restarts()).toEqual([]);
  });

  it("give way to a saved run that is opened", async () => {
    const driver = await engine().begin(1, undefined, true);
    await driver.learn();
    await driver.restore(Uint8Array.of(4));
    expect([weights(), restarts().at(-1), Session.made.at(-1)?.at]).toEqual(["seed", false, 4]);
  });
});

describe("a run in the engine", () => {
  it("trains to its end and is handed to the page after each epoch", async () => {
    const driver = await engine().begin();
    driver.run();
    await reached("finished");
    expect(told("step")).toHaveLength(18);
    expect(told("saved").map((event) => (event as { iteration: number }).iteration)).toEqual([10, 20]);
  });

  it("goes over to other pictures in the session that it has, where the network stays as it is", async () => {
    const driver = await engine().begin();
    await driver.step();
    const use = vi.spyOn(Session.made[0], "use_data");
    const other = set(2);
    await driver.useData({ ...other, choice: 1 });
    expect(use).toHaveBeenCalledWith(other.data);
    expect(Session.made).toHaveLength(1);
    expect(Session.made[0].at).toBe(0);
    expect(states().at(-1)).toBe("idle");
    expect(told("data")).toMatchObject([{ data: { id: 2 } }]);
    expect(told("restart")).toHaveLength(1);
  });

  it("gets a session that is new for other pictures where the last one failed", async () => {
    const driver = await engine().begin();
    Session.wrong.advance = [new Error("no more")];
    driver.run();
    await reached("failed");
    await driver.useData({ ...set(2), choice: 1 });
    expect(Session.made.map(({ freed }) => freed)).toEqual([true, false]);
    expect(states().at(-1)).toBe("idle");
  });

  it("is handed to the page about every ten seconds", async () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 3000));
    const driver = await engine().begin();
    driver.run();
    await reached("finished");
    const saved = told("saved").map((event) => (event as { iteration: number }).iteration);
    expect(saved.length).toBeGreaterThan(2);
    expect(saved).toEqual([...new Set(saved)]);
  });

  it("goes on from what the page kept, and stands", async () => {
    const driver = await engine().begin(1, Uint8Array.of(7));
    expect(driver.state).toBe("paused");
    await driver.step();
    expect(Session.made[0].at).toBe(8);
  });

  it("sends the maps of the layers that are drawn, and no others", async () => {
    const driver = await engine().begin();
    await driver.look({ split: "test", index: 3, layers: [] });
    expect(told("maps")).toEqual([]);
    await driver.look({ split: "test", index: 3, layers: [2, 0, 9] });
    expect(told("maps")).toMatchObject([{ index: 3, layers: [2, 0], values: [Float32Array.of(2), Float32Array.of(0)] }]);
  });

  it("tries a batch once more when a helper was replaced", async () => {
    const { begin, crew } = engine();
    crew.mend.mockReturnValueOnce(true);
    Session.wrong.advance = [new Error("helper 1 stopped")];
    (await begin()).run();
    await reached("finished");
    expect(told("error")).toEqual([]);
    expect(told("step")).toHaveLength(18);
  });

  it("says so when it fails twice running, and a reset asks a new session", async () => {
    const { begin, crew } = engine();
    crew.mend.mockReturnValue(true);
    Session.wrong.advance = [new Error("helper 1 stopped"), new Error("helper 1 stopped again")];
    const driver = await begin();
    driver.run();
    await reached("failed");
    expect(told("error")).toMatchObject([{ message: "helper 1 stopped again" }]);
    // What the helpers held may be why.
    expect(crew.drop).toHaveBeenCalledWith(1);
    driver.run();
    expect(states().at(-1)).toBe("failed");
    await driver.reset(false);
    expect(Session.made).toHaveLength(2);
    expect(Session.made[0].freed).toBe(true);
    expect(crew.setup).toHaveBeenCalledTimes(2);
    driver.run();
    await reached("finished");
  });

  it("can start again after an error in what it shows", async () => {
    const driver = await engine().begin();
    await driver.look({ split: "test", index: 0, layers: [0] });
    driver.run();
    Session.wrong.trace = [new Error("no memory for the maps")];
    await driver.pause();
    await vi.waitFor(() => expect(told("error")).toHaveLength(1));
    const { at } = Session.made[0];
    expect(states().at(-1)).toBe("paused");
    driver.run();
    await reached("finished");
    expect(told("step").length + 2).toBe(20);
    expect(at).toBeLessThan(20);
  });

  it("that cannot be made leaves nothing behind", async () => {
    const { begin, crew } = engine();
    Session.wrong.new = [new Error("too big")];
    await expect(begin()).rejects.toThrow("too big");
    expect(crew.drop).toHaveBeenCalledWith(1);
  });

  it("ends the engine with a trap", async () => {
    const driver = await engine().begin();
    Session.wrong.advance = [new WebAssembly.RuntimeError("unreachable")];
    driver.run();
    await vi.waitFor(() => expect(post.mock.calls.map(([message]) => message)).toContainEqual({ kind: "event", event: { type: "stopped", message: "unreachable" } }));
  });
});

describe("two runs", () => {
  it("train at once, and one is dropped in mid-run without a trace", async () => {
    const { begin, crew } = engine();
    const [kept, dropped] = [await begin(1), await begin(2)];
    const end = new Promise<void>((resolve) => {
      Session.updated = (session) => {
        // Neither waits for the other's end.
        expect(Math.abs(Session.made[0].at - Session.made[1].at)).toBeLessThanOrEqual(1);
        if (session !== Session.made[1] || session.at !== 5) return;
        Session.updated = () => {};
        resolve(dropped.drop());
      };
    });
    kept.run();
    dropped.run();
    await end;
    const { at } = Session.made[1];
    expect(at).toBeLessThanOrEqual(6);
    await reached("finished");
    expect(Session.made.map((session) => session.freed)).toEqual([false, true]);
    expect(Session.made[1].at).toBe(at);
    expect(crew.drop).toHaveBeenCalledExactlyOnceWith(2);
    expect(told("error")).toEqual([]);
    await expect(dropped.step()).rejects.toThrow("dropped");
  });
});
