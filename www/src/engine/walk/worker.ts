/** The walk's worker: its own instance of the module, so that looking never holds the training up. */
import { trapped } from "../events";
import { failureOf } from "../failure";
import type { Gpu, Walk } from "../generated/simd/engine";
import type { Explanation } from "../generated/types/Explanation";
import type { Nudge } from "../generated/types/Nudge";
import type { WalkOutline } from "../generated/types/WalkOutline";
import { openGpu } from "../gpu";
import { instantiate, type Wasm } from "../module";
import type { Field, FromWalker, ToWalker, WalkRequest, WalkRequests } from "./protocol";

type Handlers = { [T in WalkRequest]: (ask: WalkRequests[T]["ask"]) => Promise<WalkRequests[T]["answer"]> | WalkRequests[T]["answer"] };

let wasm: Wasm | null = null;
let walk: Walk | null = null;
let device: Gpu | null = null;
/** One call at a time: those that wait hold the walk. */
let last: Promise<unknown> = Promise.resolve();

function made(): Walk {
  if (!walk) throw new Error("Nothing is walked yet.");
  return walk;
}

const handlers: Handlers = {
  async begin(compiled) {
    wasm = await instantiate(compiled);
  },
  async make({ saved: bytes, pixels, labels, shown, gpu }) {
    if (!wasm) throw new Error("The walk was asked before it was begun.");
    walk?.free();
    walk = null;
    // Before another is asked for: a device and all that lives on it end together.
    device?.destroy();
    device = gpu ? await openGpu(wasm) : null;
    const saved = new wasm.Saved(bytes);
    try {
      walk = device ? await wasm.Walk.make_on_gpu(device, saved, pixels, labels, shown) : await wasm.Walk.make(saved, pixels, labels, shown);
    } finally {
      saved.free();
    }
    return walk.outline() as WalkOutline;
  },
  values: async ({ buffer, when, example }) => (await made().values(buffer, when, example)) as Float32Array,
  explain: async ({ step, buffer, index }) => (await made().explain(step, buffer, index)) as Explanation,
  field: ({ buffer, index, direction }) => made().field(buffer, index, direction) as Field[],
  shares: async ({ step, buffer, index }) => (await made().shares(step, buffer, index)) as Float32Array,
  nudge: async ({ buffer, index, epsilons }) => (await made().nudge(buffer, index, epsilons)) as Nudge,
};

function post(message: FromWalker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

self.onmessage = ({ data: { id, type, ask } }: MessageEvent<ToWalker>) => {
  const handler = handlers[type] as (ask: unknown) => unknown;
  last = last.then(() => handler(ask)).then(
    (answer) => post({ id, answer }, answer instanceof Float32Array ? [answer.buffer] : []),
    (error: unknown) => post({ id, stopped: trapped(error), ...failureOf(error) }),
  );
};
