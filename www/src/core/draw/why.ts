/** Why the network answers as it does: a map over the picture for one class, and what of it can be told of the garment's parts. */
import type { DrawEngine } from "../../engine/draw/client";
import type { Source } from "../../engine/draw/protocol";
import { failureOf, type Failure } from "../../engine/failure";
import { Cell } from "../cell";
import { partsOf, type Part, type PartName } from "./parts";
import { account, covered, patched, spread, type Account } from "./reasons";

export const WAYS = ["grad_cam", "input_gradient", "occlusion"] as const;
export type Way = (typeof WAYS)[number];

/** A smaller loss of probability is none that anybody would tell of. */
const LEAST_LOSS = 0.01;

export interface Reason {
  way: Way;
  /** The class that is asked about, and the one that the network says. */
  target: number;
  said: number;
  seen: Uint8Array;
  /** The map laid out over the picture, pixel for pixel. */
  pixels: Float32Array;
  /** Of the network, whose maps they are (Grad-CAM); empty where it is of none. */
  layer: string;
  account: Account;
  /** With the foremost part covered: the class then said. Only occlusion knows. */
  without: { part: PartName; said: number } | null;
}

export class Why {
  readonly way = new Cell<Way>("grad_cam");
  /** The class that is asked about; null for the one that is said. */
  readonly target = new Cell<number | null>(null);
  readonly reason = new Cell<Reason | null>(null);
  /** Why it cannot be found out for this network. */
  readonly trouble = new Cell<Failure | null>(null);
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
    this.trouble.set(null);
    const found = await this.#ask(way, source, target).catch((error: unknown) => this.#refuse(error));
    if (!found) return;
    const { pixels, layer } = found;
    const parts = partsOf(classes[target], seen);
    const told = account(pixels, parts, seen, way === "occlusion" ? LEAST_LOSS : 0);
    const without = way === "occlusion" && target === said ? await this.#without(source, said, told, seen, parts) : null;
    this.reason.set({ way, target, said, seen, pixels, layer, account: told, without });
  }

  async #ask(way: Way, source: Source, target: number): Promise<{ pixels: Float32Array; layer: string }> {
    if (way === "grad_cam") {
      const map = await this.#engine.ask(way, { source, target });
      return { pixels: spread(map), layer: map.layer };
    }
    if (way === "occlusion") return { pixels: patched(await this.#engine.ask(way, { source, target })), layer: "" };
    return { pixels: await this.#engine.ask(way, { source, target }), layer: "" };
  }

  #refuse(error: unknown): null {
    const failure = failureOf(error);
    if (failure.refusal?.code !== "no_maps") throw error;
    this.reason.set(null);
    this.trouble.set(failure);
    return null;
  }

  /** What it says with the foremost part taken away; null where the picture by itself says something else than all readings do. */
  async #without(source: Source, said: number, { parts: [foremost] }: Account, seen: Uint8Array, parts: readonly Part[]): Promise<Reason["without"]> {
    const part = parts.find(({ name }) => name === foremost);
    if (!part || (await this.#says(source, Uint8Array.from(seen))) !== said) return null;
    return { part: part.name, said: await this.#says(source, covered(seen, part)) };
  }

  async #says(source: Source, pictures: Uint8Array<ArrayBuffer>): Promise<number> {
    const probabilities = await this.#engine.ask("read", { source, pictures });
    return probabilities.indexOf(Math.max(...probabilities));
  }
}
