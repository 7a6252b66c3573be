/** The browser's GPU: one device for all runs, asked for when it is wanted; after it was lost or refused something, another. */
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
  /** Called when a device is found to be no longer of use. */
  readonly #onLost: () => void;
  #device: Promise<Device> | undefined;

  constructor(wasm: Wasm, onLost: () => void) {
    this.#wasm = wasm;
    this.#onLost = onLost;
  }

  /**
   * What comes of `work` with the device, which is kept until that has ended. Rejects with a `NoGpu` where there is none; the
   * next call asks again.
   */
  async use<T>(work: (gpu: Gpu) => T | Promise<T>): Promise<T> {
    for (;;) {
      const asked = (this.#device ??= this.#request());
      const device = await asked;
      if (device.good) return device.use(work);
      // No longer of use, and not yet noticed. Who waits beside this call may have asked anew already.
      this.#forget(asked);
      device.giveUp();
    }
  }

  /** What is alive on the device; null where there is none. */
  async memory(): Promise<{ bytes: number; buffers: number } | null> {
    const device = await this.#device?.catch(() => undefined);
    return device?.good ? device.use((gpu) => gpu.memory() as { bytes: number; buffers: number }) : null;
  }

  /** Gives the device up, as if it had been lost. */
  lose(): Promise<void> {
    return this.use((gpu) => gpu.destroy());
  }

  #request(): Promise<Device> {
    const lost = () => {
      this.#forget(asked);
      this.#onLost();
    };
    const asked = openGpu(this.#wasm).then((gpu) => new Device(gpu, lost));
    // An adapter that was not to be had now may be later.
    asked.catch(() => this.#forget(asked));
    return asked;
  }

  #forget(asked: Promise<Device>): void {
    if (this.#device === asked) this.#device = undefined;
  }
}

/** A device and the calls that hold it. */
class Device {
  readonly #gpu: Gpu;
  readonly #onLost: () => void;
  readonly #look: ReturnType<typeof setInterval>;
  readonly #nudge: ReturnType<typeof setInterval> | undefined;
  #users = 0;
  #givenUp = false;

  constructor(gpu: Gpu, onLost: () => void) {
    this.#gpu = gpu;
    this.#onLost = onLost;
    this.#nudge = keepFirefoxAwake(gpu);
    this.#look = setInterval(() => {
      if (!this.good) this.giveUp();
    }, LOOK_EVERY);
  }

  get good(): boolean {
    return !this.#givenUp && this.#gpu.lost() === undefined;
  }

  async use<T>(work: (gpu: Gpu) => T | Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work(this.#gpu);
    } finally {
      this.#users--;
      this.#freeWhenUnused();
    }
  }

  /** The device's memory is given back at once, the handle when no call holds it; runs that compute on it are told. */
  giveUp(): void {
    if (this.#givenUp) return;
    this.#givenUp = true;
    clearInterval(this.#look);
    clearInterval(this.#nudge);
    this.#gpu.destroy();
    this.#onLost();
    this.#freeWhenUnused();
  }

  #freeWhenUnused(): void {
    if (this.#givenUp && this.#users === 0) this.#gpu.free();
  }
}

/** A device of the browser's own choice. Rejects with a `NoGpu` where there is none. */
export async function openGpu(wasm: Wasm): Promise<Gpu> {
  const gpu = navigator.gpu as GPU | undefined;
  if (!gpu) throw new NoGpu({ type: "no_webgpu" }, "This browser has no WebGPU.");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) throw new NoGpu({ type: "no_adapter" }, "This browser has WebGPU, but there is no GPU for it.");
  try {
    return await wasm.Gpu.request(named(adapter.info));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new NoGpu({ type: "failed", message }, message);
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
function keepFirefoxAwake(gpu: Gpu): ReturnType<typeof setInterval> | undefined {
  return navigator.userAgent.includes("Firefox") ? setInterval(() => gpu.nudge(), 1) : undefined;
}
