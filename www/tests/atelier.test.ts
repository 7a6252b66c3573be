import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Engine, Stopped } from "../src/engine/client";
import type { EngineEvent, RunEvent, RunId } from "../src/engine/protocol";

vi.stubGlobal("location", { hash: "", href: "https://atelier.test/", pathname: "/", search: "" });
vi.stubGlobal("navigator", { languages: ["en"] });
vi.stubGlobal("history", { replaceState: () => {} });
vi.stubGlobal("document", { addEventListener: () => {}, visibilityState: "visible" });
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("window", { setTimeout: () => 0 });
vi.stubGlobal("requestAnimationFrame", (job: () => void) => queueMicrotask(job));
const { Atelier } = await import("../src/core/atelier");
const { catalogues, wordsOf } = await import("../src/core/i18n");
const { CATALOGUE, PRESETS } = await import("../src/core/catalogue");
const DEFAULT_TRAINING = CATALOGUE.training.default;

type Asked = { type: string; ask: Record<string, unknown> };

const EXECUTOR = { kind: "cpu", isa: "relaxed", workers: 2, wish: "auto", reason: { type: "starting" }, adapter: null, memory: null };
const DATA = { id: 1, source: "official", height: 28, width: 28, channels: 1, train: 60_000, test: 10_000, class_names: [], presets: PRESETS };
const ANSWERS: Record<string, unknown> = { open: DATA, begin: { analysis: { layers: [], problem: null }, data: DATA, executor: EXECUTOR, restored: null } };

/** An engine that grants everything, and stops when it is told to. */
class Fake {
  asked: Asked[] = [];
  restarts = 0;
  /** Requests of which the engine does not survive the next. */
  deadly: string[] = [];
  refuses: string[] = [];
  #stopped = false;
  #listener: (event: EngineEvent) => void = () => {};
  #runs = new Map<RunId, (event: RunEvent) => void>();

