/** What of the page is worth sharing, in the address behind the #. */
import type { ExecutorWish, Network, Optimizer, Training } from "../engine/protocol";
import { parseNetwork } from "./graph";
import { fits, read, shortest, TRAINING, whole, type Range } from "./ranges";
import { readAt, readCell, readKind, readRun, writeAt, writeCell, writeKind, writeRun, type At, type CellAt, type Kind, type RunAt, type Zoom } from "./step/place";

export type Theme = "auto" | "light" | "dark";
export type Language = "en" | "zh";
export type View = "train" | "step" | "draw" | "zoo";

export interface Shared {
  optimizer: Optimizer;
  learningRate: number;
  batchSize: number;
  epochs: number;
  seed: number;
  language: Language;
  theme: Theme;
  /** A network other than the one the page opens with. */
  network: Network;
  /** Index in the test set of the picture looked at. */
  picture: number;
  executor: ExecutorWish;
  /** Threads that share a batch on the CPU, taken at the opening; left out, as many as pay. */
  workers: number;
  /** The run begins from nothing, where it would begin from the weights that come with the page. */
  from: "nothing";
  view: View;
  /** Of the Step view: what is walked, the step, the cell in hand, and how close it is looked at. */
  walk: Kind;
  at: At;
  cell: CellAt;
  zoom: Zoom;
  /** The moment of the run that was walked. */
  run: RunAt;
}

/** What stood in the address and was left out, and why. */
export interface Refused {
  /** As it stood there, before and behind the equals sign. */
  key: string;
  text: string;
  reason:
    /** `value` is what the address says; as an f32 it is out of `range`. */
    | { type: "range"; name: string; value: number; range: Range }
    | { type: "number"; name: string }
    | { type: "choice"; choices: readonly string[] }
    /** Of a place in a walk: none is written like this, or the network walked has none of that name. */
    | { type: "place" }
    /** `message`: what is wrong with it, where it could be unpacked at all. */
    | { type: "network"; message: string };
}

type Reading<T> = { value: T } | { reason: Refused["reason"] };

interface Property<T> {
  key: string;
  write: (value: T) => string;
  read: (text: string) => Reading<T>;
}

/** A number for the setting of this name, as the engine will use it. */
function numberFor(name: string, text: string, range: Range): Reading<number> {
  const value = read(text);
  if (value === undefined) return { reason: { type: "number", name } };
  return fits(value, range) ? { value: shortest(value) } : { reason: { type: "range", name, value, range } };
}

const write = (value: number) => String(shortest(value));

function figure(key: string, name: string, range: Range): Property<number> {
  return { key, write, read: (text) => numberFor(name, text, range) };
}

function choice<T extends string>(key: string, choices: readonly T[]): Property<T> {
  const read = (text: string): Reading<T> => {
    const value = choices.find((c) => c === text);
    return value === undefined ? { reason: { type: "choice", choices } } : { value };
  };
  return { key, write: (value) => value, read };
}

function place<T>(key: string, write: (value: T) => string, parse: (text: string) => T | undefined): Property<T> {
  const read = (text: string): Reading<T> => {
    const value = parse(text);
    return value === undefined ? { reason: { type: "place" } } : { value };
  };
  return { key, write, read };
}

/** The numbers of an optimiser, all of them or none: then these stand. */
function numbersFor(names: readonly (keyof typeof TRAINING)[], texts: readonly string[], usual: readonly number[]): Reading<number[]> {
  if (texts.length === 0) return { value: [...usual] };
  const numbers: number[] = [];
  for (const [i, name] of names.entries()) {
    const reading = numberFor(name, texts[i] ?? "", TRAINING[name]);
    if ("reason" in reading) return reading;
    numbers.push(reading.value);
  }
  return { value: numbers };
}

const OPTIMIZERS = ["adam", "sgd", "nesterov"] as const;

