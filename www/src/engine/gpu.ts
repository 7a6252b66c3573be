/** The browser's GPU, asked for once; after it was lost, again. */
import type { Gpu } from "./generated/simd/engine";
import type { Atelier } from "./module";
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
  readonly #atelier: Atelier;
  /** Called when a device is found to be lost. */
  readonly #onLost: () => void;
  #device: Promise<Gpu> | undefined;

  constructor(atelier: Atelier, onLost: () => void) {
    this.#atelier = atelier;
    this.#onLost = onLost;
  }

  /** The device, or a `NoGpu`. */
  async get(): Promise<Gpu> {
    const device = await (this.#device ??= this.#request());
    if (device.lost() === undefined) return device;
    // Lost, and not yet noticed.
    this.#device = this.#request();
    return this.#device;
  }

  /** Gives the device up, as if it had been lost. */
  async lose(): Promise<void> {
    (await this.get()).destroy();
  }

  async #request(): Promise<Gpu> {
    const gpu = navigator.gpu as GPU | undefined;
    if (!gpu) throw new NoGpu({ type: "no_webgpu" }, "This browser has no WebGPU.");
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
    if (!adapter) throw new NoGpu({ type: "no_adapter" }, "This browser has WebGPU, but there is no GPU for it.");
    try {
      const device = await this.#atelier.Gpu.request(named(adapter.info));
      this.#watch(device);
      return device;
    } catch (error) {
      this.#device = undefined;
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
