/** The engine worker: owns the wasm module, the data and the run. Requests come in, answers and events go out. */
import { breathe } from "./breathe";
import type { FromWorker, ToWorker } from "./client";
import { Crew } from "./crew";
import * as files from "./files";
import type { Data, Session } from "./generated/simd/engine";
import type { Event } from "./generated/types/Event";
import type { Job } from "./helper";
import { type Atelier, type Compiled, compile, instantiate } from "./module";
import type {
  Analysis,
  DataChoice,
  DataFile,
  DataInfo,
  EngineEvent,
  ExecutorInfo,
  Network,
  Requests,
  RequestType,
  RunState,
  Split,
  Training,
} from "./protocol";

/** Garments that the engine draws itself, and the seed that they are drawn from. */
const PROCEDURAL = { seed: 7, train: 12_000, test: 2_000 };

/** Milliseconds between two traces of the picture looked at, and between two predictions of the pictures watched. */
const TRACE_EVERY = 60;
const PREDICT_EVERY = 1500;

/** More workers than this gain little on one batch, and each has its own copy of the network's memory. */
const MOST_WORKERS = 8;

type Handlers = { [T in RequestType]: (ask: Requests[T]["ask"]) => Promise<Requests[T]["answer"]> };

class Run {
  readonly #atelier: Atelier;
  readonly #compiled: Compiled;
  #crew: Crew;
  #data: Data;
  #source: DataInfo["source"] = "procedural";
  #network: Network;
  #training: Training;
  #session: Session;
  #state: RunState = "idle";
  #looping = false;
  #loop: Promise<void> | undefined;
  /** The end of the last piece of work that holds the session. */
  #last: Promise<unknown> = Promise.resolve();
  #look: { split: Split; index: number } = { split: "test", index: 0 };
  #watch: number[] = [];
  #traced = 0;
  #predicted = 0;

  constructor(atelier: Atelier, compiled: Compiled, ask: Requests["open"]["ask"]) {
    this.#atelier = atelier;
    this.#compiled = compiled;
    const cores = navigator.hardwareConcurrency || 1;
    this.#crew = new Crew(compiled, Math.min(ask.workers ?? cores, MOST_WORKERS) - 1);
    this.#data = atelier.Data.procedural(PROCEDURAL.seed, PROCEDURAL.train, PROCEDURAL.test);
    this.#network = ask.network;
    this.#training = ask.training;
    this.#session = this.#begin(this.#data, ask.network, ask.training);
  }

  get state(): RunState {
    return this.#state;
  }

  get executor(): ExecutorInfo {
    return { kind: "cpu", isa: this.#compiled.isa, workers: this.#crew.workers };
  }

  get dataInfo(): DataInfo {
    const data = this.#data;
    return { source: this.#source, train: data.train(), test: data.test(), class_names: data.class_names() };
  }

  get analysis(): Analysis {
    return this.#atelier.analyze(this.#network) as Analysis;
  }

  /** A session at its beginning, with every helper set up for it. */
  #begin(data: Data, network: Network, training: Training): Session {
    const setup = { network, training, workers: this.#crew.workers };
    const post = (jobs: Job[]) => this.#crew.perform(jobs);
    const session = new this.#atelier.Session(data, setup, post, breathe);
    this.#crew.setup(setup);
    return session;
  }

  /** Puts another run in place. What was there stays when the new one cannot be made. */
  async replace(change: { data?: Data; source?: DataInfo["source"]; network?: Network; training?: Training }): Promise<void> {
    await this.pause();
    await this.#exclusive(async () => {
      const { data = this.#data, network = this.#network, training = this.#training } = change;
      const session = this.#begin(data, network, training);
      this.#session.free();
      if (data !== this.#data) this.#data.free();
      this.#session = session;
      this.#data = data;
      this.#source = change.source ?? this.#source;
      this.#network = network;
      this.#training = training;
      this.#setState("idle");
      if (this.#look.index >= this.#splitLength(this.#look.split)) this.#look = { split: "test", index: 0 };
      this.#watch = this.#watch.filter((index) => index < data.test());
      if (change.data) emit({ type: "data", data: this.dataInfo });
      emit({ type: "restart", training, analysis: this.analysis });
      await this.#show();
    });
  }

  /** The maps and predictions of a run that stands still. */
  async show(): Promise<void> {
    await this.#exclusive(() => this.#show());
  }

  look(split: Split, index: number): Promise<void> {
    return this.#exclusive(async () => {
      if (index >= this.#splitLength(split)) throw new Error(`There is no picture ${index} in this data set.`);
      this.#look = { split, index };
      await this.#trace();
    });
  }

  watch(indices: number[]): Promise<void> {
    return this.#exclusive(async () => {
      this.#watch = indices.filter((index) => index < this.#data.test());
      await this.#predict();
    });
  }

