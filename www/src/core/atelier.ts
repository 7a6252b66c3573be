/** The page's one object: it owns the engine, the runs that stand on the page, and what belongs to none of them. */
import { type Engine, Stopped } from "../engine/client";
import { failureOf, RefusedError } from "../engine/failure";
import type { DataInfo, EngineEvent, ExecutorWish, Network, Training } from "../engine/protocol";
import { CATALOGUE, PRESETS } from "./catalogue";
import { Cell, derived } from "./cell";
import { readHash, writeHash, type Language, type Shared, type Theme, type View } from "./hash";
import { catalogues, preferredLanguage } from "./i18n";
import { type Page, Run, type Trouble } from "./run";
import type { Place } from "./step/place";
import { WakeLock } from "./wake";

/** Settings as the page opens with them. */
const USUAL: Training = CATALOGUE.training.default;

/** Engines that may stop without a batch in between before the page waits to be asked. */
const MOST_STOPS = 2;

/** The engine stopped and another took its place. */
export interface Renewal {
  /** In the browser's words. */
  message: string;
  /** Where the page's main run stands again, 0 at its beginning. */
  iteration: number;
  /** It goes on over other pictures than it was saved over, and its epoch began anew. */
  anew: boolean;
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

export class Atelier implements Page {
  readonly engine: Engine;
  readonly language = new Cell<Language>(preferredLanguage());
  readonly messages = derived([this.language], (language) => catalogues[language]);
  readonly theme = new Cell<Theme>("auto");
  readonly view = new Cell<View>("train");
  /** Where the Step view stands, and where the address asked it to stand. */
  readonly place = new Cell<Place | null>(null);
  readonly wanted = new Cell<Place | null>(null);
  /** Requests that the engine has not answered yet. */
  readonly asked = new Cell(0);
  readonly dataProgress = new Cell<{ loaded: number; total: number } | null>(null);
  readonly error = new Cell<Trouble | null>(null);
  readonly renewal = new Cell<Renewal | null>(null);
  /** The run that the page opens with and the address speaks of. */
  readonly main: Run;
  /** The main run first. */
  readonly runs = new Cell<readonly Run[]>([]);

  readonly #wake = new WakeLock();
  /** Of runs; the engine is told which by these. */
  #ids = 0;
  /** Engines that stopped since a batch was last trained. */
  #stops = 0;
  /** Settles when the engine that takes the place of one that stopped has the runs, or the page has given it up. */
  #renewing: Promise<void> = Promise.resolve();
  #lost = false;
  #hashTimer = 0;
  /** Threads, where the address says how many. */
  #workers: number | undefined;

