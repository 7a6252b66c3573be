/** The training pictures that are most like the drawing, by what the last hidden layer makes of both. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Source } from "../../engine/draw/protocol";
import { Cell } from "../cell";
import type { Picture } from "../pictures";
import type { Run } from "../run";
import { SEEN } from "./garments";

export interface Near extends Picture {
  distance: number;
}

const COUNT = 10;
/** Training pictures that are looked among. */
const MOST = 3000;
/** They are read some at a time, as many as take about so many milliseconds: a drawing waits for no more. */
const SOME = 8;
const PIECE = 40;
/** Milliseconds after which a slow executor has read enough. */
const ENOUGH = 30_000;
/** Pictures are asked of the engine in larger parts. */
const FETCHED = 200;

/** The golden section: any number of first steps around a circle by it is spread evenly. */
const SECTION = 0.6180339887498949;

/** So many of the places from 0, the first ones spread over all as evenly as the last. */
export function spreadOver(of: number, from: number, count: number): number[] {
  let step = Math.max(1, Math.round(SECTION * of));
  while (divisor(step, of) > 1) step++;
  return Array.from({ length: count }, (_, i) => ((from + i) * step) % of);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

export class Nearest {
  readonly found = new Cell<readonly Near[]>([]);
  /** Pictures among which they were looked for. */
  readonly among = new Cell(0);
  readonly #engine: DrawEngine;
  readonly #run: Run;
  /** Whose memory the worker has. */
  #source: string | null = null;
  #pictures: Picture[] = [];
  #fetched: Picture[] = [];
  #data = 0;
  /** The worker has room or time for no more. */
  #full = false;
  #some = SOME;
  #spent = 0;

  constructor(engine: DrawEngine, run: Run) {
    this.#engine = engine;
    this.#run = run;
  }

  /** What would be found out: among more pictures now and then. */
  key(held: string | null): string | null {
    return this.#source === held && this.#data === this.#run.data.value?.id && this.#pictures.length > 0 ? `${held}/${Math.floor(this.#pictures.length / FETCHED)}` : null;
  }

  async find(source: Source): Promise<void> {
    const [pictures, held] = [this.#pictures, this.#source];
    const neighbours = await this.#engine.ask("nearest", { source, count: COUNT });
    // Another reader may have been opened meanwhile, which remembers others.
    if (held !== this.#source) return;
    this.found.set(neighbours.map(({ index, distance }) => ({ ...pictures[index], distance })));
    this.among.set(pictures.length);
  }

  /** What more could be remembered; null where all that may be is. */
  more(held: string | null): string | null {
    const { data } = this.#run;
    if (!data.value || held === null) return null;
    const { height, width, channels } = data.value;
    // Pictures of another shape are not like any drawing.
    if (height !== SEEN || width !== SEEN || channels !== 1) return null;
    // A reader that remembers pictures of another set has yet to give way to a new one.
    if (this.#source === held && this.#data !== data.value.id) return null;
    const of = Math.min(MOST, data.value.train);
    const same = this.#source === held;
    return same && (this.#full || this.#pictures.length >= of) ? null : `${held}/${data.value.id}/${same ? this.#pictures.length : 0}`;
  }

  async remember(source: Source, held: string | null): Promise<void> {
    const data = this.#run.data.value;
    if (!data || held === null) return;
    if (this.#source !== held) {
      this.#source = held;
      this.#data = data.id;
      this.#pictures = [];
      this.#fetched = [];
      this.#full = false;
      this.#spent = 0;
    }
    const from = this.#pictures.length;
    if (this.#fetched.length <= from) await this.#fetch(from, Math.min(MOST, data.train), data.train);
    const some = this.#fetched.slice(from, from + this.#some);
    if (some.length === 0 || this.#source !== held) return;
    const pixels = new Uint8Array(some.reduce((sum, { pixels }) => sum + pixels.length, 0));
    let at = 0;
    for (const picture of some) {
      pixels.set(picture.pixels, at);
      at += picture.pixels.length;
    }
    const start = performance.now();
    const found = await this.#engine.ask("remember", { source, pixels }, [pixels.buffer]);
    if (this.#source !== held) return;
    const took = performance.now() - start;
    this.#spent += took;
    this.#some = Math.max(1, Math.min(4 * SOME, Math.round((this.#some * PIECE) / Math.max(1, took))));
    if (found < some.length || this.#spent > ENOUGH) this.#full = true;
    this.#pictures = [...this.#pictures, ...some.slice(0, found)];
  }

  async #fetch(from: number, most: number, train: number): Promise<void> {
    const { indices: sent, pixels, labels } = await this.#run.images("train", spreadOver(train, from, Math.min(FETCHED, most - from)));
    const { height, width, channels } = this.#run.data.value!;
    const size = height * width * channels;
    const some = Array.from(sent, (index, i) => ({ index, label: labels[i], pixels: pixels.slice(i * size, (i + 1) * size), height, width, channels }));
    this.#fetched = [...this.#fetched, ...some];
  }
}
