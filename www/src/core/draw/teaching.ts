/** Drawings that were kept with the class that they are of, and what the network learns from them. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Labelled, Lesson, Outcome, Scope } from "../../engine/draw/protocol";
import { failureOf, type Failure } from "../../engine/failure";
import type { Split } from "../../engine/protocol";
import { Cell } from "../cell";
import type { Run } from "../run";
import { taught } from "../weights";
import { drawingOf } from "./drawing";
import { keepDrawings, keptDrawings, type Kept } from "./kept";
import type { Sheet } from "./sheet";
import type { Sources } from "./sources";

/** What is kept at most, so that it is taught in seconds. */
const MOST = 500;
export const LONGEST_NAME = 40;
/** Training pictures that are rehearsed, so that they are not forgotten, and test pictures on which forgetting is seen. */
const REHEARSED = 1000;
const VALIDATED = 1000;

export class Teaching {
  readonly kept = new Cell<readonly Kept[]>([]);
  /** Of what is on the sheet, as a person says it; null where they have said nothing. */
  readonly label = new Cell<string | null>(null);
  readonly scope = new Cell<Scope>("last_layer");
  /** How far the teaching under way has come; null where none is. */
  readonly lesson = new Cell<Lesson | null>(null);
  readonly outcome = new Cell<Outcome | null>(null);
  readonly trouble = new Cell<Failure | null>(null);
  readonly #engine: DrawEngine;
  readonly #run: Run;
  readonly #sources: Sources;
  #left = false;

  constructor(engine: DrawEngine, run: Run, sources: Sources) {
    this.#engine = engine;
    this.#run = run;
    this.#sources = sources;
    void keptDrawings().then((kept) => this.kept.update((now) => [...kept, ...now]));
  }

  leave(): void {
    this.#left = true;
  }

  /** Classes that the network has, and after them those that kept drawings are of. */
  classesWith(classes: readonly string[]): string[] {
    return [...new Set([...classes, ...this.kept.value.map(({ label }) => label)])];
  }

  keep(label: string, seen: Uint8Array, { marks }: Sheet): void {
    const name = label.trim().slice(0, LONGEST_NAME);
    if (name !== "") this.#put([...this.kept.value, { label: name, seen: seen.slice(), marks: marks.length > 0 ? marks : null }]);
  }

  remove(one: Kept): void {
    this.#put(this.kept.value.filter((other) => other !== one));
  }

  #put(kept: readonly Kept[]): void {
    this.kept.set(kept.slice(-MOST));
    void keepDrawings(this.kept.value);
  }

  /** All of them as one file. */
  async file(): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#ask(this.#engine.ask("kept_file", this.#written(this.#sources.current?.classes ?? [])));
  }

  /** Those of a file beside those there are; a file that is none changes nothing. */
  async add(file: Blob): Promise<void> {
    const found = await this.#ask(this.#engine.ask("kept_read", new Uint8Array(await file.arrayBuffer())));
    if (!found) return;
    const more = found.drawings.map(({ label, pixels, drawing }) => ({ label: found.classes[label], seen: pixels, marks: drawing?.marks ?? null }));
    const known = new Set(this.kept.value.map(nameOf));
    this.#put([...this.kept.value, ...more.filter((one) => !known.has(nameOf(one)))]);
  }

  /** Fine-tunes the shown weights on what is kept; what comes of it stands beside them. */
  async teach(): Promise<void> {
    const { shown, current } = this.#sources;
    if (!current || this.kept.value.length === 0 || this.lesson.value) return;
    this.lesson.set({ done: 0, of: 1, loss: null });
    this.outcome.set(null);
    await this.#ask(this.#teach(shown.value, current.classes));
    this.lesson.set(null);
  }

  async #teach(source: Parameters<Sources["bytes"]>[0], known: readonly string[]): Promise<void> {
    const kept = this.#written(known);
    const [rehearsed, validated] = await Promise.all([this.#sample("train", REHEARSED), this.#sample("test", VALIDATED)]);
    const saved = await this.#sources.bytes(source);
    await this.#engine.ask("teach", { saved, kept, rehearsed, validated, scope: this.scope.value });
    // One piece of work at a time: a drawing is answered between two.
    for (let lesson = await this.#engine.ask("lesson", null); ; lesson = await this.#engine.ask("lesson", null)) {
      if (this.#left) return;
      this.lesson.set(lesson);
      if (lesson.done >= lesson.of) break;
    }
    const { saved: bytes, outcome } = await this.#engine.ask("taught", null);
    this.outcome.set(outcome);
    taught.set({ bytes, classes: kept.classes });
    this.#sources.shown.set("taught");
  }

  /** As the worker reads them. */
  #written(classes: readonly string[]) {
    const all = this.classesWith(classes);
    const drawings = this.kept.value.map(({ label, seen, marks }) => ({ label: all.indexOf(label), pixels: seen, drawing: marks && drawingOf(marks) }));
    return { classes: all, drawings };
  }

  /** Pictures of a set, spread evenly over it. */
  async #sample(split: Split, most: number): Promise<Labelled> {
    const of = this.#run.data.value?.[split] ?? 0;
    const count = Math.min(most, of);
    const { pixels, labels } = await this.#run.images(split, Array.from({ length: count }, (_, i) => Math.floor((i * of) / count)));
    return { pixels, labels };
  }

  async #ask<T>(answer: Promise<T>): Promise<T | null> {
    this.trouble.set(null);
    try {
      return await answer;
    } catch (error) {
      if (!this.#left) this.trouble.set(failureOf(error));
      return null;
    }
  }
}

/** Equal for drawings that look alike to the network and are called alike. */
const nameOf = ({ label, seen }: Kept) => `${label} ${seen.join()}`;
