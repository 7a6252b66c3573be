/** The page's end of the walk's worker: made when it is first asked, and ended with all its memory when the Step view is left. */
import { RefusedError } from "../failure";
import type { Compiled } from "../module";
import type { FromWalker, ToWalker, WalkRequest, WalkRequests } from "./protocol";

interface Pending {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

export class WalkEngine {
  /** Where the compiled module is from. */
  readonly #module: () => Promise<Compiled>;
  #worker: Worker | null = null;
  /** Settles when the worker has its instance. */
  #begun: Promise<void> = Promise.resolve();
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  constructor(module: () => Promise<Compiled>) {
    this.#module = module;
  }

  /** Begins with the worker, so that it is there when it is asked. */
  prepare(): void {
    if (this.#worker) return;
    const worker = this.#hire();
    this.#worker = worker;
    this.#begun = this.#module().then((compiled) => this.#send(worker, "begin", compiled, []));
    // Heard by whoever asks.
    this.#begun.catch(() => undefined);
  }

  async ask<T extends WalkRequest>(type: T, ask: WalkRequests[T]["ask"], transfer: Transferable[] = []): Promise<WalkRequests[T]["answer"]> {
    this.prepare();
    const worker = this.#worker;
    try {
      await this.#begun;
    } catch (error) {
      if (worker === this.#worker) this.stop();
      throw error;
    }
    if (!worker || worker !== this.#worker) throw new Error("The walk was left.");
    return this.#send(worker, type, ask, transfer);
  }

  #send<T extends WalkRequest>(worker: Worker, type: T, ask: WalkRequests[T]["ask"], transfer: Transferable[]): Promise<WalkRequests[T]["answer"]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (answer: never) => void, reject });
      worker.postMessage({ id, type, ask } satisfies ToWalker, transfer);
    });
  }

  /** Ends the worker; what was asked of it is refused. The next request begins another. */
  stop(reason = "The walk was left."): void {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(new Error(reason));
  }

  #hire(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "walk" });
    worker.onmessage = ({ data }: MessageEvent<FromWalker>) => worker === this.#worker && this.#receive(data);
    worker.onerror = (event) => worker === this.#worker && this.stop(event.message || "The walk could not be started.");
    return worker;
  }

  #receive(message: FromWalker): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("answer" in message) return pending?.resolve(message.answer as never);
    pending?.reject(new RefusedError(message));
    // An instance that trapped cannot be asked again.
    if (message.stopped) this.stop(message.message);
  }
}
