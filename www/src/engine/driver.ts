/** Drives a run: one piece of work at a time, in one of the states that the page shows. */
import { breathe } from "./breathe";
import type { Crew } from "./crew";
import { type DataSet, supersedes } from "./datasets";
import { emit, tell, text, trapped } from "./events";
import { failureOf } from "./failure";
import { fitted } from "./fit";
import type { Session } from "./generated/simd/engine";
import type { Event } from "./generated/types/Event";
import type { ExecutorReport } from "./generated/types/ExecutorReport";
import type { Restored } from "./generated/types/Restored";
import type { Devices } from "./gpu";
import { Holding } from "./holding";
import type { Learnt } from "./learnt";
import type { Compiled, Wasm } from "./module";
import type { Analysis, DataInfo, ExecutorInfo, ExecutorWish, Images, Network, Opened, Requests, RunEvent, RunId, RunState, Snapshot, Split, Training } from "./protocol";
import { Saving } from "./saving";
import { imagesOf, type Look, type Seen, Sight } from "./sight";
import type { Turns } from "./turns";
import { grant } from "./wish";

/** What all runs of the engine share. */
export interface Shared {
  wasm: Wasm;
  compiled: Compiled;
  crew: Crew;
  devices: Devices;
  turns: Turns;
  learnt: Learnt;
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

/** Drives the session of one run with its helpers, in one of the states that the page shows. */
export class Driver {
  readonly #run: RunId;
  readonly #shared: Shared;
  #wish: ExecutorWish;
  /** What the session last said of its executor. */
  #report: ExecutorReport;
  #holding: Holding;
  #state: RunState = "idle";
  #looping = false;
  #dropped = false;
  /** The end of the last piece of work that holds the session. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #sight = new Sight((event, transfer) => this.#tell(event, transfer));
  readonly #saving = new Saving();
  /** What became of the saved run that this one began from. */
  #restored: Restored | null = null;
  /** Begins from the weights that come with the page, and stands there or went on from them. */
  #wantsLearnt: boolean;
  #learnt = false;
  /** Settles when they are taken up, or are not to be. */
  learning: Promise<void> = Promise.resolve();

  /** `set` stays the caller's. */
  constructor(shared: Shared, set: DataSet, { run, network, training, executor, learnt, saved }: Requests["begin"]["ask"]) {
    this.#shared = shared;
    this.#run = run;
    this.#wish = executor;
    this.#wantsLearnt = learnt && !saved;
    try {
      this.#holding = new Holding(shared, run, set, network, training);
    } catch (error) {
      shared.crew.drop(run);
      throw error;
    }
    this.#report = this.#session.executor() as ExecutorReport;
  }

  get #session(): Session {
    return this.#holding.session;
  }

  /** A run at its beginning, or going on from where it was saved. */
  static async begin(shared: Shared, set: DataSet, ask: Requests["begin"]["ask"]): Promise<Driver> {
    const driver = new Driver(shared, set, ask);
    if (!ask.saved) return driver;
    try {
      driver.#restored = await driver.#goOnFrom(ask.saved);
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
      this.#saving.known(this.#session);
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

  get restored(): Restored | null {
    return this.#restored;
  }

  get set(): DataSet {
    return this.#holding.set;
  }

  get dataInfo(): DataInfo {
    return this.set.info;
  }

  get analysis(): Analysis {
    return this.#shared.wasm.analyze(this.#holding.network) as Analysis;
  }

  /** Puts another network or other settings in place. What was there stays when the new one cannot be made. */
  async replace(network: Network, training: Training, learnt: boolean): Promise<void> {
    this.#wantsLearnt = learnt;
    await this.#restart({ network, training });
  }

  /**
   * Other pictures, chosen by hand: not where those of a later choice are there already. The network takes their shape and has their
   * classes. `set` stays the caller's.
   */
  async useData(set: DataSet): Promise<void> {
    await this.#restart({ set, wanted: () => set.choice > this.set.choice });
  }

  /** Pictures that came of themselves: taken where no batch was trained yet on lesser ones, else the page is told of them. */
  async offer(set: DataSet): Promise<void> {
    const better = () => !this.#dropped && supersedes(set, this.set);
    if (better() && this.#state === "idle") return this.#restart({ set, wanted: () => better() && this.#state === "idle" });
    if (better() && set.info.source !== "procedural") this.#tell({ type: "data_ready", choice: { kind: "beside" } });
  }

  /** A new session. `wanted` is asked again when it is this change's turn. */
  async #restart(change: Change): Promise<void> {
    // A session that failed is not asked for anything more.
    if (this.#state !== "failed") await this.#halt();
    await this.#exclusive(async () => {
      if (change.wanted && !change.wanted()) return;
      const { network, training } = this.#holding;
      const opened = change.set
        ? await this.#takeUp(change.set, fitted(network, change.set.info))
        : await this.#put(this.set, change.network ?? network, change.training ?? training, change.open);
      this.#report = this.#session.executor() as ExecutorReport;
      this.#setState(opened ? "paused" : "idle");
      this.#sight.adapt(this.set);
      if (opened) this.#learnt = false;
      else await this.#takeUpLearnt();
      if (change.set) this.#tell({ type: "data", data: this.dataInfo });
      this.#tellRestart(opened);
      await this.#chooseOrTell();
      if (opened || this.#learnt) await this.#save();
      await this.#show();
    });
  }

  /** Other pictures. A network that stays as it is goes over to them in the session that there is: two would take twice the memory. */
  async #takeUp(set: DataSet, network: Network): Promise<undefined> {
    const { network: before, training } = this.#holding;
    if (this.#state === "failed" || JSON.stringify(network) !== JSON.stringify(before)) return this.#put(set, network, training);
    await this.#holding.takeUp(set);
  }

  /** A new session in the place of the one that there is. */
  async #put(set: DataSet, network: Network, training: Training): Promise<undefined>;
  async #put(set: DataSet, network: Network, training: Training, open: Change["open"]): Promise<Opened | undefined>;
  async #put(set: DataSet, network: Network, training: Training, open?: Change["open"]): Promise<Opened | undefined> {
    let holding: Holding | undefined;
    let opened: Opened | undefined;
    try {
      holding = new Holding(this.#shared, this.#run, set, network, training);
      const { session } = holding;
      if (open) opened = { ...(await open(session)), epochs: session.epochs(), batch: session.batch() };
    } catch (error) {
      holding?.free();
      // The helpers had their part of it already.
      this.#holding.setUp();
      throw error;
    }
    this.#holding.free();
    this.#holding = holding;
    return opened;
  }

  /** A run that has just begun takes up the weights that come with the page as soon as they are there. */
  learn(): Promise<void> {
    this.learning = this.#learn().catch((error: unknown) => this.#tell({ type: "error", ...failureOf(error) }));
    return this.learning;
  }

  async #learn(): Promise<void> {
    if (!this.#wantsLearnt || !(await this.#shared.learnt.read())) return;
    await this.#exclusive(async () => {
      if (this.#state !== "idle" || this.#learnt || !(await this.#takeUpLearnt())) return;
      this.#tellRestart();
      await this.#show();
      await this.#save();
    });
  }

  /** At the run's beginning. */
  async #takeUpLearnt(): Promise<boolean> {
    this.#learnt = this.#wantsLearnt && (await this.#shared.learnt.give(this.#session, this.#holding.network, this.set));
    return this.#learnt;
  }

