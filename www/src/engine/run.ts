import { breathe } from "./breathe";
import { Crew } from "./crew";
import { emit, fail, text } from "./events";
import type { Data, Session } from "./generated/simd/engine";
import type { Event } from "./generated/types/Event";
import type { ExecutorReport } from "./generated/types/ExecutorReport";
import { Devices, NoGpu } from "./gpu";
import type { Job } from "./helper";
import type { Atelier, Compiled } from "./module";
import type { Analysis, DataInfo, ExecutorInfo, ExecutorWish, Network, Requests, RunState, Split, Training } from "./protocol";

/** Garments that a run opens with: so few that the page opens at once, better data follow. */
const AT_FIRST = { seed: 7, train: 600, test: 200 };

/** Milliseconds between two traces of the picture looked at, and between two predictions of the pictures watched. */
const TRACE_EVERY = 60;
const PREDICT_EVERY = 1500;

/** More workers than this gain little on one batch, and each has its own copy of the network's memory. */
const MOST_WORKERS = 8;

/** A session with its helpers, in one of the states that the page shows. */
export class Run {
  readonly #atelier: Atelier;
  readonly #compiled: Compiled;
  readonly #devices: Devices;
  #crew: Crew;
  #wish: ExecutorWish;
  /** What the session last said of its executor. */
  #report: ExecutorReport;
  #data: Data;
  #source: DataInfo["source"] = "procedural";
  #network: Network;
  #training: Training;
  #session: Session;
  #state: RunState = "idle";
  #looping = false;
  /** The end of the last piece of work that holds the session. */
  #last: Promise<unknown> = Promise.resolve();
  #look: { split: Split; index: number } = { split: "test", index: 0 };
  #watch: number[] = [];
  #traced = 0;
  #predicted = 0;

  constructor(atelier: Atelier, compiled: Compiled, ask: Requests["open"]["ask"]) {
    this.#atelier = atelier;
    this.#compiled = compiled;
    this.#wish = ask.executor ?? "auto";
    this.#devices = new Devices(atelier, () => void this.#checkGpu());
    const cores = navigator.hardwareConcurrency || 1;
    this.#crew = new Crew(compiled, Math.min(ask.workers ?? cores, MOST_WORKERS) - 1);
    const garments = new atelier.Garments(AT_FIRST.seed, AT_FIRST.train, AT_FIRST.test);
    garments.advance(AT_FIRST.train + AT_FIRST.test);
    this.#data = garments.finish();
    this.#network = ask.network;
    this.#training = ask.training;
    this.#session = this.#begin(this.#data, ask.network, ask.training);
    this.#report = this.#session.executor() as ExecutorReport;
  }

  get state(): RunState {
    return this.#state;
  }

  get executor(): ExecutorInfo {
    return { ...this.#report, isa: this.#compiled.isa, workers: this.#crew.workers, wish: this.#wish };
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
      this.#report = session.executor() as ExecutorReport;
      this.#data = data;
      this.#source = change.source ?? this.#source;
      this.#network = network;
      this.#training = training;
      this.#setState("idle");
      if (this.#look.index >= this.#splitLength(this.#look.split)) this.#look = { split: "test", index: 0 };
      this.#watch = this.#watch.filter((index) => index < data.test());
      if (change.data) emit({ type: "data", data: this.dataInfo });
      emit({ type: "restart", training, analysis: this.analysis });
      await this.#chooseOrTell();
      await this.#show();
    });
  }

  /** Looks for a GPU, as the page wished at its opening. */
  chooseExecutor(): Promise<void> {
    return this.#exclusive(() => this.#chooseOrTell());
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
        emit({ type: "executor", executor: this.executor });
      }
    });
  }

  /** For trying out what happens: the device is lost as if the browser had taken it away. */
  loseDevice(): Promise<void> {
    return this.#devices.lose();
  }

  /** Where the GPU that was wished for cannot be had the CPU computes, and the executor's reason says why. */
  async #chooseOrTell(): Promise<void> {
    try {
      await this.#choose();
    } catch (error) {
      if (this.#wish !== "webgpu") fail(error);
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
      await this.#devices.use((gpu) => (auto ? this.#session.offer_gpu(gpu) : this.#session.use_gpu(gpu)));
    } catch (error) {
      // Without a wish it is only told why not.
      if (kind === "cpu") {
        this.#session.without_gpu(error instanceof NoGpu ? error.reason : { type: "failed", message: text(error) });
      }
      if (this.#wish === "webgpu") throw error;
    }
  }

  #checkGpu(): Promise<void> {
    return this.#exclusive(async () => this.#session.check_gpu()).catch(fail);
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
    void this.#work();
  }

  async pause(): Promise<void> {
    if (this.#state === "running") this.#setState("paused");
    // The work under way ends before this.
    await this.#exclusive(() => this.#session.settle());
  }

  async step(): Promise<void> {
    await this.pause();
    if (this.#state === "finished") return;
    this.#setState("paused");
    await this.#exclusive(async () => {
      await this.#session.step();
      this.#tellNews();
      await this.#show();
    });
  }

  async reset(): Promise<void> {
    // What failed may be a helper: it is set up anew with the session.
    if (this.#state === "failed") return this.replace({});
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

  /** The session takes one call at a time; what else it made happen is told behind it. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work).finally(() => this.#tellNews());
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  #tellNews(): void {
    for (const event of this.#session.news() as Event[]) this.#tell(event);
  }

  /** Works until the run is no longer wanted, also when it was paused and wanted again in between. */
  async #work(): Promise<void> {
    do {
      while (this.#state === "running") {
        await this.#exclusive(() => this.#workOnce()).catch((error: unknown) => {
          this.#setState("failed");
          fail(error);
        });
        await breathe();
      }
      if (this.#state !== "failed") await this.#exclusive(() => this.#settle());
    } while (this.state === "running");
    this.#looping = false;
  }

  async #workOnce(): Promise<void> {
    await this.#advance();
    const now = performance.now();
    if (now - this.#traced > TRACE_EVERY) await this.#trace();
    if (now - this.#predicted > PREDICT_EVERY) await this.#predict();
  }

  /** The batches that are under way on a GPU end before what is shown of a run that stands still. */
  async #settle(): Promise<void> {
    await this.#session.settle();
    this.#tellNews();
    await this.#show();
  }

  async #advance(): Promise<void> {
    this.#tell((await this.#session.advance()) as Event);
  }

  #tell(event: Event): void {
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
      case "rewind":
        emit({ type: "rewind", iteration: event.iteration });
        break;
      case "executor":
        this.#report = event.report;
        emit({ type: "executor", executor: this.executor });
        break;
      case "finished":
        this.#setState("finished");
    }
  }

  /** Memory changes without an event of its own. */
  #tellMemory(): void {
    const report = this.#session.executor() as ExecutorReport;
    const { memory } = this.#report;
    if (report.memory?.bytes === memory?.bytes && report.memory?.buffers === memory?.buffers) return;
    this.#report = report;
    emit({ type: "executor", executor: this.executor });
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
    this.#tellMemory();
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
