import { describe, expect, it, vi } from "vitest";
import { Executor, shortName } from "../src/core/executor";
import type { Engine } from "../src/engine/client";
import type { ExecutorInfo, RunEvent } from "../src/engine/protocol";

const CPU: ExecutorInfo = { kind: "cpu", isa: "relaxed", workers: 2, wish: "auto", reason: { type: "starting" }, adapter: null, memory: { parameters: 0, optimizer: 0, gradients: 0, activations: 0, bytes: 0, workers: 2, buffers: 0 } };
const GPU: ExecutorInfo = { ...CPU, kind: "webgpu", reason: { type: "forced" }, wish: "webgpu" };
const LOST: ExecutorInfo = { ...CPU, reason: { type: "lost", message: "destroyed" } };
const told = (executor: ExecutorInfo): RunEvent => ({ type: "executor", executor });

/** An engine whose answers are given by hand. */
function engine() {
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const ask = vi.fn(() => new Promise<void>((resolve, reject) => answers.push({ resolve, reject })));
  return { executor: new Executor({ ask } as unknown as Engine, 1, true), answers, ask };
}

describe("the choice of an executor", () => {
  it("is granted by the engine", async () => {
    const { executor, answers, ask } = engine();
    const done = executor.choose("webgpu");
    expect(ask).toHaveBeenCalledWith("executor", { run: 1, wish: "webgpu" });
    expect([executor.wish.value, executor.moving.value]).toEqual(["auto", "webgpu"]);
    answers[0].resolve();
    await done;
    expect([executor.wish.value, executor.moving.value]).toEqual(["webgpu", null]);
  });

  it("stays as it was where it is refused", async () => {
    const { executor, answers } = engine();
    const done = executor.choose("webgpu");
    answers[0].reject(new Error("no GPU"));
    await expect(done).rejects.toThrow("no GPU");
    expect([executor.wish.value, executor.moving.value]).toEqual(["auto", null]);
  });

  it("shows the last of several that are under way", async () => {
    const { executor, answers } = engine();
    const both = [executor.choose("webgpu"), executor.choose("cpu")];
    answers[0].resolve();
    await both[0];
    expect(executor.moving.value).toBe("cpu");
    answers[1].resolve();
    await both[1];
    expect([executor.wish.value, executor.moving.value]).toEqual(["cpu", null]);
  });

  it("that the engine could not open with is refused once", () => {
    const { executor } = engine();
    const said: (string | undefined)[] = [];
    executor.refused.subscribe((info) => said.push(info?.reason.type));
    const none: ExecutorInfo = { ...CPU, wish: "webgpu", reason: { type: "no_adapter" } };
    executor.take(told({ ...CPU, wish: "webgpu" }), 0);
    executor.take(told(none), 0);
    executor.take(told({ ...none }), 0);
    expect(said).toEqual([undefined, "no_adapter"]);
    executor.take(told({ ...none, wish: "auto" }), 0);
    executor.take(told(none), 0);
    expect(said).toEqual([undefined, "no_adapter", undefined, "no_adapter"]);
  });

  it("remembers that there is no GPU, whatever is said later", () => {
    const { executor } = engine();
    expect(executor.hindrance.value).toBeNull();
    executor.take(told({ ...CPU, reason: { type: "no_adapter" } }), 0);
    executor.take(told({ ...CPU, reason: { type: "forced" } }), 0);
    expect(executor.hindrance.value).toBe("no_adapter");
  });

  it("knows a browser without WebGPU before the engine does", () => expect(new Executor({} as Engine, 1, false).hindrance.value).toBe("no_webgpu"));
});

describe("a lost GPU", () => {
  it("is told with the updates that are computed again", () => {
    const { executor } = engine();
    executor.take(told(GPU), 0);
    executor.take({ type: "rewind", iteration: 48 }, 55);
    executor.take(told(LOST), 48);
    expect(executor.loss.value).toEqual({ message: "destroyed", back: 7 });
    // What is said again of the CPU changes nothing.
    executor.take(told({ ...LOST, memory: { ...LOST.memory, bytes: 1 } }), 48);
    expect(executor.loss.value?.back).toBe(7);
    executor.take(told(GPU), 60);
    expect(executor.loss.value).toBeNull();
  });

  it("that lost nothing of the run says so", () => {
    const { executor } = engine();
    executor.take(told(GPU), 0);
    executor.take(told(LOST), 16);
    expect(executor.loss.value?.back).toBe(0);
  });

  it("is no news where it did not compute", () => {
    const { executor } = engine();
    executor.take(told({ ...CPU, reason: { type: "warming", ready: 1, of: 9 } }), 3);
    executor.take(told(LOST), 3);
    expect(executor.loss.value).toBeNull();
  });

  it("is past when the run begins anew", () => {
    const { executor } = engine();
    executor.take(told(GPU), 0);
    executor.take(told(LOST), 16);
    executor.take({ type: "restart" } as RunEvent, 0);
    expect(executor.loss.value).toBeNull();
  });
});

describe("an adapter's name", () => {
  it.each([
    ["apple metal-3", "apple metal-3"],
    ["SwiftShader Device (Subzero) (0x0000C0DE)", "SwiftShader Device"],
    ["(unnamed)", "(unnamed)"],
    ["NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GeForce RTX 4090…"],
  ])("%s is %s for short", (name, short) => expect(shortName(name)).toBe(short));
});
