/**
 * The engine's data sets: the few garments of the opening, what takes their place when it has come, and what was given by hand, which
 * nothing that comes of itself ever replaces.
 */
import { breathe } from "./breathe";
import { emit, trapped } from "./events";
import { failureOf } from "./failure";
import * as files from "./files";
import type { Data } from "./generated/simd/engine";
import type { Wasm } from "./module";
import { release } from "./release";
import type { DataChoice, DataFile, DataInfo, Network } from "./protocol";

/** Garments that the engine opens with: so few that the page opens at once, better data follow. */
const AT_FIRST = { seed: 7, train: 600, test: 200 };
/** Garments that the engine draws where there are no files. */
const PROCEDURAL = { seed: 7, train: 12_000, test: 2_000 };
/** Garments drawn between two looks at the messages: some 20 ms on a phone. */
const SOME = 60;

/** How long a run that was asked for waits for files that are on their way, in milliseconds. */
const PATIENCE = 2000;

/** A data set and what is known of it. Whoever goes on with the pictures takes a share of its own (`data.share`). */
export interface DataSet {
  data: Data;
  info: DataInfo;
  /** 0: it came of itself. Else the number of the choice by hand: a later one is not replaced by an earlier one that took longer. */
  choice: number;
}

export interface Found {
  source: DataInfo["source"];
  files: DataFile[];
}

/** Whether a set that came of itself takes another's place: never that of one given by hand, nor garments that of real pictures. */
export function supersedes(set: DataSet, before: DataSet): boolean {
  if (before.choice > 0 || set.info.id === before.info.id) return false;
  return set.info.source !== "procedural" || before.info.source === "procedural";
}

/** Real files, from beside the page or from an earlier visit. */
export async function findFiles(source?: DataInfo["source"]): Promise<Found | undefined> {
  if (source === "procedural") return undefined;
  const named = async (name: DataInfo["source"], wanted: Promise<DataFile[] | undefined>) => {
    const list = await wanted;
    return list && { source: name, files: list };
  };
  const beside = () => named("beside", files.beside(progress));
  const stored = () => named("stored", files.kept());
  const given = source !== undefined && source !== "beside";
  return given ? ((await stored()) ?? (await beside())) : ((await beside()) ?? (await stored()));
}

export class DataSets {
  readonly #wasm: Wasm;
  /** What runs begin on. */
  #current: DataSet;
  /** Offers a set that came of itself to every run. */
  readonly #offer: (set: DataSet) => Promise<unknown>;
  #ids = 0;
  /** The set of the opening. */
  readonly #first: number;
  #choices = 0;
  /** Garments worth a run, kept while runs begin on garments. */
  #drawn: Promise<DataSet> | undefined;
  /** The files that were looked for at the opening. */
  #looking: Promise<Found | undefined> = Promise.resolve(undefined);
  /** Settles when the data of the opening are in place, or were kept back. */
  #coming: Promise<void> = Promise.resolve();
  /** Settles when there are data worth a run; made at the first run that is asked for. */
  #ready: Promise<void> | undefined;

  constructor(wasm: Wasm, offer: (set: DataSet) => Promise<unknown>) {
    this.#wasm = wasm;
    this.#offer = offer;
    const garments = new wasm.Garments(AT_FIRST.seed, AT_FIRST.train, AT_FIRST.test);
    garments.advance(AT_FIRST.train + AT_FIRST.test);
    this.#current = this.#describe(garments.finish(), "procedural");
    this.#first = this.#current.info.id;
  }

  get current(): DataSet {
    return this.#current;
  }

