/** Which executor the user wants, which one computes, and what became of a GPU that was lost. */
import type { Engine } from "../engine/client";
import type { ExecutorInfo, ExecutorReason, ExecutorWish, RunEvent, RunId } from "../engine/protocol";
import { Cell } from "./cell";

/** A GPU computed and was lost; the run went on on the CPU. */
export interface Loss {
  /** The browser's words, perhaps none. */
  message: string;
  /** Updates that are computed again. */
  back: number;
}

/** Why WebGPU cannot be chosen here at all. */
export type Hindrance = Extract<ExecutorReason["type"], "no_webgpu" | "no_adapter">;

/** Reasons for the CPU where the GPU was wished for. */
const REFUSALS: ReadonlySet<ExecutorReason["type"]> = new Set(["no_webgpu", "no_adapter", "wrong", "too_big", "failed"]);

export class Executor {
  readonly info = new Cell<ExecutorInfo | null>(null);
  /** The wish that the engine has granted; before it is open, that of the address. */
  readonly wish = new Cell<ExecutorWish>("auto");
  /** The wish that it is granting. */
  readonly moving = new Cell<ExecutorWish | null>(null);
  readonly hindrance = new Cell<Hindrance | null>(null);
  /** What the engine said when it could not open with the GPU that was wished for. */
  readonly refused = new Cell<ExecutorInfo | null>(null);
  readonly loss = new Cell<Loss | null>(null);

  readonly #engine: Engine;
  readonly #run: RunId;
  #back = 0;

  /** `webgpu`: whether the browser has it. */
  constructor(engine: Engine, run: RunId, webgpu: boolean) {
    this.#engine = engine;
    this.#run = run;
    if (!webgpu) this.hindrance.set("no_webgpu");
  }

  /** Asks for another executor in the middle of the run. Rejects with the engine's reason, and nothing has changed. */
  async choose(wish: ExecutorWish): Promise<void> {
    this.moving.set(wish);
    try {
      await this.#engine.ask("executor", { run: this.#run, wish });
      this.loss.set(null);
      this.wish.set(wish);
    } finally {
      // A later choice may be under way.
      if (this.moving.value === wish) this.moving.set(null);
    }
  }

  /** `iteration`: the last update that the page knew of before this event. */
  take(event: RunEvent, iteration: number): void {
    if (event.type === "executor") this.#inform(event.executor);
    else if (event.type === "rewind") this.#back = Math.max(0, iteration - event.iteration);
    else if (event.type === "step") this.#back = 0;
    else if (event.type === "restart") this.loss.set(null);
  }

  #inform(info: ExecutorInfo): void {
    const { reason } = info;
    const unmet = info.wish === "webgpu" && info.kind === "cpu" && REFUSALS.has(reason.type);
    this.refused.set(unmet ? (this.refused.value ?? info) : null);
    if (reason.type === "no_webgpu" || reason.type === "no_adapter") this.hindrance.set(reason.type);
    if (info.kind === "webgpu") this.loss.set(null);
    else if (reason.type === "lost" && this.info.value?.kind === "webgpu") this.loss.set({ message: reason.message, back: this.#back });
    this.info.set(info);
  }
}

/** As much of an adapter's name as fits beside others: without what stands in brackets. */
export function shortName(adapter: string): string {
  const name = adapter.replace(/\s*\([^()]*\)/g, "").trim() || adapter;
  return name.length <= 24 ? name : `${name.slice(0, 23).trimEnd()}…`;
}
