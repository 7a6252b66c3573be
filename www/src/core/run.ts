/** A run as the page has it: its network and settings, what it told, and what can be asked of it. */
import { type Engine, Stopped } from "../engine/client";
import { RefusedError } from "../engine/failure";
import type { Compiled } from "../engine/module";
import { NO_ANSWER } from "../engine/protocol";
import type { Analysis, DataChoice, DataInfo, ExecutorWish, Failure, Images, Network, Opened, Restored, RunEvent, RunId, Snapshot, Split, Training } from "../engine/protocol";
import { release } from "../engine/release";
import { Cell } from "./cell";
import { Editor } from "./editor";
import { Executor } from "./executor";
import { onFrame } from "./frame";
import { History } from "./history";
import { SETTING_OF, type Refused } from "./hash";
import type { Messages } from "./i18n";
import { Pictures } from "./pictures";
import { shortest } from "./ranges";
import { say, type Saying } from "./voice";

/** What went wrong; `refused`: a request that changed nothing, so that the run goes on. */
export interface Trouble extends Failure {
  refused: boolean;
}

/** A saved run of another network than the one that stands here: whether to open it is asked first. */
export interface Offer {
  network: Network;
  bytes: Uint8Array;
}

/** What a run needs of the page that it stands on. */
export interface Page {
  readonly engine: Engine;
  readonly messages: Cell<Messages>;
  /** Waits for an answer; a refusal is shown, and gives undefined. */
  ask<T>(answer: Promise<T>, refused?: boolean): Promise<T | undefined>;
  readonly error: Cell<Trouble | null>;
  /** Shows what went wrong. */
  fail(reason: unknown, refused: boolean): void;
  /** A new engine, with every run at its beginning, where the last one is gone for good; false where it is not. */
  renew(): Promise<boolean>;
  /** A batch was trained: the engine does what it should. */
  trained(): void;
}

/** The run at some update; `bytes` null: at its beginning, from the first weights of its seed. */
export interface Copy {
  iteration: number;
  bytes: Uint8Array | null;
}

/** Copies that are kept beside the newest, and bytes that they may take together. */
const [COPIES, COPIED] = [3, 24e6];

