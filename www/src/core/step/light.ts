/** The cells that have to do with the one pointed at: what it is made of, and on the way back also where it goes. */
import type { WalkEngine } from "../../engine/walk/client";
import { Cell } from "../cell";
import type { CellPlace } from "../field";
import type { Reader } from "./reader";
import { layerOf, standing } from "./timeline";
import type { Made } from "./walker";

/** A cell that is pointed at, in the walk as it stands. */
interface Pointed {
  made: Made;
  step: number;
  place: CellPlace;
  index: number;
}

export class Light {
  /** Of each layer, in what stands in its place. */
  readonly lit = new Cell<ReadonlyMap<number, Uint32Array>>(new Map());
  readonly #engine: WalkEngine;
  readonly #reader: Reader;
  #pointed: Pointed | null = null;
  #looking = false;

  constructor(engine: WalkEngine, reader: Reader) {
    this.#engine = engine;
    this.#reader = reader;
  }

  point(pointed: Pointed | null): void {
    this.#pointed = pointed;
    if (pointed) void this.#look();
    else this.lit.set(new Map());
  }

  /** One question at a time, and then the newest. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (let next = this.#pointed; next; ) {
        const now = next;
        const lit = await this.#fieldOf(now);
        if (now === this.#pointed) this.lit.set(lit);
        next = now === this.#pointed ? null : this.#pointed;
      }
    } finally {
      this.#looking = false;
    }
  }

  async #fieldOf({ made: { walk, timeline }, step, place, index }: Pointed): Promise<Map<number, Uint32Array>> {
    const { outline } = walk;
    const { buffers, backward } = standing(outline, timeline, step);
    const buffer = buffers[place.layer];
    if (buffer < 0) return new Map();
    const lit = new Map<number, Uint32Array>([[place.layer, Uint32Array.of(index)]]);
    for (const direction of backward ? (["made_of", "goes_into"] as const) : (["made_of"] as const)) {
      const fields = await this.#reader.ask(this.#engine.ask("field", { buffer, index, direction }));
      for (const { buffer: other, indices } of fields ?? []) {
        const layer = layerOf(outline, other);
        // On the way back only gradients stand in the layers' places.
        if (layer >= 0 && buffers[layer] === other && layer !== place.layer) lit.set(layer, indices);
      }
    }
    return lit;
  }
}
