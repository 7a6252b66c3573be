/** The weights that come with the page: a network that knows garments before anything is trained. */
import type { DataSet } from "./datasets";
import type { Saved, Session } from "./generated/simd/engine";
import type { Wasm } from "./module";
import type { Network } from "./protocol";

/** Beside the page. */
export const WEIGHTS = "weights/garments.safetensors";

export class Learnt {
  readonly #wasm: Wasm;
  readonly #page: string;
  #saved: Promise<Saved | null> | undefined;

  constructor(wasm: Wasm, page: string) {
    this.#wasm = wasm;
    this.#page = page;
  }

  /** Read when they are first asked for; null where they cannot be had: a run then begins from nothing, and the next asks again. */
  read(): Promise<Saved | null> {
    this.#saved ??= this.#fetched().catch((reason: unknown) => {
      console.warn(`${WEIGHTS} cannot be used:`, reason);
      this.#saved = undefined;
      return null;
    });
    return this.#saved;
  }

  async #fetched(): Promise<Saved> {
    const answer = await fetch(new URL(WEIGHTS, this.#page));
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return new this.#wasm.Saved(new Uint8Array(await answer.arrayBuffer()));
  }

  /** Gives them to a session at its beginning; false where they are of another network, or know nothing of its pictures. */
  async give(session: Session, network: Network, set: DataSet): Promise<boolean> {
    const saved = await this.read();
    if (!saved?.is_of(network) || !set.data.of_garments()) return false;
    await session.begin_with(saved);
    return true;
  }
}
