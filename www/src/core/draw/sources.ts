/** Whose answers are shown: weights that came with the page, the run's own, those taught on drawings. */
import type { Engine } from "../../engine/client";
import type { DrawEngine } from "../../engine/draw/client";
import type { Source } from "../../engine/draw/protocol";
import type { Outline } from "../../engine/generated/types/Outline";
import type { Analysis, Network } from "../../engine/protocol";
import { Cell } from "../cell";
import type { Run } from "../run";

/** Weights that the drawing's worker has. */
export interface Held {
  /** Tells them from those that it had before under the same name. */
  key: string;
  outline: Outline;
  network: Network;
  analysis: Analysis;
  classes: readonly string[];
  /** Updates of the run. */
  iteration: number;
}

/** Weights in a file, for the worker. */
export interface File {
  bytes: Uint8Array<ArrayBuffer>;
  classes: readonly string[];
}

export class Sources {
  readonly shown = new Cell<Source>("own");
  readonly held = new Cell<ReadonlyMap<Source, Held>>(new Map());
  /** What there is, in the order of its importance, and how often it was made anew. */
  readonly wanted = new Cell<ReadonlyMap<Source, number>>(new Map([["own", 1]]));
  readonly #run: Run;
  readonly #engine: Engine;
  readonly #draw: DrawEngine;
  readonly #files = new Map<Source, File>();

  constructor(run: Run, engine: Engine, draw: DrawEngine) {
    this.#run = run;
    this.#engine = engine;
    this.#draw = draw;
  }

  /** Weights from a file stand under a name from now on. */
  add(source: Exclude<Source, "own">, file: File): void {
    this.#files.set(source, file);
    this.renew(source);
  }

  /** They are to be had anew: the run has gone on. */
  renew(source: Source): void {
    this.wanted.update((wanted) => new Map(wanted).set(source, (wanted.get(source) ?? 0) + 1));
  }

  get current(): Held | null {
    return this.held.value.get(this.shown.value) ?? null;
  }

  /** What is to be opened: the shown weights, or the others. Null: they are there, or cannot be had yet. */
  keyOf(shown: boolean): string | null {
    return this.#missing(shown)?.key ?? null;
  }

  async open(shown: boolean): Promise<void> {
    const missing = this.#missing(shown);
    if (!missing) return;
    const { source, key } = missing;
    const { bytes, ...about } = await this.#bytesOf(source);
    const gpu = this.#run.executor.info.value?.kind === "webgpu";
    const { outline } = await this.#draw.ask("open", { source, saved: bytes, gpu }, [bytes.buffer]);
    this.held.update((held) => new Map(held).set(source, { key, outline, ...about }));
  }

  /** The weights as a file. */
  async bytes(source: Source): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#bytesOf(source)).bytes;
  }

  async #bytesOf(source: Source): Promise<{ bytes: Uint8Array<ArrayBuffer> } & Pick<Held, "network" | "analysis" | "classes" | "iteration">> {
    const file = this.#files.get(source);
    if (file) {
      // The file stays here: the worker may have to be given it again.
      const { network } = await this.#engine.ask("inspect", { run: this.#run.id, bytes: file.bytes });
      const analysis = await this.#engine.ask("analyze", { network });
      return { bytes: file.bytes.slice(), network, analysis, classes: file.classes, iteration: 0 };
    }
    const { network, analysis, data, history } = this.#run;
    const about = { network: network.value, analysis: analysis.value, classes: data.value?.class_names ?? [], iteration: history.iteration };
    const { bytes } = await this.#run.snapshot();
    return { bytes, ...about };
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
