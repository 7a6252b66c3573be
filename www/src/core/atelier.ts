/** The page's one object: it owns the engine and everything that the components show. */
import type { Engine } from "../engine/client";
import type { Analysis, DataChoice, DataInfo, EngineEvent, ExecutorWish, Network, Training } from "../engine/protocol";
import { Cell, derived } from "./cell";
import { Editor } from "./editor";
import { Executor } from "./executor";
import { readHash, SETTING_OF, writeHash, type Language, type Refused, type Shared, type Theme } from "./hash";
import { catalogues, preferredLanguage } from "./i18n";
import { Pictures } from "./pictures";
import { PRESETS } from "./presets";
import { shortest } from "./ranges";
import { Run } from "./run";
import { say, type Saying } from "./voice";
import { WakeLock } from "./wake";

export const DEFAULT_TRAINING: Training = {
  optimizer: { class_name: "Adam", beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 },
  loss: "categorical_crossentropy",
  learning_rate: 0.001,
  batch_size: 128,
  epochs: 10,
  seed: 7,
};

/** A sentence about figures that move stands at least this long. */
const READING_TIME = 4000;

/** What went wrong; `refused`: a request that changed nothing, so that the run goes on. */
export interface Trouble {
  message: string;
  refused: boolean;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function stored(key: string): string | null {
  try {
    return localStorage.getItem(`atelier.${key}`);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(`atelier.${key}`, value);
  } catch {
    // A browser that keeps nothing: the choice holds for this visit.
  }
}

export class Atelier {
  readonly engine: Engine;
  readonly run = new Run();
  readonly editor: Editor;
  readonly pictures: Pictures;
  readonly executor: Executor;
  readonly language = new Cell<Language>(preferredLanguage());
  readonly messages = derived([this.language], (language) => catalogues[language]);
  readonly theme = new Cell<Theme>("auto");
  readonly opened = new Cell(false);
  /** Requests that the engine has not answered yet. */
  readonly asked = new Cell(0);
  readonly network = new Cell<Network>(PRESETS.seed());
  readonly analysis = new Cell<Analysis>({ layers: [], problem: null });
  /** What the engine runs with, and what the controls say; they differ while a change waits for a reset. */
  readonly training = new Cell<Training>(DEFAULT_TRAINING);
  readonly settings = new Cell<Training>(DEFAULT_TRAINING);
  readonly settingsWait = new Cell(false);
  readonly data = new Cell<DataInfo | null>(null);
  readonly dataProgress = new Cell<{ loaded: number; total: number } | null>(null);
  /** Real pictures that came while a run went on with others. */
  readonly dataReady = new Cell<DataChoice | null>(null);
  readonly picture = new Cell(0);
  readonly error = new Cell<Trouble | null>(null);
  /** What was left out of the address. */
  readonly refused = new Cell<readonly Refused[]>([]);
  /** The run shown was read from a file and has not gone on yet. */
  readonly restored = new Cell(false);
  readonly saying = new Cell<Saying>({ says: "opening" });

  readonly #wake = new WakeLock();
  /** A network on its way to the engine: shown when the engine says that the run begins anew. */
  #coming: Network | null = null;
  #saidAt = 0;
  #hashTimer = 0;

