/** What the page and the walk's worker say to each other. A walk is made once, run whole, and then only read. */
import type { Begins } from "../aside/protocol";
import type { Direction } from "../generated/types/Direction";
import type { Explanation } from "../generated/types/Explanation";
import type { Nudge } from "../generated/types/Nudge";
import type { WalkOutline } from "../generated/types/WalkOutline";

/** A saved run and the pictures that are walked. */
export interface Walked {
  /** The run as a file. */
  saved: Uint8Array;
  /** A byte a number, picture after picture. */
  pixels: Uint8Array;
  labels: Uint16Array;
  /** Which of the pictures is shown. */
  shown: number;
  /** The run computes on a GPU, and so does its walk. */
  gpu: boolean;
}

/** Cells of one buffer, of the shown picture where it is batched. */
export interface Field {
  buffer: number;
  indices: Uint32Array<ArrayBuffer>;
}

export type When = "before" | "after";

export interface WalkRequests extends Begins {
  /** Makes the walk and runs all of its steps; what was walked before is given back. */
  make: { ask: Walked; answer: WalkOutline };
  /** The numbers of a buffer: of one example where it is batched, of the shown one where none is named. */
  values: { ask: { buffer: number; when: When; example?: number }; answer: Float32Array };
  /** How a step made one number. */
  explain: { ask: { step: number; buffer: number; index: number }; answer: Explanation };
  field: { ask: { buffer: number; index: number; direction: Direction }; answer: Field[] };
  /** Each picture's share of a parameter's gradient. */
  shares: { ask: { step: number; buffer: number; index: number }; answer: Float32Array };
  nudge: { ask: { buffer: number; index: number; epsilons: Float32Array }; answer: Nudge };
}
