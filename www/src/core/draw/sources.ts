/** Whose answers are shown: weights that came with the page, the run's own, those taught on drawings. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Source } from "../../engine/draw/protocol";
import type { Outline } from "../../engine/generated/types/Outline";
import { Cell } from "../cell";
import type { Shown } from "../lens";
import type { Run } from "../run";
import { shipped, taught, type Weights } from "../weights";

/** Weights that the drawing's worker has. */
export interface Held extends Shown {
  /** Tells them from those that it had before under the same name. */
  key: string;
  outline: Outline;
  /** A GPU answers, and not the CPU. */
  gpu: boolean;
  /** Updates of the run. */
  iteration: number;
}

const ORDER: readonly Source[] = ["shipped", "own", "taught"];

export class Sources {
  readonly shown = new Cell<Source>("own");
  readonly held = new Cell<ReadonlyMap<Source, Held>>(new Map());
  /** What there is, the foremost first, and how often it was made anew. */
  readonly wanted = new Cell<ReadonlyMap<Source, number>>(new Map());
  readonly #run: Run;
  readonly #draw: DrawEngine;
  readonly #files = new Map<Source, Weights>();
  readonly #leave: (() => void)[];
  #times = 0;
  /** It is known whether weights came with the page. */
  #ready = false;
  #gpu = true;

  constructor(run: Run, draw: DrawEngine) {
    this.#run = run;
    this.#draw = draw;
    const gather = () => this.#gather();
    this.#leave = [run.opened, run.learnt, run.history.step].map((cell) => (cell as Cell<unknown>).subscribe(gather));
    // Another network, or this one at its beginning.
    this.#leave.push(run.analysis.subscribe(() => this.renew("own")));
    this.#leave.push(taught.subscribe((weights) => weights && this.#add("taught", weights)));
    void shipped().then((weights) => {
      this.#ready = true;
      if (weights) {
        this.shown.set("shipped");
        this.#add("shipped", weights);
      }
      gather();
    });
  }

  leave(): void {
    for (const leave of this.#leave) leave();
  }

  /** They are to be had anew: the run has gone on. */
  renew(source: Source): void {
    if (this.wanted.value.has(source)) this.#want(source);
  }

  /** The GPU is gone: the CPU answers from now on. */
  withoutGpu(): void {
    this.#gpu = false;
    for (const source of this.wanted.value.keys()) this.renew(source);
  }

  get current(): Held | null {
    return this.held.value.get(this.shown.value) ?? null;
  }

  /** What is to be opened: the shown weights, or the others. Null: they are there, or cannot be had yet. */
  keyOf(shown: boolean): string | null {
    return this.#missing(shown)?.key ?? null;
  }

  /** Rejects with the engine's reason: then others are shown, if there are any. */
  async open(shown: boolean): Promise<void> {
    const missing = this.#missing(shown);
    if (!missing) return;
    try {
      await this.#open(missing);
    } catch (error) {
      const others = [...this.wanted.value.keys()].filter((source) => source !== missing.source);
      if (this.shown.value === missing.source && others.length > 0) this.shown.set(others[0]);
      throw error;
    }
  }

  async #open({ source, key }: { source: Source; key: string }): Promise<void> {
    const file = this.#files.get(source);
    const { network, analysis, data, history, executor } = this.#run;
    const about = file ? { ...(await this.#run.inspect(file.bytes)), classes: file.classes } : { network: network.value, analysis: analysis.value, classes: data.value?.class_names ?? [] };
    const { iteration } = history;
    const wanted = this.#gpu && (executor.info.value?.kind === "webgpu" || executor.wish.value === "webgpu");
    const saved = await this.bytes(source);
    const { outline, gpu } = await this.#draw.ask("open", { source, saved, gpu: wanted }, [saved.buffer]);
    this.held.update((held) => new Map(held).set(source, { key, outline, gpu, iteration, ...about }));
  }

  /** The weights as a file, to be given away. */
  async bytes(source: Source): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.get(source)?.bytes.slice() ?? (await this.#run.snapshot()).bytes;
  }

  #add(source: Source, weights: Weights): void {
    this.#files.set(source, weights);
    this.#want(source);
  }

  #want(source: Source): void {
    const wanted = new Map(this.wanted.value).set(source, ++this.#times);
    this.wanted.set(new Map(ORDER.flatMap((one) => (wanted.has(one) ? [[one, wanted.get(one)!] as const] : []))));
  }

  /** The run has weights of its own unless it stands where it began, with those that came with the page. */
  #gather(): void {
    const { opened, learnt, history } = this.#run;
    if (!this.#ready || !opened.value) return;
    const own = !this.#files.has("shipped") || !learnt.value || history.iteration > 0;
    if (own === this.wanted.value.has("own")) return;
    if (own) return this.#want("own");
    this.wanted.set(new Map([...this.wanted.value].filter(([source]) => source !== "own")));
    if (this.shown.value === "own") this.shown.set("shipped");
  }

  #missing(shown: boolean): { source: Source; key: string } | null {
    if (!this.#run.opened.value || !this.#run.data.value) return null;
    for (const [source, time] of this.wanted.value) {
      const key = `${source} ${time}`;
      if ((source === this.shown.value) === shown && this.held.value.get(source)?.key !== key) return { source, key };
    }
    return null;
  }
}
