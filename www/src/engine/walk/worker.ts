/** The walk's worker: its own instance of the module, so that looking never holds the training up. */
import type { Handlers } from "../aside/protocol";
import { serve } from "../aside/serve";
import type { Gpu, Replay, Saved, Walk } from "../generated/simd/engine";
import type { Explanation } from "../generated/types/Explanation";
import type { Inference } from "../generated/types/Inference";
import type { Moved } from "../generated/types/Moved";
import type { Nudge } from "../generated/types/Nudge";
import type { Survey } from "../generated/types/Survey";
import type { WalkOutline } from "../generated/types/WalkOutline";
import { openGpu } from "../gpu";
import { instantiate, type Wasm } from "../module";
import type { Field, WalkRequests } from "./protocol";

let wasm: Wasm | null = null;
let walk: Walk | null = null;
let replay: Replay | null = null;
let device: Gpu | null = null;

/** A file of the run, read for as long as something is made of it. */
async function withSaved<T>(bytes: Uint8Array, make: (wasm: Wasm, saved: Saved) => T | Promise<T>): Promise<T> {
  if (!wasm) throw new Error("The walk was asked before it was begun.");
  const saved = new wasm.Saved(bytes);
  try {
    return await make(wasm, saved);
  } finally {
    saved.free();
  }
}

function replayed(): Replay {
  if (!replay) throw new Error("Nothing is replayed yet.");
  return replay;
}

function made(): Walk {
  if (!walk) throw new Error("Nothing is walked yet.");
  return walk;
}

const handlers: Handlers<WalkRequests> = {
  async begin(compiled) {
    wasm = await instantiate(compiled);
  },
  async make({ saved: bytes, pixels, labels, shown, gpu }) {
    walk?.free();
    walk = null;
    replay?.free();
    replay = null;
    // Before another is asked for: a device and all that lives on it end together.
    device?.destroy();
    walk = await withSaved(bytes, async (wasm, saved) => {
      device = gpu ? await openGpu(wasm) : null;
      return device ? wasm.Walk.make_on_gpu(device, saved, pixels, labels, shown) : wasm.Walk.make(saved, pixels, labels, shown);
    });
    return walk.outline() as WalkOutline;
  },
  values: async ({ buffer, when, example }) => (await made().values(buffer, when, example)) as Float32Array,
  async moment({ step, buffer, index, foremost, wanted }) {
    const it = made();
    const explanation = (await it.explain(step, buffer, index ?? (await it.foremost(foremost)))) as Explanation;
    const values: Float32Array[] = [];
    for (const one of wanted) values.push((await it.values(one.buffer, one.when, one.example)) as Float32Array);
    return { explanation, values };
  },
  explain: async ({ step, buffer, index }) => (await made().explain(step, buffer, index)) as Explanation,
  field: ({ buffer, index, direction }) => made().field(buffer, index, direction) as Field[],
  shares: async ({ step, buffer, index }) => (await made().shares(step, buffer, index)) as Float32Array,
  async survey({ groups }) {
    const all: Survey[] = [];
    for (const group of groups) all.push((await made().survey(Uint32Array.from(group))) as Survey);
    return all;
  },
  inference: async ({ layer, index }) => (await made().inference(layer, index)) as Inference,
  async replay({ saved, anew, pictures, weight, index }) {
    replay?.free();
    replay = null;
    replay = await withSaved(saved, (wasm, saved) => new wasm.Replay(saved, anew, pictures, weight, index));
    return replay.iteration();
  },
  replay_batch: () => replayed().next_batch(),
  replay_update: async ({ pixels, labels }) => (await replayed().train(pixels, labels)) as Moved,
  nudge: async ({ buffer, index, epsilons }) => (await made().nudge(buffer, index, epsilons)) as Nudge,
};

// One call at a time: those that wait hold the walk.
serve(handlers);
