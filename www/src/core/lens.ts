/** What a view lays over the spine: other numbers in the layers' places, and what pointing at them means. */
import type { Split } from "../engine/protocol";
import type { Cell } from "./cell";
import type { CellPlace } from "./field";
import type { Maps } from "./history";

/** How the numbers in the layers' places are to be read. */
export interface Reading {
  /** Gradients: of either sign, whatever the layer's own numbers are. */
  backward: boolean;
  /** What is painted in full colour: each map's own largest number, each layer's, or the network's. */
  scale: "map" | "layer" | "network";
  /** The layer in which the walk stands. */
  here: number;
}

export interface Lens {
  /** What stands in the layers' places; a layer that is missing has yet to be computed. */
  readonly maps: Cell<Maps | null>;
  readonly reading: Cell<Reading>;
  /** Cells of each layer that have to do with the one pointed at. */
  readonly lit: Cell<ReadonlyMap<number, Uint32Array>>;
  /** Another picture was chosen. */
  look(split: Split, index: number): void;
  hover(place: CellPlace | null): void;
  /** A cell was chosen. */
  pick(place: CellPlace): void;
  /** A layer's name was pressed. */
  enter(layer: number): void;
}
