/** The drawing's worker: the sheet's raster, what the network sees of it, and its answers, by an instance of the module of its own. */
import type { Handlers } from "../aside/protocol";
import { serve } from "../aside/serve";
import type { Canvas, Gpu, Reader } from "../generated/simd/engine";
import type { Drawing } from "../generated/types/Drawing";
import type { GradCam } from "../generated/types/GradCam";
import type { Neighbour } from "../generated/types/Neighbour";
import type { Occlusion } from "../generated/types/Occlusion";
import type { Outline } from "../generated/types/Outline";
import { RefusedError } from "../failure";
import { openGpu } from "../gpu";
import { instantiate, type Wasm } from "../module";
import { fitted, inkOf, pixelsOf, SIDE } from "./decode";
import { Lessons } from "./teach";
import type { DrawRequests, Prepared, Source, Toward, Wishes } from "./protocol";

let wasm: Wasm | null = null;
let device: Gpu | null = null;
let lessons: Lessons | null = null;
let sheet: Canvas | null = null;
/** The picture that lies on the sheet as it was read: nothing of it is lost by the sheet's raster while no mark is on it. */
let bare: ImageData | null = null;
/** The picture that was read last from a file. */
let last: { id: number; pixels: ImageData } | null = null;
/** Of the sheet as it was looked at last. */
let readings = new Uint8Array();
/** Nothing is wished. */
const AS_FOUND: Wishes = { inverted: null, turned: null, mirrored: null, background: null };
/** With the readings that each has read. */
const readers = new Map<Source, { reader: Reader; read: Uint8Array | null }>();

function module(): Wasm {
  if (!wasm) throw new Error("The drawing was asked before it was begun.");
  return wasm;
}

function canvas(): Canvas {
  sheet ??= new (module().Canvas)(SIDE);
  return sheet;
}

function teaching(): Lessons {
  lessons ??= new Lessons(module());
  return lessons;
}

function held(source: Source): { reader: Reader; read: Uint8Array | null } {
  const found = readers.get(source);
  if (!found) throw new Error("There are no such weights.");
  return found;
}

/** A reader that has read the sheet, and nothing after it. */
async function reader(source: Source): Promise<Reader> {
  const found = held(source);
  if (found.read !== readings) await probabilities(source, readings);
  return found.reader;
}

async function probabilities(source: Source, pictures: Uint8Array<ArrayBuffer>): Promise<Float32Array> {
  const found = held(source);
  found.read = null;
  const answer = (await found.reader.read(pictures)) as Float32Array;
  found.read = pictures;
  return answer;
}

/** The picture that was read last is not read again. */
async function pictureOf(id: number, blob: Blob): Promise<ImageData> {
  if (last?.id !== id) last = { id, pixels: await pixelsOf(blob) };
  return last.pixels;
}

const bytes = ({ data }: ImageData) => new Uint8Array(data.buffer);
const raster = () => ({ pixels: new Uint8ClampedArray((bare ? bytes(fitted(bare, SIDE)) : canvas().pixels()) as Uint8Array<ArrayBuffer>) });

const handlers: Handlers<DrawRequests> = {
  async begin(compiled) {
    wasm = await instantiate(compiled);
  },
  async open({ source, saved: file, gpu }) {
    readers.get(source)?.reader.free();
    readers.delete(source);
    // Where there is none the CPU answers.
    if (gpu) device ??= await openGpu(module()).catch(() => null);
    const saved = new (module().Saved)(file);
    try {
      const own = gpu ? device : null;
      const reader = own ? await module().Reader.make_on_gpu(own, saved) : module().Reader.make(saved);
      readers.set(source, { reader, read: null });
      return { outline: reader.outline() as Outline, gpu: own !== null };
    } finally {
      saved.free();
    }
  },
  drawings: (file) => module().read_drawings(new Uint8Array(file)) as Drawing[],
  async picture({ id, blob, side }) {
    const pixels = await pictureOf(id, blob);
    // Refused where there is nothing to be seen on it.
    module().prepare(bytes(pixels), pixels.width, pixels.height, AS_FOUND);
    return { ink: inkOf(pixels, side) };
  },
  async begin_sheet({ drawing, picture }) {
    bare = picture && (await pictureOf(picture.id, picture.blob));
    canvas().begin(drawing);
    return raster();
  },
  mark(mark) {
    bare = null;
    canvas().draw(mark);
    return raster();
  },
  async look({ wishes, source, sketch }) {
    if (sketch) canvas().sketch(sketch);
    else canvas().lift();
    const prepared = (bare ? module().prepare(bytes(bare), bare.width, bare.height, wishes) : canvas().prepare(wishes)) as Prepared;
    readings = prepared.readings;
    return { seen: prepared.seen, found: prepared.found, probabilities: await probabilities(source, readings) };
  },
  read: ({ source, pictures }) => probabilities(source, pictures ?? readings),
  async values({ source, buffers }) {
    const one = await reader(source);
    const tensors: Float32Array[] = [];
    for (const buffer of buffers) tensors.push((await one.values(buffer)) as Float32Array);
    return tensors;
  },
  grad_cam: async ({ source, target }) => (await (await reader(source)).grad_cam(target)) as GradCam,
  input_gradient: async ({ source, target }) => (await (await reader(source)).input_gradient(target)) as Float32Array,
  occlusion: async ({ source, target }) => (await (await reader(source)).occlusion(target)) as Occlusion,
  remember: ({ source, pixels }) => held(source).reader.remember(pixels),
  nearest: async ({ source, count }) => (await (await reader(source)).nearest(count)) as Neighbour[],
  kept_file: (ask) => teaching().file(ask),
  kept_read: (ask) => teaching().read(ask),
  teach: (ask) => teaching().begin(ask),
  lesson: () => teaching().lesson(),
  taught: () => teaching().taught(),
  toward: async ({ source, target, steps }) => (await (await reader(source)).toward(target, steps)) as Toward,
};

/** What fails because the GPU was lost says so: all that lived on it is given back, and the page opens it elsewhere. */
function ofGpu(error: unknown): unknown {
  const lost = device?.lost();
  if (!device || lost === undefined) return error;
  for (const { reader } of readers.values()) reader.free();
  readers.clear();
  device = null;
  return new RefusedError({ message: `The GPU was lost. ${lost}`, refusal: { code: "gpu_lost" } });
}

// One call at a time: those that wait hold the reader.
serve(handlers, ofGpu);
