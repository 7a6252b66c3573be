/** What a view lays over the spine: other numbers in the layers' places, and what pointing at them means. */
import type { Analysis, Network, Split } from "../engine/protocol";
import type { Cell } from "./cell";
import type { CellPlace } from "./field";
import type { Maps } from "./history";
import type { Messages } from "./i18n";

/** How the numbers in the layers' places are to be read. */
export interface Reading {
  /** Gradients: of either sign, whatever the layer's own numbers are. */
  backward: boolean;
  /** What is painted in full colour: each map's own largest number, each layer's, or the network's. */
  scale: "map" | "layer" | "network";
  /** The layer in which the walk stands. */
  here: number;
}

/** The network whose numbers they are, and its plan. */
export interface Shown {
  network: Network;
  analysis: Analysis;
  /** As the data set's authors write them. */
  classes: readonly string[];
}

export interface Lens {
  /** What stands in the layers' places; a layer that is missing has yet to be computed. */
  readonly maps: Cell<Maps | null>;
  readonly reading: Cell<Reading>;
  /** Cells of each layer that have to do with the one pointed at. */
  readonly lit: Cell<ReadonlyMap<number, Uint32Array>>;
  /** Another picture was chosen. */
  turnTo(split: Split, index: number): void;
  hover(place: CellPlace | null): void;
  /** A cell was chosen. */
  pick(place: CellPlace): void;
  /** A layer's name was pressed. */
  enter(layer: number): void;
  /** Where it is another network than the run's; null until it is known. */
  readonly shown?: Cell<Shown | null>;
  /** The layers that are in sight. */
  draw?(layers: readonly number[]): void;
  /** What is said of its picture where that is of no class. */
  readonly unlabelled?: (t: Messages) => string;
}