  /** What the opening finds takes the place of the first garments, or else more garments do. `after`: not before that. */
  settle(looking: Promise<Found | undefined>, after: Promise<unknown>): Promise<void> {
    this.#looking = looking.catch((error: unknown) => {
      // Files that broke off on their way are told; garments take their place.
      emit({ type: "error", ...failureOf(error) });
      return undefined;
    });
    this.#coming = after.then(async () => this.#arrive(await this.#settled(await this.#looking))).finally(arrived);
    return this.#coming;
  }

  /**
   * Settles when a run on this set can begin: one on the first garments waits for the data that are on their way, and where a slow
   * network is in the way, for garments that are drawn to run on first.
   */
  async ready({ info }: DataSet): Promise<void> {
    if (info.id === this.#first) await (this.#ready ??= this.#worthARun());
  }

  /** What was chosen by hand, and the files to keep of it for the next visit. Whoever goes on with it says so by `take`. */
  async choose(choice: DataChoice): Promise<{ set: DataSet; keep: DataFile[] }> {
    const number = ++this.#choices;
    const { set, keep = [] } = await this.#find(choice).finally(arrived);
    return { set: { ...set, choice: number }, keep };
  }

  /** From now on runs begin on this set, which becomes this object's own. */
  take(set: DataSet): void {
    if (set.choice < this.#current.choice) return set.data.free();
    this.#current.data.free();
    this.#current = set;
    if (set.info.source === "procedural") return;
    void this.#drawn?.then(({ data }) => data.free());
    this.#drawn = undefined;
  }

  async #worthARun(): Promise<void> {
    const late = new Promise<"late">((resolve) => setTimeout(resolve, PATIENCE, "late"));
    if ((await Promise.race([this.#looking, late])) !== "late") return this.#coming;
    await this.#arrive(await this.#garments());
  }

  async #settled(found: Found | undefined): Promise<DataSet> {
    if (!found) return this.#garments();
    // What holds on to the promise holds on to the files.
    this.#looking = Promise.resolve(undefined);
    try {
      return this.#readOnce(found);
    } catch (error) {
      if (trapped(error)) throw error;
      emit({ type: "error", ...failureOf(error) });
      // What was not kept whole is told once, and not at every visit.
      if (found.source === "stored") await files.forget();
      return this.#garments();
    }
  }

  async #arrive(set: DataSet): Promise<void> {
    await this.#offer(set);
    if (supersedes(set, this.#current)) this.take(set);
    else set.data.free();
  }

  async #find(choice: DataChoice): Promise<{ set: DataSet; keep?: DataFile[] }> {
    switch (choice.kind) {
      case "procedural":
        return { set: await this.#garments() };
      case "beside": {
        const { data, info } = this.#current;
        if (info.source === "beside" || info.source === "stored") return { set: { data: data.share(), info, choice: 0 } };
        const found = await findFiles();
        if (!found) throw new Error("There are no data files beside this page.");
        return { set: this.#readOnce(found) };
      }
      case "official": {
        const keep = await files.official(progress);
        return { set: this.#read({ source: "official", files: keep }), keep };
      }
      case "files":
        return { set: this.#read({ source: "files", files: choice.files }), keep: choice.files };
    }
  }

  /** As many garments as are worth a run, drawn once. */
  async #garments(): Promise<DataSet> {
    this.#drawn ??= this.#draw();
    const set = await this.#drawn;
    return { ...set, data: set.data.share() };
  }

  async #draw(): Promise<DataSet> {
    const garments = new this.#wasm.Garments(PROCEDURAL.seed, PROCEDURAL.train, PROCEDURAL.test);
    while (garments.advance(SOME)) await breathe();
    return this.#describe(garments.finish(), "procedural");
  }

  /** Files that nobody wants afterwards. */
  #readOnce(found: Found): DataSet {
    try {
      return this.#read(found);
    } finally {
      for (const { bytes } of found.files) release(bytes);
    }
  }

  #read({ source, files: list }: Found): DataSet {
    const data = this.#wasm.Data.files(list.map((f) => f.name), list.map((f) => new Uint8Array(f.bytes)));
    if (source === "official" && data.source() !== "official") {
      data.free();
      throw new Error("The files that were fetched are not the published ones: their checksums differ.");
    }
    // Files of another set are never called Fashion-MNIST, wherever they lay.
    return this.#describe(data, data.source() === "official" ? source : "files");
  }

  #describe(data: Data, source: DataInfo["source"]): DataSet {
    const [height, width, channels, class_names] = [data.height(), data.width(), data.channels(), data.class_names()];
    const presets = this.#wasm.presets([height, width, channels], class_names.length) as Network[];
    const counts = { train: data.train(), test: data.test() };
    return { data, info: { id: ++this.#ids, source, height, width, channels, ...counts, class_names, presets }, choice: 0 };
  }
}

function progress(loaded: number, total: number): void {
  emit({ type: "data_progress", progress: { loaded, total } });
}

function arrived(): void {
  emit({ type: "data_progress", progress: null });
}
