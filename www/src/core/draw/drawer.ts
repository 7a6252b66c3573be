/** The Draw view as the page has it: the sheet, what the network sees of it, what it answers, and why. */
import { DrawEngine } from "../../engine/draw/client";
import type { Look, Raster, Source, Wishes } from "../../engine/draw/protocol";
import { failureOf, type Failure } from "../../engine/failure";
import type { Split } from "../../engine/protocol";
import { Cell, derived } from "../cell";
import { valueIndex, type CellPlace } from "../field";
import type { Maps } from "../history";
import type { Messages } from "../i18n";
import type { Lens, Reading, Shown } from "../lens";
import type { Run } from "../run";
import { writePixels, type CellAt, type Kind, type Place } from "../step/place";
import { drawingOf, type Mark } from "./drawing";
import { SEEN } from "./garments";
import { Hand } from "./hand";
import { keepSheet, keptSheet } from "./kept";
import { Nearest } from "./nearest";
import { sheetOf } from "./picture";
import { EMPTY, isEmpty, more, Sheets, type Sheet } from "./sheet";
import { Sources } from "./sources";
import { Stages } from "../stages";
import { Teaching } from "./teaching";
import { Toward } from "./toward";
import { Why } from "./why";

/** A raster, and which sheet it is of. */
export interface Painted extends Raster {
  sheet: Sheet;
}

const AS_FOUND: Wishes = { inverted: null, turned: null, mirrored: null, background: null };

/** Milliseconds without a change after which what takes long is begun. */
const REST = 500;
/** Milliseconds between two looks at a mark that is growing. */
const SKETCH = 80;

export class Drawer implements Lens {
  readonly run: Run;
  readonly sheets = new Sheets();
  readonly hand: Hand;
  readonly wishes = new Cell<Wishes>(AS_FOUND);
  /** The newest raster of the sheet. */
  readonly painted = new Cell<Painted | null>(null);
  readonly sight = new Cell<Look | null>(null);
  /** What each of the weights says of the sheet. */
  readonly answers = new Cell<ReadonlyMap<Source, Float32Array>>(new Map());
  /** The class that is said, and how sure of it the network is. */
  readonly verdict: Cell<{ name: string; probability: number } | null>;
  readonly trouble = new Cell<Failure | null>(null);
  readonly sources: Sources;
  readonly why: Why;
  readonly toward: Toward;
  readonly nearest: Nearest;
  readonly teaching: Teaching;
  readonly engine: DrawEngine;
  /** Something is still to be found out of the sheet. */
  readonly busy: Cell<boolean>;

  readonly maps = new Cell<Maps | null>(null);
  readonly reading = new Cell<Reading>({ backward: false, scale: "layer", here: -1 });
  readonly lit = new Cell<ReadonlyMap<number, Uint32Array>>(new Map());
  readonly shown = new Cell<Shown | null>(null);

  /** Opens the Step view at a place. */
  readonly #step: (place: Place) => void;
  readonly #stages: Stages;
  readonly #leave: (() => void)[] = [];
  #restored = false;
  /** What the worker's painter has. */
  #sent: Sheet = EMPTY;
  /** Grows with every change of the sheet and of the wishes. */
  #version = 0;
  /** Looks at a mark that is growing, since the last change. */
  #sketches = 0;
  #sketching = 0;
  /** Of the sheet that was looked at last. */
  #looked: string | null = null;
  #rest = 0;
  #pictures = 0;
  #inSight: readonly number[] = [];

