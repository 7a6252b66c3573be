/** Why the network answers as it does: a map over the picture for one class, and what of it can be told of the garment's parts. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Heat, Source } from "../../engine/draw/protocol";
import { Cell } from "../cell";
import { SEEN } from "./garments";
import { partsOf, type PartName } from "./parts";
import { account, covered, spread, type Account } from "./reasons";

export const WAYS = ["grad_cam", "input_gradient", "occlusion"] as const;
export type Way = (typeof WAYS)[number];

export interface Reason {
  way: Way;
  /** The class that is asked about, and the one that the network says. */
  target: number;
  said: number;
  seen: Uint8Array;
  heat: Heat;
  /** The map laid out over the picture, pixel for pixel. */
  pixels: Float32Array;
  /** Of the network, whose maps they are (Grad-CAM); empty where it is of none. */
  layer: string;
  account: Account;
  /** With the foremost part covered: the class then said. Only occlusion knows. */
  without: { part: PartName; said: number; probability: number } | null;
}

export class Why {
  readonly way = new Cell<Way>("grad_cam");
  /** The class that is asked about; null for the one that is said. */
  readonly target = new Cell<number | null>(null);
  readonly reason = new Cell<Reason | null>(null);
  readonly #engine: DrawEngine;

  constructor(engine: DrawEngine) {
    this.#engine = engine;
  }

  key(said: number): string | null {
    return said < 0 ? null : `${this.way.value} ${this.target.value ?? said}`;
  }

  async find(source: Source, said: number, seen: Uint8Array, classes: readonly string[]): Promise<void> {
    const way = this.way.value;
    const target = this.target.value ?? said;
    const { heat, layer } = await this.#ask(way, source, target);
    const pixels = spread(heat);
    const parts = partsOf(classes[target], seen);
    const told = account(pixels, parts, seen);
    const without = way === "occlusion" ? await this.#without(source, told, seen, parts) : null;
    this.reason.set({ way, target, said, seen, heat, pixels, layer, account: told, without });
  }

  async #ask(way: Way, source: Source, target: number): Promise<{ heat: Heat & { side?: number; stride?: number }; layer: string }> {
    if (way === "grad_cam") {
      const { layer, ...heat } = await this.#engine.ask(way, { source, target });
      return { heat, layer };
    }
    if (way === "occlusion") return { heat: await this.#engine.ask(way, { source, target }), layer: "" };
    return { heat: { height: SEEN, width: SEEN, cells: await this.#engine.ask(way, { source, target }) }, layer: "" };
  }

  /** What it says with the foremost part taken away. */
  async #without(source: Source, { parts: [foremost] }: Account, seen: Uint8Array, parts: ReturnType<typeof partsOf>): Promise<Reason["without"]> {
    const part = parts.find(({ name }) => name === foremost);
    if (!part) return null;
    const probabilities = await this.#engine.ask("read", { source, seen: covered(seen, part) });
    const said = probabilities.indexOf(Math.max(...probabilities));
    return { part: part.name, said, probability: probabilities[said] };
  }
}
