import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Gpu } from "../src/engine/generated/simd/engine";
import { Devices, NoGpu } from "../src/engine/gpu";
import type { Wasm } from "../src/engine/module";

/** A device's handle, which counts what is done with it. */
class Handle {
  reason: string | undefined;
  destroyed = 0;
  freed = 0;
  lost = () => {
    if (this.freed > 0) throw new Error("a freed handle was asked");
    return this.reason;
  };
  destroy = () => {
    this.destroyed++;
    this.reason ??= "destroyed";
  };
  free = () => this.freed++;
  nudge = () => undefined;
}

const handles: Handle[] = [];
const request = vi.fn(async () => {
  handles.push(new Handle());
  return handles.at(-1);
});
const wasm = { Gpu: { request } } as unknown as Wasm;
const requestAdapter = vi.fn(async (): Promise<unknown> => ({ info: { description: "A GPU" } }));
const onLost = vi.fn();

const last = () => handles.at(-1)!;
const same = (gpu: Gpu) => gpu;

beforeEach(() => {
  vi.useFakeTimers();
  handles.length = 0;
  [request, requestAdapter, onLost].forEach((mock) => mock.mockClear());
  vi.stubGlobal("navigator", { gpu: { requestAdapter }, userAgent: "Chrome" });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the browser's GPU", () => {
  it("is one device however many ask", async () => {
    const devices = new Devices(wasm, onLost);
    const [one, other] = await Promise.all([devices.use(same), devices.use(same)]);
    expect(one).toBe(other);
    expect(await devices.use(same)).toBe(one);
    expect(request).toHaveBeenCalledTimes(1);
  });

  it("is asked for again after an adapter was not to be had", async () => {
    const devices = new Devices(wasm, onLost);
    requestAdapter.mockResolvedValueOnce(null);
    const refused = await devices.use(same).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NoGpu);
    expect((refused as NoGpu).reason).toEqual({ type: "no_adapter" });
    requestAdapter.mockRejectedValueOnce(new Error("the GPU process is gone"));
    await expect(devices.use(same)).rejects.toBeInstanceOf(NoGpu);
    expect(await devices.use(same)).toBe(last());
  });

  it("is asked for again after a device was refused, with the reason told", async () => {
    const devices = new Devices(wasm, onLost);
    request.mockRejectedValueOnce(new Error("too many devices"));
    const refused = await devices.use(same).catch((error: unknown) => error);
    expect((refused as NoGpu).reason).toEqual({ type: "failed", message: "too many devices" });
    expect(await devices.use(same)).toBe(last());
  });

  it("is another device after it refused something: the first is destroyed and freed", async () => {
    const devices = new Devices(wasm, onLost);
    await devices.use(same);
    const first = last();
    first.reason = "a buffer was refused";
    expect(await devices.use(same)).not.toBe(first);
    expect([first.destroyed, first.freed]).toEqual([1, 1]);
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(await devices.use(same)).toBe(last());
    expect(handles).toHaveLength(2);
  });

  it("is given up by itself when it is found lost, while nothing is asked of it", async () => {
    const devices = new Devices(wasm, onLost);
    await devices.use(same);
    const first = last();
    await vi.advanceTimersByTimeAsync(2000);
    expect(onLost).not.toHaveBeenCalled();
    await devices.lose();
    await vi.advanceTimersByTimeAsync(2000);
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(first.freed).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is freed only when no call holds it", async () => {
    const devices = new Devices(wasm, onLost);
    let end = () => undefined as void;
    const working = devices.use(() => new Promise<void>((resolve) => (end = resolve)));
    await vi.advanceTimersByTimeAsync(0);
    const first = last();
    first.reason = "lost";
    await vi.advanceTimersByTimeAsync(1000);
    expect([first.destroyed, first.freed]).toEqual([1, 0]);
    end();
    await working;
    expect(first.freed).toBe(1);
  });

  it("frees a device once where two calls find it lost together", async () => {
    const devices = new Devices(wasm, onLost);
    await devices.use(same);
    const first = last();
    first.reason = "lost";
    const [one, other] = await Promise.all([devices.use(same), devices.use(same)]);
    expect(one).toBe(other);
    expect([first.destroyed, first.freed, handles.length]).toEqual([1, 1, 2]);
  });
});
