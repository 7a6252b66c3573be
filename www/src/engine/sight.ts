/** What the page shows of a run beside its training: the maps of one picture, and what is said of the pictures watched. */
import type { DataSet } from "./datasets";
import type { Session } from "./generated/simd/engine";
import type { Images, RunEvent, Split } from "./protocol";

/** Milliseconds between two traces of the picture looked at, and between two predictions of the pictures watched. */
const TRACE_EVERY = 60;
const PREDICT_EVERY = 1500;

export interface Look {
  split: Split;
  index: number;
  /** Layers whose maps are drawn. */
  layers: number[];
}

/** The session that is looked into, its pictures, and how many layers its network has. */
export interface Seen {
  session: Session;
  set: DataSet;
  layers: number;
}

export class Sight {
  readonly #tell: (event: RunEvent, transfer?: Transferable[]) => void;
  #look: Look = { split: "test", index: 0, layers: [] };
  #watch: number[] = [];
  #traced = 0;
  #predicted = 0;

  constructor(tell: (event: RunEvent, transfer?: Transferable[]) => void) {
    this.#tell = tell;
  }

  async look(seen: Seen, look: Look): Promise<void> {
    if (look.index >= length(seen.set, look.split)) throw new Error(`There is no picture ${look.index} in this data set.`);
    this.#look = look;
    await this.#trace(seen);
  }

  async watch(seen: Seen, indices: number[]): Promise<void> {
    this.#watch = indices.filter((index) => index < seen.set.info.test);
    await this.#predict(seen);
  }

  /** Other pictures have taken the place of those looked at: only the ones that there are. */
  adapt(set: DataSet): void {
    if (this.#look.index >= length(set, this.#look.split)) this.#look = { ...this.#look, split: "test", index: 0 };
    this.#watch = this.#watch.filter((index) => index < set.info.test);
  }

  async show(seen: Seen): Promise<void> {
    await this.#trace(seen);
    await this.#predict(seen);
  }

  /** Shows what was last shown long enough ago: whether that was anything. */
  async refresh(seen: Seen): Promise<boolean> {
    const now = performance.now();
    const [trace, predict] = [now - this.#traced > TRACE_EVERY, now - this.#predicted > PREDICT_EVERY];
    if (trace) await this.#trace(seen);
    if (predict) await this.#predict(seen);
    return trace || predict;
  }

  async #trace({ session, set, layers }: Seen): Promise<void> {
    this.#traced = performance.now();
    const { split, index, layers: wanted } = this.#look;
    if (wanted.length === 0) return;
    const drawn = wanted.filter((layer) => layer < layers);
    const values = (await session.trace(split, index, Uint32Array.from(drawn))) as Float32Array<ArrayBuffer>[];
    const label = set.data.labels(split, Uint32Array.of(index))[0] ?? 0;
    const iteration = session.iteration();
    this.#tell({ type: "maps", split, index, label, iteration, layers: drawn, values }, values.map((v) => v.buffer));
    this.#traced = performance.now();
  }

  async #predict({ session }: Seen): Promise<void> {
    if (this.#watch.length > 0) {
      const indices = Uint32Array.from(this.#watch);
      const said = await session.predict(indices);
      const classes = Uint16Array.from(said.subarray(0, indices.length));
      this.#tell({ type: "predictions", indices, classes, confidences: said.slice(indices.length) });
    }
    this.#predicted = performance.now();
  }
}

/** Those of the pictures that the set has. */
export function imagesOf(set: DataSet, split: Split, wanted: number[]): Images {
  const { data, info } = set;
  const indices = Uint32Array.from(wanted.filter((index) => index < length(set, split)));
  return { data: info.id, indices, pixels: data.pixels(split, indices), labels: data.labels(split, indices) };
}

function length({ info }: DataSet, split: Split): number {
  return split === "train" ? info.train : info.test;
}