  constructor(engine: Engine) {
    this.engine = engine;
    this.editor = new Editor(engine, this.network.value);
    this.pictures = new Pictures(engine);
    this.executor = new Executor(engine, "gpu" in navigator);
    engine.listen((event) => this.#take(event));
    this.executor.refused.subscribe((info) => {
      if (info) this.error.set({ message: this.messages.value.executor.reason(info), refused: true });
    });
    this.run.state.subscribe((state) => this.#wake.hold(state === "running"));
    for (const cell of [this.run.state, this.run.step, this.run.epochs, this.run.validating, this.settingsWait, this.dataReady, this.restored, this.editor.open, this.opened, this.error]) {
      (cell as Cell<unknown>).subscribe(() => this.#speak());
    }
  }

  /** Reads the address and what this browser remembers, then starts the engine. */
  async open(): Promise<void> {
    addEventListener("hashchange", () => void this.#follow());
    const { shared, refused } = await readHash(location.hash);
    this.refused.set(refused);
    this.#show(shared);
    this.executor.wish.set(shared.executor ?? "auto");
    if (!(await this.#startWith(shared.network))) return;
    // For trying out what a lost GPU does to a run.
    addEventListener("atelier:lose-device", () => void this.#ask(this.engine.ask("lose_device", {})));
    const shown = [this.language, this.theme, this.settings, this.network, this.picture, this.executor.wish];
    for (const cell of shown) (cell as Cell<unknown>).subscribe(() => this.#remember());
  }

  /**
   * Starts with what the address asks for, or with as much of it as can be had: a network that cannot be built is laid open for
   * mending, settings that are refused give way to the usual ones. False where nothing starts.
   */
  async #startWith(network: Network | undefined): Promise<boolean> {
    const usual = this.network.value;
    const attempts = [() => this.#start(network ?? usual)];
    if (network) attempts.push(() => this.#start(usual));
    if (!same(this.settings.value, DEFAULT_TRAINING)) {
      attempts.push(() => {
        this.settings.set(DEFAULT_TRAINING);
        return this.#start(usual);
      });
    }
    let reason: unknown;
    for (const [number, attempt] of attempts.entries()) {
      try {
        await attempt();
      } catch (error) {
        reason ??= error;
        continue;
      }
      if (number > 0 && network) this.#mend(network);
      else if (number > 0) this.#fail(reason, true);
      return true;
    }
    this.#fail(reason);
    return false;
  }

  /** Lays a network open that the engine did not take: the editor says what is wrong with it. */
  #mend(network: Network): void {
    this.editor.begin();
    this.editor.edit(network);
  }

  toggle(): void {
    if (!this.opened.value || this.#over) return;
    // Shown at once, so that the next click means the opposite even if the engine has not yet answered.
    if (this.run.state.value === "running") {
      this.run.state.set("paused");
      void this.#ask(this.engine.ask("pause", {}));
    } else {
      this.run.state.set("running");
      void this.#ask(this.engine.ask("run", {}));
    }
  }

  /** All epochs are done, or the engine stopped: only a reset leads on. */
  get #over(): boolean {
    return this.run.state.value === "finished" || this.run.state.value === "failed";
  }

  async step(): Promise<void> {
    if (!this.opened.value || this.#over || this.run.state.value === "running") return;
    await this.#ask(this.engine.ask("step", {}));
  }

  /** Fresh weights, with the settings as they stand in the controls. */
  async reset(): Promise<void> {
    this.error.set(null);
    if (same(this.training.value, this.settings.value)) await this.#ask(this.engine.ask("reset", {}));
    else if (!(await this.configure(this.network.value))) this.#takeBack();
  }

  /** Settings that the engine refused do not stay in the controls, nor in the address. */
  #takeBack(): void {
    this.settings.set(this.training.value);
    this.settingsWait.set(false);
  }

  /** Replaces the network; true where it could be built. */
  async configure(network: Network): Promise<boolean> {
    this.#coming = network;
    const analysis = await this.#ask(this.engine.ask("configure", { network, training: this.settings.value }));
    if (analysis) this.#began(analysis, this.settings.value);
    this.#coming = null;
    return analysis !== undefined;
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
      const taken = await this.#ask(this.engine.ask("learning_rate", { value: settings.learning_rate }).then(() => true));
      if (!taken) return this.settings.update((now) => ({ ...now, learning_rate: this.training.value.learning_rate }));
      this.training.update((training) => ({ ...training, learning_rate: settings.learning_rate }));
    }
    const waits = !same(this.training.value, settings);
    this.settingsWait.set(waits);
    if (waits && this.run.step.value === null && this.run.state.value !== "running") await this.reset();
  }

  async look(index: number): Promise<void> {
    this.picture.set(index);
    await this.#ask(this.engine.ask("look", { split: "test", index }));
  }

  async watch(indices: number[]): Promise<void> {
    await this.#ask(this.engine.ask("watch", { indices }));
  }

  /** Rejects with the engine's reason, which the caller shows beside what was chosen. */
  async useData(choice: DataChoice): Promise<void> {
    const transfer = choice.kind === "files" ? choice.files.map((file) => file.bytes) : [];
    try {
      this.#haveData(await this.engine.ask("use_data", { choice }, transfer));
    } finally {
      this.dataProgress.set(null);
    }
  }

  /** Another executor in the middle of the run; true where it could be had, else the page says why not. */
  async compute(wish: ExecutorWish): Promise<boolean> {
    return (await this.#ask(this.executor.choose(wish).then(() => true))) ?? false;
  }

  async checkpoint(): Promise<Uint8Array | undefined> {
    return this.#ask(this.engine.ask("checkpoint", {}));
  }

  async restore(bytes: Uint8Array): Promise<void> {
    const answer = this.engine.ask("restore", { bytes }, [bytes.buffer]).then(() => true);
    this.restored.set((await this.#ask(answer)) ?? false);
  }

  className(label: number): string {
    const name = this.data.value?.class_names[label] ?? String(label);
    return this.messages.value.classes[name] ?? name;
  }

  /** As it fits onto a picture. */
  shortName(label: number): string {
    const name = this.data.value?.class_names[label] ?? String(label);
    return this.messages.value.shortClasses[name] ?? this.className(label);
  }

  async #start(network: Network): Promise<void> {
    const { analysis, data, executor } = await this.engine.ask("open", {
      page: location.href,
      network,
      training: this.settings.value,
      executor: this.executor.wish.value,
    });
    this.network.set(network);
    this.data.set(data);
    this.executor.take({ type: "executor", executor }, 0);
    this.#began(analysis, this.settings.value);
    this.opened.set(true);
    await this.look(Math.min(this.picture.value, data.test - 1));
  }

  async #ask<T>(answer: Promise<T>): Promise<T | undefined> {
    this.asked.set(this.asked.value + 1);
    try {
      return await answer;
    } catch (error) {
      this.#fail(error, this.run.state.value !== "failed");
      return undefined;
    } finally {
      this.asked.set(this.asked.value - 1);
    }
  }

  #fail(error: unknown, refused = false): void {
    this.error.set({ message: error instanceof Error ? error.message : String(error), refused });
  }

  #take(event: EngineEvent): void {
    this.executor.take(event, this.run.iteration);
    this.run.take(event);
    if (event.type === "restart") {
      this.restored.set(false);
      this.#began(event.analysis, event.training);
    } else if (event.type === "data_progress") this.dataProgress.set(event);
    else if (event.type === "data") this.#haveData(event.data);
    else if (event.type === "data_ready") {
      this.dataReady.set(event.choice);
      this.dataProgress.set(null);
    } else if (event.type === "error") this.#fail(event.message);
  }

  #haveData(data: DataInfo): void {
    this.pictures.clear();
    this.data.set(data);
    this.dataReady.set(null);
    this.dataProgress.set(null);
    if (this.picture.value >= data.test) this.picture.set(0);
  }

  #began(analysis: Analysis, training: Training): void {
    if (this.#coming) this.network.set(this.#coming);
    this.training.set({ ...this.settings.value, ...rounded(training) });
    this.settingsWait.set(!same(this.training.value, this.settings.value));
    this.analysis.set(analysis);
    this.editor.adopt(this.network.value, analysis);
  }

  #speak(): void {
    const { run } = this;
    const step = run.step.value;
    const next = say({
      opened: this.opened.value,
      unopened: this.error.value?.refused === false,
      state: run.state.value,
      restored: this.restored.value,
      step: step && { ...step, accuracy: run.accuracy.latest },
      loss: { first: run.loss.first, latest: run.loss.latest },
      test: this.data.value?.test ?? 0,
      epochs: run.epochs.value,
      validating: run.validating.value,
      dataReady: this.dataReady.value !== null,
      settingsWait: this.settingsWait.value,
      editing: this.editor.open.value,
    });
    const now = performance.now();
    if (next.says === this.saying.value.says && now - this.#saidAt < READING_TIME) return;
    this.#saidAt = now;
    this.saying.set(next);
  }

  #show(shared: Partial<Shared>): void {
    const language = shared.language ?? stored("language");
    if (language === "en" || language === "zh") this.language.set(language);
    const theme = shared.theme ?? stored("theme");
    if (theme === "light" || theme === "dark" || theme === "auto") this.theme.set(theme);
    this.settings.set({
      ...DEFAULT_TRAINING,
      ...(shared.optimizer && { optimizer: shared.optimizer }),
      ...(shared.learningRate && { learning_rate: shared.learningRate }),
      ...(shared.batchSize && { batch_size: shared.batchSize }),
      ...(shared.epochs && { epochs: shared.epochs }),
      ...(shared.seed !== undefined && { seed: shared.seed }),
    });
    this.picture.set(shared.picture ?? 0);
  }

  /** The address was changed by hand, by a link or by going back. */
  async #follow(): Promise<void> {
    // What was about to be written is of the page before.
    clearTimeout(this.#hashTimer);
    const { hash } = location;
    if (hash.slice(1) === (await writeHash(this.#shared()))) return;
    // A page that could not open may be able to with another address.
    if (!this.opened.value) return location.reload();
    const { shared, refused } = await readHash(hash);
    const before = this.picture.value;
    this.refused.set(refused);
    this.#show(shared);
    const wish = shared.executor ?? "auto";
    if (wish !== this.executor.wish.value) await this.compute(wish);
    const network = shared.network ?? PRESETS.seed();
    const another = !same(network, this.network.value);
    if ((another || !same(this.settings.value, this.training.value)) && !(await this.configure(network))) {
      this.#takeBack();
      if (another) this.#mend(network);
    }
    if (this.picture.value !== before) await this.look(this.picture.value);
    // What was left out does not stay in the address.
    this.#remember();
  }

  #shared(): Partial<Shared> {
    const settings = this.settings.value;
    const shared: Partial<Shared> = {};
    const put = <K extends keyof Shared>(key: K, value: Shared[K], usual: unknown) => {
      if (!same(value, usual)) shared[key] = value;
    };
    put("optimizer", settings.optimizer, DEFAULT_TRAINING.optimizer);
    put("learningRate", settings.learning_rate, DEFAULT_TRAINING.learning_rate);
    put("batchSize", settings.batch_size, DEFAULT_TRAINING.batch_size);
    put("epochs", settings.epochs, DEFAULT_TRAINING.epochs);
    put("seed", settings.seed, DEFAULT_TRAINING.seed);
    put("language", this.language.value, preferredLanguage());
    put("theme", this.theme.value, "auto");
    put("network", this.network.value, PRESETS.seed());
    put("picture", this.picture.value, 0);
    put("executor", this.executor.wish.value, "auto");
    return shared;
  }

  #remember(): void {
    store("language", this.language.value);
    store("theme", this.theme.value);
    // Browsers limit how often the address may change, and typing changes it often.
    clearTimeout(this.#hashTimer);
    this.#hashTimer = window.setTimeout(async () => {
      const hash = await writeHash(this.#shared());
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    }, 250);
  }
}

/** The engine holds f32: 0.001 comes back as 0.00100000005. */
function rounded(training: Training): Training {
  return JSON.parse(JSON.stringify(training), (_, value) => (typeof value === "number" ? shortest(value) : value));
}
