import { breathe } from "./breathe";
import type { Crew } from "./crew";
import { type DataSet, supersedes } from "./datasets";
import { emit, tell, text, trapped } from "./events";
import { failureOf } from "./failure";
import { fitted } from "./fit";
import type { Data, Session } from "./generated/simd/engine";
import type { Event } from "./generated/types/Event";
import type { ExecutorReport } from "./generated/types/ExecutorReport";
import type { Restored } from "./generated/types/Restored";
import { type Devices, NoGpu } from "./gpu";
import type { Job } from "./helper";
import type { Compiled, Wasm } from "./module";
import type { Analysis, DataInfo, ExecutorInfo, ExecutorWish, Images, Network, Opened, Requests, RunEvent, RunId, RunState, Split, Training } from "./protocol";
import type { Turns } from "./turns";

/** Milliseconds between two traces of the picture looked at, and between two predictions of the pictures watched. */
const TRACE_EVERY = 60;
const PREDICT_EVERY = 1500;

/** Milliseconds of training that a trap may cost: the run is handed to the page as often, and after each epoch. */
const SAVE_EVERY = 10_000;

/** What all runs of the engine share. */
export interface Shared {
  wasm: Wasm;
  compiled: Compiled;
  crew: Crew;
  devices: Devices;
  turns: Turns;
}

/** What is put in a run's place. */
interface Change {
  set?: DataSet;
  network?: Network;
  training?: Training;
  /** Asked when it is this change's turn. */
  wanted?: () => boolean;
  /** Makes the new session the saved run's before anything of the old one is given up. */
  open?: (session: Session) => Promise<Restored>;
}

interface Look {
  split: Split;
  index: number;
  /** Layers whose maps are drawn. */
  layers: number[];
}

/** Drives the session of one run with its helpers, in one of the states that the page shows. */
export class Driver {
  readonly #run: RunId;
  readonly #shared: Shared;
  #wish: ExecutorWish;
  /** What the session last said of its executor. */
  #report: ExecutorReport;
  /** This run's share of its pictures. */
  #set: DataSet;
  #network: Network;
  #training: Training;
  #session: Session;
  #state: RunState = "idle";
  #looping = false;
  #dropped = false;
  /** The end of the last piece of work that holds the session. */
  #last: Promise<unknown> = Promise.resolve();
  #look: Look = { split: "test", index: 0, layers: [] };
  #watch: number[] = [];
  #traced = 0;
  #predicted = 0;
  /** When the run was last handed to the page, and at which update. */
  #savedAt = 0;
  /** Null: not yet, though there is something to hand over. */
  #saved: number | null = 0;
  /** Whether the last batch's loss was a number: a run that has lost its numbers is not worth going back to. */
  #sound = true;

  /** `set` stays the caller's. */
  constructor(shared: Shared, set: DataSet, { run, network, training, executor }: Requests["begin"]["ask"]) {
    this.#shared = shared;
    this.#run = run;
    this.#wish = executor;
    this.#network = network;
    this.#training = training;
    this.#set = shareOf(set);
    try {
      this.#session = this.#begin(this.#set.data, network, training);
      this.#report = this.#session.executor() as ExecutorReport;
    } catch (error) {
      shared.crew.drop(run);
      this.#set.data.free();
      throw error;
    }
  }

  /** A run at its beginning, or going on from where it was saved. */
  static async begin(shared: Shared, set: DataSet, ask: Requests["begin"]["ask"]): Promise<Driver> {
    const driver = new Driver(shared, set, ask);
    if (!ask.saved) return driver;
    try {
      await driver.#goOnFrom(ask.saved);
    } catch (error) {
      await driver.drop();
      throw error;
    }
    return driver;
  }