  #tellRestart(opened?: Opened): void {
    const { network, training, session } = this.#holding;
    // Its beginning is made anew from its seed; weights that came from elsewhere only from a file of them.
    if (opened || this.#learnt) this.#saving.unknown();
    else this.#saving.known(session);
    const restart = { type: "restart", network, training, analysis: this.analysis, learnt: this.#learnt } as const;
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
        await this.#grant();
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
      await this.#grant();
    } catch (error) {
      if (trapped(error)) throw error;
      if (this.#wish !== "webgpu") this.#tell({ type: "error", ...failureOf(error) });
    }
  }

  #grant(): Promise<void> {
    return grant(this.#wish, this.#session, this.#report, this.#shared.devices);
  }

  /** A device was lost: the session notices. */
  async checkGpu(): Promise<void> {
    await this.#exclusive(async () => this.#session.check_gpu()).catch((error: unknown) => this.#fail(error));
  }

  look(look: Look): Promise<void> {
    return this.#exclusive(async () => {
      await this.#sight.look(this.#seen, look);
      this.#tellMemory();
    });
  }

  giveBack(buffers: ArrayBuffer[]): void {
    this.#sight.giveBack(buffers);
  }

  watch(indices: number[]): Promise<void> {
    return this.#exclusive(() => this.#sight.watch(this.#seen, indices));
  }

  images(split: Split, wanted: number[]): Images {
    return imagesOf(this.set, split, wanted);
  }

  run(): void {
    if (this.#over) return;
    if (this.#state !== "running") this.#saving.begin();
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

  async reset(learnt: boolean): Promise<void> {
    this.#wantsLearnt = learnt;
    // A new session, and helpers set up anew for it.
    if (this.#state === "failed") return this.#restart({});
    await this.#halt();
    await this.#exclusive(async () => {
      await this.#session.reset();
      await this.#takeUpLearnt();
      this.#setState("idle");
      this.#tellRestart();
      await this.#show();
      if (this.#learnt) await this.#save();
    });
  }

  setLearningRate(value: number): Promise<void> {
    return this.#exclusive(async () => {
      this.#session.set_learning_rate(value);
      this.#holding.training = { ...this.#holding.training, learning_rate: value };
    });
  }

  checkpoint(): Promise<Uint8Array> {
    return this.#exclusive(() => this.#session.checkpoint());
  }

  /** The run and its next batch, both of one moment. */
  snapshot(): Promise<Snapshot> {
    return this.#exclusive(async () => {
      const bytes = (await this.#session.checkpoint()) as Uint8Array<ArrayBuffer>;
      return { bytes, next: this.#session.next_batch() };
    });
  }

  /** What a saved run holds. */
  inspect(bytes: Uint8Array): Requests["inspect"]["answer"] {
    const saved = new this.#shared.wasm.Saved(bytes);
    try {
      return { network: saved.network() as Network, same: saved.is_of(this.#holding.network) };
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
      this.#holding.free();
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
    await this.#harmlessly(async () => {
      if (await this.#sight.refresh(this.#seen)) this.#tellMemory();
    });
    if (event.type === "epoch" || this.#saving.due) await this.#save();
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
    const file = await this.#saving.file(this.#session);
    // Batches that were under way have ended, and are told first.
    this.#tellNews();
    if (file) this.#tell({ type: "saved", ...file }, [file.bytes.buffer]);
  }

  /** Passes on what the session said. */
  #pass(event: Event): void {
    switch (event.type) {
      case "step":
        this.#tell({ type: "step", report: event.report });
        this.#saving.sound = Number.isFinite(event.report.loss);
        // Weights that are no numbers never become numbers again.
        if (!this.#saving.sound && this.#state === "running") this.#setState("paused");
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
    await this.#sight.show(this.#seen);
    this.#tellMemory();
  }

  get #seen(): Seen {
    const { session, set, network } = this.#holding;
    return { session, set, layers: network.layers.length };
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
