/** A helper worker: one wasm instance that computes shards of the engine's batches. */
import type { Helper } from "./generated/simd/engine";
import { type Atelier, type Compiled, instantiate } from "./module";

/** A shard, as `crates/web` makes it. */
export interface Job {
  task: unknown;
  /** Where they are new. */
  parameters?: Float32Array;
  inputs: Float32Array;
  targets: Float32Array;
}

export type ToHelper =
  | { kind: "load"; compiled: Compiled }
  | { kind: "setup"; setup: unknown }
  | { kind: "job"; job: Job };

export type FromHelper = { outcome: Float32Array } | { refusal: string };

let atelier: Promise<Atelier> | undefined;
let helper: Helper | undefined;

/** One message at a time, in the order in which they came. */
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToHelper>) => {
  last = last.then(() => receive(data)).catch((error: unknown) => {
    post({ refusal: error instanceof Error ? error.message : String(error) });
  });
};

async function receive(message: ToHelper): Promise<void> {
  switch (message.kind) {
    case "load":
      atelier = instantiate(message.compiled);
      return;
    case "setup": {
      const { Helper } = await loaded();
      helper?.free();
      helper = undefined;
      helper = new Helper(message.setup);
      return;
    }
    case "job": {
      if (!helper) throw new Error("a job came before the setup");
      const { task, parameters, inputs, targets } = message.job;
      const outcome = await helper.perform(task, parameters, inputs, targets);
      post({ outcome }, [outcome.buffer]);
    }
  }
}

function loaded(): Promise<Atelier> {
  if (!atelier) throw new Error("the module was not loaded");
  return atelier;
}

function post(message: FromHelper, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