  constructor(run: Run, step: (place: Place) => void) {
    this.run = run;
    this.#step = step;
    this.engine = new DrawEngine(() => run.module());
    this.engine.prepare();
    this.hand = new Hand((mark) => this.#add(mark));
    this.sources = new Sources(run, this.engine);
    this.teaching = new Teaching(this.engine, run, this.sources);
    this.why = new Why(this.engine);
    this.toward = new Toward(this.engine);
    this.nearest = new Nearest(this.engine, run);
    this.verdict = derived([this.sight], (look) => look && this.said >= 0 ? { name: this.classes[this.said] ?? String(this.said), probability: Math.max(...look.probabilities) } : null);
    this.#stages = this.#plan();
    this.busy = this.#stages.busy;
    this.#follow();
    void this.#restore();
  }

  /** Ends the worker and gives back its memory. */
  leave(): void {
    for (const leave of this.#leave) leave();
    clearTimeout(this.#rest);
    clearTimeout(this.#sketching);
    this.sources.leave();
    this.teaching.leave();
    this.toward.pause();
    this.#stages.leave();
    this.engine.stop();
  }

  onLeave(leave: () => void): void {
    this.#leave.push(leave);
  }

  /** The class that the shown weights say, −1 where there is nothing on the sheet. */
  get said(): number {
    const probabilities = this.sight.value?.probabilities;
    return probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
  }

  get classes(): readonly string[] {
    return this.sources.current?.classes ?? [];
  }

  // What is found out.

  /** The most wanted first. */
  #plan(): Stages {
    const { sources, why, toward, nearest } = this;
    const shown = () => sources.shown.value;
    const held = () => sources.current?.key ?? null;
    const looked = (of: string | null) => (this.#looked !== null && this.#looked === this.#key && of !== null ? `${this.#looked}/${of}` : null);
    const lifted = (of: string | null) => (this.hand.down.value ? null : of);
    const rested = (of: string | null) => (this.#rest !== 0 ? null : lifted(of));
    return new Stages(
      [
        { key: () => sources.keyOf(true), run: () => sources.open(true) },
        { key: () => this.#key, run: () => this.#lookAt() },
        { key: () => looked([...sources.held.value.values()].map(({ key }) => key).join()), run: () => this.#hearOthers() },
        { key: () => looked(this.#inSight.join()), run: () => this.#show() },
        { key: () => looked(toward.key), run: () => toward.go(shown()) },
        { key: () => looked((why.way.value === "occlusion" ? rested : lifted)(why.key(this.said))), run: () => why.find(shown(), this.said, this.sight.value!.seen, this.classes) },
        { key: () => looked(rested(nearest.key(held()))), run: () => nearest.find(shown(), held()) },
        { key: () => sources.keyOf(false), run: () => sources.open(false) },
        { key: () => rested(nearest.more(held())), run: () => nearest.remember(shown(), held()), quiet: true },
      ],
      (error) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    const failure = failureOf(error);
    if (failure.refusal?.code === "gpu_lost") this.sources.withoutGpu();
    else this.trouble.set(failure);
  }

  /** What would be looked at now: the sheet with the mark that is growing on it, as it is wished, by the shown weights. */
  get #key(): string | null {
    const { current } = this.sources;
    return (isEmpty(this.sheets.sheet.value) && !this.#growing) || !current ? null : `${this.#version}.${this.#sketches} ${current.key}`;
  }

  /** The mark that is growing, where it can be looked at: what is drawn over a picture makes another sheet first. */
  get #growing(): Mark | null {
    return this.sheets.sheet.value.ground ? null : this.hand.live.value;
  }

  /** A growing mark is looked at now and then: what has been lifted must not wait for it. */
  #grow(live: Mark | null): void {
    if (!live) {
      clearTimeout(this.#sketching);
      this.#sketching = 0;
      // What was sketched is gone, if it was not drawn.
      if (this.#sketches > 0) this.#sketches++;
      this.#stages.want();
    } else {
      this.#sketching ||= window.setTimeout(() => {
        this.#sketching = 0;
        this.#sketches++;
        this.#stages.want();
      }, SKETCH);
    }
  }

  #follow(): void {
    const { sources, why, toward, hand, run, sheets, wishes } = this;
    const wanting = [sources.wanted, sources.shown, sources.held, why.way, why.target, toward.wanted, hand.down, run.opened, run.data];
    for (const cell of wanting) this.#leave.push((cell as Cell<unknown>).subscribe(() => this.#stages.want()));
    for (const cell of [sources.shown, sources.held]) this.#leave.push((cell as Cell<unknown>).subscribe(() => this.shown.set(sources.current)));
    this.#leave.push(sheets.sheet.subscribe((sheet) => this.#paint(sheet)));
    this.#leave.push(wishes.subscribe(() => this.#changed()));
    this.#leave.push(hand.live.subscribe((live) => this.#grow(live)));
    // Neighbours are remembered of one set.
    let set = run.data.value?.id;
    this.#leave.push(
      run.data.subscribe((data) => {
        if (set !== undefined && data && data.id !== set) for (const source of sources.wanted.value.keys()) sources.renew(source);
        set = data?.id;
      }),
    );
  }

  #changed(): void {
    this.#version++;
    this.#sketches = 0;
    this.toward.ask(null);
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      this.#rest = 0;
      this.#stages.want();
    }, REST);
    if (isEmpty(this.sheets.sheet.value)) this.#forget();
    this.#stages.want();
  }

  #forget(): void {
    this.#looked = null;
    this.sight.set(null);
    this.answers.set(new Map());
    this.maps.set(null);
    this.why.reason.set(null);
    this.nearest.found.set([]);
    this.teaching.label.set(null);
  }

  async #lookAt(): Promise<void> {
    const key = this.#key;
    const source = this.sources.shown.value;
    const sketch = this.#growing;
    const look = await this.engine.ask("look", { wishes: this.wishes.value, source, ...(sketch && { sketch }) }).catch(nothingSeen);
    // Of a sheet that was cleared meanwhile nothing is shown; of one that went on, this until the newer answer is there.
    if (!look || (isEmpty(this.sheets.sheet.value) && !this.#growing)) return this.#forget();
    if (!sketch) this.#looked = key;
    this.answers.update((answers) => new Map(answers).set(source, look.probabilities));
    this.sight.set(look);
    this.#put(new Map([[this.#last, look.probabilities], [0, Float32Array.from(look.seen, (shade) => shade / 255)]]));
  }

  async #hearOthers(): Promise<void> {
    for (const source of this.sources.held.value.keys()) {
      if (source === this.sources.shown.value) continue;
      const probabilities = await this.engine.ask("read", { source }).catch(notSeen);
      if (probabilities && this.sight.value) this.answers.update((answers) => new Map(answers).set(source, probabilities));
    }
  }

  /** The maps of the layers in sight. */
  async #show(): Promise<void> {
    const { current, shown } = this.sources;
    if (!current) return;
    const layers = this.#inSight.filter((layer) => layer > 0 && layer < this.#last);
    const buffers = layers.map((layer) => current.outline.layer_outputs[layer]);
    const tensors = await this.engine.ask("values", { source: shown.value, buffers });
    if (current === this.sources.current && this.sight.value) this.#put(new Map(layers.map((layer, i) => [layer, tensors[i]])));
  }

  get #last(): number {
    return (this.sources.current?.outline.layer_outputs.length ?? 1) - 1;
  }