const optimizer: Property<Optimizer> = {
  key: "opt",
  write: (value) =>
    value.class_name === "Adam"
      ? ["adam", ...[value.beta_1, value.beta_2, value.epsilon].map(write)].join("_")
      : [value.nesterov ? "nesterov" : "sgd", write(value.momentum)].join("_"),
  read: (text) => {
    const [word, ...texts] = text.split("_");
    const name = OPTIMIZERS.find((known) => known === word);
    if (!name || texts.length > (name === "adam" ? 3 : 1)) return { reason: { type: "choice", choices: OPTIMIZERS } };
    if (name === "adam") {
      const reading = numbersFor(["beta_1", "beta_2", "epsilon"], texts, [0.9, 0.999, 1e-7]);
      if ("reason" in reading) return reading;
      const [beta_1, beta_2, epsilon] = reading.value;
      return { value: { class_name: "Adam", beta_1, beta_2, epsilon } };
    }
    const reading = numbersFor(["momentum"], texts, [0]);
    if ("reason" in reading) return reading;
    return { value: { class_name: "SGD", momentum: reading.value[0], nesterov: name === "nesterov" } };
  },
};

const PROPERTIES: { [K in Exclude<keyof Shared, "network">]: Property<Shared[K]> } = {
  optimizer,
  learningRate: figure("lr", "learning_rate", TRAINING.learning_rate),
  batchSize: figure("batch", "batch_size", TRAINING.batch_size),
  epochs: figure("epochs", "epochs", TRAINING.epochs),
  seed: figure("seed", "seed", TRAINING.seed),
  language: choice("lang", ["en", "zh"] as const),
  theme: choice("theme", ["auto", "light", "dark"] as const),
  picture: figure("picture", "picture", whole(0, 1e7)),
  executor: choice<ExecutorWish>("executor", ["auto", "cpu", "webgpu"]),
  workers: figure("workers", "workers", whole(1, 8)),
  from: choice("from", ["nothing"] as const),
  view: choice("view", ["train", "step", "draw", "zoo"] as const),
  walk: place("walk", writeKind, readKind),
  at: place("at", writeAt, readAt),
  cell: place("cell", writeCell, readCell),
  zoom: choice<Zoom>("zoom", ["network", "layer", "number"]),
  run: place("update", writeRun, readRun),
};

const NETWORK_KEY = "net";

/** Which setting of the training a part of the address is for. */
export const SETTING_OF: Readonly<Record<string, keyof Training>> = {
  opt: "optimizer",
  lr: "learning_rate",
  batch: "batch_size",
  epochs: "epochs",
  seed: "seed",
};

/** The hash for what differs from the defaults. */
export async function writeHash(shared: Partial<Shared>): Promise<string> {
  const parts = new URLSearchParams();
  for (const [name, property] of Object.entries(PROPERTIES)) {
    const value = shared[name as keyof Shared];
    if (value !== undefined) parts.set(property.key, (property as Property<unknown>).write(value));
  }
  if (shared.network) parts.set(NETWORK_KEY, await pack(JSON.stringify(shared.network)));
  return parts.toString();
}

/** What the address says, and what of it was left out: then the defaults stand. */
export async function readHash(hash: string): Promise<{ shared: Partial<Shared>; refused: Refused[] }> {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const shared: Record<string, unknown> = {};
  const refused: Refused[] = [];
  for (const [name, property] of Object.entries(PROPERTIES)) {
    const { key } = property;
    const text = parts.get(key);
    if (text === null) continue;
    const reading = property.read(text) as Reading<unknown>;
    if ("value" in reading) shared[name] = reading.value;
    else refused.push({ key, text, reason: reading.reason });
  }
  const packed = parts.get(NETWORK_KEY);
  if (packed !== null) {
    const refuse = (message: string) => refused.push({ key: NETWORK_KEY, text: packed, reason: { type: "network", message } });
    const text = await unpack(packed).catch(() => null);
    try {
      if (text === null) refuse("");
      else shared.network = parseNetwork(text);
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
    }
  }
  return { shared: shared as Partial<Shared>, refused };
}

/** Every promise of the stream is waited for: one left alone is an uncaught error in Firefox when the bytes are damaged. */
async function through(bytes: Uint8Array<ArrayBuffer>, { readable, writable }: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const writer = writable.getWriter();
  const parts = [writer.ready, writer.write(bytes), writer.close(), writer.closed];
  const [out] = await Promise.all([new Response(readable).arrayBuffer(), ...parts]);
  return new Uint8Array(out);
}

async function pack(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(text: string): Promise<string> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
}
