/** The zoo's worker: one published network at a time, by an instance of the module of its own. */
import type { Handlers } from "../aside/protocol";
import { serve } from "../aside/serve";
import { pixelsOf } from "../decode";
import type { Recogniser } from "../generated/simd/engine";
import { instantiate, type Wasm } from "../module";
import type { Anatomy, Answer, Class, Model, ZooRequests } from "./protocol";

/** A picture is read at no more than this on its longer side. */
const MOST = 4096;
/** Where no weights are given, they are those of this seed. */
const SEED = 42;

let wasm: Wasm | null = null;
let opened: Recogniser | null = null;

function module(): Wasm {
  if (!wasm) throw new Error("The zoo was asked before it was begun.");
  return wasm;
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

const handlers: Handlers<ZooRequests> = {
  async begin(compiled) {
    wasm = await instantiate(compiled);
  },
  models: () => module().zoo_models() as Model[],
  anatomy: (model) => module().zoo_model(model) as Anatomy,
  async open({ model, file }) {
    const bytes = file && (await bytesOf(file));
    const made = module().Recogniser.make(model);
    try {
      if (bytes) made.weights(bytes);
      else made.begin(SEED);
    } catch (error) {
      made.free();
      throw error;
    }
    opened?.free();
    opened = made;
  },
  classes: async (file) => module().zoo_classes(await bytesOf(file)) as Class[],
  async recognise({ picture, crop }): Promise<Answer> {
    if (!opened) throw new Error("No network is open.");
    const { data, width, height } = await pixelsOf(picture, MOST, true);
    const begun = performance.now();
    const probabilities = (await opened.answer(new Uint8Array(data.buffer), width, height, crop)) as Float32Array;
    return { probabilities, milliseconds: performance.now() - begun };
  },
};

// One call at a time: those that wait hold the network.
serve(handlers);