  ask = async (type: string, ask: Record<string, unknown>): Promise<unknown> => {
    if (this.#stopped) throw new Stopped("unreachable");
    this.asked.push({ type, ask });
    if (this.deadly[0] === type) {
      this.deadly.shift();
      this.stop();
      throw new Stopped("unreachable");
    }
    if (this.refuses[0] === type) {
      this.refuses.shift();
      throw new Error("it cannot be built");
    }
    return ANSWERS[type];
  };
  listen = (listener: (event: EngineEvent) => void) => void (this.#listener = listener);
  follow = (run: RunId, listener: (event: RunEvent) => void) => {
    this.#runs.set(run, listener);
    return () => this.#runs.delete(run);
  };
  restart = () => {
    this.#stopped = false;
    this.restarts++;
  };
  stop(): void {
    this.#stopped = true;
    this.#listener({ type: "stopped", message: "unreachable" });
  }
  tell(run: RunId, event: RunEvent): void {
    this.#runs.get(run)?.(event);
  }
  train(run: RunId, iteration: number): void {
    this.tell(run, { type: "step", report: { iteration, epoch: 1, batch: iteration, batches: 100, loss: 1, accuracy: 0.5, images_per_second: 1, seconds_left: 1 } });
  }
  begun = () => this.asked.filter(({ type }) => type === "begin").map(({ ask }) => ask);
}

let engine: Fake;
let atelier: InstanceType<typeof Atelier>;
const settled = (opened = true) => vi.waitFor(() => expect(atelier.main.opened.value).toBe(opened));

beforeEach(async () => {
  engine = new Fake();
  atelier = new Atelier(engine as unknown as Engine);
});

describe("an engine that stops", () => {
  it("is replaced, and every run goes on from where it was last saved", async () => {
    await atelier.open();
    const second = await atelier.begin({ name: "second", layers: [] }, { ...DEFAULT_TRAINING, epochs: 1 });
    for (let i = 1; i <= 9; i++) {
      engine.train(1, i);
      if (i === 6) engine.tell(1, { type: "saved", iteration: 6, bytes: Uint8Array.of(6) });
    }
    engine.tell(1, { type: "state", state: "running" });
    engine.asked = [];
    engine.stop();
    expect(atelier.main.opened.value).toBe(false);
    await settled();
    await vi.waitFor(() => expect(second.opened.value).toBe(true));
    expect(engine.asked[0]).toEqual({ type: "open", ask: { page: location.href, source: "official", workers: EXECUTOR.workers } });
    expect(engine.begun()).toMatchObject([
      { run: 1, saved: Uint8Array.of(6) },
      { run: 2, network: { name: "second" }, training: { epochs: 1 } },
    ]);
    expect(engine.begun()[1]).not.toHaveProperty("saved");
    await vi.waitFor(() => expect(atelier.renewal.value).toEqual({ message: "unreachable", iteration: 6, anew: false }));
    expect(atelier.main.history.state.value).toBe("paused");
    expect(atelier.main.history.loss.length).toBe(6);
    expect(second.history.state.value).toBe("idle");
    expect(atelier.error.value).toBeNull();
  });

  it("tells a request that was under way nothing but that", async () => {
    await atelier.open();
    engine.deadly = ["configure"];
    expect(await atelier.main.configure({ name: "too big", layers: [] })).toBe(false);
    await settled();
    expect(atelier.error.value).toBeNull();
    expect(atelier.main.network.value.name).not.toBe("too big");
  });

  it("is not given again what it could not live with", async () => {
    await atelier.open();
    engine.train(1, 1);
    engine.tell(1, { type: "saved", iteration: 1, bytes: Uint8Array.of(1) });
    engine.asked = [];
    engine.deadly = ["begin"];
    engine.stop();
    await vi.waitFor(() => expect(engine.restarts).toBe(2));
    await settled();
    expect(engine.begun().map((ask) => "saved" in ask)).toEqual([true, false]);
    expect(atelier.main.history.loss.length).toBe(0);
    expect(atelier.main.history.state.value).toBe("idle");
  });

  it("begins anew with what it refuses to go on from", async () => {
    await atelier.open();
    engine.train(1, 1);
    engine.tell(1, { type: "saved", iteration: 1, bytes: Uint8Array.of(1) });
    engine.refuses = ["begin"];
    engine.stop();
    await settled();
    expect(engine.begun().map((ask) => "saved" in ask)).toEqual([false, true, false]);
    expect(atelier.renewal.value?.iteration).toBe(0);
  });

  it("and will not live is given up, until a reset asks for another", async () => {
    await atelier.open();
    engine.deadly = ["begin", "begin"];
    engine.stop();
    await vi.waitFor(() => expect(atelier.error.value).toEqual({ message: "unreachable", refused: false }));
    expect(engine.restarts).toBe(2);
    expect(atelier.main.history.state.value).toBe("failed");
    await atelier.main.reset();
    expect(engine.restarts).toBe(3);
    expect(atelier.main.history.state.value).toBe("idle");
    expect(atelier.error.value).toBeNull();
  });

  it("tells where the epoch begins anew, since the pictures are others", async () => {
    await atelier.open();
    for (const epoch_anew of [true, false]) {
      engine.train(1, 6);
      engine.tell(1, { type: "saved", iteration: 6, bytes: Uint8Array.of(6) });
      vi.spyOn(engine, "ask").mockImplementation(async (type) => {
        const answer = ANSWERS[type] as object;
        return type === "begin" ? { ...answer, restored: { epoch_anew, fresh_optimizer: false } } : answer;
      });
      engine.stop();
      await settled();
      await vi.waitFor(() => expect(atelier.renewal.value).toMatchObject({ anew: epoch_anew }));
    }
  });

  it("may stop any number of times with batches in between", async () => {
    await atelier.open();
    for (let i = 1; i <= 5; i++) {
      engine.train(1, i);
      engine.stop();
      await settled();
    }
    expect(engine.restarts).toBe(5);
    expect(atelier.error.value).toBeNull();
  });

  it("at its opening is replaced as well", async () => {
    engine.deadly = ["begin"];
    await atelier.open();
    await settled();
    expect(engine.restarts).toBe(1);
    expect(atelier.error.value).toBeNull();
  });
});

describe("runs on one page", () => {
  it("hear what is theirs, and are dropped one by one", async () => {
    await atelier.open();
    const second = await atelier.begin({ name: "second", layers: [] }, DEFAULT_TRAINING);
    engine.train(2, 5);
    expect([atelier.main.history.iteration, second.history.iteration]).toEqual([0, 5]);
    await atelier.drop(second);
    expect(engine.asked.at(-1)).toEqual({ type: "drop", ask: { run: 2 } });
    expect(atelier.runs.value).toEqual([atelier.main]);
    engine.train(2, 6);
    expect(second.history.iteration).toBe(5);
  });

  it("that cannot be begun stand nowhere", async () => {
    await atelier.open();
    engine.refuses = ["begin"];
    await expect(atelier.begin({ name: "impossible", layers: [] }, DEFAULT_TRAINING)).rejects.toThrow("cannot be built");
    expect(atelier.runs.value).toEqual([atelier.main]);
  });

  it("take a network with the word that they begin anew with it", async () => {
    await atelier.open();
    const network = { name: "another", layers: [] };
    engine.tell(1, { type: "restart", network, training: DEFAULT_TRAINING, analysis: { layers: [], problem: null }, learnt: false });
    expect(atelier.main.network.value).toEqual(network);
  });

  it("that are opened from a file bring their settings along, and nothing waits for a reset", async () => {
    await atelier.open();
    const { main } = atelier;
    engine.train(1, 3);
    await vi.waitFor(() => expect(main.history.step.value).not.toBeNull());
    await main.set({ seed: 12 });
    expect(main.settingsWait.value).toBe(true);
    const heard: boolean[] = [];
    main.settingsWait.subscribe((waits) => heard.push(waits));
    const training = { ...DEFAULT_TRAINING, batch_size: 50, learning_rate: Math.fround(0.02) };
    const opened = { epoch_anew: false, fresh_optimizer: false, epochs: 1, batch: 4 };
    engine.tell(1, { type: "restart", network: { name: "saved", layers: [] }, training, analysis: { layers: [], problem: null }, learnt: false, opened });
    expect(main.settings.value).toMatchObject({ batch_size: 50, learning_rate: 0.02, seed: DEFAULT_TRAINING.seed });
    expect(main.settings.value).toEqual(main.training.value);
    expect(heard.slice(1)).toEqual([false]);
    expect(main.restored.value).toEqual(opened);
    engine.tell(1, { type: "restart", network: main.network.value, training, analysis: { layers: [], problem: null }, learnt: false });
    expect(main.restored.value).toBeNull();
  });

  it("begin from the weights that come with the page until they are reset, others than the page's own from nothing", async () => {
    await atelier.open();
    const { main } = atelier;
    await atelier.begin({ name: "second", layers: [] }, DEFAULT_TRAINING);
    expect(engine.begun()).toMatchObject([{ run: 1, learnt: true }, { run: 2, learnt: false }]);
    engine.tell(1, { type: "restart", network: main.network.value, training: main.training.value, analysis: { layers: [], problem: null }, learnt: true });
    expect([main.learnt.value, main.saying.value.says]).toEqual([true, "learnt"]);
    const last = () => engine.asked.at(-1);
    // Before the first batch settings are taken up at once.
    await main.set({ batch_size: 40 });
    expect(last()).toMatchObject({ type: "configure", ask: { learnt: true } });
    main.takeBack();
    await main.reset();
    expect(last()).toMatchObject({ type: "reset", ask: { run: 1, learnt: false } });
    await main.configure({ name: "another", layers: [] });
    expect(last()).toMatchObject({ type: "configure", ask: { learnt: false } });
  });

  it("are opened at once where the file is of the same network, and else when that was asked", async () => {
    await atelier.open();
    const { main } = atelier;
    const asked = () => engine.asked.map(({ type }) => type).filter((type) => type === "inspect" || type === "restore");
    ANSWERS["inspect"] = { network: main.network.value, same: true };
    await main.openSaved(Uint8Array.of(1));
    expect(asked()).toEqual(["inspect", "restore"]);
    ANSWERS["inspect"] = { network: { name: "other", layers: [] }, same: false };
    await main.openSaved(Uint8Array.of(2));
    expect(asked()).toEqual(["inspect", "restore", "inspect"]);
    expect(main.offer.value?.network.name).toBe("other");
    await main.takeOffer(false);
    await main.takeOffer(true);
    expect(asked()).toHaveLength(3);
    await main.openSaved(Uint8Array.of(3));
    await main.takeOffer(true);
    expect(asked().slice(3)).toEqual(["inspect", "restore"]);
    expect(main.offer.value).toBeNull();
  });

  it("tell what the engine refused by its figures, for every language", async () => {
    await atelier.open();
    const refusal = { code: "too_big", needed: 3e9, room: 1e9, batch: 128, fits: 40 } as const;
    engine.tell(1, { type: "error", message: "in the engine's words", refusal });
    const trouble = atelier.error.value!;
    expect(trouble.refusal).toEqual(refusal);
    expect(wordsOf(trouble, catalogues.en)).toMatch(/3.0 GB with batches of 128.*room for 1.0 GB.*Batches of 40 fit/);
    expect(wordsOf(trouble, catalogues.zh)).toMatch(/每批 128 张.*3.0 GB.*1.0 GB.*40 张装得下/);
    expect(wordsOf({ message: "as it is" }, catalogues.zh)).toBe("as it is");
    expect(wordsOf({ message: "as it is", refusal: { code: "no_shard" } }, catalogues.zh)).toBe("as it is");
  });

  it("ask for the maps of the layers that are drawn, whoever draws them", async () => {
    await atelier.open();
    const looked = () => engine.asked.filter(({ type }) => type === "look").map(({ ask }) => ask["layers"]);
    const leave = atelier.main.draw([0, 3]);
    await vi.waitFor(() => expect(looked().at(-1)).toEqual([0, 3]));
    atelier.main.draw([3, 1]);
    await vi.waitFor(() => expect(looked().at(-1)).toEqual([0, 1, 3]));
    leave();
    await vi.waitFor(() => expect(looked().at(-1)).toEqual([1, 3]));
  });
});