  constructor(engine: Engine) {
    this.engine = engine;
    engine.listen((event) => this.#take(event));
    this.main = this.#make(PRESETS[0], USUAL);
    this.runs.set([this.main]);
  }

  /** Reads the address and what this browser remembers, then starts the engine. */
  async open(): Promise<void> {
    const { main } = this;
    addEventListener("hashchange", () => void this.#follow());
    this.#listen();
    const { shared, refused } = await readHash(location.hash);
    main.refused.set(refused);
    this.#show(shared);
    main.executor.wish.set(shared.executor ?? "auto");
    this.#workers = shared.workers;
    if (!(await this.#startWith(shared.network))) return;
    const shown = [this.language, this.theme, main.settings, main.network, main.picture, main.executor.wish, main.fromNothing, this.view, this.place];
    for (const cell of shown) (cell as Cell<unknown>).subscribe(() => this.#remember());
  }

  /** Ways of trying out what happens. */
  #listen(): void {
    addEventListener("atelier:lose-device", () => void this.ask(this.engine.ask("lose_device", {})));
    // A trap of the engine, or with the detail "helper" of a helper.
    addEventListener("atelier:trap", (event) => {
      const where = (event as CustomEvent<unknown>).detail === "helper" ? "helper" : "engine";
      void this.ask(this.engine.ask("trap", { where }));
    });
    // Hands this object to the function that is the detail: for several runs on one page.
    addEventListener("atelier:hand-over", (event) => (event as CustomEvent<(atelier: Atelier) => void>).detail(this));
  }

  /**
   * Starts with what the address asks for, or with as much of it as can be had: a network that cannot be built is laid open for
   * mending, settings that are refused give way to the usual ones. False where nothing starts.
   */
  async #startWith(network: Network | undefined): Promise<boolean> {
    const { main } = this;
    let usual = main.network.value;
    const open = async () => {
      const data = await this.#openEngine();
      usual = data.presets[0] ?? usual;
      await main.begin(network ?? usual);
    };
    const attempts = [open];
    if (network) attempts.push(() => main.begin(usual));
    if (!same(main.settings.value, USUAL)) {
      attempts.push(() => {
        main.settings.set(USUAL);
        return main.begin(usual);
      });
    }
    let reason: unknown;
    for (const [number, attempt] of attempts.entries()) {
      try {
        await attempt();
      } catch (error) {
        if (error instanceof Stopped) return this.#startedAgain(network);
        reason ??= error;
        continue;
      }
      if (number > 0 && network) this.#mend(network);
      else if (number > 0) this.fail(reason, true);
      return true;
    }
    this.fail(reason, false);
    return false;
  }

  /** The engine stopped at its opening: another has begun with the usual network, or the page has given up. */
  async #startedAgain(network: Network | undefined): Promise<boolean> {
    await this.#renewing;
    if (this.#lost) return false;
    if (network) this.#mend(network);
    return true;
  }

  /** Lays a network open that the engine did not take: the editor says what is wrong with it. */
  #mend(network: Network): void {
    this.main.editor.begin();
    this.main.editor.edit(network);
  }

  /** Another run beside those there are, on the pictures that the engine has. Rejects an impossible network. */
  async begin(network: Network, training: Training, executor: ExecutorWish = "auto"): Promise<Run> {
    const run = this.#make(network, training);
    run.executor.wish.set(executor);
    try {
      await run.begin(network);
    } catch (error) {
      run.leave();
      throw error;
    }
    this.runs.update((runs) => [...runs, run]);
    return run;
  }

  /** Ends a run that is not the main one. */
  async drop(run: Run): Promise<void> {
    this.runs.update((runs) => runs.filter((other) => other !== run));
    this.#stayAwake();
    await run.drop();
  }

  async ask<T>(answer: Promise<T>, refused = true): Promise<T | undefined> {
    this.asked.update((n) => n + 1);
    try {
      return await answer;
    } catch (error) {
      // That the engine stopped is told once, whoever was waiting for it.
      if (!(error instanceof Stopped)) this.fail(error, refused);
      return undefined;
    } finally {
      this.asked.update((n) => n - 1);
    }
  }

  fail(reason: unknown, refused: boolean): void {
    this.error.set({ ...failureOf(reason), refused });
  }

  async renew(): Promise<boolean> {
    await this.#renewing;
    this.error.set(null);
    if (!this.#lost) return false;
    this.#renewing = this.ask(this.#replace(true), false).then(() => undefined);
    await this.#renewing;
    return true;
  }

  trained(): void {
    this.#stops = 0;
  }

  #make(network: Network, training: Training): Run {
    const run = new Run(this, ++this.#ids, network, training);
    run.history.state.subscribe(() => this.#stayAwake());
    return run;
  }

  #stayAwake(): void {
    this.#wake.hold(this.runs.value.some((run) => run.history.state.value === "running"));
  }

  #take(event: EngineEvent): void {
    switch (event.type) {
      case "data_progress":
        return this.dataProgress.set(event.progress);
      case "error":
        return this.fail(new RefusedError(event), true);
      case "stopped":
        this.#renewing = this.#stopped(event.message);
    }
  }

  /** Another engine takes the place of one that stopped, with every run where it was last saved. */
  async #stopped(message: string): Promise<void> {
    for (const run of this.runs.value) run.lose();
    this.dataProgress.set(null);
    this.#stops++;
    if (this.#stops > MOST_STOPS) return this.#giveUp(new Error(message));
    try {
      // What was saved may be what it cannot live with.
      await this.#replace(this.#stops > 1);
    } catch (error) {
      // If the new engine stopped too, it is replaced in its turn.
      if (!(error instanceof Stopped)) this.#giveUp(error);
      return;
    }
    const { history, resumed } = this.main;
    this.renewal.set({ message, iteration: history.iteration, anew: resumed?.epoch_anew ?? false });
  }

  #giveUp(reason: unknown): void {
    this.#lost = true;
    for (const run of this.runs.value) run.giveUp();
    this.fail(reason, false);
  }

  /** A new engine; `anew`: with every run at its beginning. */
  async #replace(anew: boolean): Promise<void> {
    this.#lost = false;
    const source = this.main.data.value?.source;
    this.engine.restart();
    await this.#openEngine(source);
    for (const run of this.runs.value) await run.again(anew);
  }

