/** What would make it another class: steps up the class's gradient on the picture, played and scrubbed. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Source } from "../../engine/draw/protocol";
import { Cell } from "../cell";

const STEPS = 40;
/** The way ends so many steps after the class is so probable. */
const SURE = 0.98;
const BEYOND = 3;
/** Milliseconds that a frame stands. */
const BEAT = 60;

export interface Way {
  target: number;
  /** A picture a step, one after the other. */
  frames: Uint8Array;
  /** Of the class, at each step. */
  probabilities: readonly number[];
}

export class Toward {
  /** The class that is asked for; null for none. */
  readonly wanted = new Cell<number | null>(null);
  readonly way = new Cell<Way | null>(null);
  readonly frame = new Cell(0);
  readonly playing = new Cell(false);
  readonly #engine: DrawEngine;
  #timer = 0;

  constructor(engine: DrawEngine) {
    this.#engine = engine;
  }

  get key(): string | null {
    return this.wanted.value === null ? null : String(this.wanted.value);
  }

  ask(target: number | null): void {
    this.pause();
    this.way.set(null);
    this.wanted.set(target);
  }

  async go(source: Source): Promise<void> {
    const target = this.wanted.value;
    if (target === null) return;
    const { frames, outputs } = await this.#engine.ask("toward", { source, target, steps: STEPS });
    if (target !== this.wanted.value) return;
    const all = outputs.map((output) => output[target]);
    // What comes after it is sure adds noise.
    const sure = all.findIndex((probability) => probability >= SURE);
    const probabilities = sure < 0 ? all : all.slice(0, sure + BEYOND);
    this.way.set({ target, frames, probabilities });
    this.frame.set(0);
    // Whoever wants nothing to move has the slider.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.frame.set(this.#last);
    else this.play();
  }

  play(): void {
    if (!this.way.value) return;
    if (this.frame.value >= this.#last) this.frame.set(0);
    this.playing.set(true);
    this.#beat();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.playing.set(false);
  }

  scrub(frame: number): void {
    this.pause();
    this.frame.set(frame);
  }

  get #last(): number {
    return (this.way.value?.probabilities.length ?? 1) - 1;
  }

  #beat(): void {
    this.#timer = window.setTimeout(() => {
      this.frame.update((frame) => Math.min(this.#last, frame + 1));
      if (this.frame.value >= this.#last) this.pause();
      else this.#beat();
    }, BEAT);
  }
}
