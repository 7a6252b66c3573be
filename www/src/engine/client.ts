/** The page's end of the engine worker. */
import type { EngineEvent, RequestType, Requests } from "./protocol";

type Listener = (event: EngineEvent) => void;

interface Pending {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** From the worker: an answer to a request, or an event. */
export type FromWorker =
  | { kind: "answer"; id: number; answer: unknown }
  | { kind: "refusal"; id: number; message: string }
  | { kind: "event"; event: EngineEvent };

/** To the worker. */
export interface ToWorker {
  id: number;
  type: RequestType;
  ask: unknown;
}

export class Engine {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<Listener>();
  #next = 1;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "engine" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      const message = event.message || "The engine could not be started.";
      for (const { reject } of this.#pending.values()) reject(new Error(message));
      this.#pending.clear();
      this.#emit({ type: "error", message });
    };
  }

  /** Sends a request; buffers named in `transfer` change hands. */
  ask<T extends RequestType>(type: T, ask: Requests[T]["ask"], transfer: Transferable[] = []): Promise<Requests[T]["answer"]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (answer: never) => void, reject });
      this.#worker.postMessage({ id, type, ask } satisfies ToWorker, transfer);
    });
  }

  /** Calls `listener` for every event until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #receive(message: FromWorker): void {
    if (message.kind === "event") return this.#emit(message.event);
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === "answer") pending?.resolve(message.answer as never);
    else pending?.reject(new Error(message.message));
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
