/** A walk as the page has it: what is walked, where it stands, which number is in hand, and what was read of it. */
import type { Source } from "../../engine/draw/protocol";
import { failureOf, RefusedError, type Failure } from "../../engine/failure";
import type { Network, Split } from "../../engine/protocol";
import { WalkEngine } from "../../engine/walk/client";
import type { When } from "../../engine/walk/protocol";
import { Cell } from "../cell";
import { valueIndex, type CellPlace } from "../field";
import { offFrame, onFrame } from "../frame";
import type { Maps } from "../history";
import type { Lens, Reading, Shown } from "../lens";
import type { Run } from "../run";
import { shipped, taught } from "../weights";
import { Light } from "./light";
import { OneNumber } from "./number";
import { atOf, digest, readPixels, stepAt, type At, type CellAt, type Kind, type Place, type RunAt, type Zoom } from "./place";
import { Reader, type Moment, type Sought } from "./reader";
import { sizeOf } from "./tensor";
import { drawnOf, inboundOf, known, standing, timelineOf, written, type Timeline } from "./timeline";
import type { Inference, Survey, WalkOutline } from "./types";

/** Milliseconds that a step stands while the walk plays. */
const BEAT = 1200;

/** A made walk: the network that was walked, and its plan. */
export interface Made {
  walk: WalkOutline;
  network: Network;
  timeline: Timeline;
  kind: Kind;
  /** Index of the shown picture in its split. */
  picture: number;
  /** Of every picture, in the order of the batch. */
  pictures: readonly number[];
}

export type { Moment } from "./reader";
/** What walks, for who makes one ready before it is wanted. */
export { WalkEngine };

/** Whether the weights that are walked are the run's own. */
export function ofRun(kind: Kind): boolean {
  return kind.kind !== "given" || kind.source === "own";
}

export type WalkState = "waiting" | "walking" | "ready" | "refused";

export class Walker implements Lens {
  readonly run: Run;
  readonly state = new Cell<WalkState>("waiting");
  readonly trouble: Cell<Failure | null>;
  readonly kind: Cell<Kind>;
  readonly made = new Cell<Made | null>(null);
  readonly position = new Cell(0);
  readonly playing = new Cell(false);
  readonly zoom = new Cell<Zoom>("layer");
  /** What the bench shows: follows the position as soon as its numbers are there. */
  readonly moment = new Cell<Moment | null>(null);
  /** Grows by one whenever numbers have come. */
  readonly arrived: Cell<number>;
  /** What the address may say. */
  readonly place = new Cell<Place | null>(null);

  readonly shown = new Cell<Shown | null>(null);
  /** The moment that the address speaks of, until the run stands there or nobody wants to. */
  readonly linked = new Cell<RunAt | null>(null);
  /** The update to which the run trains, to stand where a link was made. */
  readonly heading = new Cell<number | null>(null);

  readonly maps = new Cell<Maps | null>(null);
  readonly reading = new Cell<Reading>({ backward: false, scale: "layer", here: -1 });
  readonly lit: Cell<ReadonlyMap<number, Uint32Array>>;
  /** One number, its ledger and its proof. */
  readonly number: OneNumber;

  readonly #engine: WalkEngine;
  readonly #reader: Reader;
  readonly #light: Light;
  /** The cell that was last in hand of a buffer. */
  readonly #chosen = new Map<number, number>();
  readonly #leave: (() => void)[] = [];
  #turn = 0;
  #seeking = 0;
  #timer = 0;
  #wanted: Place | null;
  #beginning = false;
  #left = false;

