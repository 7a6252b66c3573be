import { describe, expect, it } from "vitest";
import { readHash, writeHash, type Shared } from "../src/core/hash";
import { catalogues } from "../src/core/i18n";
import { PRESETS } from "../src/core/catalogue";
import { readPixels, writePixels } from "../src/core/step/place";

const preset = (name: string) => PRESETS.find((network) => network.name === name)!;

const shared: Shared = {
  from: "nothing",
  optimizer: { class_name: "SGD", momentum: 0.9, nesterov: true },
  learningRate: 0.0005,
  batchSize: 64,
  epochs: 3,
  seed: 4294967295,
  language: "zh",
  theme: "dark",
  network: preset("residual"),
  picture: 42,
  executor: "webgpu",
  workers: 3,
  view: "step",
  walk: { kind: "alone", split: "train", index: 12 },
  at: { layer: "a/b", phase: "backward", nth: 1 },
  cell: { buffer: "conv2d_2/kernel", index: 77 },
  zoom: "number",
  run: { update: 470, data: "0a1b2c3d", opened: true },
};

describe("the address", () => {
  it("gives back everything that was put into it", async () => {
    expect(await readHash(`#${await writeHash(shared)}`)).toEqual({ shared, refused: [] });
  });

  it("keeps a drawing that is walked, and whose weights walk it", async () => {
    const pixels = writePixels(Uint8Array.from({ length: 784 }, (_, i) => (7 * i) % 256));
    for (const source of ["own", "shipped", "taught"] as const) {
      const walk = { kind: "given", pixels, label: 9, source } as const;
      expect((await readHash(await writeHash({ walk }))).shared).toEqual({ walk });
    }
    expect(readPixels(pixels)).toEqual(Uint8Array.from({ length: 784 }, (_, i) => (7 * i) % 256));
    for (const text of ["given.9.", "given.x.AAAA", "given.9.AA/A", "given.9.AAAA.mine"]) expect((await readHash(`walk=${text}`)).refused, text).toHaveLength(1);
  });

  it("keeps Adam's three numbers", async () => {
    const optimizer = { class_name: "Adam", beta_1: 0.8, beta_2: 0.99, epsilon: 1e-6 } as const;
    expect((await readHash(await writeHash({ optimizer }))).shared).toEqual({ optimizer });
  });

  it("is empty where all is as usual", async () => expect(await writeHash({})).toBe(""));

  it("holds a whole network in a length that can be sent", async () => {
    expect((await writeHash({ network: preset("residual") })).length).toBeLessThan(1000);
  });

  // The first two are above 0 and below 1 until they are f32; so is 1e39 a number.
  it.each([
    ["lr=1e-50", "range"],
    ["opt=adam_0.99999999999_0.999_1e-7", "range"],
    ["opt=adam_0.9_0.999_1e-60", "range"],
    ["opt=nesterov_0.999999999", "range"],
    ["lr=1e39", "range"],
    ["lr=-1", "range"],
    ["batch=0", "range"],
    ["batch=1.5", "range"],
    ["epochs=1e9", "range"],
    ["seed=-3", "range"],
    ["seed=4294967296", "range"],
    ["opt=adam_2_0_0", "range"],
    ["opt=sgd_7", "range"],
    ["picture=-1", "range"],
    ["lr=", "number"],
    ["lr=abc", "number"],
    ["lr=0x10", "number"],
    ["lr=Infinity", "number"],
    ["opt=adam_0.9", "number"],
    ["opt=adam_0.9_0.999_", "number"],
    ["opt=", "choice"],
    ["opt=sgd_0.9_0.9", "choice"],
    ["lang=fr", "choice"],
    ["theme=pink", "choice"],
    ["executor=gpu", "choice"],
    ["net=", "network"],
    ["net=%%%", "network"],
    ["net=AAAA", "network"],
    ["net=e30", "network"],
    ["net=q64FAA", "network"],
  ])("leaves out what makes no sense, and says why: %s", async (hash, type) => {
    const { shared, refused } = await readHash(hash);
    expect(shared).toEqual({});
    const [key, text] = [hash.slice(0, hash.indexOf("=")), hash.slice(hash.indexOf("=") + 1)];
    expect(refused).toMatchObject([{ key, text, reason: { type } }]);
    for (const { address } of Object.values(catalogues)) {
      const said = address.because(refused[0]);
      expect(said).toContain(`${key}=${text.slice(0, 20)}`);
      expect(said).not.toMatch(/undefined|NaN|null/);
    }
  });

  it("takes what makes sense beside what does not", async () => {
    const { shared, refused } = await readHash("#lr=1e-50&batch=64&opt=sgd");
    expect(shared).toEqual({ batchSize: 64, optimizer: { class_name: "SGD", momentum: 0, nesterov: false } });
    expect(refused.map(({ key }) => key)).toEqual(["lr"]);
    expect(catalogues.en.address.because(refused[0])).toContain("above 0. The engine counts in 32 bits, where 1e−50 is 0");
  });

  it.each([0.001, 0.9999999, 1e-45, 0.123456789, 3e38, 1e-7])("gives %s back as the engine holds it", async (learningRate) => {
    const { shared, refused } = await readHash(await writeHash({ learningRate }));
    expect(refused).toEqual([]);
    expect(Math.fround(shared.learningRate!)).toBe(Math.fround(learningRate));
  });
});
