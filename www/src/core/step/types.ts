/** What the walk of a run tells the page. */
import type { Optimizer } from "../../engine/generated/types/Optimizer";
import type { Outline } from "../../engine/generated/types/Outline";

export type { BufferOutline } from "../../engine/generated/types/BufferOutline";
export type { Operand } from "../../engine/generated/types/Operand";
export type { Outline } from "../../engine/generated/types/Outline";
export type { Phase } from "../../engine/generated/types/Phase";
export type { StepOutline } from "../../engine/generated/types/StepOutline";

/** The walk as a whole. */
export interface WalkOutline {
  outline: Outline;
  /** Pictures in the batch, and which of them is shown. */
  batch: number;
  shown: number;
  /** Number of the update that is walked. */
  iteration: number;
  learning_rate: number;
  optimizer: Optimizer;
  /** The shown picture's, and the mean over the batch. */
  loss: number;
  batch_loss: number;
  label: number;
  predicted: number;
  parameters: number;
}

/** Operands met, cell by cell: entry i belongs to product i. */
export interface Column {
  /** As in the operation's formula: x, kernel, dy… */
  name: string;
  buffer: number;
  example: number | null;
  indices: number[];
  values: number[];
}

/** A number that has a name in the arithmetic. */
export interface Line {
  name: string;
  value: number;
}

/** How one number was made by the step that wrote it. */
export interface Explanation {
  step: number;
  stem: string;
  buffer: number;
  index: number;
  /** As the executor has it. */
  value: number;
  columns: Column[];
  /** Of the columns' entries; empty where the operation is no sum. */
  products: number[];
  /** How many of the products are the shown picture's, which come first. */
  of_shown: number;
  lines: Line[];
}

/** Cells of one buffer, of the shown picture where it is batched. */
export interface Field {
  buffer: number;
  indices: Uint32Array;
}

/** The loss with a number moved by ± each ε, beside the number that came back. */
export interface Nudge {
  losses: [number, number][];
  gradient: number;
  gradient_buffer: number;
  loss: number;
  /** How far rounding may move the quotient at each ε. */
  bound: number[];
}
