/** Drawings that were kept with the class that they are of, and what the network learns from them. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Depth, Taught } from "../../engine/draw/protocol";
import { failureOf, RefusedError, type Failure } from "../../engine/failure";
import { Cell } from "../cell";
import type { Run } from "../run";
import { taught as weights } from "../weights";
import { SEEN } from "./garments";
import { keepDrawings, keptDrawings, type Kept } from "./kept";
import type { Sources } from "./sources";

/** What is kept at most, so that it is taught in seconds. */
const MOST = 500;
/** Test pictures on which forgetting is seen. */
const VALIDATION = 1000;
const LONGEST_NAME = 24;

interface KeptFile {
  version: 1;
  kept: { at: number; label: string; seen: string }[];
}

export class Teaching {
  readonly kept = new Cell<readonly Kept[]>([]);
  /** Of what is on the sheet, as a person says it; null where they have said nothing. */
  readonly label = new Cell<string | null>(null);
  readonly depth = new Cell<Depth>("layer");
  readonly busy = new Cell(false);
  readonly taught = new Cell<Taught | null>(null);
  readonly trouble = new Cell<Failure | null>(null);
  readonly #engine: DrawEngine;
  readonly #run: Run;
  readonly #sources: Sources;

  constructor(engine: DrawEngine, run: Run, sources: Sources) {
    this.#engine = engine;
    this.#run = run;
    this.#sources = sources;
    void keptDrawings().then((kept) => this.kept.update((now) => merged(kept, now)));
  }

  /** Classes that the network has, and after them those that kept drawings are of. */
  classesWith(classes: readonly string[]): string[] {
    return [...new Set([...classes, ...this.kept.value.map(({ label }) => label)])];
  }

  keep(label: string, seen: Uint8Array): void {
    const name = label.trim().slice(0, LONGEST_NAME);
    if (name !== "") this.#put([...this.kept.value, { at: Date.now(), label: name, seen: seen.slice() }]);
  }

  remove(at: number): void {
    this.#put(this.kept.value.filter((one) => one.at !== at));
  }

  #put(kept: readonly Kept[]): void {
    this.kept.set(kept.slice(-MOST));
    void keepDrawings(this.kept.value);
  }

  /** All of them as one file. */
  file(): string {
    const kept = this.kept.value.map(({ at, label, seen }) => ({ at, label, seen: btoa(String.fromCharCode(...seen)) }));
    return JSON.stringify({ version: 1, kept } satisfies KeptFile);
  }

  /** Those of a file beside those there are; a file that is none changes nothing. */
  add(text: string): void {
    this.trouble.set(null);
    try {
      this.#put(merged(this.kept.value, readKept(text)));
    } catch (error) {
      this.trouble.set(failureOf(error));
    }
  }

  /** Fine-tunes the shown weights on what is kept; what comes of it stands beside them. */
  async teach(): Promise<void> {
    const { shown, current } = this.#sources;
    if (!current || this.kept.value.length === 0 || this.busy.value) return;
    this.busy.set(true);
    this.trouble.set(null);
    try {
      const kept = this.kept.value;
      const classes = this.classesWith(current.classes);
      const pixels = new Uint8Array(kept.length * SEEN * SEEN);
      for (const [i, { seen }] of kept.entries()) pixels.set(seen, i * SEEN * SEEN);
      const labels = Uint16Array.from(kept, ({ label }) => classes.indexOf(label));
      const validation = await this.#run.images("test", Array.from({ length: VALIDATION }, (_, i) => i));
      const saved = await this.#sources.bytes(shown.value);
      const taught = await this.#engine.ask("teach", { saved, pixels, labels, classes: classes.length, depth: this.depth.value, validation: { pixels: validation.pixels, labels: validation.labels } });
      this.taught.set(taught);
      weights.set({ bytes: taught.saved, classes });
      shown.set("taught");
    } catch (error) {
      this.trouble.set(failureOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}

/** Every drawing once, the oldest first. */
function merged(one: readonly Kept[], other: readonly Kept[]): Kept[] {
  return [...new Map([...one, ...other].map((kept) => [kept.at, kept])).values()].sort((a, b) => a.at - b.at);
}

function readKept(text: string): Kept[] {
  const none = new RefusedError({ message: "This file holds no kept drawings.", refusal: { code: "not_kept" } });
  let file: Partial<KeptFile>;
  try {
    file = JSON.parse(text) as Partial<KeptFile>;
  } catch {
    throw none;
  }
  if (file?.version !== 1 || !Array.isArray(file.kept)) throw none;
  return file.kept.map(({ at, label, seen }) => {
    const sound = Number.isFinite(at) && typeof label === "string" && label !== "" && label.length <= LONGEST_NAME && typeof seen === "string" && /^[A-Za-z0-9+/]*=*$/.test(seen);
    const pixels = sound ? Uint8Array.from(atob(seen), (c) => c.charCodeAt(0)) : new Uint8Array();
    if (pixels.length !== SEEN * SEEN) throw none;
    return { at, label, seen: pixels };
  });
}
