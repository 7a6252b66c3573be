/** What the page and a worker beside the engine's say to each other. */
import type { Failure } from "../failure";
import type { Compiled } from "../module";

/** What every such worker can be asked. */
export interface Begins {
  /** First of all: makes an instance of the module. */
  begin: { ask: Compiled; answer: void };
}

/** Requests by their names, each with what is asked and what is answered. */
export type Asks<R> = Begins & { [T in keyof R]: { ask: unknown; answer: unknown } };

export interface ToAside {
  id: number;
  type: string;
  ask: unknown;
}

export type FromAside = { id: number; answer: unknown } | ({ id: number; stopped: boolean } & Failure);

/** What answers the requests. Tensors in an answer change hands. */
export type Handlers<R extends Asks<R>> = { [T in keyof R]: (ask: R[T]["ask"]) => Promise<R[T]["answer"]> | R[T]["answer"] };