  #openEngine(source?: DataInfo["source"]): Promise<DataInfo> {
    const page = location.href;
    // In the place of one that stopped as many as before: they do not hang on what else the machine does now.
    const workers = this.#workers ?? this.main.executor.info.value?.workers;
    return this.engine.ask("open", { page, ...(source && { source }), ...(workers && { workers }) });
  }

  #show(shared: Partial<Shared>): void {
    const language = shared.language ?? stored("language");
    if (language === "en" || language === "zh") this.language.set(language);
    const theme = shared.theme ?? stored("theme");
    if (theme === "light" || theme === "dark" || theme === "auto") this.theme.set(theme);
    this.main.settings.set({
      ...USUAL,
      ...(shared.optimizer && { optimizer: shared.optimizer }),
      ...(shared.learningRate && { learning_rate: shared.learningRate }),
      ...(shared.batchSize && { batch_size: shared.batchSize }),
      ...(shared.epochs && { epochs: shared.epochs }),
      ...(shared.seed !== undefined && { seed: shared.seed }),
    });
    this.main.picture.set(shared.picture ?? 0);
    this.main.fromNothing.set(shared.from === "nothing");
    const { walk, at, cell, zoom = "layer", run } = shared;
    this.wanted.set(walk || at ? { walk: walk ?? { kind: "alone", split: "test", index: shared.picture ?? 0 }, zoom, ...(at && { at }), ...(cell && { cell }), ...(run && { run }) } : null);
    this.view.set(shared.view ?? "train");
  }

  /** The address was changed by hand, by a link or by going back. */
  async #follow(): Promise<void> {
    const { main } = this;
    // What was about to be written is of the page before.
    clearTimeout(this.#hashTimer);
    const { hash } = location;
    if (hash.slice(1) === (await writeHash(this.#shared()))) return;
    await this.#renewing;
    // A page that could not open may be able to with another address.
    if (!main.opened.value) return location.reload();
    const { shared, refused } = await readHash(hash);
    const { value: before } = main.picture;
    const { value: fromNothing } = main.fromNothing;
    main.refused.set(refused);
    this.#show(shared);
    const wish = shared.executor ?? "auto";
    if (wish !== main.executor.wish.value) await main.compute(wish);
    const network = shared.network ?? this.#opening;
    const another = !same(network, main.network.value);
    const begins = another || fromNothing !== main.fromNothing.value || !same(main.settings.value, main.training.value);
    if (begins && !(await main.configure(network))) {
      main.takeBack();
      if (another) this.#mend(network);
    }
    if (main.picture.value !== before) await main.look(main.picture.value);
    // What was left out does not stay in the address.
    this.#remember();
  }

  /** The network that a page without an address shows: the data set's first. */
  get #opening(): Network {
    return this.main.data.value?.presets[0] ?? PRESETS[0];
  }

  #shared(): Partial<Shared> {
    const settings = this.main.settings.value;
    const shared: Partial<Shared> = {};
    const put = <K extends keyof Shared>(key: K, value: Shared[K], usual: unknown) => {
      if (!same(value, usual)) shared[key] = value;
    };
    put("optimizer", settings.optimizer, USUAL.optimizer);
    put("learningRate", settings.learning_rate, USUAL.learning_rate);
    put("batchSize", settings.batch_size, USUAL.batch_size);
    put("epochs", settings.epochs, USUAL.epochs);
    put("seed", settings.seed, USUAL.seed);
    put("language", this.language.value, preferredLanguage());
    put("theme", this.theme.value, "auto");
    put("network", this.main.network.value, this.#opening);
    put("picture", this.main.picture.value, 0);
    put("executor", this.main.executor.wish.value, "auto");
    if (this.main.fromNothing.value) shared.from = "nothing";
    put("view", this.view.value, "train");
    const place = this.view.value === "step" && (this.place.value ?? this.wanted.value);
    if (place) {
      const { walk, at, cell, zoom, run } = place;
      Object.assign(shared, { walk }, at && { at }, cell && { cell }, run && { run });
      put("zoom", zoom, "layer");
    }
    if (this.#workers !== undefined) shared.workers = this.#workers;
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
