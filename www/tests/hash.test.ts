import { describe, expect, it } from "vitest";
import { readHash, writeHash, type Shared } from "../src/core/hash";
import { PRESETS } from "../src/core/presets";

const shared: Shared = {
  optimizer: { class_name: "SGD", momentum: 0.9, nesterov: true },
  learningRate: 0.0005,
  batchSize: 64,
  epochs: 3,
  seed: 4294967295,
  language: "zh",
  theme: "dark",
  network: PRESETS.residual(),
  picture: 42,
  executor: "webgpu",
};

describe("the address", () => {
  it("gives back everything that was put into it", async () => {
    expect(await readHash(`#${await writeHash(shared)}`)).toEqual(shared);
  });

  it("keeps Adam's three numbers", async () => {
    const optimizer = { class_name: "Adam", beta_1: 0.8, beta_2: 0.99, epsilon: 1e-6 } as const;
    expect(await readHash(await writeHash({ optimizer }))).toEqual({ optimizer });
  });

  it("is empty where all is as usual", async () => expect(await writeHash({})).toBe(""));

  it("holds a whole network in a length that can be sent", async () => {
    expect((await writeHash({ network: PRESETS.residual() })).length).toBeLessThan(1000);
  });

  it.each(["lr=-1", "lr=", "lr=abc", "batch=0", "batch=1.5", "epochs=1e9", "seed=-3", "lang=fr", "theme=pink", "opt=adam_2_0_0", "opt=sgd_7", "net=%%%", "net=AAAA", "net=e30", "net=q64FAA", "picture=-1", "executor=gpu"])(
    "ignores what makes no sense: %s",
    async (hash) => expect(await readHash(hash)).toEqual({}),
  );
});
