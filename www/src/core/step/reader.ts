/** What was read of a walk: every buffer's numbers are asked for once, when they are first looked at. */
import { failureOf, type Failure } from "../../engine/failure";
import type { WalkEngine } from "../../engine/walk/client";
import type { Wanted, When } from "../../engine/walk/protocol";
import { Cell } from "../cell";
import type { Explanation, Survey } from "./types";

/** A step, and how it made the number in hand. */
export interface Moment {
  step: number;
  buffer: number;
  index: number;
  explanation: Explanation;
}

/** What is to be known of a step before it is drawn. */
export interface Sought {
  step: number;
  buffer: number;
  /** Left out: in the place of the number furthest from zero in `foremost`. */
  index?: number;
  foremost: number;
  wanted: Wanted[];
}

/** Moments that are kept: where the walk stands, those beside it, and what was stepped back from. */
const KEPT = 12;

const keyOf = ({ buffer, when, example }: Wanted) => `${buffer}/${when}/${example ?? ""}`;
const momentKey = ({ step, buffer, index }: Pick<Sought, "step" | "buffer" | "index">) => `${step}/${buffer}/${index ?? ""}`;

export class Reader {
  /** Grows by one whenever numbers have come. */
  readonly arrived = new Cell(0);
  readonly trouble = new Cell<Failure | null>(null);
  readonly #engine: WalkEngine;
  #values = new Map<string, Float32Array>();
  #asked = new Set<string>();
  #moments = new Map<string, Moment>();
  #surveys = new Map<string, Survey>();
  /** Groups of buffers whose surveys are asked for together. */
  #surveyed: number[][] = [];
  #left = false;

  constructor(engine: WalkEngine) {
    this.#engine = engine;
  }

  /** Another walk has been made: nothing is known of it. */
  forget(): void {
    this.#values = new Map();
    this.#asked = new Set();
    this.#moments = new Map();
    this.#surveys = new Map();
    this.#surveyed = [];
  }

  /** What is still under way is of no interest any more. */
  leave(): void {
    this.#left = true;
  }

  /** The numbers of a buffer, if they are here; else they are asked for, and `arrived` tells. */
  values(buffer: number, when: When = "after", example?: number): Float32Array | null {
    const wanted = { buffer, when, ...(example !== undefined && { example }) };
    const key = keyOf(wanted);
    const found = this.#values.get(key);
    if (!found && !this.#asked.has(key)) void this.#fetch(key, wanted);
    return found ?? null;
  }

  async #fetch(key: string, wanted: Wanted): Promise<void> {
    const [kept, asked] = [this.#values, this.#asked];
    asked.add(key);
    const values = await this.ask(this.#engine.ask("values", wanted));
    // Another walk may have been made meanwhile.
    if (!values || kept !== this.#values) return;
    kept.set(key, values);
    this.arrived.update((n) => n + 1);
  }

  /** A moment that is here already. */
  held(sought: Sought): Moment | null {
    return this.#moments.get(momentKey(sought)) ?? null;
  }

  /** All that is drawn of a step, in one journey: those of its numbers that are not here yet come along. */
  async moment(sought: Sought): Promise<Moment | null> {
    const [kept, asked, moments] = [this.#values, this.#asked, this.#moments];
    const wanted = sought.wanted.filter((one) => !asked.has(keyOf(one)));
    for (const one of wanted) asked.add(keyOf(one));
    const answer = await this.ask(this.#engine.ask("moment", { ...sought, wanted }));
    if (!answer || kept !== this.#values) return null;
    for (const [i, one] of wanted.entries()) kept.set(keyOf(one), answer.values[i]);
    const { explanation } = answer;
    const moment = { step: sought.step, buffer: sought.buffer, index: explanation.index, explanation };
    // The one that stands out is asked for by its place from now on.
    for (const key of [momentKey(sought), momentKey(moment)]) moments.set(key, moment);
    for (const key of [...moments.keys()].slice(0, -KEPT)) moments.delete(key);
    if (wanted.length > 0) this.arrived.update((n) => n + 1);
    return moment;
  }

  /** Of some buffers together, if it is here; else it is asked for, and `arrived` tells. */
  survey(buffers: readonly number[]): Survey | null {
    const key = `survey/${buffers}`;
    const found = this.#surveys.get(key);
    if (found || this.#asked.has(key)) return found ?? null;
    this.#asked.add(key);
    // All that are asked for at once go in one journey.
    if (this.#surveyed.push([...buffers]) === 1) queueMicrotask(() => void this.#survey());
    return null;
  }

  async #survey(): Promise<void> {
    const [kept, groups] = [this.#surveys, this.#surveyed];
    this.#surveyed = [];
    if (groups.length === 0) return;
    const answer = await this.ask(this.#engine.ask("survey", { groups }));
    if (!answer || kept !== this.#surveys) return;
    for (const [i, group] of groups.entries()) kept.set(`survey/${group}`, answer[i]);
    this.arrived.update((n) => n + 1);
  }

  /** An answer of the walk; a refusal stands on the page. */
  async ask<T>(answer: Promise<T>): Promise<T | null> {
    try {
      return await answer;
    } catch (error) {
      if (!this.#left) this.trouble.set(failureOf(error));
      return null;
    }
  }
}
