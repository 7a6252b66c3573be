/** The run as a file, handed to the page every now and then: what a trap of this worker does not cost. */
import type { Session } from "./generated/simd/engine";

/** Milliseconds of training that a trap may cost. */
const SAVE_EVERY = 10_000;

export class Saving {
  /** When the run was last handed out, and at which update. */
  #at = 0;
  #iteration: number | null = 0;
  /** Whether the last batch's loss was a number: a run that has lost its numbers is not worth going back to. */
  sound = true;

  /** The session stands where a file of it is known, or is at its beginning. */
  known(session: Session): void {
    this.#iteration = session.iteration();
    this.sound = true;
  }

  /** The session stands where no file of it was handed out. */
  unknown(): void {
    this.#iteration = null;
    this.sound = true;
  }

  /** From now on time is counted. */
  begin(): void {
    this.#at = performance.now();
  }

  get due(): boolean {
    return performance.now() - this.#at > SAVE_EVERY;
  }

  /** The session as a file, and the update at which it stands; undefined where there is nothing new that is worth it. */
  async file(session: Session): Promise<{ iteration: number; bytes: Uint8Array<ArrayBuffer> } | undefined> {
    this.begin();
    if (!this.sound || session.iteration() === this.#iteration) return undefined;
    const bytes = (await session.checkpoint()) as Uint8Array<ArrayBuffer>;
    const iteration = session.iteration();
    this.#iteration = iteration;
    return { iteration, bytes };
  }
}
