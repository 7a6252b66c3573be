/** What the page and the drawing's worker say to each other. */
import type { Begins } from "../aside/protocol";
import type { Drawing } from "../generated/types/Drawing";
import type { Found } from "../generated/types/Found";
import type { GradCam } from "../generated/types/GradCam";
import type { Lesson } from "../generated/types/Lesson";
import type { Mark } from "../generated/types/Mark";
import type { Neighbour } from "../generated/types/Neighbour";
import type { Occlusion } from "../generated/types/Occlusion";
import type { Outcome } from "../generated/types/Outcome";
import type { Outline } from "../generated/types/Outline";
import type { Scope } from "../generated/types/Scope";
import type { Toward as Outputs } from "../generated/types/Toward";
import type { Wishes } from "../generated/types/Wishes";

export type { Drawing } from "../generated/types/Drawing";
export type { Found } from "../generated/types/Found";
export type { GradCam } from "../generated/types/GradCam";
export type { Mark } from "../generated/types/Mark";
export type { Neighbour } from "../generated/types/Neighbour";
export type { Lesson } from "../generated/types/Lesson";
export type { Outcome } from "../generated/types/Outcome";
export type { Right } from "../generated/types/Right";
export type { Scope } from "../generated/types/Scope";
export type { Occlusion } from "../generated/types/Occlusion";
export type { Texture } from "../generated/types/Texture";
export type { Wishes } from "../generated/types/Wishes";

/** Which weights answer: those that came with the page, the run's, or those taught on drawings. */
export type Source = "shipped" | "own" | "taught";

/** What the network sees of a picture: `seen`, and as many readings of it as are averaged, one after another. */
export interface Prepared {
  seen: Uint8Array<ArrayBuffer>;
  readings: Uint8Array<ArrayBuffer>;
  count: number;
  found: Found;
}

/** What the network sees of the sheet, and what it answers. */
export interface Look extends Pick<Prepared, "seen" | "found"> {
  probabilities: Float32Array;
}

export type Toward = Outputs & {
  /** A picture a step, one after the other. */
  frames: Uint8Array<ArrayBuffer>;
};

/** The sheet as it is painted: RGBA. */
export interface Raster {
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Pictures, a byte a number, and the class of each. */
export interface Labelled {
  pixels: Uint8Array;
  labels: Uint16Array;
}

export interface KeptDrawing {
  /** Place of its class. */
  label: number;
  pixels: Uint8Array;
  drawing: Drawing | null;
}

/** Kept drawings, and what all classes are called, the network's first. */
export interface KeptDrawings {
  classes: string[];
  drawings: KeptDrawing[];
}

export interface DrawRequests extends Begins {
  /** Weights to answer with; those before under this name are given back. `gpu`: on a GPU. */
  open: { ask: { source: Source; saved: Uint8Array<ArrayBuffer>; gpu: boolean }; answer: { outline: Outline; gpu: boolean } };
  /** The drawings in a file, ours or of "Quick, Draw!". Refused where there are none. */
  drawings: { ask: ArrayBuffer; answer: Drawing[] };
  /** Reads a picture from its file: what it is as a mark of so many shades on either side. Refused where nothing can be seen on it. */
  picture: { ask: { id: number; blob: Blob; side: number }; answer: { ink: Uint8Array } };
  /** The whole sheet anew, or a picture in its place. */
  begin_sheet: { ask: { drawing: Drawing; picture: { id: number; blob: Blob } | null }; answer: Raster };
  /** One more mark. */
  mark: { ask: Mark; answer: Raster };
  /** Refused where there is nothing on the sheet. `sketch`: with a mark that is still growing. What is asked below is of this sheet. */
  look: { ask: { wishes: Wishes; source: Source; sketch?: Mark }; answer: Look };
  /** Probabilities: the mean over readings, those of the sheet where none are given. */
  read: { ask: { source: Source; pictures?: Uint8Array<ArrayBuffer> }; answer: Float32Array };
  values: { ask: { source: Source; buffers: number[] }; answer: Float32Array[] };
  grad_cam: { ask: { source: Source; target: number }; answer: GradCam };
  input_gradient: { ask: { source: Source; target: number }; answer: Float32Array };
  occlusion: { ask: { source: Source; target: number }; answer: Occlusion };
  /** Training pictures to look for neighbours among, after those before: how many of them found room. */
  remember: { ask: { source: Source; pixels: Uint8Array }; answer: number };
  nearest: { ask: { source: Source; count: number }; answer: Neighbour[] };
  /** Kept drawings as a file, and those of a file. Refused where it holds none. */
  kept_file: { ask: KeptDrawings; answer: Uint8Array<ArrayBuffer> };
  kept_read: { ask: Uint8Array; answer: KeptDrawings };
  /** Begins to teach weights what was kept; `lesson` does the next piece of it, and when all are done `taught` says what came of it. */
  teach: { ask: { saved: Uint8Array<ArrayBuffer>; kept: KeptDrawings; rehearsed: Labelled; validated: Labelled; scope: Scope }; answer: void };
  lesson: { ask: null; answer: Lesson };
  taught: { ask: null; answer: { saved: Uint8Array<ArrayBuffer>; outcome: Outcome } };
  toward: { ask: { source: Source; target: number; steps: number }; answer: Toward };
}
