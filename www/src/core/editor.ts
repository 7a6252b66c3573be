/** A draft of the network: edits, undo and redo, and what the engine says of it as it is typed. */
import type { Engine } from "../engine/client";
import type { Analysis, Network } from "../engine/protocol";
import { Cell } from "./cell";
import { onFrame } from "./frame";

const NOTHING: Analysis = { layers: [], problem: null };

/** Edits that can be taken back. */
const REMEMBERED = 200;

export class Editor {
  readonly open = new Cell(false);
  /** Index of the layer whose settings are shown. */
  readonly selected = new Cell<number | null>(null);
  readonly draft: Cell<Network>;
  /** The draft last looked at and what was found; behind `draft` by a frame, and always of one piece. */
  readonly view: Cell<{ network: Network; analysis: Analysis }>;
  readonly canUndo = new Cell(false);
  readonly canRedo = new Cell(false);
  /** Why the draft could not even be looked at (an unknown hyper-parameter in a pasted network). */
  readonly refusal = new Cell<string | null>(null);

  /** A layer's name is being typed that will take effect when its field is left. */
  readonly pending = new Cell(false);

  readonly #engine: Engine;
  #applied: Network;
  #past: Network[] = [];
  #future: Network[] = [];
  #lastKey = "";
  #asking = false;

  constructor(engine: Engine, network: Network) {
    this.#engine = engine;
    this.#applied = network;
    this.draft = new Cell(network);
    this.view = new Cell({ network, analysis: NOTHING });
  }

  get changed(): boolean {
    return JSON.stringify(this.draft.value) !== JSON.stringify(this.#applied);
  }

  /** Follows what the engine runs. */
  adopt(network: Network, analysis: Analysis): void {
    const untouched = !this.changed;
    this.#applied = network;
    if (!untouched && this.open.value) return;
    this.#past = [];
    this.#future = [];
    this.#show(network);
    this.view.set({ network, analysis });
  }

  /** Edits with the same `key` in a row are one step of undo: a number being typed. */
  edit(network: Network, key = ""): void {
    if (network === this.draft.value) return;
    if (key === "" || key !== this.#lastKey) this.#past = [...this.#past, this.draft.value].slice(-REMEMBERED);
    this.#future = [];
    this.#show(network, key);
  }

  undo(): void {
    const before = this.#past.pop();
    if (!before) return;
    this.#future.push(this.draft.value);
    this.#show(before);
  }

  redo(): void {
    const after = this.#future.pop();
    if (!after) return;
    this.#past.push(this.draft.value);
    this.#show(after);
  }

  discard(): void {
    if (this.changed) this.edit(this.#applied);
    this.close();
  }

  close(): void {
    this.selected.set(null);
    this.open.set(false);
  }

  begin(layer: number | null = null): void {
    this.open.set(true);
    this.selected.set(layer);
  }

  #show(network: Network, key = ""): void {
    this.#lastKey = key;
    this.draft.set(network);
    const selected = this.selected.value;
    if (selected !== null && selected >= network.layers.length) this.selected.set(null);
    this.canUndo.set(this.#past.length > 0);
    this.canRedo.set(this.#future.length > 0);
    onFrame(this.#analyze);
  }

  /** One question at a time; the draft may have changed when the answer comes, and then it is asked again. */
  #analyze = async (): Promise<void> => {
    if (this.#asking) return;
    this.#asking = true;
    const network = this.draft.value;
    try {
      const analysis = await this.#engine.ask("analyze", { network });
      this.view.set({ network, analysis });
      this.refusal.set(null);
    } catch (error) {
      this.view.set({ network, analysis: NOTHING });
      this.refusal.set(error instanceof Error ? error.message : String(error));
    } finally {
      this.#asking = false;
    }
    if (network !== this.draft.value) onFrame(this.#analyze);
  };
}
