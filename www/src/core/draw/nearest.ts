/** The training pictures that are most like the drawing, by what the last hidden layer makes of both. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Source } from "../../engine/draw/protocol";
import type { DataInfo } from "../../engine/protocol";
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

/** What one reader remembers: the first so many of the pictures. */
interface Memory {
  /** The data set that they are of. */
  data: number;
  count: number;
  /** It has room or time for no more. */
  full: boolean;
  /** Milliseconds that it has taken. */
  spent: number;
}

export class Nearest {
  readonly found = new Cell<readonly Near[]>([]);
  /** Pictures among which they were looked for. */
  readonly among = new Cell(0);
  readonly #engine: DrawEngine;
  readonly #run: Run;
  /** In the order in which every reader comes to know them, of this data set. */
  #pictures: Picture[] = [];
  #data = 0;
  /** Of readers by their keys. */
  readonly #memories = new Map<string, Memory>();
  #some = SOME;

  constructor(engine: DrawEngine, run: Run) {
    this.#engine = engine;
    this.#run = run;
  }

  /** What would be found out: among more pictures now and then. */
  key(held: string | null): string | null {
    const memory = held !== null && this.#memories.get(held);
    return memory && memory.count > 0 && memory.data === this.#data ? `${held}/${Math.floor(memory.count / FETCHED)}` : null;
  }

  async find(source: Source, held: string | null): Promise<void> {
    const count = this.#memories.get(held ?? "")?.count ?? 0;
    const neighbours = await this.#engine.ask("nearest", { source, count: COUNT });
    this.found.set(neighbours.map(({ index, distance }) => ({ ...this.#pictures[index], distance })));
    this.among.set(count);
  }

  /** What more could be remembered; null where all that may be is. */
  more(held: string | null): string | null {
    const { data } = this.#run;
    if (!data.value || held === null) return null;
    const { height, width, channels, train, id } = data.value;
    // Pictures of another shape are not like any drawing.
    if (height !== SEEN || width !== SEEN || channels !== 1) return null;
    const { count, full, data: set } = this.#memory(held, id);
    return full || set !== id || count >= Math.min(MOST, train) ? null : `${held}/${id}/${count}`;
  }

  async remember(source: Source, held: string | null): Promise<void> {
    const data = this.#run.data.value;
    if (!data || held === null) return;
    // Readers are made anew for another set, and know nothing of it yet.
    if (this.#data !== data.id) {
      this.#data = data.id;
      this.#pictures = [];
    }
    const memory = this.#memory(held, data.id);
    if (this.#pictures.length <= memory.count) await this.#fetch(data);
    if (this.#data !== data.id) return;
    const some = this.#pictures.slice(memory.count, memory.count + this.#some);
    const pixels = new Uint8Array(some.length * SEEN * SEEN);
    for (const [i, picture] of some.entries()) pixels.set(picture.pixels, i * SEEN * SEEN);
    const start = performance.now();
    const found = await this.#engine.ask("remember", { source, pixels }, [pixels.buffer]);
    const took = performance.now() - start;
    this.#some = Math.max(1, Math.min(4 * SOME, Math.round((this.#some * PIECE) / Math.max(1, took))));
    memory.count += found;
    memory.spent += took;
    memory.full = found < some.length || some.length === 0 || memory.spent > ENOUGH;
  }

  #memory(held: string, data: number): Memory {
    const found = this.#memories.get(held) ?? { data, count: 0, full: false, spent: 0 };
    this.#memories.set(held, found);
    return found;
  }

  async #fetch({ id, height, width, channels, train }: DataInfo): Promise<void> {
    const from = this.#pictures.length;
    const answer = await this.#run.images("train", spreadOver(train, from, Math.min(FETCHED, Math.min(MOST, train) - from)));
    // Another set may have come meanwhile.
    if (answer.data !== id) return;
    const size = height * width * channels;
    const some = Array.from(answer.indices, (index, i) => ({ index, label: answer.labels[i], pixels: answer.pixels.slice(i * size, (i + 1) * size), height, width, channels }));
    this.#pictures = [...this.#pictures, ...some];
  }
}
