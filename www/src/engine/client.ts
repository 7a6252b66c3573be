/** The page's end of the engine worker. */
import { type Failure, RefusedError } from "./failure";
import type { EngineEvent, RequestType, Requests, RunEvent, RunId } from "./protocol";

interface Pending {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** From the worker: an answer to a request, an event of the engine or of a run. */
export type FromWorker =
  | { kind: "answer"; id: number; answer: unknown }
  | ({ kind: "refusal"; id: number } & Failure)
  | { kind: "event"; event: EngineEvent }
  | { kind: "told"; run: RunId; event: RunEvent };

/** To the worker. */
export interface ToWorker {
  id: number;
  type: RequestType;
  ask: unknown;
}

/** A request was under way, or came, when the engine's worker had stopped. */
export class Stopped extends Error {}

export class Engine {
  #worker: Worker;
  /** Why the worker is of no more use. */
  #stopped: Stopped | null = null;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #runs = new Map<RunId, (event: RunEvent) => void>();
  #next = 1;

  constructor() {
    this.#worker = this.#hire();
  }

  /** Sends a request; buffers named in `transfer` change hands. */
  ask<T extends RequestType>(type: T, ask: Requests[T]["ask"], transfer: Transferable[] = []): Promise<Requests[T]["answer"]> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (answer: never) => void, reject });
      this.#worker.postMessage({ id, type, ask } satisfies ToWorker, transfer);
    });
  }

  /** Calls `listener` for every event of the engine until the returned function is called. */
  listen(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` for every event of one run until the returned function is called. */
  follow(run: RunId, listener: (event: RunEvent) => void): () => void {
    this.#runs.set(run, listener);
    return () => this.#runs.delete(run);
  }

  /** A new worker in place of the one that stopped. It knows of no run and wants to be opened. */
  restart(): void {
    this.#worker.terminate();
    this.#worker = this.#hire();
    this.#stopped = null;
  }

  #hire(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "engine" });
    // What one that was replaced has left behind is of runs that are no more.
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => worker === this.#worker && this.#receive(data);
    worker.onerror = (event) => worker === this.#worker && this.#stop(event.message || "The engine could not be started.");
    return worker;
  }

  #receive(message: FromWorker): void {
    if (this.#stopped) return;
    if (message.kind === "told") return this.#runs.get(message.run)?.(message.event);
    if (message.kind === "event") {
      if (message.event.type === "stopped") return this.#stop(message.event.message);
      return this.#emit(message.event);
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === "answer") pending?.resolve(message.answer as never);
    else pending?.reject(new RefusedError(message));
  }

  /** The worker's helpers end with it. */
  #stop(message: string): void {
    if (this.#stopped) return;
    this.#stopped = new Stopped(message);
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(this.#stopped);
    this.#pending.clear();
    this.#emit({ type: "stopped", message });
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
