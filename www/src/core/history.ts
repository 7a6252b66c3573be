/** What a run has told: the newest of everything, its curves and its epochs, handed on once a frame. */
import type { EpochReport, RunEvent, RunState, Split, StepReport } from "../engine/protocol";
import { Cell } from "./cell";
import { onFrame } from "./frame";
import { type Moment, Series } from "./series";

export interface Maps {
  split: Split;
  index: number;
  label: number;
  iteration: number;
  /** The outputs of the layers that are drawn, by the layer's place in the network. */
  values: ReadonlyMap<number, Float32Array>;
}

export interface Prediction {
  predicted: number;
  confidence: number;
}

type Predictions = Extract<RunEvent, { type: "predictions" }>;

function known({ indices, classes, confidences }: Predictions): Map<number, Prediction> {
  return new Map(Array.from(indices, (index, i): [number, Prediction] => [index, { predicted: classes[i], confidence: confidences[i] }]));
}

/** Only the last epoch's confusion and mistakes are shown; a thousand epochs' would fill the memory. */
function withoutDetail(report: EpochReport): EpochReport {
  return report.worst.length === 0 && report.confusion.length === 0 ? report : { ...report, confusion: [], worst: [] };
}

/** Reports that are remembered, should the run go back: more than it ever does. */
const REMEMBERED = 32;

/**
 * Milliseconds between two changes of figures and curves where batches are quicker: nobody reads digits that change faster, and each
 * change costs the page a layout and a painting, whose garbage browsers let lie.
 */
const FIGURES_EVERY = 100;

export class History {
  readonly state = new Cell<RunState>("idle");
  readonly step = new Cell<StepReport | null>(null);
  readonly epochs = new Cell<EpochReport[]>([]);
  readonly validating = new Cell<number | null>(null);
  /** Of the pictures watched. */
  readonly predictions = new Cell<ReadonlyMap<number, Prediction>>(new Map());
  /** The class said for every test picture at the end of the last epoch. */
  readonly answers = new Cell<Uint16Array | null>(null);
  readonly maps = new Cell<Maps | null>(null);
  /** Grows by one whenever the curves have more to show. */
  readonly curves = new Cell(0);
  readonly loss = new Series();
  readonly accuracy = new Series();

  /** Batches that were trained before the curves begin: those of a saved run. */
  origin = 0;

  /** The curves have changed since they were last handed on. */
  #changed = false;
  #newest: StepReport | null = null;
  /** The last reports, the newest at the end. */
  #recent: StepReport[] = [];
  #newestMaps: Maps | null = null;
  /** Those that were shown before the ones that are. */
  #formerMaps: Maps | null = null;
  /** The curves as they were when the run was last saved. */
  #saved: { iteration: number; newest: StepReport | null; loss: Moment; accuracy: Moment } | null = null;
  #newestPredictions: Predictions | null = null;
  /** When figures and curves were last handed on. */
  #flushed = -Infinity;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #share: number | null = null;

  readonly #giveBack: (buffers: ArrayBuffer[]) => void;

  /** `giveBack`: takes the buffers of maps that nobody looks at any more, to be filled anew: a megabyte a second would be garbage. */
  constructor(giveBack: (buffers: ArrayBuffer[]) => void = () => {}) {
    this.#giveBack = giveBack;
  }

  /** The last update that was told. */
  get iteration(): number {
    return this.#newest?.iteration ?? 0;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case "state":
        this.state.set(event.state);
        break;
      case "restart":
        this.#clear();
        break;
      case "step":
        if (this.loss.length === 0) this.origin = event.report.iteration - 1;
        this.loss.push(event.report.loss);
        this.accuracy.push(event.report.accuracy);
        this.#newest = event.report;
        this.#recent.push(event.report);
        if (this.#recent.length > REMEMBERED) this.#recent.shift();
        this.#changed = true;
        this.#share = null;
        this.#flushSoon();
        break;
      case "rewind":
        for (const series of [this.loss, this.accuracy]) series.rewind(Math.max(0, event.iteration - this.origin));
        this.#forget(event.iteration);
        break;
      case "saved":
        this.#saved = { iteration: event.iteration, newest: this.#newest, loss: this.loss.mark(), accuracy: this.accuracy.mark() };
        break;
      case "validating":
        this.#share = event.share;
        onFrame(this.#flush);
        break;
      case "epoch":
        this.#share = null;
        this.epochs.update((epochs) => [...epochs.map(withoutDetail), event.report]);
        this.answers.set(event.predictions);
        onFrame(this.#flush);
        break;
      case "maps":
        if (this.#newestMaps !== this.maps.value) this.#drop(this.#newestMaps);
        this.#newestMaps = { ...event, values: new Map(event.layers.map((layer, i) => [layer, event.values[i]])) };
        onFrame(this.#flush);
        break;
      case "predictions":
        this.#newestPredictions = event;
        onFrame(this.#flush);
        break;
    }
  }

  #flushSoon(): void {
    const wait = this.#flushed + FIGURES_EVERY - performance.now();
    if (wait <= 0) onFrame(this.#flush);
    else this.#waiting ??= setTimeout(() => onFrame(this.#flush), wait);
  }

  #flush = (): void => {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#flushed = performance.now();
    this.step.set(this.#newest);
    this.validating.set(this.#share);
    this.#showMaps();
    if (this.#newestPredictions) this.predictions.set(known(this.#newestPredictions));
    this.#newestPredictions = null;
    if (this.#changed) this.curves.update((n) => n + 1);
    this.#changed = false;
  };

  /** Who looks at the maps does so until the next ones are shown: those before the last are looked at by nobody. */
  #showMaps(): void {
    const before = this.maps.value;
    if (!this.#newestMaps || this.#newestMaps === before) return;
    this.#drop(this.#formerMaps);
    this.#formerMaps = before;
    this.maps.set(this.#newestMaps);
  }

  #drop(maps: Maps | null): void {
    if (maps) this.#giveBack(Array.from(maps.values.values(), (values) => values.buffer as ArrayBuffer));
  }

  /** Back to where the run was last saved, or to its beginning. */
  back(): void {
    if (!this.#saved) return this.#clear();
    this.loss.back(this.#saved.loss);
    this.accuracy.back(this.#saved.accuracy);
    this.#recent = this.#saved.newest ? [this.#saved.newest] : [];
    this.#forget(this.#saved.iteration);
  }

  /** What came after this update did not happen. */
  #forget(iteration: number): void {
    this.#recent = this.#recent.filter((report) => report.iteration <= iteration);
    this.#newest = this.#recent.at(-1) ?? null;
    this.#changed = true;
    this.#share = null;
    if (this.epochs.value.some((report) => report.iteration > iteration)) {
      this.epochs.update((epochs) => epochs.filter((report) => report.iteration <= iteration));
      this.answers.set(null);
    }
    onFrame(this.#flush);
  }

  #clear(): void {
    this.loss.clear();
    this.accuracy.clear();
    this.#changed = true;
    this.#newest = null;
    this.#recent = [];
    this.#newestPredictions = null;
    this.#saved = null;
    this.#share = null;
    this.epochs.set([]);
    this.answers.set(null);
    this.predictions.set(new Map());
    onFrame(this.#flush);
  }
}
