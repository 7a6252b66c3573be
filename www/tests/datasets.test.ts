import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DataSet } from "../src/engine/datasets";
import type { Wasm } from "../src/engine/module";
import type { DataFile, DataInfo } from "../src/engine/protocol";

vi.stubGlobal("self", { location: { href: "https://atelier.test/" }, postMessage: vi.fn() });
const { DataSets, supersedes } = await import("../src/engine/datasets");

/** Handles on pictures that nobody has freed yet. */
const alive = new Set<Data>();

class Data {
  constructor(readonly pictures: number, readonly from = "procedural") {
    alive.add(this);
  }
  train = () => this.pictures;
  test = () => 10;
  class_names = () => ["0"];
  height = () => 28;
  width = () => 28;
  channels = () => 1;
  source = () => this.from;
  share = () => new Data(this.pictures, this.from);
  free(): void {
    if (!alive.delete(this)) throw new Error("freed twice");
  }
  static files(names: string[]): Data {
    if (names[0] === "damaged") throw new Error("damaged: is no IDX file");
    return new Data(names.length, "files");
  }
}

class Garments {
  #left: number;
  constructor(_: number, readonly train: number) {
    this.#left = train;
  }
  advance = (count: number) => (this.#left -= count) > 0;
  finish = () => new Data(this.train);
}

const wasm = { Data, Garments, presets: () => [] } as unknown as Wasm;
const files = (...names: string[]): DataFile[] => names.map((name) => ({ name, bytes: new ArrayBuffer(0) }));
const given = (...names: string[]) => ({ kind: "files" as const, files: files(...names) });
const found = (...names: string[]) => ({ source: "beside" as const, files: files(...names) });

/** The page's end: one run, which takes what is offered, as long as it is better. */
function opening() {
  const offered: DataInfo[] = [];
  const sets = new DataSets(wasm, async (set) => void offered.push(set.info));
  return { sets, offered };
}

const messages = () => (self.postMessage as unknown as ReturnType<typeof vi.fn>).mock.calls.map(([message]) => message.event);

beforeEach(() => {
  alive.clear();
  vi.mocked(self.postMessage).mockClear();
});

describe("the data of the opening", () => {
  it("are the files that were found", async () => {
    const { sets, offered } = opening();
    await sets.settle(Promise.resolve(found("a", "b")), Promise.resolve());
    expect(offered).toMatchObject([{ source: "files", train: 2 }]);
    expect(sets.current.info.train).toBe(2);
    expect(alive.size).toBe(1);
  });

  it("are garments where there are no files", async () => {
    const { sets } = opening();
    await sets.settle(Promise.resolve(undefined), Promise.resolve());
    expect(sets.current.info).toMatchObject({ source: "procedural", train: 12_000 });
  });

  it.each([
    ["are damaged", () => Promise.resolve(found("damaged"))],
    ["broke off on their way", () => Promise.reject(new Error("damaged: the network went away"))],
  ])("are as many garments where the files %s, which is told", async (_, looking) => {
    const { sets } = opening();
    await sets.settle(looking(), Promise.resolve());
    expect(sets.current.info.train).toBe(12_000);
    expect(messages()).toContainEqual({ type: "error", message: expect.stringMatching(/^damaged/) });
  });

  it("keep back a run on the first garments only until better ones are there", async () => {
    const { sets } = opening();
    let arrive = (_: ReturnType<typeof found>) => {};
    void sets.settle(new Promise((resolve) => (arrive = resolve)), Promise.resolve());
    const first = sets.current;
    let ready = false;
    const waiting = sets.ready(first).then(() => (ready = true));
    await sets.ready({ ...first, info: { ...first.info, id: 99 } });
    expect(ready).toBe(false);
    arrive(found("a"));
    await waiting;
    expect(sets.current.info.train).toBe(1);
  });
});

describe("what was given by hand", () => {
  it.each([["files", found("a", "b", "c")], ["garments", undefined]])("is not replaced by %s that come later of themselves", async (_, later) => {
    const { sets } = opening();
    let arrive = (_: typeof later) => {};
    const coming = sets.settle(new Promise((resolve) => (arrive = resolve)), Promise.resolve());
    const { set } = await sets.choose(given("mine"));
    sets.take(set);
    arrive(later);
    await coming;
    expect(sets.current.info).toMatchObject({ source: "files", train: 1 });
  });

  it("is not replaced by what was chosen before it and took longer", async () => {
    const { sets } = opening();
    const [before, after] = [sets.choose({ kind: "procedural" }), sets.choose(given("mine"))];
    sets.take((await after).set);
    sets.take((await before).set);
    expect(sets.current.info.train).toBe(1);
    sets.take((await sets.choose({ kind: "procedural" })).set);
    expect(sets.current.info.train).toBe(12_000);
  });

  it("is refused by name where it is damaged, and what was there stays", async () => {
    const { sets } = opening();
    await expect(sets.choose(given("damaged"))).rejects.toThrow("damaged");
    expect(sets.current.info.train).toBe(600);
  });

  it("frees what it replaces, however often", async () => {
    const { sets } = opening();
    for (const choice of [given("a"), { kind: "procedural" as const }, given("b"), { kind: "procedural" as const }, given("c")]) {
      sets.take((await sets.choose(choice)).set);
    }
    await Promise.resolve();
    expect(alive.size).toBe(1);
  });
});

describe("a set that comes of itself", () => {
  const set = (id: number, source: DataInfo["source"], choice = 0) => ({ choice, info: { id, source } }) as DataSet;
  it("takes the place of garments, and of real pictures if it is real", () => {
    expect(supersedes(set(2, "beside"), set(1, "procedural"))).toBe(true);
    expect(supersedes(set(2, "procedural"), set(1, "procedural"))).toBe(true);
    expect(supersedes(set(2, "procedural"), set(1, "beside"))).toBe(false);
    expect(supersedes(set(1, "procedural"), set(1, "procedural"))).toBe(false);
  });
  it("never takes the place of one that was given by hand", () => {
    for (const source of ["beside", "procedural"] as const) expect(supersedes(set(2, source), set(1, "procedural", 1))).toBe(false);
  });
});
