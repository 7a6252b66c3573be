/** What the page and the drawing's worker say to each other. */
import type { Begins } from "../aside/protocol";
import type { Outline } from "../generated/types/Outline";
import type { Drawing, Mark } from "./marks";

/** What a person may overrule; left out where it is found by itself. */
export interface Wishes {
  inverted?: boolean;
  /** Quarter turns clockwise. */
  turned?: number;
  mirrored?: boolean;
  /** The background is removed. */
  background?: boolean;
}

/** What was found, or wished. */
export interface Found {
  inverted: boolean;
  turned: number;
  mirrored: boolean;
  background: boolean;
}

/** What the network sees of the sheet, and what it answers. */
export interface Look {
  seen: Uint8Array<ArrayBuffer>;
  found: Found;
  probabilities: Float32Array;
}

/** Which weights answer: those that came with the page, the run's, or those taught on drawings. */
export type Source = "shipped" | "own" | "taught";

/** Numbers over the picture, coarser than it where a layer's maps are. */
export interface Heat {
  height: number;
  width: number;
  cells: Float32Array;
}

export interface GradCam extends Heat {
  /** Whose maps. */
  layer: string;
}

export interface Occlusion extends Heat {
  /** Of the patch, in pixels of the seen picture, and how far apart patches are. */
  side: number;
  stride: number;
}

export interface Neighbour {
  index: number;
  distance: number;
}

export interface Toward {
  /** A picture a step, one after the other. */
  frames: Uint8Array;
  /** Of the class, at each step. */
  probabilities: Float32Array;
}

/** The sheet as it is painted: RGBA. */
export interface Raster {
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface Taught {
  /** The network with what it has learnt, as a file. */
  saved: Uint8Array<ArrayBuffer>;
  /** Right answers before and after: of the kept drawings, and of the validation pictures. */
  kept: { before: number; after: number; of: number };
  validation: { before: number; after: number; of: number };
}

export interface DrawRequests extends Begins {
  /** Weights to answer with; those before under this name are given back. `gpu`: on a GPU. */
  open: { ask: { source: Source; saved: Uint8Array<ArrayBuffer>; gpu: boolean }; answer: { outline: Outline } };
  /** Reads a picture from its file: what it is as a mark of so many shades on either side. Refused where it cannot be read. */
  picture: { ask: { id: number; blob: Blob; side: number }; answer: { ink: Uint8Array } };
  /** The whole sheet anew, or a picture in its place. */
  begin_sheet: { ask: { drawing: Drawing; picture: { id: number; blob: Blob } | null }; answer: Raster };
  /** One more mark. */
  mark: { ask: Mark; answer: Raster };
  /** Null: there is nothing on the sheet. What is asked below is of the picture that was looked at last. */
  look: { ask: { wishes: Wishes; source: Source }; answer: Look | null };
  /** Probabilities; `seen`: of this picture in its place. */
  read: { ask: { source: Source; seen?: Uint8Array }; answer: Float32Array };
  values: { ask: { source: Source; buffers: number[] }; answer: Float32Array[] };
  grad_cam: { ask: { source: Source; target: number }; answer: GradCam };
  input_gradient: { ask: { source: Source; target: number }; answer: Float32Array };
  occlusion: { ask: { source: Source; target: number }; answer: Occlusion };
  /** Training pictures to look for neighbours among, after those before, or `anew`. */
  remember: { ask: { source: Source; pixels: Uint8Array; anew: boolean }; answer: void };
  nearest: { ask: { source: Source; count: number }; answer: Neighbour[] };
  toward: { ask: { source: Source; target: number; steps: number }; answer: Toward };
}
