/**
 * What the page and the engine worker say to each other. Control messages are plain objects whose types come from the
 * Rust crates (`generated/types`, snake_case as serde writes them); tensors are typed arrays, transferred.
 */
import type { Analysis } from "./generated/types/Analysis";
import type { EpochReport } from "./generated/types/EpochReport";
import type { ExecutorReport } from "./generated/types/ExecutorReport";
import type { Network } from "./generated/types/Network";
import type { StepReport } from "./generated/types/StepReport";
import type { Training } from "./generated/types/Training";

export type { Activation } from "./generated/types/Activation";
export type { Analysis } from "./generated/types/Analysis";
export type { EpochReport } from "./generated/types/EpochReport";
export type { ExecutorReason } from "./generated/types/ExecutorReason";
export type { Layer } from "./generated/types/Layer";
export type { LayerInfo } from "./generated/types/LayerInfo";
export type { Mistake } from "./generated/types/Mistake";
export type { Network } from "./generated/types/Network";
export type { NetworkError } from "./generated/types/NetworkError";
export type { Node } from "./generated/types/Node";
export type { Optimizer } from "./generated/types/Optimizer";
export type { Problem } from "./generated/types/Problem";
export type { ReceptiveField } from "./generated/types/ReceptiveField";
export type { StepReport } from "./generated/types/StepReport";
export type { Training } from "./generated/types/Training";

export type Split = "train" | "test";

export type RunState = "idle" | "running" | "paused" | "finished" | "failed";

export interface DataInfo {
  /** `beside`: files beside the page; `official`: the public copy; `files`: given by hand; `stored`: kept from before. */
  source: "beside" | "official" | "files" | "stored" | "procedural";
  train: number;
  test: number;
  class_names: string[];
}

/** Which executor the user wants. */
export type ExecutorWish = "auto" | "cpu" | "webgpu";

/** What computes, and why: as the run says it, and what the CPU has. */
export interface ExecutorInfo extends ExecutorReport {
  wish: ExecutorWish;
  /** `simd128` or `relaxed` (fused multiply-add). */
  isa: "simd128" | "relaxed";
  /** Threads that compute on the CPU, the engine's own included. */
  workers: number;
}

export interface DataFile {
  name: string;
  bytes: ArrayBuffer;
}

export type DataChoice =
  | { kind: "procedural" }
  | { kind: "beside" }
  | { kind: "official" }
  | { kind: "files"; files: DataFile[] };

/** Requests and what each resolves to. Every one may reject with an Error whose message is fit to be shown. */
export interface Requests {
  /**
   * First of all: loads the module, starts on procedural garments, makes the network. If files lie beside the page or in the
   * browser's storage they replace the procedural garments when they have arrived, announced by `data`.
   */
  open: {
    /** `page`: the page's own address, beside which data files may lie. `workers`: threads to use, else as many as cores. */
    ask: { page: string; network: Network; training: Training; workers?: number; executor?: ExecutorWish };
    answer: { analysis: Analysis; data: DataInfo; executor: ExecutorInfo };
  };
  /** Shapes, counts and problems of a network, without touching the run. */
  analyze: { ask: { network: Network }; answer: Analysis };
  /** Replaces the network and the training's settings, with fresh weights; rejects an impossible network. */
  configure: { ask: { network: Network; training: Training }; answer: Analysis };
  /** Changes the rate of a run as it goes on. */
  learning_rate: { ask: { value: number }; answer: void };
  run: { ask: object; answer: void };
  /** Resolves when the step under way has ended. */
  pause: { ask: object; answer: void };
  /** Exactly one batch. */
  step: { ask: object; answer: void };
  /** Fresh weights from the seed; epoch 1. */
  reset: { ask: object; answer: void };
  /** The picture whose maps are shown from now on. */
  look: { ask: { split: Split; index: number }; answer: void };
  /** Test pictures whose predictions are kept up to date. */
  watch: { ask: { indices: number[] }; answer: void };
  images: {
    ask: { split: Split; indices: number[] };
    /** A byte a number: row by row, the channels of a pixel together; 0 is black. */
    answer: { pixels: Uint8Array; labels: Uint16Array };
  };
  use_data: { ask: { choice: DataChoice }; answer: DataInfo };
  /** Another executor, between two updates of a run that goes on; rejects where it cannot be had, and the run stays as it was. */
  executor: { ask: { wish: ExecutorWish }; answer: void };
  /** For trying out what happens: the GPU is lost as if the browser had taken it away. */
  lose_device: { ask: object; answer: void };
  /** The run as a `.safetensors` file. */
  checkpoint: { ask: object; answer: Uint8Array };
  /** Weights, optimiser state and progress from such a file, for the network as it stands. */
  restore: { ask: { bytes: Uint8Array }; answer: void };
}

export type RequestType = keyof Requests;

/** Stands for "no class" among classes in a typed array: the network's outputs were not numbers. */
export const NO_ANSWER = 0xffff;

/** What the engine says without being asked. */
export type EngineEvent =
  | { type: "state"; state: RunState }
  /** The run is at its beginning again (configure, reset, other data): curves start anew. */
  | { type: "restart"; training: Training; analysis: Analysis }
  | { type: "step"; report: StepReport }
  /** `predictions`: the class said for every test picture, `NO_ANSWER` where none was. */
  | { type: "epoch"; report: EpochReport; predictions: Uint16Array }
  /** Progress of the validation pass, 0 to 1. */
  | { type: "validating"; share: number }
  /** The output of every layer for the picture looked at, in the network's order, shaped as the analysis says. */
  | { type: "maps"; split: Split; index: number; label: number; iteration: number; values: Float32Array[] }
  | { type: "predictions"; indices: Uint32Array; classes: Uint16Array; confidences: Float32Array }
  /** Whenever something about it is new. */
  | { type: "executor"; executor: ExecutorInfo }
  /** A GPU was lost: the run goes on from this update, and what came after it did not happen. */
  | { type: "rewind"; iteration: number }
  | { type: "data"; data: DataInfo }
  | { type: "data_progress"; loaded: number; total: number }
  /** Real pictures have arrived during a run on others: `use_data` with this choice takes them at once. */
  | { type: "data_ready"; choice: DataChoice }
  | { type: "error"; message: string };