/** A sentence about figures that move stands at least this long. */
const READING_TIME = 4000;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export class Run {
  readonly id: RunId;
  readonly history = new History((buffers) => {
    // Nothing that anybody waits for: an engine that has stopped wants none.
    if (this.opened.value) this.#page.engine.ask("give_back", { run: this.id, buffers }, buffers).catch(() => undefined);
  });
  readonly editor: Editor;
  readonly pictures: Pictures;
  readonly executor: Executor;
  /** The engine has it. */
  readonly opened = new Cell(false);
  readonly network: Cell<Network>;
  readonly analysis = new Cell<Analysis>({ layers: [], problem: null });
  /** What the engine runs with, and what the controls say; they differ while a change waits for a reset. */
  readonly training: Cell<Training>;
  readonly settings: Cell<Training>;
  readonly settingsWait = new Cell(false);
  /** What the address said of this run and was left out. */
  readonly refused = new Cell<readonly Refused[]>([]);
  readonly data = new Cell<DataInfo | null>(null);
  /** Real pictures that came while this run went on with others. */
  readonly dataReady = new Cell<DataChoice | null>(null);
  readonly picture = new Cell(0);
  /** What it is that was read from a file and has not gone on yet. */
  readonly restored = new Cell<Opened | null>(null);
  /** It began from the weights that come with the page. */
  readonly learnt = new Cell(false);
  /** Its beginning is a network that knows nothing; else, where it can be, one that knows what the weights know that come with the page. */
  readonly fromNothing = new Cell(true);
  readonly offer = new Cell<Offer | null>(null);
  /** What became of it where an engine took the place of one that stopped; null where it began there. */
  resumed: Restored | null = null;
  readonly saying = new Cell<Saying>({ says: "opening" });

  readonly #page: Page;
  readonly #unfollow: () => void;
  /** The run as a file, as the engine last handed it out. */
  #saved: { iteration: number; bytes: Uint8Array } | null = null;
  /** Those that it handed out before, the oldest first. */
  #older: { iteration: number; bytes: Uint8Array }[] = [];
  /** It began with the first weights of its seed, and not with those of a file. */
  #seeded = true;
  /** How many draw each layer. */
  readonly #drawn = new Map<number, number>();
  /** The layers that the engine was last asked for. */
  #looked: number[] = [];
  #saidAt = 0;

  constructor(page: Page, id: RunId, network: Network, training: Training) {
    this.#page = page;
    this.id = id;
    this.network = new Cell(network);
    this.training = new Cell(training);
    this.settings = new Cell(training);
    this.editor = new Editor(page.engine, network);
    this.pictures = new Pictures(page.engine, id);
    this.executor = new Executor(page.engine, id, "gpu" in navigator);
    this.#unfollow = page.engine.follow(id, (event) => this.#take(event));
    this.executor.refused.subscribe((info) => {
      if (info) page.fail(new Error(page.messages.value.executor.reason(info)), true);
    });
    const { state, step, epochs, validating } = this.history;
    for (const cell of [state, step, epochs, validating, this.settingsWait, this.dataReady, this.restored, this.learnt, this.editor.open, this.opened, page.error]) {
      (cell as Cell<unknown>).subscribe(() => this.#speak());
    }
  }

  /** Makes it in the engine, with the settings as they stand in the controls. Rejects an impossible network. */
  async begin(network: Network): Promise<void> {
    await this.#begin(network);
    this.history.take({ type: "state", state: "idle" });
  }

  /** In a new engine: goes on from where it was last saved, and stands; `anew`: from its beginning. The update where it stands. */
  async again(anew: boolean): Promise<number> {
    if (anew || !(await this.#resume())) {
      this.#saved = null;
      await this.#begin(this.network.value);
    }
    const saved = this.#saved;
    if (!saved) this.history.take({ type: "restart", network: this.network.value, training: this.training.value, analysis: this.analysis.value, learnt: false });
    else this.history.back();
    this.history.take({ type: "state", state: saved ? "paused" : "idle" });
    return saved?.iteration ?? 0;
  }

  /** The engine is gone, and this run in it. */
  lose(): void {
    this.opened.set(false);
  }

  /** The engine will not come back of itself. */
  giveUp(): void {
    // Where none has ever opened there is nothing to reset: the page says what may be missing.
    if (!this.data.value) return;
    this.history.take({ type: "state", state: "failed" });
    this.opened.set(true);
  }

  /** Hears of the engine no more. */
  leave(): void {
    this.#unfollow();
    this.opened.set(false);
  }

  /** Ends the run in the engine. */
  async drop(): Promise<void> {
    this.leave();
    await this.#ask(this.#page.engine.ask("drop", { run: this.id }));
  }

  toggle(): void {
    if (!this.opened.value || this.#over) return;
    // Shown at once, so that the next click means the opposite even if the engine has not yet answered.
    const { state } = this.history;
    const running = state.value === "running";
    state.set(running ? "paused" : "running");
    void this.#ask(this.#page.engine.ask(running ? "pause" : "run", { run: this.id }));
  }

  async step(): Promise<void> {
    if (!this.opened.value || this.#over || this.history.state.value === "running") return;
    await this.#ask(this.#page.engine.ask("step", { run: this.id }));
  }

  /** The seed's weights, with the settings as they stand in the controls. */
  async reset(): Promise<void> {
    this.fromNothing.set(true);
    await this.beginAgain();
  }

  /** Its beginning, with the settings as they stand in the controls. */
  async beginAgain(): Promise<void> {
    if (await this.#page.renew()) return;
    const begin = { run: this.id, learnt: !this.fromNothing.value };
    if (same(this.training.value, this.settings.value)) await this.#ask(this.#page.engine.ask("reset", begin));
    else if (!(await this.configure(this.network.value))) this.takeBack();
  }

  /** Settings that the engine refused do not stay in the controls, nor in the address. */
  takeBack(): void {
    this.settings.set(this.training.value);
    this.settingsWait.set(false);
  }

  /** Replaces the network; true where it could be built. */
  async configure(network: Network): Promise<boolean> {
    await this.#page.renew();
    const answer = this.#page.engine.ask("configure", { run: this.id, network, training: this.settings.value, learnt: !this.fromNothing.value });
    return (await this.#ask(answer.then(() => true))) ?? false;
  }

  async apply(): Promise<void> {
    if (await this.configure(this.editor.draft.value)) this.editor.close();
  }

  /** Changes settings: the rate at once, the others at once before the first batch and at the next reset after it. */
  async set(change: Partial<Training>): Promise<void> {
    const settings = { ...this.settings.value, ...change };
    this.settings.set(settings);
    this.refused.update((refused) => refused.filter(({ key }) => !(SETTING_OF[key] in change)));
    if ("learning_rate" in change && this.opened.value) {
      const answer = this.#page.engine.ask("learning_rate", { run: this.id, value: settings.learning_rate });
      const taken = await this.#ask(answer.then(() => true));
      if (!taken) return this.settings.update((now) => ({ ...now, learning_rate: this.training.value.learning_rate }));
      this.training.update((training) => ({ ...training, learning_rate: settings.learning_rate }));
    }
    const waits = !same(this.training.value, settings);
    this.settingsWait.set(waits);
    if (waits && this.history.step.value === null && this.history.state.value !== "running") await this.beginAgain();
  }

  async look(index: number): Promise<void> {
    this.picture.set(index);
    await this.#look();
  }

  /** The maps of these layers are drawn until the returned function is called; those of no others are sent. */
  draw(layers: readonly number[]): () => void {
    const count = (layer: number, more: number) => {
      const left = (this.#drawn.get(layer) ?? 0) + more;
      if (left > 0) this.#drawn.set(layer, left);
      else this.#drawn.delete(layer);
    };
    for (const layer of layers) count(layer, 1);
    onFrame(this.#lookAgain);
    return () => {
      for (const layer of layers) count(layer, -1);
      onFrame(this.#lookAgain);
    };
  }

  async watch(indices: number[]): Promise<void> {
    await this.#ask(this.#page.engine.ask("watch", { run: this.id, indices }));
  }

  /** Rejects with the engine's reason, which the caller shows beside what was chosen. */
  async useData(choice: DataChoice): Promise<void> {
    await this.#whenOpened();
    const transfer = choice.kind === "files" ? choice.files.map((file) => file.bytes) : [];
    this.#haveData(await this.#page.engine.ask("use_data", { run: this.id, choice }, transfer));
  }

  /** Another executor in the middle of the run; true where it could be had, else the page says why not. */
  async compute(wish: ExecutorWish): Promise<boolean> {
    return (await this.#ask(this.executor.choose(wish).then(() => true))) ?? false;
  }

  async checkpoint(): Promise<Uint8Array | undefined> {
    return this.#ask(this.#page.engine.ask("checkpoint", { run: this.id }));
  }

  /** The run at one moment, as a walk begins from it. Rejects with the engine's reason. */
  snapshot(): Promise<Snapshot> {
    return this.#page.engine.ask("snapshot", { run: this.id });
  }

  /** The network of a saved run, and its shapes. Rejects with the engine's reason. */
  async inspect(bytes: Uint8Array): Promise<{ network: Network; analysis: Analysis }> {
    const { network } = await this.#page.engine.ask("inspect", { run: this.id, bytes });
    return { network, analysis: await this.#page.engine.ask("analyze", { network }) };
  }

  /** The engine's module, for a worker of one's own. */
  module(): Promise<Compiled> {
    return this.#page.engine.ask("module", {});
  }

  /** Pictures of the run's data set, those of the indices that it has. */
  images(split: Split, indices: number[]): Promise<Images> {
    return this.#page.engine.ask("images", { run: this.id, split, indices });
  }

  /** Opens a saved run; where it is of another network, that is asked first. */
  async openSaved(bytes: Uint8Array): Promise<void> {
    await this.#whenOpened();
    const found = await this.#ask(this.#page.engine.ask("inspect", { run: this.id, bytes }));
    if (!found) return;
    if (found.same) await this.#restore(bytes);
    else this.offer.set({ network: found.network, bytes });
  }

  /** The answer to what was asked. */
  async takeOffer(open: boolean): Promise<void> {
    const offer = this.offer.value;
    this.offer.set(null);
    if (!offer || !open) return;
    await this.#whenOpened();
    await this.#restore(offer.bytes);
  }

  async #restore(bytes: Uint8Array): Promise<void> {
    await this.#ask(this.#page.engine.ask("restore", { run: this.id, bytes }, [bytes.buffer]));
  }

  /** `label`: null or `NO_ANSWER` where the network said none. */
  className(label: number | null): string {
    if (label === null || label === NO_ANSWER) return this.#page.messages.value.results.noAnswer;
    return this.nameOf(this.data.value?.class_names[label] ?? String(label));
  }

  /** A class's name as it is shown. */
  nameOf(name: string): string {
    return this.#page.messages.value.classes[name] ?? name;
  }

  /** As it fits onto a picture. */
  shortName(label: number): string {
    const name = this.data.value?.class_names[label] ?? String(label);
    return this.#page.messages.value.shortClasses[name] ?? this.className(label);
  }

  /** All epochs are done, or the run failed: only a reset leads on. */
  get #over(): boolean {
    return this.history.state.value === "finished" || this.history.state.value === "failed";
  }

  async #begin(network: Network, saved?: Uint8Array): Promise<void> {
    const settings = saved ? this.training.value : this.settings.value;
    this.learnt.set(false);
    const begun = { run: this.id, network, training: settings, executor: this.executor.wish.value, learnt: !this.fromNothing.value };
    const { analysis, data, executor, restored } = await this.#page.engine.ask("begin", saved ? { ...begun, saved } : begun);
    this.#haveData(data);
    this.executor.take({ type: "executor", executor }, 0);
    this.#began(network, settings, analysis);
    this.resumed = restored;
    if (!saved) [this.#seeded, this.#older] = [true, []];
    this.opened.set(true);
    await this.#look();
  }

  /** What is given to the page before the engine has the run waits for it. */
  async #whenOpened(): Promise<void> {
    await this.#page.renew();
    await new Promise<void>((resolve) => {
      const leave = this.opened.subscribe((opened) => {
        if (!opened) return;
        resolve();
        // Where it is opened already there is nothing to leave yet.
        queueMicrotask(() => leave());
      });
    });
  }

  /** False where there is nothing saved, or nothing that the engine can go on from. */
  async #resume(): Promise<boolean> {
    if (!this.#saved) return false;
    try {
      await this.#begin(this.network.value, this.#saved.bytes);
      return true;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      return false;
    }
  }

  #look(): Promise<void | undefined> {
    const index = Math.min(this.picture.value, (this.data.value?.test ?? 1) - 1);
    const layers = [...this.#drawn.keys()].sort((a, b) => a - b);
    this.#looked = layers;
    return this.#ask(this.#page.engine.ask("look", { run: this.id, split: "test", index, layers }));
  }

  #lookAgain = (): void => {
    const layers = [...this.#drawn.keys()].sort((a, b) => a - b);
    if (this.opened.value && !same(layers, this.#looked)) void this.#look();
  };

  #ask<T>(answer: Promise<T>): Promise<T | undefined> {
    return this.#page.ask(answer, this.history.state.value !== "failed");
  }

  #take(event: RunEvent): void {
    this.executor.take(event, this.history.iteration);
    this.history.take(event);
    switch (event.type) {
      case "step":
        this.#page.trained();
        break;
      case "restart":
        this.#saved = null;
        this.#older = [];
        this.#seeded = !event.opened && !event.learnt;
        this.restored.set(event.opened ?? null);
        this.learnt.set(event.learnt);
        if (event.opened) this.#becomes(event.network, event.training);
        this.#began(event.network, event.training, event.analysis);
        break;
      case "saved":
        this.#keep(event);
        break;
      case "data":
        this.#haveData(event.data);
        break;
      case "data_ready":
        this.dataReady.set(event.choice);
        break;
      case "error":
        // Of what stood beside the training the run goes on.
        this.#page.fail(new RefusedError(event), this.history.state.value !== "failed");
    }
  }

  #keep(saved: { iteration: number; bytes: Uint8Array }): void {
    if (this.#saved) this.#older.push(this.#saved);
    this.#saved = saved;
    const bytes = () => this.#older.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // Megabytes, which would lie about until they are collected.
    while (this.#older.length > COPIES || bytes() > COPIED) release(this.#older.shift()!.bytes.buffer);
  }

  /** It can be had again from its beginning, which the address tells: its seed, or the weights that come with the page. */
  get reproducible(): boolean {
    return this.#seeded || this.learnt.value;
  }

  /** The newest copy from at least so many updates before one, or else the oldest of all; null where none is older than that. */
  copyBefore(iteration: number, updates: number): Copy | null {
    const all: Copy[] = [...(this.#seeded ? [{ iteration: 0, bytes: null }] : []), ...this.#older, ...(this.#saved ? [this.#saved] : [])];
    const older = all.filter((copy) => copy.iteration < iteration);
    return older.findLast((copy) => copy.iteration <= iteration - updates) ?? older[0] ?? null;
  }

  #haveData(data: DataInfo): void {
    this.pictures.show(data);
    this.data.set(data);
    this.dataReady.set(null);
    if (this.picture.value >= data.test) this.picture.set(0);
  }

  /** A saved run brings its settings along; what the controls and the editor said before is of the run that it replaces. */
  #becomes(network: Network, training: Training): void {
    this.settings.set({ ...this.settings.value, ...rounded(training) });
    this.refused.update((refused) => refused.filter(({ key }) => !(key in SETTING_OF)));
    if (!same(network, this.network.value)) this.editor.discard();
  }

  #began(network: Network, training: Training, analysis: Analysis): void {
    this.network.set(network);
    this.training.set({ ...this.settings.value, ...rounded(training) });
    this.settingsWait.set(!same(this.training.value, this.settings.value));
    this.analysis.set(analysis);
    this.editor.adopt(network, analysis);
  }

  #speak(): void {
    const { history } = this;
    const step = history.step.value;
    const next = say({
      opened: this.opened.value,
      unopened: this.#page.error.value?.refused === false,
      state: history.state.value,
      restored: this.restored.value,
      learnt: this.learnt.value,
      step: step && { ...step, accuracy: history.accuracy.latest },
      loss: { first: history.loss.first, latest: history.loss.latest },
      test: this.data.value?.test ?? 0,
      epochs: history.epochs.value,
      validating: history.validating.value,
      dataReady: this.dataReady.value !== null,
      settingsWait: this.settingsWait.value,
      editing: this.editor.open.value,
    });
    const now = performance.now();
    if (next.says === this.saying.value.says && now - this.#saidAt < READING_TIME) return;
    this.#saidAt = now;
    this.saying.set(next);
  }
}

/** The engine holds f32: 0.001 comes back as 0.00100000005. */
function rounded(training: Training): Training {
  return JSON.parse(JSON.stringify(training), (_, value) => (typeof value === "number" ? shortest(value) : value));
}
