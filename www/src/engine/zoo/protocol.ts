/** What the page and the zoo's worker say to each other. */
import type { Begins } from "../aside/protocol";

/** A published network that can be chosen. */
export interface Model {
  name: string;
  title: string;
  /** Of the pictures that it was trained on, in pixels. */
  side: number;
}

export interface Layer {
  name: string;
  class_name: string;
  /** Indices of the layers that feed it. */
  inbound: number[];
  /** Without the batch. */
  output_shape: number[];
  params: number;
}

export interface Anatomy {
  layers: Layer[];
  /** Bytes that the network takes while it answers, and those that there are. */
  bytes: number;
  room: number;
}

export interface Class {
  /** WordNet's number. Names may occur twice, these not. */
  synset: string;
  name: string;
}

export interface Answer {
  /** Of every class. */
  probabilities: Float32Array;
  /** Of this run, the preparation of the picture included. */
  milliseconds: number;
}

export interface ZooRequests extends Begins {
  models: { ask: null; answer: Model[] };
  /** What a model is made of and takes, before anything of it is begun. */
  anatomy: { ask: string; answer: Anatomy };
  /** Another model, or the same with other weights; without a file they are random. Refused where it does not fit: what was there stays. */
  open: { ask: { model: string; file: Blob | null }; answer: void };
  /** A list of class names. Refused where it is none. */
  classes: { ask: Blob; answer: Class[] };
  /** Refused where it cannot be read as a picture. `crop`: the centre of it instead of the whole. */
  recognise: { ask: { picture: Blob; crop: boolean }; answer: Answer };
}
