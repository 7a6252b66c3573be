/** Pictures of a run's data set, fetched when they are first shown and kept until other data comes. */
import { type Engine, Stopped } from "../engine/client";
import type { DataInfo, Images, RunId, Split } from "../engine/protocol";

export interface Picture {
  index: number;
  label: number;
  /** Row by row, the channels of a pixel together. */
  pixels: Uint8Array;
  height: number;
  width: number;
  channels: number;
}

/** A bound on what is kept of each split: 2,048 pictures are 1.6 MB. */
const KEPT = 2048;
/** Labels alone are asked for in parts, so that no single answer is large. */
const PART = 1000;

export class Pictures {
  readonly #engine: Engine;
  readonly #run: RunId;
  readonly #kept: Record<Split, Map<number, Picture>> = { train: new Map(), test: new Map() };
  #labels: Promise<Uint16Array> | null = null;
  /** The data set that the pictures kept are from. */
  #data: DataInfo | null = null;

  constructor(engine: Engine, run: RunId) {
    this.#engine = engine;
    this.#run = run;
  }

  /** From now on pictures are those of this set. */
  show(data: DataInfo): void {
    for (const kept of Object.values(this.#kept)) kept.clear();
    this.#labels = null;
    this.#data = data;
  }

  /** Those of the pictures that the set has. */
  async get(indices: readonly number[], split: Split = "test"): Promise<Picture[]> {
    const kept = this.#kept[split];
    const missing = indices.filter((index) => !kept.has(index));
    if (missing.length > 0) {
      const answer = await this.#ask(missing, split);
      if (!answer) return [];
      const { data, indices: sent, pixels, labels } = answer;
      // Another set may have come while they were on their way.
      if (!this.#data || data !== this.#data.id) return this.get(indices, split);
      const { height, width, channels } = this.#data;
      const size = pixels.length / sent.length;
      sent.forEach((index, i) => {
        kept.set(index, { index, label: labels[i], pixels: pixels.slice(i * size, (i + 1) * size), height, width, channels });
      });
    }
    const found = indices.map((index) => kept.get(index)).filter((picture) => picture !== undefined);
    for (const index of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(index);
    }
    return found;
  }

  /** The label of every test picture. */
  labels(count: number): Promise<Uint16Array> {
    this.#labels ??= this.#readLabels(count);
    return this.#labels;
  }

  /** Null where the engine stopped meanwhile: what it begins anew is asked for anew. */
  #ask(indices: number[], split: Split): Promise<Images | null> {
    return this.#engine.ask("images", { run: this.#run, split, indices }).catch((error: unknown) => {
      if (error instanceof Stopped) return null;
      throw error;
    });
  }

  async #readLabels(count: number): Promise<Uint16Array> {
    const all = new Uint16Array(count);
    for (let start = 0; start < count; start += PART) {
      const indices = Array.from({ length: Math.min(PART, count - start) }, (_, i) => start + i);
      all.set((await this.#ask(indices, "test"))?.labels ?? [], start);
    }
    return all;
  }
}
