/** Pictures of the test set, fetched when they are first shown and kept until other data comes. */
import type { Engine } from "../engine/client";

export interface Picture {
  index: number;
  label: number;
  pixels: Uint8Array;
}

/** A bound on what is kept: 2,048 pictures are 1.6 MB. */
const KEPT = 2048;
/** Labels alone are asked for in parts, so that no single answer is large. */
const PART = 1000;

export class Pictures {
  readonly #engine: Engine;
  readonly #kept = new Map<number, Picture>();
  #labels: Promise<Uint16Array> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  clear(): void {
    this.#kept.clear();
    this.#labels = null;
  }

  async get(indices: readonly number[]): Promise<Picture[]> {
    const missing = indices.filter((index) => !this.#kept.has(index));
    if (missing.length > 0) {
      const { pixels, labels } = await this.#engine.ask("images", { split: "test", indices: [...missing] });
      const size = pixels.length / missing.length;
      missing.forEach((index, i) => {
        this.#kept.set(index, { index, label: labels[i], pixels: pixels.slice(i * size, (i + 1) * size) });
      });
    }
    const found = indices.map((index) => this.#kept.get(index)).filter((picture) => picture !== undefined);
    for (const index of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(index);
    }
    return found;
  }

  /** The label of every test picture. */
  labels(count: number): Promise<Uint16Array> {
    this.#labels ??= this.#readLabels(count);
    return this.#labels;
  }

  async #readLabels(count: number): Promise<Uint16Array> {
    const all = new Uint16Array(count);
    for (let start = 0; start < count; start += PART) {
      const indices = Array.from({ length: Math.min(PART, count - start) }, (_, i) => start + i);
      const { labels } = await this.#engine.ask("images", { split: "test", indices });
      all.set(labels, start);
    }
    return all;
  }
}
