/** The Zoo view as the page has it: a published network, its weights, a picture, and what it is taken for. */
import { failureOf, type Failure } from "../../engine/failure";
import { ZooEngine } from "../../engine/zoo/client";
import type { Anatomy, Class, Model } from "../../engine/zoo/protocol";
import { Cell } from "../cell";
import { Stages } from "../stages";
import type { Run } from "../run";

/** A network as it is wished: without a file its weights are random. */
export interface Wish {
  id: number;
  model: string;
  file: File | null;
}

export interface Given {
  id: number;
  blob: Blob;
}

/** What a picture was taken for. */
export interface Told {
  probabilities: Float32Array;
  /** The likeliest classes, the likeliest first. */
  top: number[];
  /** Milliseconds of this network's first run, which prepares its weights, and of the last one. */
  first: number;
  later: number;
}

/** Classes that are told. */
const TOP = 5;

export class Zoo {
  readonly models = new Cell<readonly Model[]>([]);
  readonly wish = new Cell<Wish>({ id: 0, model: "mobilenet_v2", file: null });
  /** The network that answers; null until one is open. */
  readonly opened = new Cell<Wish | null>(null);
  readonly anatomy = new Cell<Anatomy | null>(null);
  readonly picture = new Cell<Given | null>(null);
  readonly crop = new Cell(false);
  readonly told = new Cell<Told | null>(null);
  readonly classes = new Cell<readonly Class[] | null>(null);
  readonly trouble = new Cell<Failure | null>(null);
  readonly engine: ZooEngine;
  readonly busy: Cell<boolean>;

  readonly #stages: Stages;
  readonly #leave: (() => void)[] = [];
  #names: Blob | null = null;
  #ids = 0;
  /** The picture that was recognised last. */
  #looked: Given | null = null;
  /** Milliseconds of the open network's first run. */
  #first: number | null = null;

  constructor(run: Run) {
    this.engine = new ZooEngine(() => run.module());
    this.engine.prepare();
    const { wish, opened, picture, crop } = this;
    this.#stages = new Stages(
      [
        { key: () => "models", run: async () => this.models.set(await this.engine.ask("models", null)) },
        { key: () => (wish.value === opened.value ? null : `${wish.value.id}`), run: () => this.#open(wish.value) },
        { key: () => opened.value && picture.value && `${opened.value.id}/${picture.value.id}/${crop.value}`, run: () => this.#recognise() },
        { key: () => this.#names && `${this.#ids}`, run: () => this.#name() },
      ],
      (error) => this.trouble.set(failureOf(error)),
    );
    this.busy = this.#stages.busy;
    for (const cell of [wish, opened, picture, crop]) this.#leave.push((cell as Cell<unknown>).subscribe(() => this.#stages.want()));
  }

  /** Ends the worker and gives back its memory. */
  leave(): void {
    for (const leave of this.#leave) leave();
    this.#stages.leave();
    this.engine.stop();
  }

  onLeave(leave: () => void): void {
    this.#leave.push(leave);
  }

  choose(model: string): void {
    if (model !== this.wish.value.model) this.#wish({ model, file: null });
  }

  /** Weights for the chosen network, class names or a picture: what a file is, its name tells. */
  give(file: Blob): void {
    const name = file instanceof File ? file.name : "";
    this.trouble.set(null);
    if (file instanceof File && /\.(safetensors|h5|hdf5)$/i.test(name)) this.#wish({ model: this.wish.value.model, file });
    else if (/\.json$/i.test(name)) {
      this.#names = file;
      this.#ids++;
      this.#stages.want();
    } else this.picture.set({ id: ++this.#ids, blob: file });
  }

  #wish(wish: Omit<Wish, "id">): void {
    this.wish.set({ id: ++this.#ids, ...wish });
  }

  async #open(wish: Wish): Promise<void> {
    const before = this.opened.value;
    try {
      const anatomy = await this.engine.ask("anatomy", wish.model);
      // The file itself is in memory while it is read.
      const bytes = anatomy.bytes + (wish.file?.size ?? 0);
      if (bytes > anatomy.room) {
        throw Object.assign(new Error("The network does not fit into memory."), { refusal: { code: "too_big", needed: bytes, room: anatomy.room, batch: 1, fits: 0 } });
      }
      await this.engine.ask("open", { model: wish.model, file: wish.file });
      this.#first = null;
      this.told.set(null);
      this.anatomy.set(anatomy);
      this.opened.set(wish);
    } catch (error) {
      // What was there stays, and is what is wished again.
      if (before && this.wish.value === wish) this.wish.set(before);
      throw error;
    }
  }

  async #recognise(): Promise<void> {
    const [opened, picture] = [this.opened.value, this.picture.value];
    if (!opened || !picture) return;
    const ask = { picture: picture.blob, crop: this.crop.value };
    let answer = await this.engine.ask("recognise", ask).catch((error: unknown) => {
      // What was looked at before stays.
      if (this.picture.value === picture) this.picture.set(this.#looked);
      throw error;
    });
    this.#looked = picture;
    const first = this.#first ?? answer.milliseconds;
    // The first run prepares the weights: how long the others take, a second one tells.
    if (this.#first === null) answer = await this.engine.ask("recognise", ask);
    this.#first = first;
    const { probabilities, milliseconds: later } = answer;
    const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
    this.told.set({ probabilities, top: order.slice(0, TOP), first, later });
  }

  async #name(): Promise<void> {
    const names = this.#names;
    this.#names = null;
    if (names) this.classes.set(await this.engine.ask("classes", names));
  }
}
