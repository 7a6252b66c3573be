/** What was read of a walk: every buffer's numbers are asked for once, when they are first looked at. */
import { failureOf, type Failure } from "../../engine/failure";
import type { WalkEngine } from "../../engine/walk/client";
import type { When } from "../../engine/walk/protocol";
import { Cell } from "../cell";

export class Reader {
  /** Grows by one whenever numbers have come. */
  readonly arrived = new Cell(0);
  readonly trouble = new Cell<Failure | null>(null);
  readonly #engine: WalkEngine;
  #values = new Map<string, Float32Array>();
  #asked = new Set<string>();
  #left = false;

  constructor(engine: WalkEngine) {
    this.#engine = engine;
  }

  /** Another walk has been made: nothing is known of it. */
  forget(): void {
    this.#values = new Map();
    this.#asked = new Set();
  }

  /** What is still under way is of no interest any more. */
  leave(): void {
    this.#left = true;
  }

  /** The numbers of a buffer, if they are here; else they are asked for, and `arrived` tells. */
  values(buffer: number, when: When = "after", example?: number): Float32Array | null {
    const key = `${buffer}/${when}/${example ?? ""}`;
    const found = this.#values.get(key);
    if (!found && !this.#asked.has(key)) void this.#fetch(key, buffer, when, example);
    return found ?? null;
  }

  /** The shown picture's numbers of a buffer, or null where they cannot be had. */
  async read(buffer: number): Promise<Float32Array | null> {
    const key = `${buffer}/after/`;
    return this.#values.get(key) ?? (await this.#fetch(key, buffer, "after"));
  }

  async #fetch(key: string, buffer: number, when: When, example?: number): Promise<Float32Array | null> {
    const [kept, asked] = [this.#values, this.#asked];
    asked.add(key);
    const values = await this.ask(this.#engine.ask("values", example === undefined ? { buffer, when } : { buffer, when, example }));
    // Another walk may have been made meanwhile.
    if (!values || kept !== this.#values) return null;
    kept.set(key, values);
    this.arrived.update((n) => n + 1);
    return values;
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