  /** The session's run becomes the one of the file, whose network it has. */
  async #goOnFrom(bytes: Uint8Array): Promise<Restored> {
    const saved = new this.#shared.wasm.Saved(bytes);
    try {
      const restored = (await this.#session.restore(saved)) as Restored;
      this.#state = "paused";
      this.#saved = this.#session.iteration();
      return restored;
    } finally {
      saved.free();
    }
  }

  get state(): RunState {
    return this.#state;
  }

  get executor(): ExecutorInfo {
    const { compiled, crew } = this.#shared;
    return { ...this.#report, isa: compiled.isa, workers: crew.workers, wish: this.#wish };
  }

  get set(): DataSet {
    return this.#set;
  }

  get dataInfo(): DataInfo {
    return this.#set.info;
  }

  get analysis(): Analysis {
    return this.#shared.wasm.analyze(this.#network) as Analysis;
  }

  /** A session at its beginning, with every helper set up for it. */
  #begin(data: Data, network: Network, training: Training): Session {
    const { crew, wasm } = this.#shared;
    const setup = { network, training, workers: crew.workers };
    const post = (jobs: Job[]) => crew.perform(this.#run, jobs);
    const session = new wasm.Session(data, setup, post, breathe);
    crew.setup(this.#run, setup);
    return session;
  }

  #setUp(network: Network, training: Training): void {
    const { crew } = this.#shared;
    crew.setup(this.#run, { network, training, workers: crew.workers });
  }

  /** Puts another network or other settings in place. What was there stays when the new one cannot be made. */
  async replace(network: Network, training: Training): Promise<void> {
    await this.#restart({ network, training });
  }

  /**
   * Other pictures, chosen by hand: not where those of a later choice are there already. The network takes their shape and has their
   * classes. `set` stays the caller's.
   */
  async useData(set: DataSet): Promise<void> {
    await this.#restart({ set, wanted: () => set.choice > this.#set.choice });
  }

  /** Pictures that came of themselves: taken where no batch was trained yet on lesser ones, else the page is told of them. */
  async offer(set: DataSet): Promise<void> {
    const better = () => !this.#dropped && supersedes(set, this.#set);
    if (better() && this.#state === "idle") return this.#restart({ set, wanted: () => better() && this.#state === "idle" });
    if (better() && set.info.source !== "procedural") this.#tell({ type: "data_ready", choice: { kind: "beside" } });
  }

  /** A new session. `wanted` is asked again when it is this change's turn. */
  async #restart(change: Change): Promise<void> {
    // A session that failed is not asked for anything more.
    if (this.#state !== "failed") await this.#halt();
    await this.#exclusive(async () => {
      if (change.wanted && !change.wanted()) return;
      const { training = this.#training } = change;
      const network = change.set ? fitted(this.#network, change.set.info) : (change.network ?? this.#network);
      const set = change.set ? shareOf(change.set) : this.#set;
      let session: Session;
      let opened: Opened | undefined;
      try {
        session = this.#begin(set.data, network, training);
        if (change.open) opened = { ...(await change.open(session)), epochs: session.epochs(), batch: session.batch() };
      } catch (error) {
        if (set !== this.#set) set.data.free();
        // The helpers had their part of it already.
        this.#setUp(this.#network, this.#training);
        throw error;
      }
      this.#session.free();
      if (set !== this.#set) this.#set.data.free();
      this.#session = session;
      this.#report = session.executor() as ExecutorReport;
      this.#set = set;
      this.#network = network;
      this.#training = training;
      this.#setState(opened ? "paused" : "idle");
      if (this.#look.index >= this.#splitLength(this.#look.split)) this.#look = { ...this.#look, split: "test", index: 0 };
      this.#watch = this.#watch.filter((index) => index < set.info.test);
      if (change.set) this.#tell({ type: "data", data: set.info });
      this.#tellRestart(opened);
      await this.#chooseOrTell();
      if (opened) await this.#save();
      await this.#show();
    });
  }

  #tellRestart(opened?: Opened): void {
    this.#saved = opened ? null : this.#session.iteration();
    this.#sound = true;
    const restart = { type: "restart", network: this.#network, training: this.#training, analysis: this.analysis } as const;
    this.#tell(opened ? { ...restart, opened } : restart);
  }

  /** Looks for a GPU, as the page wished at the beginning. */
  async chooseExecutor(): Promise<void> {
    await this.#exclusive(() => this.#chooseOrTell()).catch((error: unknown) => this.#fail(error));
  }

  /** Another wish; the run goes on as it was where it cannot be. */
  setExecutor(wish: ExecutorWish): Promise<void> {
    return this.#exclusive(async () => {
      const before = this.#wish;
      this.#wish = wish;
      try {
        await this.#choose();
      } catch (error) {
        this.#wish = before;
        throw error;
      } finally {
        this.#tell({ type: "executor", executor: this.executor });
      }
    });
  }

  /** Where the GPU that was wished for cannot be had the CPU computes, and the executor's reason says why. */
  async #chooseOrTell(): Promise<void> {
    try {
      await this.#choose();
    } catch (error) {
      if (trapped(error)) throw error;
      if (this.#wish !== "webgpu") this.#tell({ type: "error", ...failureOf(error) });
    }
  }

  /** Brings the session to the wish. Rejects where it cannot be had. */
  async #choose(): Promise<void> {
    if (this.#wish === "cpu") return this.#session.use_cpu();
    const { kind, reason } = this.#report;
    if (kind === "webgpu" && (this.#wish === "auto") !== (reason.type === "forced")) return;
    // A GPU that was taken by wish must show that it is the faster one.
    if (kind === "webgpu" && this.#wish === "auto") await this.#session.use_cpu();
    try {
      const auto = this.#wish === "auto";
      await this.#shared.devices.use((gpu) => (auto ? this.#session.offer_gpu(gpu) : this.#session.use_gpu(gpu)));
    } catch (error) {
      if (trapped(error)) throw error;
      // Without a wish it is only told why not.
      if (kind === "cpu") {
        await this.#session.without_gpu(error instanceof NoGpu ? error.reason : { type: "failed", message: text(error) });
      }
      if (this.#wish === "webgpu") throw error;
    }
  }

  /** A device was lost: the session notices. */
  async checkGpu(): Promise<void> {
    await this.#exclusive(async () => this.#session.check_gpu()).catch((error: unknown) => this.#fail(error));
  }

  look(look: Look): Promise<void> {
    return this.#exclusive(async () => {
      if (look.index >= this.#splitLength(look.split)) throw new Error(`There is no picture ${look.index} in this data set.`);
      this.#look = look;
      await this.#trace();
    });
  }

  watch(indices: number[]): Promise<void> {
    return this.#exclusive(async () => {
      this.#watch = indices.filter((index) => index < this.#set.info.test);
      await this.#predict();
    });
  }

  images(split: Split, wanted: number[]): Images {
    const { data, info } = this.#set;
    const indices = Uint32Array.from(wanted.filter((index) => index < this.#splitLength(split)));
    return { data: info.id, indices, pixels: data.pixels(split, indices), labels: data.labels(split, indices) };
  }

  run(): void {
    if (this.#over) return;
    if (this.#state !== "running") this.#savedAt = performance.now();
    this.#setState("running");
    if (this.#looping) return;
    this.#looping = true;
    void this.#work();
  }

  /** Resolves when the batch under way has ended, and the page has the run as it stands. */
  async pause(): Promise<void> {
    await this.#halt();
    await this.#exclusive(() => this.#save());
  }

  async #halt(): Promise<void> {
    if (this.#state === "running") this.#setState("paused");
    // The work under way ends before this.
    await this.#exclusive(() => this.#session.settle());
  }

  async step(): Promise<void> {
    if (this.#over) return;
    await this.#halt();
    if (this.#over) return;
    this.#setState("paused");
    await this.#exclusive(async () => {
      await this.#turn(() => this.#session.step());
      this.#tellNews();
      await this.#show();
    }).catch((error: unknown) => this.#fail(error));
  }

  async reset(): Promise<void> {
    // A new session, and helpers set up anew for it.
    if (this.#state === "failed") return this.#restart({});
    await this.#halt();
    await this.#exclusive(async () => {
      await this.#session.reset();
      this.#setState("idle");
      this.#tellRestart();
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

  /** What a saved run holds. */
  inspect(bytes: Uint8Array): Requests["inspect"]["answer"] {
    const saved = new this.#shared.wasm.Saved(bytes);
    try {
      return { network: saved.network() as Network, same: saved.is_of(this.#network) };
    } finally {
      saved.free();
    }
  }

  /** Becomes the saved run, whole. What was there stays where that cannot be. */
  async restore(bytes: Uint8Array): Promise<Restored> {
    const saved = new this.#shared.wasm.Saved(bytes);
    try {
      let restored: Restored | undefined;
      await this.#restart({
        network: saved.network() as Network,
        training: saved.training() as Training,
        open: async (session) => (restored = (await session.restore(saved)) as Restored),
      });
      if (!restored) throw new Error("The run was replaced meanwhile.");
      return restored;
    } finally {
      saved.free();
    }
  }

  /** Ends the run when the batch under way has ended, and gives back its session, its helpers' networks and its pictures. */
  async drop(): Promise<void> {
    await this.#exclusive(async () => {
      this.#dropped = true;
      this.#state = "paused";
      this.#session.free();
      this.#set.data.free();
      this.#shared.crew.drop(this.#run);
    });
  }

  /** All epochs are done, or something failed: only a reset leads on. */
  get #over(): boolean {
    return this.#state === "finished" || this.#state === "failed";
  }

  /** The session takes one call at a time; what else it made happen is told behind it. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      if (this.#dropped) throw new Error("This run was dropped.");
      try {
        return await work();
      } finally {
        if (!this.#dropped) this.#tellNews();
      }
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /**
   * A piece of training, in turn with those of other runs. A batch that a helper did not live to the end of has changed nothing: with
   * another helper in its place it is tried once more.
   */
  #turn<T>(work: () => Promise<T>): Promise<T> {
    return this.#shared.turns.take(async () => {
      try {
        return await work();
      } catch (error) {
        if (trapped(error) || !this.#shared.crew.mend(this.#run)) throw error;
        return work();
      }
    });
  }

  #tellNews(): void {
    for (const event of this.#session.news() as Event[]) this.#pass(event);
  }

  /** Works until the run is no longer wanted, also when it was paused and wanted again in between. */
  async #work(): Promise<void> {
    try {
      do {
        while (this.#state === "running") {
          await this.#exclusive(() => this.#workOnce());
          await breathe();
        }
        if (!this.#dropped) await this.#exclusive(() => this.#settle());
      } while (this.state === "running");
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#looping = false;
    }
  }

  async #workOnce(): Promise<void> {
    const event = (await this.#turn(() => this.#session.advance())) as Event;
    this.#pass(event);
    const now = performance.now();
    await this.#harmlessly(async () => {
      if (now - this.#traced > TRACE_EVERY) await this.#trace();
      if (now - this.#predicted > PREDICT_EVERY) await this.#predict();
    });
    if (event.type === "epoch" || now - this.#savedAt > SAVE_EVERY) await this.#save();
  }

  /** The batches that are under way on a GPU end before what is shown of a run that stands still. */
  async #settle(): Promise<void> {
    await this.#session.settle();
    this.#tellNews();
    await this.#harmlessly(() => this.#show());
    await this.#save();
  }

  /** What is shown beside the training never ends the run: it pauses, and may be wanted again. */
  async #harmlessly(show: () => Promise<void>): Promise<void> {
    try {
      await show();
    } catch (error) {
      if (trapped(error)) throw error;
      if (this.#state === "running") this.#setState("paused");
      this.#tell({ type: "error", ...failureOf(error) });
    }
  }

  /** Hands the run to the page, should this worker not live to hand it out later. */
  async #save(): Promise<void> {
    this.#savedAt = performance.now();
    if (!this.#sound || this.#session.iteration() === this.#saved) return;
    const bytes = (await this.#session.checkpoint()) as Uint8Array<ArrayBuffer>;
    // Batches that were under way have ended, and are told first.
    this.#tellNews();
    const iteration = this.#session.iteration();
    this.#saved = iteration;
    this.#tell({ type: "saved", iteration, bytes }, [bytes.buffer]);
  }

  /** Passes on what the session said. */
  #pass(event: Event): void {
    switch (event.type) {
      case "step":
        this.#tell({ type: "step", report: event.report });
        this.#sound = Number.isFinite(event.report.loss);
        // Weights that are no numbers never become numbers again.
        if (!this.#sound && this.#state === "running") this.#setState("paused");
        break;
      case "validating":
        this.#tell({ type: "validating", share: event.share });
        break;
      case "epoch": {
        const predictions = this.#session.predictions() as Uint16Array<ArrayBuffer>;
        this.#tell({ type: "epoch", report: event.report, predictions }, [predictions.buffer]);
        break;
      }
      case "rewind":
        this.#tell({ type: "rewind", iteration: event.iteration });
        break;
      case "executor":
        this.#report = event.report;
        this.#tell({ type: "executor", executor: this.executor });
        break;
      case "finished":
        this.#setState("finished");
    }
  }

  /** Memory changes without an event of its own. */
  #tellMemory(): void {
    const report = this.#session.executor() as ExecutorReport;
    const { memory } = this.#report;
    if (report.memory.bytes === memory.bytes && report.memory.buffers === memory.buffers) return;
    this.#report = report;
    this.#tell({ type: "executor", executor: this.executor });
  }

  async #show(): Promise<void> {
    await this.#trace();
    await this.#predict();
  }

  async #trace(): Promise<void> {
    this.#traced = performance.now();
    const { split, index, layers } = this.#look;
    if (layers.length === 0) return;
    const drawn = layers.filter((layer) => layer < this.#network.layers.length);
    const values = (await this.#session.trace(split, index, Uint32Array.from(drawn))) as Float32Array<ArrayBuffer>[];
    const label = this.#set.data.labels(split, Uint32Array.of(index))[0] ?? 0;
    const iteration = this.#session.iteration();
    this.#tell({ type: "maps", split, index, label, iteration, layers: drawn, values }, values.map((v) => v.buffer));
    this.#tellMemory();
    this.#traced = performance.now();
  }

  async #predict(): Promise<void> {
    if (this.#watch.length > 0) {
      const indices = Uint32Array.from(this.#watch);
      const said = await this.#session.predict(indices);
      const classes = Uint16Array.from(said.subarray(0, indices.length));
      this.#tell({ type: "predictions", indices, classes, confidences: said.slice(indices.length) });
    }
    this.#predicted = performance.now();
  }

  #splitLength(split: Split): number {
    return split === "train" ? this.#set.info.train : this.#set.info.test;
  }

  /** Something failed that no request can be refused for: the run stands until it is begun anew. */
  #fail(error: unknown): void {
    if (this.#dropped) return;
    if (trapped(error)) return emit({ type: "stopped", message: text(error) });
    // What its helpers hold may be what made them stop.
    this.#shared.crew.drop(this.#run);
    this.#setState("failed");
    this.#tell({ type: "error", ...failureOf(error) });
  }

  #setState(state: RunState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell({ type: "state", state });
  }

  #tell(event: RunEvent, transfer: Transferable[] = []): void {
    tell(this.#run, event, transfer);
  }
}

/** A handle of one's own on the same pictures. */
function shareOf(set: DataSet): DataSet {
  return { ...set, data: set.data.share() };
}
