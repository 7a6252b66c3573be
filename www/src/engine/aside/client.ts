/**
 * A worker beside the engine's, with an instance of the module of its own, for a view: made when it is first asked, and ended with all
 * its memory when the view is left.
 */
import { RefusedError } from "../failure";
import type { Compiled } from "../module";
import type { Asks, FromAside, ToAside } from "./protocol";

interface Pending {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

export class Aside<R extends Asks<R>> {
  /** Where the compiled module is from. */
  readonly #module: () => Promise<Compiled>;
  readonly #hire: () => Worker;
  /** What it is called where it cannot be started, and where it was left. */
  readonly #name: string;
  #worker: Worker | null = null;
  /** Settles when the worker has its instance. */
  #begun: Promise<void> = Promise.resolve();
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  constructor(name: string, module: () => Promise<Compiled>, hire: () => Worker) {
    this.#name = name;
    this.#module = module;
    this.#hire = hire;
  }

  /** Begins with the worker, so that it is there when it is asked. */
  prepare(): void {
    if (this.#worker) return;
    const worker = this.#hire();
    worker.onmessage = ({ data }: MessageEvent<FromAside>) => worker === this.#worker && this.#receive(data);
    worker.onerror = (event) => worker === this.#worker && this.stop(event.message || `The ${this.#name} could not be started.`);
    this.#worker = worker;
    this.#begun = this.#module().then((compiled) => this.#send(worker, "begin", compiled, []));
    // Heard by whoever asks.
    this.#begun.catch(() => undefined);
  }

  async ask<T extends keyof R & string>(type: T, ask: R[T]["ask"], transfer: Transferable[] = []): Promise<R[T]["answer"]> {
    this.prepare();
    const worker = this.#worker;
    try {
      await this.#begun;
    } catch (error) {
      if (worker === this.#worker) this.stop();
      throw error;
    }
    if (!worker || worker !== this.#worker) throw new Error(`The ${this.#name} was left.`);
    return this.#send(worker, type, ask, transfer);
  }

  #send<T extends keyof R & string>(worker: Worker, type: T, ask: R[T]["ask"], transfer: Transferable[]): Promise<R[T]["answer"]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (answer: never) => void, reject });
      worker.postMessage({ id, type, ask } satisfies ToAside, transfer);
    });
  }

  /** Ends the worker; what was asked of it is refused. The next request begins another. */
  stop(reason = `The ${this.#name} was left.`): void {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(new Error(reason));
  }

  #receive(message: FromAside): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("answer" in message) return pending?.resolve(message.answer as never);
    pending?.reject(new RefusedError(message));
    // An instance that trapped cannot be asked again.
    if (message.stopped) this.stop(message.message);
  }
}
