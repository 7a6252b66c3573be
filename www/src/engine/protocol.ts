/**
 * What the page and the engine worker say to each other. Control messages are plain objects whose types come from the
 * Rust crates (`generated/types`, snake_case as serde writes them); tensors are typed arrays, transferred.
 */
import type { Analysis } from "./generated/types/Analysis";
import type { Failure } from "./failure";
import type { Compiled } from "./module";
import type { EpochReport } from "./generated/types/EpochReport";
import type { ExecutorReport } from "./generated/types/ExecutorReport";
import type { Network } from "./generated/types/Network";
import type { Restored } from "./generated/types/Restored";
import type { StepReport } from "./generated/types/StepReport";
import type { Training } from "./generated/types/Training";

export type { Failure, Refusal } from "./failure";
export type { Restored } from "./generated/types/Restored";
export type { Activation } from "./generated/types/Activation";
export type { Catalogue } from "./generated/types/Catalogue";
export type { Hyperparameter } from "./generated/types/Hyperparameter";
export type { LayerEntry } from "./generated/types/LayerEntry";
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

/** A run's name, chosen by the page. */
export type RunId = number;

export interface DataInfo {
  /** Of the set in this engine: pictures of one set are never taken for those of another. */
  id: number;
  /** `beside`: files beside the page; `official`: the public copy; `files`: given by hand; `stored`: kept from before. */
  source: "beside" | "official" | "files" | "stored" | "procedural";
  /** Of a picture; 1 channel is grey, 3 are red, green and blue. */
  height: number;
  width: number;
  channels: number;
  train: number;
  test: number;
  class_names: string[];
  /** Networks to begin with on these pictures; the first is the one that the page opens with. */
  presets: Network[];
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

/** From which weights a run begins. */
export interface Beginning {
  /** From those that come with the page, where they are of this network and of these classes; else from the seed's. */
  learnt: boolean;
}

/** What the engine holds, whatever the number of runs. */
export interface Inventory {
  runs: number;
  /** Threads that compute, the engine's own included; each is one instance of the wasm module. */
  workers: number;
  /** Copies of networks that each helper holds: one a run. */
  replicas: number[];
  /** Alive on the GPU; null where none was ever asked for. */
  gpu: { bytes: number; buffers: number } | null;
}

/** Requests and what each resolves to. Every one may reject with an Error whose message is fit to be shown. */
export interface Requests {
  /**
   * First of all: loads the module and starts on a few garments. If files lie beside the page or in the browser's storage they
   * take the garments' place when they have arrived, and else more garments do, announced by `data` to every run that they reach.
   */
  open: {
    /**
     * `page`: the page's own address, beside which data files may lie. `workers`: threads to use, else as many as gain something. `source`:
     * a set that was in use before, looked for before the answer.
     */
    ask: { page: string; workers?: number; source?: DataInfo["source"] };
    answer: DataInfo;
  };
  /** The engine's module as it was compiled, for a worker that makes its own instance of it. */
  module: { ask: object; answer: Compiled };
  /** What the engine holds. */
  inventory: { ask: object; answer: Inventory };
  /** Shapes, counts and problems of a network, without any run. */
  analyze: { ask: { network: Network }; answer: Analysis };
  /** A run at its beginning, on the pictures that the engine has; rejects an impossible network. `saved`: goes on from there. `learnt`: as {@link Beginning}. */
  begin: {
    ask: { run: RunId; network: Network; training: Training; executor: ExecutorWish; saved?: Uint8Array } & Beginning;
    answer: { analysis: Analysis; data: DataInfo; executor: ExecutorInfo; restored: Restored | null };
  };
  /** Ends a run, and gives back all that it holds. */
  drop: { ask: { run: RunId }; answer: void };
  /** Replaces the network and the training's settings, at its beginning; rejects an impossible network. */
  configure: { ask: { run: RunId; network: Network; training: Training } & Beginning; answer: void };
  /** Changes the rate of a run as it goes on. */
  learning_rate: { ask: { run: RunId; value: number }; answer: void };
  run: { ask: { run: RunId }; answer: void };
  /** Resolves when the step under way has ended. */
  pause: { ask: { run: RunId }; answer: void };
  /** Exactly one batch. */
  step: { ask: { run: RunId }; answer: void };
  /** Back to the beginning; epoch 1. */
  reset: { ask: { run: RunId } & Beginning; answer: void };
  /** The picture whose maps are shown from now on, and the layers whose maps are drawn: no others are sent. */
  look: { ask: { run: RunId; split: Split; index: number; layers: number[] }; answer: void };
  /** The buffers of maps that were shown, for those to come. */
  give_back: { ask: { run: RunId; buffers: ArrayBuffer[] }; answer: void };
  /** Test pictures whose predictions are kept up to date. */
  watch: { ask: { run: RunId; indices: number[] }; answer: void };
  /** Pictures of the run's data set. */
  images: { ask: { run: RunId; split: Split; indices: number[] }; answer: Images };
  /** Other pictures for this run, which begins anew, and for runs to come. */
  use_data: { ask: { run: RunId; choice: DataChoice }; answer: DataInfo };
  /** Another executor, between two updates of a run that goes on; rejects where it cannot be had, and the run stays as it was. */
  executor: { ask: { run: RunId; wish: ExecutorWish }; answer: void };
  /** For trying out what happens: the GPU is lost as if the browser had taken it away. */
  lose_device: { ask: object; answer: void };
  /** For trying out what happens: the engine's own worker traps, or its first helper does. */
  trap: { ask: { where: "engine" | "helper" }; answer: void };
  /** The run as a `.safetensors` file. */
  checkpoint: { ask: { run: RunId }; answer: Uint8Array };
  /** The run and its next batch at one moment, between two updates. */
  snapshot: { ask: { run: RunId }; answer: Snapshot };
  /** What such a file holds, and whether its network is the run's. */
  inspect: { ask: { run: RunId; bytes: Uint8Array }; answer: { network: Network; same: boolean } };
  /** The run becomes the one of such a file: network, settings, weights, optimiser state and progress. */
  restore: { ask: { run: RunId; bytes: Uint8Array }; answer: Restored };
}

export type RequestType = keyof Requests;

/** Those of the indices that were asked for which the set has, in their order. */
export interface Images {
  /** Of the data set that they are from. */
  data: number;
  indices: Uint32Array;
  /** A byte a number: row by row, the channels of a pixel together; 0 is black. */
  pixels: Uint8Array;
  labels: Uint16Array;
}

/** A run at one moment. */
export interface Snapshot {
  /** As a `.safetensors` file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Training pictures of the batch that it would train next. */
  next: Uint32Array;
}

/** A saved run, as it goes on here. */
export interface Opened extends Restored {
  /** Trained and validated. */
  epochs: number;
  /** Done of the epoch under way. */
  batch: number;
}

/** Stands for "no class" among classes in a typed array: the network's outputs were not numbers. */
export const NO_ANSWER = 0xffff;

/** What a run says without being asked. */
export type RunEvent =
  | { type: "state"; state: RunState }
  /**
   * The run is at its beginning again (configure, reset, other data), with `learnt` from the weights that come with the page, or a saved
   * one was opened in its place: curves start anew.
   */
  | { type: "restart"; network: Network; training: Training; analysis: Analysis; learnt: boolean; opened?: Opened }
  | { type: "step"; report: StepReport }
  /** `predictions`: the class said for every test picture, `NO_ANSWER` where none was. */
  | { type: "epoch"; report: EpochReport; predictions: Uint16Array }
  /** Progress of the validation pass, 0 to 1. */
  | { type: "validating"; share: number }
  /** The outputs of the layers that are drawn, for the picture looked at, shaped as the analysis says. */
  | { type: "maps"; split: Split; index: number; label: number; iteration: number; layers: number[]; values: Float32Array[] }
  | { type: "predictions"; indices: Uint32Array; classes: Uint16Array; confidences: Float32Array }
  /** Whenever something about it is new. */
  | { type: "executor"; executor: ExecutorInfo }
  /** A GPU was lost: the run goes on from this update, and what came after it did not happen. */
  | { type: "rewind"; iteration: number }
  | { type: "data"; data: DataInfo }
  /** Real pictures have arrived while this run goes on others: `use_data` with this choice takes them at once. */
  | { type: "data_ready"; choice: DataChoice }
  /** The run as a file, every now and then: should the engine stop, it goes on from the newest. */
  | { type: "saved"; iteration: number; bytes: Uint8Array }
  | ({ type: "error" } & Failure);

/** What the engine says beside its runs. */
export type EngineEvent =
  /** Of a data set on its way, in bytes; null: nothing is on its way any more. */
  | { type: "data_progress"; progress: { loaded: number; total: number } | null }
  /** Something that was to happen of itself did not; what was there stays. */
  | ({ type: "error" } & Failure)
  /** The engine's worker is gone, with all its runs: `Engine.restart` makes another. */
  | { type: "stopped"; message: string };
