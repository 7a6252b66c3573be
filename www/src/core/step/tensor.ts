/** Where a number stands in its tensor, and the plane of the tensor that is drawn when it is in hand. */
import type { Highlight } from "../paint";
import { rangeOf } from "../paint";

/** Cells that are drawn side by side: cell i is number `offset + i·stride` of the tensor. */
export interface Plane {
  offset: number;
  stride: number;
  length: number;
  height: number;
  width: number;
  /** Rows and columns mean something: not a list that is only wrapped. */
  map: boolean;
  /** Which plane of how many. */
  channel: number;
  channels: number;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A list as a block that is about as wide as it is high. */
function wrapped(length: number): { height: number; width: number } {
  const width = length <= 16 ? length : Math.ceil(Math.sqrt(length));
  return { height: Math.ceil(length / Math.max(1, width)), width };
}

/** The plane that a number lies in: a map, a kernel's slice, a unit's weights, or the whole list. */
export function planeOf(shape: readonly number[], index: number): Plane {
  const size = sizeOf(shape);
  if (shape.length >= 3) {
    const [height, width] = shape;
    const stride = size / (height * width);
    return { offset: index % stride, stride, length: height * width, height, width, map: true, channel: index % stride, channels: stride };
  }
  const stride = shape.length === 2 ? shape[1] : 1;
  const length = size / stride;
  return { offset: index % stride, stride, length, ...wrapped(length), map: false, channel: index % stride, channels: stride };
}

/** The plane's numbers, row by row. */
export function planeValues(values: Float32Array, { offset, stride, length }: Plane): Float32Array {
  return Float32Array.from({ length }, (_, i) => values[offset + i * stride]);
}

/** Which cell of the plane a number is; −1 where it lies in another. */
export function cellOf({ offset, stride, length }: Plane, index: number): number {
  const cell = (index - offset) / stride;
  return Number.isInteger(cell) && cell >= 0 && cell < length ? cell : -1;
}

export function indexOf({ offset, stride }: Plane, cell: number): number {
  return offset + cell * stride;
}

/** The number furthest from zero: what is looked at where nobody chose. */
export function foremost(values: ArrayLike<number>): number {
  let [found, most] = [0, -1];
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > most) [found, most] = [i, size];
  }
  return found;
}

/** The block that cells of a map or a vector fill, of one channel or of all; null where they fill none. */
export function blockOf(indices: ArrayLike<number>, shape: readonly number[]): Highlight | null {
  if (indices.length === 0) return null;
  const [height, width, channels] = shape.length === 3 ? shape : [1, 1, sizeOf(shape)];
  let [y0, y1, x0, x1, low, high] = [height, 0, width, 0, channels, -1];
  for (let i = 0; i < indices.length; i++) {
    const channel = indices[i] % channels;
    const cell = Math.floor(indices[i] / channels);
    const [y, x] = [Math.floor(cell / width), cell % width];
    [y0, y1] = [Math.min(y0, y), Math.max(y1, y + 1)];
    [x0, x1] = [Math.min(x0, x), Math.max(x1, x + 1)];
    [low, high] = [Math.min(low, channel), Math.max(high, channel)];
  }
  const area = (y1 - y0) * (x1 - x0);
  const full = indices.length === area * (high - low + 1);
  if (!full || !(low === high || (low === 0 && high === channels - 1))) return null;
  return { y0, y1, x0, x1, channel: low === high ? low : null };
}

/** How far the numbers go from zero; 1 where they are all zero. */
export function limitOf(values: Float32Array): number {
  const range = rangeOf(values);
  return range ? Math.max(Math.abs(range.min), Math.abs(range.max)) || 1 : 1;
}
