/** Tensors painted straight into canvases. */
import type { Picture } from "./pictures";
import type { Grid } from "./spine";

/** 256 colours as canvas words (ABGR on the little-endian machines that run browsers). */
export type Ramp = Uint32Array;

export interface Palette {
  /** Of magnitudes: the zero of a map to ink. */
  ink: Ramp;
  /** Of signs: negative to zero to positive. */
  signed: Ramp;
  paper: string;
  mark: string;
  rule: string;
}

type Rgb = [number, number, number];

/** What the painters paint with where a token is no colour: maps that can be read, if plain. */
const PLAIN: Record<string, Rgb> = { "--well": [236, 236, 236], "--ink": [24, 24, 24], "--pos": [43, 98, 184], "--neg": [210, 105, 30] };

/** `#rrggbb`, the form of every token; null where it is none. */
export function parse(colour: string): Rgb | null {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  return digits && (digits.slice(1).map((hex) => parseInt(hex, 16)) as Rgb);
}

/** Colours between the given ones, in equal parts. */
export function ramp(stops: Rgb[]): Ramp {
  const colours = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(at));
    const [r, g, b] = [0, 1, 2].map((k) => Math.round(stops[left][k] + (at - left) * (stops[left + 1][k] - stops[left][k])));
    colours[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return colours;
}

/** The colours of the theme in force. */
export function readPalette(root: Element = document.documentElement): Palette {
  const style = getComputedStyle(root);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const [well, ink, pos, neg] = ["--well", "--ink", "--pos", "--neg"].map((name) => parse(token(name)) ?? PLAIN[name]);
  return {
    ink: ramp([well, ink]),
    signed: ramp([neg, well, pos]),
    paper: token("--sheet"),
    mark: token("--mark"),
    rule: token("--rule"),
  };
}

export interface Range {
  min: number;
  max: number;
}

/** Least and greatest of what is finite; null where nothing is. */
export function rangeOf(values: Float32Array): Range | null {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min && value !== -Infinity) min = value;
    if (value > max && value !== Infinity) max = value;
  }
  return min <= max ? { min, max } : null;
}

/** A region of a layer's cells, end exclusive; `channel` null for all. */
export interface Highlight {
  y0: number;
  y1: number;
  x0: number;
  x1: number;
  channel: number | null;
}

/** Paints the maps or cells of one layer; keeps its picture between frames so that nothing is allocated while training. */
export class MapPainter {
  #image: ImageData | null = null;
  #columns: Int32Array = new Int32Array(0);
  #key = "";

