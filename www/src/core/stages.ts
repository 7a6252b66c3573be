/**
 * What is to be found out, the most wanted first, one request at a time. A stage says by its key what it would find out now: where that
 * is known already it is passed over, so that of everything only the newest is ever computed.
 */
import { Cell } from "./cell";

export interface Stage {
  /** Null: there is nothing to find out. */
  key: () => string | null;
  run: () => Promise<void>;
  /** Nobody waits for it. */
  quiet?: boolean;
}

export class Stages {
  /** Something is being found out. */
  readonly busy = new Cell(false);
  readonly #stages: { stage: Stage; done: string | null }[];
  readonly #fail: (error: unknown) => void;
  #left = false;
  #working = false;

  constructor(stages: Stage[], fail: (error: unknown) => void) {
    this.#stages = stages.map((stage) => ({ stage, done: null }));
    this.#fail = fail;
  }

  /** Something may have become wanted. */
  want(): void {
    if (!this.#working && !this.#left) void this.#work();
  }

  /** All is to be found out anew. */
  forget(): void {
    for (const one of this.#stages) one.done = null;
  }

  leave(): void {
    this.#left = true;
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (;;) {
      const next = this.#stages.map((one) => ({ one, key: one.stage.key() })).find(({ one, key }) => key !== null && key !== one.done);
      if (!next || this.#left) break;
      const { one, key } = next;
      this.busy.set(!one.stage.quiet);
      // What fails is not tried again until something else is wanted.
      one.done = key;
      try {
        await one.stage.run();
      } catch (error) {
        if (!this.#left) this.#fail(error);
      }
    }
    this.#working = false;
    this.busy.set(false);
  }
}