  constructor(run: Run, wanted: Place | null, engine = new WalkEngine(() => run.module())) {
    this.run = run;
    this.#engine = engine;
    this.#wanted = wanted;
    this.kind = new Cell(wanted?.walk ?? { kind: "alone", split: "test", index: run.picture.value });
    this.#reader = new Reader(this.#engine);
    this.#light = new Light(this.#engine, this.#reader);
    this.lit = this.#light.lit;
    this.trouble = this.#reader.trouble;
    this.arrived = this.#reader.arrived;
    this.number = new OneNumber(this.#engine, run);
    if (wanted) this.zoom.set(wanted.zoom);
    this.linked.set(wanted?.run ?? null);
    for (const cell of [this.position, this.made, this.zoom, this.moment]) this.#leave.push((cell as Cell<unknown>).subscribe(() => this.#remember()));
    this.#leave.push(this.position.subscribe(() => this.#seek()));
    this.#leave.push(this.arrived.subscribe(() => onFrame(this.#show)));
    for (const cell of [this.zoom, this.moment, this.number.held, this.made]) this.#leave.push((cell as Cell<unknown>).subscribe(() => this.#open()));
    this.#leave.push(run.picture.subscribe((index) => this.#follow(index)));
    // Begins when the engine has the run, and anew when another stands in its place.
    for (const cell of [run.opened, run.network, run.data]) this.#leave.push((cell as Cell<unknown>).subscribe(() => this.#begin()));
  }

  /** Ends the worker and gives back its memory. */
  leave(): void {
    this.#left = true;
    this.heading.set(null);
    this.#reader.leave();
    this.pause();
    for (const leave of this.#leave) leave();
    offFrame(this.#show);
    this.#engine.stop();
  }

  /** Called when the walk is left. */
  onLeave(leave: () => void): void {
    this.#leave.push(leave);
  }

  // What is walked.

  /** Walks the run as it stands now. */
  async walk(kind: Kind = this.kind.value): Promise<void> {
    const turn = ++this.#turn;
    this.kind.set(kind);
    this.state.set("walking");
    this.trouble.set(null);
    try {
      const made = await this.#make(kind);
      if (turn !== this.#turn || this.#left) return;
      this.#take(made);
    } catch (error) {
      if (turn !== this.#turn || this.#left) return;
      // What was walked before is gone too, but not where it stood.
      this.#wanted ??= this.place.value;
      this.moment.set(null);
      this.made.set(null);
      this.maps.set(null);
      this.trouble.set(failureOf(error));
      this.state.set("refused");
    }
  }

  /** Walks anew where the run has trained on since. */
  catchUp(): void {
    const made = this.made.value;
    if (made && this.run.history.iteration >= made.walk.iteration) void this.walk();
  }

  /** The run trains exactly the batch that was walked; what is walked then is the next. */
  async makeStep(): Promise<void> {
    await this.run.step();
    await this.walk();
  }

  /** Trains to an update, batch by batch, and walks there; `anew`: from the run's beginning. Ends where nobody waits for it any more. */
  async trainTo(update: number, anew: boolean): Promise<void> {
    this.heading.set(update);
    if (anew) await this.run.beginAgain();
    const { history } = this.run;
    while (this.heading.value === update && history.iteration < update) {
      const before = history.iteration;
      await this.run.step();
      // Over, or refused: the page says why.
      if (history.iteration <= before) break;
    }
    if (this.#left) return;
    this.heading.set(null);
    await this.walk();
  }

  /** Where the run stands as it is walked. */
  runAt({ walk }: Made): RunAt {
    return { update: walk.iteration - 1, data: digest(walk.data ?? ""), opened: !this.run.reproducible };
  }

  /** Another picture of the batch is shown. */
  async show(shown: number): Promise<void> {
    await this.walk({ kind: "batch", shown });
  }

  async #make(kind: Kind): Promise<Made> {
    if (kind.kind === "given") return this.#makeGiven(kind);
    const network = this.run.network.value;
    this.#engine.prepare();
    const { bytes, next } = await this.run.snapshot();
    const [split, indices] = kind.kind === "alone" ? [kind.split, [kind.index]] as const : ["train", Array.from(next)] as const;
    const pictures = await this.run.images(split, [...indices]);
    if (pictures.indices.length !== indices.length) throw new Error("There is no such picture in this data set.");
    const shown = kind.kind === "alone" ? 0 : Math.min(kind.shown, indices.length - 1);
    const { pixels, labels } = pictures;
    const gpu = this.run.executor.info.value?.kind === "webgpu";
    const walk = await this.#engine.ask("make", { saved: bytes, pixels, labels, shown, gpu }, [bytes.buffer as ArrayBuffer, pixels.buffer as ArrayBuffer]);
    this.shown.set(null);
    return { walk, network, timeline: timelineOf(walk.outline, inboundOf(network.layers)), kind, picture: indices[shown], pictures: indices };
  }

  /** A picture that is in no set, by the run's weights or by others. */
  async #makeGiven(kind: Extract<Kind, { kind: "given" }>): Promise<Made> {
    this.#engine.prepare();
    const { bytes, network, shown } = await this.#weights(kind.source);
    const pixels = readPixels(kind.pixels);
    const labels = Uint16Array.of(kind.label);
    const gpu = this.run.executor.info.value?.kind === "webgpu";
    const walk = await this.#engine.ask("make", { saved: bytes, pixels, labels, shown: 0, gpu }, [pixels.buffer]);
    this.shown.set(shown);
    return { walk, network, timeline: timelineOf(walk.outline, inboundOf(network.layers)), kind, picture: -1, pictures: [-1] };
  }

  async #weights(source: Source): Promise<{ bytes: Uint8Array; network: Network; shown: Shown | null }> {
    if (source === "own") return { bytes: (await this.run.snapshot()).bytes, network: this.run.network.value, shown: null };
    const weights = source === "shipped" ? await shipped() : taught.value;
    if (!weights) throw new RefusedError({ message: "The weights that this was walked with are not here.", refusal: { code: "no_weights" } });
    const about = await this.run.inspect(weights.bytes);
    return { bytes: weights.bytes, network: about.network, shown: { ...about, classes: weights.classes } };
  }

  /** The number that is looked at: the one held, or the one in hand. */
  get looked(): { buffer: number; index: number } | null {
    return this.number.held.value ?? this.moment.value;
  }

  #open(): void {
    const { looked } = this;
    const made = this.made.value;
    if (this.zoom.value === "number" && looked && made) void this.number.open(made, looked.buffer, looked.index);
    else this.number.close();
  }

  turnTo(split: Split, index: number): void {
    void this.walk({ kind: "alone", split, index });
    if (split === "test") void this.run.look(index);
  }

  /** Another picture was picked on the spine. */
  #follow(index: number): void {
    const kind = this.kind.value;
    if (this.made.value && (kind.kind !== "alone" || kind.split !== "test" || kind.index !== index)) void this.walk({ kind: "alone", split: "test", index });
  }

  /** Once, however many of the run's cells change together. */
  #begin(): void {
    if (this.#beginning) return;
    this.#beginning = true;
    queueMicrotask(() => {
      this.#beginning = false;
      if (!this.#left) this.#beginNow();
    });
  }

  #beginNow(): void {
    if (!this.run.opened.value || !this.run.data.value) return;
    const { kind } = this;
    const most = kind.value.kind === "alone" ? (kind.value.split === "test" ? this.run.data.value.test : this.run.data.value.train) : Infinity;
    if (kind.value.kind === "alone" && kind.value.index >= most) kind.set({ ...kind.value, index: 0 });
    void this.walk();
  }

  #take(made: Made): void {
    const before = this.made.value;
    // Where it stands by now: whoever stepped on meanwhile stays there.
    const at = before && this.#at(before);
    this.#reader.forget();
    if (!before || JSON.stringify(before.network) !== JSON.stringify(made.network)) this.#chosen.clear();
    this.#light.point(null);
    this.made.set(made);
    this.state.set("ready");
    const linked = this.linked.value;
    if (linked && JSON.stringify(linked) === JSON.stringify(this.runAt(made))) this.linked.set(null);
    const wanted = this.#wanted;
    this.#wanted = null;
    const names = made.network.layers.map(({ name }) => name);
    const to = wanted?.at ?? at;
    const step = to ? stepAt(made.walk.outline, made.timeline, names, to) : 0;
    if (wanted?.at && step < 0) this.run.refused.update((all) => [...all, { key: "at", text: `${wanted.at!.layer}/${wanted.at!.phase}`, reason: { type: "place" } }]);
    if (wanted?.cell) this.#chooseNamed(made, wanted.cell);
    const position = Math.max(0, step);
    if (position === this.position.value) this.#seek();
    else this.position.set(position);
  }