  /**
   * `values` null: the wells alone, for maps that have yet to come. `most`: what is painted in full colour, one number for all maps or one
   * for each; left out, the largest of them.
   */
  paint(canvas: HTMLCanvasElement, grid: Grid, pixelRatio: number, values: Float32Array | null, signed: boolean, palette: Palette, most?: number | Float32Array): void {
    const context = this.#prepare(canvas, grid, pixelRatio);
    const image = this.#image;
    if (!context || !image) return;
    const words = new Uint32Array(image.data.buffer);
    const colours = signed ? palette.signed : palette.ink;
    const range = values && rangeOf(values);
    const limit = typeof most === "number" ? most || 1 : range ? Math.max(Math.abs(range.max), signed ? Math.abs(range.min) : 0) || 1 : 1;
    const full = signed ? 127.5 : 255;
    let factor = full / limit;
    const zero = signed ? 127.5 : 0;
    const { height, width, channels } = grid;
    const device = (length: number) => Math.round(length * pixelRatio);
    for (let channel = 0; channel < channels; channel++) {
      const left = device((channel % grid.columns) * (width * grid.cell + grid.gap));
      const top = device(Math.floor(channel / grid.columns) * (height * grid.cell + grid.gap));
      if (typeof most === "object") factor = full / (most[channel] || 1);
      for (let y = 0; y < height; y++) {
        const first = top + device(y * grid.cell);
        const past = Math.min(top + device((y + 1) * grid.cell), image.height);
        const start = first * image.width + left;
        for (let x = 0; x < width; x++) {
          const value = values ? values[(y * width + x) * channels + channel] : 0;
          // A value that is not a number takes the colour of zero; the readout names it.
          const level = value === value ? Math.max(0, Math.min(255, (zero + value * factor) | 0)) : zero | 0;
          const colour = colours[level];
          const end = start + this.#columns[x + 1];
          // Not by `fill`: a colour is too large for a small integer, and each call would make an object of it.
          for (let at = start + this.#columns[x]; at < end; at++) words[at] = colour;
        }
        const length = this.#columns[width];
        for (let row = first + 1; row < past; row++) {
          words.copyWithin(row * image.width + left, start, start + length);
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  #prepare(canvas: HTMLCanvasElement, grid: Grid, pixelRatio: number): CanvasRenderingContext2D | null {
    const [w, h] = [grid.canvasWidth, grid.canvasHeight].map((length) => Math.max(1, Math.round(length * pixelRatio)));
    const context = canvas.getContext("2d");
    const key = [w, h, grid.columns, grid.cell, grid.gap, grid.width, grid.height, grid.channels, pixelRatio].join();
    if (context && key !== this.#key) {
      canvas.width = w;
      canvas.height = h;
      this.#image = context.createImageData(w, h);
      this.#columns = Int32Array.from({ length: grid.width + 1 }, (_, x) => Math.round(x * grid.cell * pixelRatio));
      this.#key = key;
    }
    return context;
  }
}

/** Rings the lit cells: over each map where one channel or a window of several is seen, once around the layer where all of it is. */
export function paintHighlight(canvas: HTMLCanvasElement, grid: Grid, pixelRatio: number, highlight: Highlight, palette: Palette): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const single = highlight.channel !== null && highlight.y1 - highlight.y0 === 1 && highlight.x1 - highlight.x0 === 1;
  const line = Math.max(1, Math.round(Math.min(2, single ? 2 : grid.cell) * pixelRatio));
  const device = (length: number) => Math.round(length * pixelRatio);
  context.strokeStyle = palette.mark;
  context.lineWidth = line;
  const ring = (left: number, top: number, right: number, bottom: number) => {
    const half = line / 2;
    const [l, t] = [Math.max(half, left - half), Math.max(half, top - half)];
    const [r, b] = [Math.min(canvas.width - half, right + half), Math.min(canvas.height - half, bottom + half)];
    context.strokeRect(l, t, r - l, b - t);
  };
  const whole = highlight.y0 === 0 && highlight.x0 === 0 && highlight.y1 === grid.height && highlight.x1 === grid.width;
  if (highlight.channel === null && whole) return ring(0, 0, canvas.width, canvas.height);
  const [from, to] = highlight.channel === null ? [0, grid.channels] : [highlight.channel, highlight.channel + 1];
  for (let channel = from; channel < to; channel++) {
    const left = (channel % grid.columns) * (grid.width * grid.cell + grid.gap);
    const top = Math.floor(channel / grid.columns) * (grid.height * grid.cell + grid.gap);
    ring(
      device(left + highlight.x0 * grid.cell),
      device(top + highlight.y0 * grid.cell),
      device(left + highlight.x1 * grid.cell),
      device(top + highlight.y1 * grid.cell),
    );
  }
}

/** The colour of one number where `limit` is painted in full, and whether ink can be read on it. */
export function colourOf(value: number, limit: number, signed: boolean, palette: Palette): { css: string; light: boolean } {
  const at = Number.isFinite(value) ? value / limit : 0;
  const level = Math.max(0, Math.min(255, (signed ? 127.5 + at * 127.5 : at * 255) | 0));
  const word = (signed ? palette.signed : palette.ink)[level];
  const [r, g, b] = [word & 255, (word >> 8) & 255, (word >> 16) & 255];
  const linear = [r, g, b].map((part) => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  // The luminance at which black and white are as easy to read.
  return { css: `rgb(${r} ${g} ${b})`, light: 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 };
}

/** Marks cells that fill no block, each by itself. */
export function paintCells(canvas: HTMLCanvasElement, grid: Grid, pixelRatio: number, indices: ArrayLike<number>, palette: Palette): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, channels, cell, gap, columns, height } = grid;
  context.fillStyle = palette.mark;
  context.globalAlpha = 0.55;
  for (let i = 0; i < indices.length; i++) {
    const channel = indices[i] % channels;
    const at = Math.floor(indices[i] / channels);
    const left = (channel % columns) * (width * cell + gap) + (at % width) * cell;
    const top = Math.floor(channel / columns) * (height * cell + gap) + Math.floor(at / width) * cell;
    context.fillRect(left * pixelRatio, top * pixelRatio, cell * pixelRatio, cell * pixelRatio);
  }
  context.globalAlpha = 1;
}

/** The largest number of every map, whatever its sign. */
export function mapLimits(values: Float32Array, channels: number): Float32Array {
  const limits = new Float32Array(channels);
  for (let i = 0; i < values.length; i++) limits[i % channels] = Math.max(limits[i % channels], Math.abs(values[i]));
  return limits;
}

/** A picture of the data set in a canvas of its own size: one channel in ink, three as the colours that they are. */
export function paintPicture(canvas: HTMLCanvasElement, { pixels, height, width, channels }: Omit<Picture, "index" | "label">, palette: Palette): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) {
    const [red, green, blue] = [pixels[channels * i], pixels[channels * i + 1], pixels[channels * i + 2]];
    words[i] = channels === 3 ? ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0 : palette.ink[red];
  }
  context.putImageData(image, 0, 0);
}