  images(split: Split, indices: number[]): { pixels: Uint8Array; labels: Uint8Array } {
    const wanted = Uint32Array.from(indices);
    return { pixels: this.#data.pixels(split, wanted), labels: this.#data.labels(split, wanted) };
  }

  async run(): Promise<void> {
    if (this.#state === "finished") return;
    this.#setState("running");
    if (this.#looping) return;
    this.#looping = true;
    this.#loop = this.#work();
  }

  async pause(): Promise<void> {
    if (this.#state === "running") this.#setState("paused");
    await this.#loop;
  }

  async step(): Promise<void> {
    await this.pause();
    if (this.#state === "finished") return;
    this.#setState("paused");
    await this.#exclusive(async () => {
      while ((await this.#advance()).type === "validating");
      await this.#show();
    });
  }

  async reset(): Promise<void> {
    await this.pause();
    await this.#exclusive(async () => {
      this.#session.reset();
      this.#setState("idle");
      emit({ type: "restart", training: this.#training, analysis: this.analysis });
      await this.#show();
    });
  }

  setLearningRate(value: number): Promise<void> {
    return this.#exclusive(async () => {
      this.#session.set_learning_rate(value);
      this.#training = { ...this.#training, learning_rate: value };
    });
  }

  checkpoint(): Promise<Uint8Array> {
    return this.#exclusive(() => this.#session.checkpoint());
  }

  async restore(bytes: Uint8Array): Promise<void> {
    await this.pause();
    await this.#exclusive(async () => {
      this.#session.restore(bytes);
      this.#setState("paused");
      emit({ type: "restart", training: this.#training, analysis: this.analysis });
      await this.#show();
    });
  }

  /** The session takes one call at a time. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Works until the run is no longer wanted, also when it was paused and wanted again in between. */
  async #work(): Promise<void> {
    do {
      while (this.#state === "running") {
        await this.#exclusive(() => this.#workOnce()).catch((error: unknown) => {
          this.#setState("failed");
          emit({ type: "error", message: text(error) });
        });
        await breathe();
      }
      if (this.#state !== "failed") await this.show();
    } while (this.state === "running");
    this.#looping = false;
  }

  async #workOnce(): Promise<void> {
    await this.#advance();
    const now = performance.now();
    if (now - this.#traced > TRACE_EVERY) await this.#trace();
    if (now - this.#predicted > PREDICT_EVERY) await this.#predict();
  }

  async #advance(): Promise<Event> {
    const event = (await this.#session.advance()) as Event;
    switch (event.type) {
      case "step":
        emit({ type: "step", report: event.report });
        // Weights that are no numbers never become numbers again.
        if (!Number.isFinite(event.report.loss) && this.#state === "running") this.#setState("paused");
        break;
      case "validating":
        emit({ type: "validating", share: event.share });
        break;
      case "epoch": {
        const predictions = this.#session.predictions();
        emit({ type: "epoch", report: event.report, predictions }, [predictions.buffer]);
        break;
      }
      case "finished":
        this.#setState("finished");
    }
    return event;
  }

  async #show(): Promise<void> {
    await this.#trace();
    await this.#predict();
  }

  async #trace(): Promise<void> {
    const { split, index } = this.#look;
    const values = (await this.#session.trace(split, index)) as Float32Array<ArrayBuffer>[];
    const label = this.#data.labels(split, Uint32Array.of(index))[0] ?? 0;
    const iteration = this.#session.iteration();
    emit({ type: "maps", split, index, label, iteration, values }, values.map((v) => v.buffer));
    this.#traced = performance.now();
  }

  async #predict(): Promise<void> {
    if (this.#watch.length > 0) {
      const indices = Uint32Array.from(this.#watch);
      const said = await this.#session.predict(indices);
      const classes = Uint8Array.from(said.subarray(0, indices.length));
      emit({ type: "predictions", indices, classes, confidences: said.slice(indices.length) });
    }
    this.#predicted = performance.now();
  }

  #splitLength(split: Split): number {
    return split === "train" ? this.#data.train() : this.#data.test();
  }

  #setState(state: RunState): void {
    if (this.#state === state) return;
    this.#state = state;
    emit({ type: "state", state });
  }
}

let opened: Promise<{ atelier: Atelier; run: Run }> | undefined;
/** Real files that arrived while a run was going on other pictures. */
let arrived: { source: DataInfo["source"]; files: DataFile[] } | undefined;

async function engine(): Promise<{ atelier: Atelier; run: Run }> {
  if (!opened) throw new Error("The engine was asked before it was opened.");
  return opened;
}

async function open(ask: Requests["open"]["ask"]): Promise<{ atelier: Atelier; run: Run }> {
  const compiled = await compile();
  const atelier = await instantiate(compiled);
  return { atelier, run: new Run(atelier, compiled, ask) };
}

/** Looks for real files after the page has opened, and takes them if no run has begun. */
async function lookForFiles(run: Run, atelier: Atelier): Promise<void> {
  const found =
    (await named("beside", files.beside(progress))) ?? (await named("stored", files.kept()));
  if (!found) return;
  if (run.state === "idle") return take(run, atelier, found.source, found.files);
  arrived = found;
  emit({ type: "data_ready", choice: { kind: "beside" } });
}

async function named(source: DataInfo["source"], wanted: Promise<DataFile[] | undefined>) {
  const found = await wanted;
  return found && { source, files: found };
}

function take(run: Run, atelier: Atelier, source: DataInfo["source"], list: DataFile[]): Promise<void> {
  const data = atelier.Data.files(list.map((f) => f.name), list.map((f) => new Uint8Array(f.bytes)));
  if (source === "official" && data.source() !== "official") {
    data.free();
    throw new Error("The files that were fetched are not the published ones: their checksums differ.");
  }
  return run.replace({ data, source });
}

async function useData(choice: DataChoice): Promise<DataInfo> {
  const { run, atelier } = await engine();
  switch (choice.kind) {
    case "procedural": {
      const data = atelier.Data.procedural(PROCEDURAL.seed, PROCEDURAL.train, PROCEDURAL.test);
      await run.replace({ data, source: "procedural" });
      await files.forget();
      break;
    }
    case "beside": {
      const found =
        arrived ?? (await named("beside", files.beside(progress))) ?? (await named("stored", files.kept()));
      if (!found) throw new Error("There are no data files beside this page.");
      await take(run, atelier, found.source, found.files);
      arrived = undefined;
      break;
    }
    case "official": {
      const list = await files.official(progress);
      await take(run, atelier, "official", list);
      await files.keep(list);
      break;
    }
    case "files":
      await take(run, atelier, "files", choice.files);
      await files.keep(choice.files);
  }
  return run.dataInfo;
}

const handlers: Handlers = {
  async open(ask) {
    files.setPage(ask.page);
    opened = open(ask);
    const { run, atelier } = await opened;
    void run.show().then(() => lookForFiles(run, atelier)).catch(fail);
    return { analysis: run.analysis, data: run.dataInfo, executor: run.executor };
  },
  async analyze({ network }) {
    return (await engine()).atelier.analyze(network) as Analysis;
  },
  async configure({ network, training }) {
    const { run } = await engine();
    await run.replace({ network, training });
    return run.analysis;
  },
  learning_rate: async ({ value }) => (await engine()).run.setLearningRate(value),
  run: async () => (await engine()).run.run(),
  pause: async () => (await engine()).run.pause(),
  step: async () => (await engine()).run.step(),
  reset: async () => (await engine()).run.reset(),
  look: async ({ split, index }) => (await engine()).run.look(split, index),
  watch: async ({ indices }) => (await engine()).run.watch(indices),
  images: async ({ split, indices }) => (await engine()).run.images(split, indices),
  use_data: ({ choice }) => useData(choice),
  checkpoint: async () => (await engine()).run.checkpoint(),
  restore: async ({ bytes }) => (await engine()).run.restore(bytes),
};

self.onmessage = ({ data: { id, type, ask } }: MessageEvent<ToWorker>) => {
  const handler = handlers[type] as (ask: unknown) => Promise<unknown>;
  handler(ask).then(
    (answer) => post({ kind: "answer", id, answer }),
    (error: unknown) => post({ kind: "refusal", id, message: text(error) }),
  );
};

function progress(loaded: number, total: number): void {
  emit({ type: "data_progress", loaded, total });
}

function fail(error: unknown): void {
  emit({ type: "error", message: text(error) });
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function emit(event: EngineEvent, transfer: Transferable[] = []): void {
  post({ kind: "event", event }, transfer);
}

function post(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