  #chooseNamed({ walk: { outline } }: Made, cell: CellAt): void {
    const buffer = outline.buffers.findIndex(({ name }) => name === cell.buffer);
    if (buffer >= 0 && cell.index < sizeOf(outline.buffers[buffer].shape)) this.#chosen.set(buffer, cell.index);
    else this.run.refused.update((all) => [...all, { key: "cell", text: `${cell.buffer}.${cell.index}`, reason: { type: "place" } }]);
  }

  // Where it stands.

  get steps(): number {
    return this.made.value?.walk.outline.steps.length ?? 0;
  }

  goTo(step: number): void {
    if (this.steps > 0) this.position.set(Math.max(0, Math.min(this.steps - 1, step)));
  }

  /** One step, on or back; whoever steps by hand has stopped the play. */
  by(steps: number): void {
    this.pause();
    this.goTo(this.position.value + steps);
  }

  toggle(): void {
    if (this.playing.value) return this.pause();
    if (this.steps === 0) return;
    if (this.position.value === this.steps - 1) this.goTo(0);
    this.playing.set(true);
    this.#beat();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.playing.set(false);
  }

  #beat(): void {
    this.#timer = window.setTimeout(() => {
      this.goTo(this.position.value + 1);
      if (this.position.value === this.steps - 1) this.pause();
      else this.#beat();
    }, BEAT);
  }

  zoomIn(): void {
    this.zoom.update((zoom) => (zoom === "network" ? "layer" : "number"));
  }

  zoomOut(): void {
    this.zoom.update((zoom) => (zoom === "number" ? "layer" : "network"));
  }

  scale(scale: Reading["scale"]): void {
    this.reading.update((reading) => ({ ...reading, scale }));
  }

  /** Goes to the place of a link that was followed. */
  follow(place: Place): void {
    this.#wanted = place;
    this.linked.set(place.run ?? null);
    this.zoom.set(place.zoom);
    void this.walk(place.walk);
  }

  // Numbers.

  /** The numbers of a buffer, if they are here; else they are asked for, and `arrived` tells. */
  values(buffer: number, when?: When, example?: number): Float32Array | null {
    return this.#reader.values(buffer, when, example);
  }

  /** What is told of some buffers together, if it is here. */
  survey(buffers: readonly number[]): Survey | null {
    return this.#reader.survey(buffers);
  }

  /** What a layer makes of the picture when nobody trains; null where that cannot be had. */
  inference(layer: number, index: number): Promise<Inference | null> {
    return this.#reader.ask(this.#engine.ask("inference", { layer, index }));
  }

  /** Takes the number in hand: of a buffer that the step at hand writes, or else at the step that wrote it. */
  choose(buffer: number, index: number): void {
    const made = this.made.value;
    if (!made) return;
    this.#chosen.set(buffer, index);
    const { outline } = made.walk;
    const step = this.position.value;
    const here = this.#soughtAt(step);
    if (here && written(outline.steps[step]).includes(buffer)) return this.#find({ ...here, buffer, index });
    const writer = made.timeline.writer[buffer];
    if (writer >= 0) {
      this.pause();
      // What only looks at another's numbers has the same number in the same place.
      const own = written(outline.steps[writer]);
      if (!own.includes(buffer)) this.#chosen.set(own[0], index);
      if (here && writer === step) return this.#find({ ...here, buffer: own[0], index });
      return this.goTo(writer);
    }
    // A parameter has its ledger, the picture its own proof.
    this.number.hold(buffer, index);
    this.zoom.set("number");
  }

  /** The bench follows the position: the cell that was in hand there last, or the one that stands out. */
  #seek(): void {
    onFrame(this.#show);
    const sought = this.#soughtAt(this.position.value);
    if (sought) this.#find(sought);
  }

  /** What is to be drawn of a step; null where there is none. */
  #soughtAt(step: number): Sought | null {
    const outline = this.made.value?.walk.outline;
    const found = outline?.steps[step];
    if (!outline || !found) return null;
    const outputs = written(found);
    const buffer = outputs.find((one) => this.#chosen.has(one)) ?? outputs[0];
    if (buffer === undefined) return null;
    const gradient = found.operands.find(({ name }) => name === "gradient");
    const index = this.#chosen.get(buffer);
    return { step, buffer, ...(index !== undefined && { index }), foremost: gradient?.buffer ?? buffer, wanted: drawnOf(outline, found) };
  }

  /** At once where it is here already. */
  #find(sought: Sought): void {
    const seeking = ++this.#seeking;
    const held = this.#reader.held(sought);
    if (held) return this.#stand(held);
    void this.#reader.moment(sought).then((moment) => {
      if (moment && seeking === this.#seeking) this.#stand(moment);
    });
  }

  #stand(moment: Moment): void {
    const further = moment.step - (this.moment.value?.step ?? -1);
    this.#chosen.set(moment.buffer, moment.index);
    this.number.release();
    this.moment.set(moment);
    // The next one in the same direction is there before it is asked for.
    const next = this.#soughtAt(moment.step + (Math.sign(further) || 1));
    if (next && !this.#reader.held(next)) void this.#reader.moment(next);
  }

  /** Each picture's share of a gradient; null where that cannot be had. */
  shares(step: number, buffer: number, index: number): Promise<Float32Array | null> {
    return this.#reader.ask(this.#engine.ask("shares", { step, buffer, index }));
  }

  // The lens on the spine.

  #show = (): void => {
    const made = this.made.value;
    if (!made) return;
    const { walk, timeline, kind, picture } = made;
    const step = this.position.value;
    const { buffers, backward } = standing(walk.outline, timeline, step);
    const values = new Map<number, Float32Array>();
    for (const [layer, buffer] of buffers.entries()) {
      const found = buffer < 0 ? null : this.values(buffer);
      if (found) values.set(layer, found);
    }
    const { layer: here } = walk.outline.steps[step];
    const { value: reading } = this.reading;
    if (reading.backward !== backward || reading.here !== here) this.reading.set({ ...reading, backward, here });
    this.maps.set({ split: kind.kind === "alone" ? kind.split : "train", index: picture, label: walk.label, iteration: walk.iteration, values });
  };

  hover(place: CellPlace | null): void {
    const made = this.made.value;
    this.#light.point(place && made && { made, step: this.position.value, place, index: this.#indexOf(place) });
  }

  #indexOf(place: CellPlace): number {
    return valueIndex(this.run.analysis.value.layers[place.layer], place);
  }

  pick(place: CellPlace): void {
    const made = this.made.value;
    if (!made) return;
    const { outline } = made.walk;
    const { buffers } = standing(outline, made.timeline, this.position.value);
    const buffer = buffers[place.layer];
    if (buffer < 0) return;
    this.choose(buffer, this.#indexOf(place));
    if (this.zoom.value === "network") this.zoom.set("layer");
  }

  /** To the layer's first step in the direction of the walk. */
  enter(layer: number): void {
    const made = this.made.value;
    if (!made) return;
    const { phase } = made.walk.outline.steps[this.position.value];
    const segments = made.timeline.segments.filter((segment) => segment.layer === layer);
    const found = segments.find((segment) => segment.phase === phase) ?? segments[0];
    this.pause();
    if (found) this.goTo(found.first);
    if (this.zoom.value === "network") this.zoom.set("layer");
  }

  /** Whether a buffer's numbers are there at this position. */
  isKnown(buffer: number): boolean {
    const made = this.made.value;
    return made !== null && known(made.timeline, buffer, this.position.value);
  }

  #at({ walk, timeline, network }: Made): At {
    return atOf(walk.outline, timeline, network.layers.map(({ name }) => name), this.position.value);
  }

  #remember(): void {
    const made = this.made.value;
    if (!made) return;
    const moment = this.moment.value;
    const at = this.#at(made);
    const cell = moment && moment.step === this.position.value ? { buffer: made.walk.outline.buffers[moment.buffer].name, index: moment.index } : undefined;
    const run = ofRun(made.kind) ? this.runAt(made) : null;
    this.place.set({ walk: made.kind, at, zoom: this.zoom.value, ...(cell && { cell }), ...(run && (run.update > 0 || run.opened) && { run }) });
  }
}
