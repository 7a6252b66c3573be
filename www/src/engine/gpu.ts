/** The browser's GPU, asked for once; after it was lost, again. */
import type { Gpu } from "./generated/simd/engine";
import type { Wasm } from "./module";
import type { ExecutorReason } from "./protocol";

/** There is no GPU to be had; the reason is fit to be told. */
export class NoGpu extends Error {
  readonly reason: ExecutorReason;

  constructor(reason: ExecutorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** How often a device that nothing is asked of is looked at, in milliseconds. */
const LOOK_EVERY = 500;

export class Devices {
  readonly #wasm: Wasm;
  /** Called when a device is found to be lost. */
  readonly #onLost: () => void;
  #device: Promise<Gpu> | undefined;

  constructor(wasm: Wasm, onLost: () => void) {
    this.#wasm = wasm;
    this.#onLost = onLost;
  }

  /** The device, or a `NoGpu`. */
  async get(): Promise<Gpu> {
    const device = await this.#ask();
    if (device.lost() === undefined) return device;
    // Lost, and not yet noticed.
    this.#device = undefined;
    return this.#ask();
  }

  /** What is alive on the device; null where none was ever asked for. */
  async memory(): Promise<{ bytes: number; buffers: number } | null> {
    const device = await this.#device?.catch(() => undefined);
    return device ? (device.memory() as { bytes: number; buffers: number }) : null;
  }

  /** Gives the device up, as if it had been lost. */
  async lose(): Promise<void> {
    (await this.get()).destroy();
  }

  /** What failed once may be had the next time: a driver is renewed, a GPU plugged in. */
  #ask(): Promise<Gpu> {
    if (this.#device) return this.#device;
    const asked = this.#request();
    this.#device = asked;
    asked.catch(() => {
      if (this.#device === asked) this.#device = undefined;
    });
    return asked;
  }

  async #request(): Promise<Gpu> {
    const gpu = navigator.gpu as GPU | undefined;
    if (!gpu) throw new NoGpu({ type: "no_webgpu" }, "This browser has no WebGPU.");
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
    if (!adapter) throw new NoGpu({ type: "no_adapter" }, "This browser has WebGPU, but there is no GPU for it.");
    try {
      const device = await this.#wasm.Gpu.request(named(adapter.info));
      this.#watch(device);
      return device;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new NoGpu({ type: "failed", message }, message);
    }
  }

  #watch(device: Gpu): void {
    const nudge = keepFirefoxAwake(device);
    const look = setInterval(() => {
      if (device.lost() === undefined) return;
      clearInterval(look);
      clearInterval(nudge);
      this.#onLost();
    }, LOOK_EVERY);
  }
}

/** Browsers tell as little as they like. */
function named({ description, vendor, architecture }: GPUAdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(" ") || "GPU";
}

/**
 * Firefox answers a read up to 100 ms late unless the GPU is kept busy: next to nothing, as often as a timer comes
 * (found by jax-js, src/backend/webgpu/firefoxPoll.ts).
 */
function keepFirefoxAwake(device: Gpu): ReturnType<typeof setInterval> | undefined {
  return navigator.userAgent.includes("Firefox") ? setInterval(() => device.nudge(), 1) : undefined;
}
