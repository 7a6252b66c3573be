/** What a sentence, a formula and a program are made from, and what a formula is made of. */
import type { Loss } from "../../../engine/generated/types/Loss";
import type { Node } from "../../../engine/generated/types/Node";
import type { Language } from "../../hash";
import type { Explanation, WalkOutline } from "../types";

/** What is told of. */
export interface Telling {
  language: Language;
  walk: WalkOutline;
  /** Index among the walk's steps. */
  step: number;
  /** The network's layer that the step belongs to. */
  layer: Node;
  /** Of the cell in hand; null speaks of the whole layer. */
  explanation: Explanation | null;
  /** The run's loss; cross-entropy where nothing is said. */
  loss?: Loss;
  /** The classes in the reader's language, where the data set names them. */
  classes?: readonly string[];
}

/** What a symbol stands for: an operand of the step, a named line of its arithmetic, or none of it. */
export type Means = string;

/** A piece of a formula. */
export interface Part {
  text: string;
  /** The operand or line that the piece stands for, by its name (`x`, `kernel`, `dy`, `sum`…), or `op`. */
  means: Means;
  place?: "sub" | "sup";
}

export interface Description {
  sentence: string;
  formula: Part[];
  /** Sentence and formula as they are said aloud. */
  accessible: string;
}
