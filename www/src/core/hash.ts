/** What of the page is worth sharing, in the address behind the #. */
import type { ExecutorWish, Network, Optimizer } from "../engine/protocol";
import { parseNetwork } from "./graph";

export type Theme = "auto" | "light" | "dark";
export type Language = "en" | "zh";

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
}

interface Property<T> {
  key: string;
  write: (value: T) => string;
  /** Undefined where the text makes no sense: the default then stands. */
  read: (text: string) => T | undefined;
}

/** Without the noise that f32 leaves behind the ninth digit; whole numbers up to 2³² in full. */
const short = (value: number) => String(Number(value.toPrecision(Number.isInteger(value) ? 10 : 6)));

function figure(key: string, fits: (value: number) => boolean): Property<number> {
  return {
    key,
    write: short,
    read: (text) => {
      const value = Number(text);
      return text !== "" && fits(value) ? value : undefined;
    },
  };
}

function choice<T extends string>(key: string, choices: readonly T[]): Property<T> {
  return { key, write: (value) => value, read: (text) => choices.find((c) => c === text) };
}

const whole = (least: number, most: number) => (value: number) => Number.isInteger(value) && value >= least && value <= most;
const within = (least: number, most: number) => (value: number) => value >= least && value < most;

const optimizer: Property<Optimizer> = {
  key: "opt",
  write: (value) =>
    value.class_name === "Adam"
      ? ["adam", ...[value.beta_1, value.beta_2, value.epsilon].map(short)].join("_")
      : [value.nesterov ? "nesterov" : "sgd", short(value.momentum)].join("_"),
  read: (text) => {
    const [name, ...numbers] = text.split("_");
    const values = numbers.map(Number);
    if (name === "adam") {
      const [beta_1, beta_2, epsilon] = values.length === 3 ? values : [0.9, 0.999, 1e-7];
      if ([beta_1, beta_2].every(within(0, 1)) && epsilon > 0) return { class_name: "Adam", beta_1, beta_2, epsilon };
    }
    const momentum = values[0] ?? 0;
    if ((name === "sgd" || name === "nesterov") && within(0, 1)(momentum)) {
      return { class_name: "SGD", momentum, nesterov: name === "nesterov" };
    }
    return undefined;
  },
};

const PROPERTIES: { [K in Exclude<keyof Shared, "network">]: Property<Shared[K]> } = {
  optimizer,
  learningRate: figure("lr", (value) => value > 0 && Number.isFinite(value)),
  batchSize: figure("batch", whole(1, 4096)),
  epochs: figure("epochs", whole(1, 10_000)),
  seed: figure("seed", whole(0, 2 ** 32 - 1)),
  language: choice("lang", ["en", "zh"] as const),
  theme: choice("theme", ["auto", "light", "dark"] as const),
  picture: figure("picture", whole(0, 1e7)),
  executor: choice<ExecutorWish>("executor", ["auto", "cpu", "webgpu"]),
};

const NETWORK_KEY = "net";

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

export async function readHash(hash: string): Promise<Partial<Shared>> {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const shared: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(PROPERTIES)) {
    const text = parts.get(property.key);
    const value = text === null ? undefined : property.read(text);
    if (value !== undefined) shared[name] = value;
  }
  const packed = parts.get(NETWORK_KEY);
  if (packed) {
    const network = await unpack(packed).then(parseNetwork).catch(() => undefined);
    if (network) shared.network = network;
  }
  return shared as Partial<Shared>;
}

async function through(bytes: Uint8Array<ArrayBuffer>, transform: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
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
