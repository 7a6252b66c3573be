/** A helper worker: one wasm instance that computes shards of the engine's batches, with a copy of every run's network. */
import { spin } from "./calibration";
import type { Helper } from "./generated/simd/engine";
import { type Compiled, instantiate, type Wasm } from "./module";
import type { RunId } from "./protocol";

/** A shard, as `crates/web` makes it. */
export interface Job {
  task: unknown;
  /** How many come first in `numbers`; null where the helper has them. */
  parameters: number | null;
  /** How many come then, before the targets. */
  inputs: number;
  numbers: Float32Array;
}

export type ToHelper =
  | { kind: "load"; compiled: Compiled }
  | { kind: "setup"; run: RunId; setup: unknown }
  | { kind: "job"; run: RunId; job: Job }
  | { kind: "drop"; run: RunId }
  /** How many networks it holds. */
  | { kind: "count" }
  /** How much it gets done in so many milliseconds. */
  | { kind: "spin"; milliseconds: number }
  /** For trying out what happens. */
  | { kind: "trap" };

/** One answer to each job, count and spin, in their order; after a trap none. */
export type FromHelper = { outcome: Float32Array } | { replicas: number } | { rounds: number } | { refusal: string } | { trap: string };

let wasm: Promise<Wasm> | undefined;
/** A network that could not be made is refused to its jobs, and to no other run's. */
const helpers = new Map<RunId, Helper | Error>();

/** One message at a time, in the order in which they came. */
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToHelper>) => {
  last = last.then(() => receive(data)).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    post(error instanceof WebAssembly.RuntimeError ? { trap: message } : { refusal: message });
  });
};

async function receive(message: ToHelper): Promise<void> {
  switch (message.kind) {
    case "load":
      wasm = instantiate(message.compiled);
      return;
    case "setup":
      return setup(message.run, message.setup);
    case "job": {
      const helper = helpers.get(message.run) ?? new Error("a job came before the setup");
      if (helper instanceof Error) throw helper;
      const { task, parameters, inputs, numbers } = message.job;
      const outcome = await helper.perform(task, parameters, inputs, numbers);
      post({ outcome }, [outcome.buffer]);
      return;
    }
    case "drop":
      return drop(message.run);
    case "count":
      return post({ replicas: [...helpers.values()].filter((helper) => !(helper instanceof Error)).length });
    case "spin":
      await loaded();
      return post({ rounds: spin(message.milliseconds) });
    case "trap":
      throw new WebAssembly.RuntimeError("unreachable, as asked");
  }
}

async function setup(run: RunId, setup: unknown): Promise<void> {
  const { Helper } = await loaded();
  drop(run);
  try {
    helpers.set(run, new Helper(setup));
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    helpers.set(run, error instanceof Error ? error : new Error(String(error)));
  }
}

/** Before another takes its place: a worker's memory need not hold both. */
function drop(run: RunId): void {
  const helper = helpers.get(run);
  if (helper && !(helper instanceof Error)) helper.free();
  helpers.delete(run);
}

function loaded(): Promise<Wasm> {
  if (!wasm) throw new Error("the module was not loaded");
  return wasm;
}

function post(message: FromHelper, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
