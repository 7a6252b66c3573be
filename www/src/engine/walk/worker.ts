/** The walk's worker: its own instance of the module, so that looking never holds the training up. */
import type { Handlers } from "../aside/protocol";
import { serve } from "../aside/serve";
import type { Gpu, Walk } from "../generated/simd/engine";
import type { Explanation } from "../generated/types/Explanation";
import type { Nudge } from "../generated/types/Nudge";
import type { WalkOutline } from "../generated/types/WalkOutline";
import { openGpu } from "../gpu";
import { instantiate, type Wasm } from "../module";
import type { Field, WalkRequests } from "./protocol";

let wasm: Wasm | null = null;
let walk: Walk | null = null;
let device: Gpu | null = null;

function made(): Walk {
  if (!walk) throw new Error("Nothing is walked yet.");
  return walk;
}

const handlers: Handlers<WalkRequests> = {
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

// One call at a time: those that wait hold the walk.
serve(handlers);