  /** More of the maps; those that stand stay until newer ones take their place. */
  #put(more: ReadonlyMap<number, Float32Array>): void {
    const values = new Map([...(this.maps.value?.values ?? []), ...more]);
    this.maps.set({ split: "test", index: -1, label: -1, iteration: this.sources.current?.iteration ?? 0, values });
  }

  // The sheet.

  #add(mark: Mark): void {
    if (!this.sheets.add(mark)) this.#refuse("sheet_full", "The sheet holds no more marks.");
  }

  /** The worker's painter follows the sheet. */
  #paint(sheet: Sheet): void {
    const added = more(this.#sent, sheet);
    this.#sent = sheet;
    const { marks, ground } = sheet;
    const picture = ground && { id: ground.id, blob: ground.blob };
    const paints = added?.length === 1 ? this.engine.ask("mark", added[0]) : this.engine.ask("begin_sheet", { drawing: drawingOf(marks), picture });
    paints.then(
      (raster) => this.painted.set({ ...raster, sheet }),
      (error: unknown) => {
        this.trouble.set(failureOf(error));
        // What the painter refuses, a damaged sheet of the last visit, does not stay.
        if (this.sheets.sheet.value === sheet) this.sheets.sheet.set(EMPTY);
      },
    );
    this.#keep();
    // Behind the painter's request: what is looked at has the mark on it.
    this.#changed();
  }

  /** The sheet of the last visit, unless something is on this one already. */
  async #restore(): Promise<void> {
    const kept = await keptSheet();
    this.#restored = true;
    if (!isEmpty(this.sheets.sheet.value)) return this.#keep();
    if (kept?.blob) await this.give(kept.blob);
    else if (kept && kept.marks.length > 0) this.sheets.sheet.set({ marks: kept.marks, ground: null });
  }

  /** For the next visit, once that of the last is known. */
  #keep(): void {
    const { marks, ground } = this.sheets.sheet.value;
    if (this.#restored) void keepSheet(marks, ground?.blob ?? null);
  }

  /** A picture or a drawing takes the sheet's place; where it cannot be read, what stands there stays. */
  async give(file: Blob): Promise<void> {
    const id = ++this.#pictures;
    this.trouble.set(null);
    try {
      const sheet = await sheetOf(file, id, this.engine);
      if (id !== this.#pictures) return;
      this.hand.cancel();
      this.sheets.put(sheet);
    } catch (error) {
      this.trouble.set(failureOf(error));
    }
  }

  /** A garment of the data set is laid on the sheet, as a mark that others go over. */
  async startFrom(index: number, split: Split = "test"): Promise<void> {
    const [picture] = await this.run.pictures.get([index], split);
    if (!picture) return;
    if (picture.height !== SEEN || picture.width !== SEEN || picture.channels !== 1) return this.#refuse("other_pictures", "The pictures of this data set are no garments of 28 by 28 greys.");
    this.sheets.put({ marks: [{ kind: "garment", side: SEEN, ink: Array.from(picture.pixels) }], ground: null });
  }

  #refuse(code: "sheet_full" | "other_pictures", message: string): void {
    this.trouble.set({ message, refusal: { code } });
  }

  // The lens on the spine.

  turnTo(split: Split, index: number): void {
    void this.startFrom(index, split);
  }

  draw(layers: readonly number[]): void {
    this.#inSight = layers;
    this.#stages.want();
  }

  readonly unlabelled = (t: Messages) => t.draw.bench;

  hover(): void {
    // What a cell is made of, Step shows.
  }

  /** A cell's number is taken apart in Step. */
  pick(place: CellPlace): void {
    const { current } = this.sources;
    const buffer = current && current.outline.buffers[current.outline.layer_outputs[place.layer]];
    if (current && buffer) this.#takeApart(place.layer, { buffer: buffer.name, index: valueIndex(current.analysis.layers[place.layer], place) });
  }

  enter(layer: number): void {
    this.#takeApart(layer);
  }

  /** What is on the sheet is walked in Step, as the network sees it, by the weights that are shown. */
  takeApart(): void {
    this.#takeApart(0);
  }

  #takeApart(layer: number, cell?: CellAt): void {
    const { current, shown } = this.sources;
    const look = this.sight.value;
    if (!current || !look) return;
    const said = this.classes.indexOf(this.teaching.label.value ?? "");
    const walk: Kind = { kind: "given", pixels: writePixels(look.seen), label: said >= 0 ? said : this.said, source: shown.value };
    // A layer that computes nothing has no step.
    const at = current.outline.steps.some((step) => step.layer === layer) ? { at: { layer: current.network.layers[layer].name, phase: "forward" as const, nth: 0 } } : {};
    this.#step({ walk, zoom: "layer", ...at, ...(cell && { cell }) });
  }
}

/** Weights that stand beside those that are shown may be of a network that takes other pictures. */
function notSeen(error: unknown): null {
  if (failureOf(error).refusal?.code === "picture_length") return null;
  throw error;
}

/** There may be nothing on the sheet but what was erased. */
function nothingSeen(error: unknown): null {
  if (failureOf(error).refusal?.code === "empty") return null;
  throw error;
}
