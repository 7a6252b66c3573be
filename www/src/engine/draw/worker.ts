/** The drawing's worker: the sheet's raster, what the network sees of it, and its answers, by an instance of the module of its own. */
import type { Handlers } from "../aside/protocol";
import { serve } from "../aside/serve";
import type { Gpu } from "../generated/simd/engine";
import { openGpu } from "../gpu";
import { instantiate, type Wasm } from "../module";
import { FakeCanvas, FakeReader, fakePrepare } from "./fake";
import { inkOf, PictureError, pixelsOf, SIDE } from "./decode";
import type { DrawRequests, Source } from "./protocol";

let wasm: Wasm | null = null;
let device: Gpu | null = null;
let sheet: FakeCanvas | null = null;
/** A picture under the marks as it was read, while no mark stands on it: nothing of it is lost by the sheet's raster. */
let bare: ImageData | null = null;
let seen: { seen: Uint8Array<ArrayBuffer>; readings: Uint8Array<ArrayBuffer> } | null = null;
let last: { id: number; pixels: ImageData } | null = null;
const readers = new Map<Source, FakeReader>();

function module(): Wasm {
  if (!wasm) throw new Error("The drawing was asked before it was begun.");
  return wasm;
}

function reader(source: Source): FakeReader {
  const found = readers.get(source);
  if (!found) throw new Error("There are no such weights.");
  return found;
}

/** The picture that was read last is not read again. */
async function read(id: number, blob: Blob): Promise<ImageData> {
  if (last?.id !== id) last = { id, pixels: await pixelsOf(blob) };
  return last.pixels;
}

const raster = () => ({ pixels: sheet!.pixels() });

const handlers: Handlers<DrawRequests> = {
  async begin(compiled) {
    wasm = await instantiate(compiled);
  },
  async open({ source, saved, gpu }) {
    readers.get(source)?.free();
    readers.delete(source);
    if (gpu) device ??= await openGpu(module());
    const made = await FakeReader.make(module(), saved);
    readers.set(source, made);
    return { outline: made.outline() };
  },
  async picture({ id, blob, side }) {
    const pixels = await read(id, blob);
    if (!fakePrepare(pixels, {})) throw new PictureError("empty");
    return { ink: inkOf(pixels, side) };
  },
  async begin_sheet({ drawing, picture }) {
    bare = picture && (await read(picture.id, picture.blob));
    sheet = new FakeCanvas(SIDE, bare);
    for (const mark of drawing.marks) sheet.draw(mark);
    return raster();
  },
  mark(mark) {
    sheet ??= new FakeCanvas(SIDE, null);
    sheet.draw(mark);
    bare = null;
    return raster();
  },
  async look({ wishes, source }) {
    const picture = bare ?? (sheet && { data: sheet.pixels(), width: SIDE, height: SIDE });
    const prepared = picture && fakePrepare(picture, wishes);
    seen = prepared;
    if (!prepared) return null;
    return { seen: prepared.seen.slice(), found: prepared.found, probabilities: await reader(source).read(prepared.readings) };
  },
  read: ({ source, seen: other }) => reader(source).read(other ?? seen!.readings),
  values: async ({ source, buffers }) => Promise.all(buffers.map((buffer) => reader(source).values(buffer))),
  grad_cam: ({ source, target }) => reader(source).grad_cam(target),
  input_gradient: ({ source, target }) => reader(source).input_gradient(target),
  occlusion: ({ source, target }) => reader(source).occlusion(target),
  remember: ({ source, pixels }) => reader(source).remember(pixels),
  nearest: ({ source, count }) => reader(source).nearest(count),
  toward: ({ source, target, steps }) => reader(source).toward(target, steps),
};

// One call at a time: those that wait hold the reader.
serve(handlers);
