/** Stands in for the module's own until it has them. */
import type { Saved, Walk } from "../generated/simd/engine";
import type { Outline } from "../generated/types/Outline";
import type { WalkOutline } from "../generated/types/WalkOutline";
import type { Wasm } from "../module";
import { paintMark } from "../../core/draw/paint";
import type { Mark } from "./marks";
import type { Found, GradCam, Neighbour, Occlusion, Toward, Wishes } from "./protocol";

export class FakeCanvas {
  readonly context: OffscreenCanvasRenderingContext2D;
  constructor(readonly side: number, ground: ImageData | null) {
    this.context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true })!;
    this.context.fillStyle = "white";
    this.context.fillRect(0, 0, side, side);
    if (ground) {
      const own = new OffscreenCanvas(ground.width, ground.height);
      own.getContext("2d")!.putImageData(ground, 0, 0);
      const scale = side / Math.max(ground.width, ground.height);
      const [w, h] = [ground.width * scale, ground.height * scale];
      this.context.imageSmoothingEnabled = scale < 1;
      this.context.drawImage(own, (side - w) / 2, (side - h) / 2, w, h);
    }
  }
  draw(mark: Mark): void {
    if (mark.kind === "garment") {
      const own = new ImageData(mark.side, mark.side);
      for (const [i, ink] of mark.ink.entries()) own.data.set([255 - ink, 255 - ink, 255 - ink, 255], 4 * i);
      const canvas = new OffscreenCanvas(mark.side, mark.side);
      canvas.getContext("2d")!.putImageData(own, 0, 0);
      return this.context.drawImage(canvas, 0, 0, this.side, this.side);
    }
    if (mark.kind !== "fill") return paintMark(this.context as unknown as CanvasRenderingContext2D, this.side, mark);
    const { side } = this;
    const image = this.context.getImageData(0, 0, side, side);
    const words = new Uint32Array(image.data.buffer);
    const [x, y] = mark.at.map((v) => Math.min(side - 1, Math.max(0, Math.round(v * side))));
    const first = words[y * side + x];
    const level = Math.round(255 * (1 - mark.shade));
    const colour = ((255 << 24) | (level << 16) | (level << 8) | level) >>> 0;
    if (first === colour) return;
    const stack = [y * side + x];
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (words[at] !== first) continue;
      words[at] = colour;
      const column = at % side;
      if (column > 0) stack.push(at - 1);
      if (column < side - 1) stack.push(at + 1);
      if (at >= side) stack.push(at - side);
      if (at < side * (side - 1)) stack.push(at + side);
    }
    this.context.putImageData(image, 0, 0);
  }
  pixels(): Uint8ClampedArray<ArrayBuffer> {
    return this.context.getImageData(0, 0, this.side, this.side).data as Uint8ClampedArray<ArrayBuffer>;
  }
}

export function fakePrepare({ data, width, height }: { data: Uint8ClampedArray; width: number; height: number }, wishes: Wishes): { seen: Uint8Array<ArrayBuffer>; readings: Uint8Array<ArrayBuffer>; found: Found } | null {
  const grey = (x: number, y: number) => (data[4 * (y * width + x)] + data[4 * (y * width + x) + 1] + data[4 * (y * width + x) + 2]) / 3;
  let edge = 0;
  for (let x = 0; x < width; x++) edge += grey(x, 0) + grey(x, height - 1);
  const inverted = wishes.inverted ?? edge / (2 * width) > 127;
  const ink = (x: number, y: number) => (inverted ? 255 - grey(x, y) : grey(x, y));
  let [x0, x1, y0, y1] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (ink(x, y) > 24) [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
  if (x1 < 0) return null;
  const scale = Math.max(x1 - x0 + 1, y1 - y0 + 1) / 28;
  const [cx, cy] = [(x0 + x1 + 1) / 2, (y0 + y1 + 1) / 2];
  const seen = new Uint8Array(784);
  for (let y = 0; y < 28; y++)
    for (let x = 0; x < 28; x++) {
      let [sum, n] = [0, 0];
      for (let dy = 0.5 / 6; dy < 1; dy += 1 / 6)
        for (let dx = 0.5 / 6; dx < 1; dx += 1 / 6) {
          const [px, py] = [Math.floor(cx + (x + dx - 14) * scale), Math.floor(cy + (y + dy - 14) * scale)];
          n++;
          if (px >= 0 && py >= 0 && px < width && py < height) sum += ink(px, py);
        }
      seen[y * 28 + x] = sum / n;
    }
  return { seen, readings: seen, found: { inverted, turned: wishes.turned ?? 0, mirrored: wishes.mirrored ?? false, background: wishes.background ?? false } };
}

export class FakeReader {
  #walk: Walk | null = null;
  #outline: Outline | null = null;
  #memory: Uint8Array[] = [];
  #seen = new Uint8Array(784);
  constructor(readonly wasm: Wasm, readonly saved: Saved) {}
  static async make(wasm: Wasm, saved: Uint8Array): Promise<FakeReader> {
    const made = new FakeReader(wasm, new wasm.Saved(saved));
    await made.#look(new Uint8Array(784));
    return made;
  }
  async #look(pixels: Uint8Array): Promise<void> {
    this.#walk?.free();
    this.#walk = await this.wasm.Walk.make(this.saved, pixels, new Uint16Array([0]), 0);
    this.#outline = (this.#walk.outline() as WalkOutline).outline;
    this.#seen = pixels.slice();
  }
  outline(): Outline {
    return this.#outline!;
  }
  async read(readings: Uint8Array): Promise<Float32Array> {
    await this.#look(readings.slice(0, 784));
    return this.values(this.#outline!.output);
  }
  async values(buffer: number): Promise<Float32Array> {
    return (await this.#walk!.values(buffer, "after")) as Float32Array;
  }
  async grad_cam(target: number): Promise<GradCam> {
    const cells = Float32Array.from({ length: 49 }, (_, i) => Math.max(0, Math.exp(-(((i % 7) - 4) ** 2 + (Math.floor(i / 7) - 1 - (target % 3)) ** 2) / 4)));
    return { height: 7, width: 7, cells, layer: "conv2d_4" };
  }
  async input_gradient(target: number): Promise<Float32Array> {
    return Float32Array.from(this.#seen, (v, i) => (v / 255 - 0.4) * Math.sin(i / (2 + target)));
  }
  async occlusion(target: number): Promise<Occlusion> {
    const cells = Float32Array.from({ length: 169 }, (_, i) => Math.sin(i / (9 + target)) * 0.3);
    return { height: 13, width: 13, side: 4, stride: 2, cells };
  }
  async remember(pixels: Uint8Array): Promise<void> {
    for (let i = 0; i < pixels.length; i += 784) this.#memory.push(pixels.slice(i, i + 784));
  }
  async nearest(count: number): Promise<Neighbour[]> {
    const all = this.#memory.map((one, index) => ({ index, distance: Math.sqrt(one.reduce((sum, v, i) => sum + (v - this.#seen[i]) ** 2, 0)) }));
    return all.sort((a, b) => a.distance - b.distance).slice(0, count);
  }
  async toward(target: number, steps: number): Promise<Toward> {
    const frames = new Uint8Array(steps * 784);
    for (let s = 0; s < steps; s++) frames.set(this.#seen.map((v, i) => Math.min(255, v + (s / steps) * 120 * Math.abs(Math.sin(i / (3 + target))))), s * 784);
    return { frames, probabilities: Float32Array.from({ length: steps }, (_, s) => s / steps) };
  }
  free(): void {
    this.#walk?.free();
    this.saved.free();
  }
}
