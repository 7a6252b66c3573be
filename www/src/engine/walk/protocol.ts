/** What the page and the walk's worker say to each other. A walk is made once, run whole, and then only read. */
import type { Begins } from "../aside/protocol";
import type { Direction } from "../generated/types/Direction";
import type { Explanation } from "../generated/types/Explanation";
import type { Inference } from "../generated/types/Inference";
import type { Moved } from "../generated/types/Moved";
import type { Nudge } from "../generated/types/Nudge";
import type { Survey } from "../generated/types/Survey";
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

/** Numbers of a buffer: of one example where it is batched, of the shown one where none is named. */
export interface Wanted {
  buffer: number;
  when: When;
  example?: number;
}

/** All that is drawn of a step, in one answer. */
export interface MomentAnswer {
  explanation: Explanation;
  /** In the order of what was wanted. */
  values: Float32Array[];
}

/** A copy of the run, and the weight that is watched while its updates are made again. */
export interface Replayed {
  /** The run as a file. */
  saved: Uint8Array;
  /** From the first weights of its seed instead. */
  anew: boolean;
  /** As many as it trains on. */
  pictures: number;
  /** The buffer's name, and the number in it. */
  weight: string;
  index: number;
}

export interface WalkRequests extends Begins {
  /** Makes the walk and runs all of its steps; what was walked before is given back. */
  make: { ask: Walked; answer: WalkOutline };
  values: { ask: Wanted; answer: Float32Array };
  /** A step, and how it made one number: where none is named, the one in the place of the number furthest from zero in `foremost`. */
  moment: { ask: { step: number; buffer: number; index?: number; foremost: number; wanted: Wanted[] }; answer: MomentAnswer };
  /** How a step made one number. */
  explain: { ask: { step: number; buffer: number; index: number }; answer: Explanation };
  field: { ask: { buffer: number; index: number; direction: Direction }; answer: Field[] };
  /** Each picture's share of a parameter's gradient. */
  shares: { ask: { step: number; buffer: number; index: number }; answer: Float32Array };
  /** Of each group of buffers. */
  survey: { ask: { groups: number[][] }; answer: Survey[] };
  /** What a layer makes of the shown picture when nobody trains, and how it makes one number. */
  inference: { ask: { layer: number; index: number }; answer: Inference };
  /** Begins at a copy of the run; the answer is where that stands. */
  replay: { ask: Replayed; answer: number };
  /** The training pictures of the replay's next batch. */
  replay_batch: { ask: Record<string, never>; answer: Uint32Array };
  /** Makes the replay's next update. */
  replay_update: { ask: { pixels: Uint8Array; labels: Uint16Array }; answer: Moved };
  nudge: { ask: { buffer: number; index: number; epsilons: Float32Array }; answer: Nudge };
}
