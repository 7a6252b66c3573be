/** What a map over the picture says of the garment's parts. */
import type { Occlusion } from "../../engine/draw/protocol";
import { SEEN } from "./garments";
import { CLOTH, type Part, type PartName } from "./parts";

export interface Account {
  /** Parts that speak for the class, and one that speaks against it; the foremost first. */
  parts: PartName[];
  against: PartName[];
  /** `nothing`: the map is as good as empty. `around`: most of it lies beside the garment. `spread`: no part stands out. */
  kind: "parts" | "spread" | "around" | "nothing";
}

/** A part stands out where the map is so many times as dense as over the whole garment, and has so much of it. */
const DENSER = 1.25;
const SHARE = 0.12;
/** A map that has so much of itself beside the garment is of its surroundings. */
const AROUND = 0.6;
/** What speaks against is told where it weighs so much of what speaks for. */
const WEIGHTY = 0.25;

/** Numbers over the picture, coarser than it where a layer's maps are. */
export interface Heat {
  height: number;
  width: number;
  cells: ArrayLike<number>;
}

/** What patches cost laid over the picture: at each pixel the mean of those that cover it. */
export function patched({ patch, tops, lefts, cells }: Occlusion): Float32Array {
  const [sums, covers] = [new Float32Array(SEEN * SEEN), new Float32Array(SEEN * SEEN)];
  for (const [i, top] of tops.entries()) {
    for (const [j, left] of lefts.entries()) {
      for (let y = top; y < Math.min(SEEN, top + patch[0]); y++) {
        for (let x = left; x < Math.min(SEEN, left + patch[1]); x++) {
          sums[y * SEEN + x] += cells[i * lefts.length + j];
          covers[y * SEEN + x]++;
        }
      }
    }
  }
  return sums.map((sum, at) => (covers[at] > 0 ? sum / covers[at] : 0));
}

/** A coarse map laid over the picture: straight between the middles of its cells. */
export function spread({ height, width, cells }: Heat): Float32Array {
  const pixels = new Float32Array(SEEN * SEEN);
  const along = (at: number, length: number): [number, number, number] => {
    const place = Math.max(0, Math.min(length - 1, ((at + 0.5) * length) / SEEN - 0.5));
    const low = Math.min(length - 1, Math.floor(place));
    return [low, Math.min(length - 1, low + 1), place - low];
  };
  for (let y = 0; y < SEEN; y++) {
    const [top, bottom, down] = along(y, height);
    for (let x = 0; x < SEEN; x++) {
      const [left, right, across] = along(x, width);
      const row = (r: number) => cells[r * width + left] * (1 - across) + cells[r * width + right] * across;
      pixels[y * SEEN + x] = row(top) * (1 - down) + row(bottom) * down;
    }
  }
  return pixels;
}

/** `least`: a map that nowhere reaches it says nothing. */
export function account(pixels: Float32Array, parts: readonly Part[], seen: Uint8Array, least = 0): Account {
  const positive = pixels.map((value) => Math.max(0, value));
  const negative = pixels.map((value) => Math.max(0, -value));
  const [total, below] = [sum(positive), sum(negative)];
  if (!(total > 0) || Math.max(...positive) < least) return { parts: [], against: [], kind: "nothing" };
  const near = nearCloth(seen);
  const around = positive.reduce((all, value, at) => all + (near[at] ? 0 : value), 0) / total;
  const found = foremost(positive, parts, near, 2);
  const against = below >= WEIGHTY * total ? foremost(negative, parts, near, 1).filter((name) => !found.includes(name)) : [];
  return { parts: found, against, kind: around >= AROUND ? "around" : found.length > 0 ? "parts" : "spread" };
}

/** The picture without a part: as dark there as what lies around the garment. */
export function covered(seen: Uint8Array, { mask }: Part): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(seen, (shade, at) => (mask[at] ? 0 : shade));
}

/** The parts over which a map is densest; of two that lie over each other, the denser. */
function foremost(map: Float32Array, parts: readonly Part[], near: Uint8Array, most: number): PartName[] {
  const within = map.reduce((all, value, at) => all + (near[at] ? value : 0), 0);
  const mean = within / (sum(near) || 1);
  const dense = parts.map(({ name, mask }) => {
    const mass = map.reduce((all, value, at) => all + mask[at] * value, 0);
    return { name, mask, mass, density: mass / (sum(mask) || 1) };
  });
  const told = dense.filter(({ mass, density }) => density >= DENSER * mean && mass >= SHARE * within).sort((a, b) => b.density - a.density);
  const chosen: typeof told = [];
  for (const one of told) {
    const overlaps = chosen.some(({ mask }) => 2 * mask.reduce((all, bit, at) => all + bit * one.mask[at], 0) > Math.min(sum(mask), sum(one.mask)));
    if (!overlaps && chosen.length < most) chosen.push(one);
  }
  return chosen.map(({ name }) => name);
}

/** The garment and two pixels around it. */
function nearCloth(seen: Uint8Array): Uint8Array {
  const near = new Uint8Array(SEEN * SEEN);
  for (const [at, shade] of seen.entries()) {
    if (shade < CLOTH) continue;
    const [x, y] = [at % SEEN, Math.floor(at / SEEN)];
    for (let v = Math.max(0, y - 2); v <= Math.min(SEEN - 1, y + 2); v++) near.fill(1, v * SEEN + Math.max(0, x - 2), v * SEEN + Math.min(SEEN, x + 3));
  }
  return near;
}

function sum(values: ArrayLike<number>): number {
  let all = 0;
  for (let i = 0; i < values.length; i++) all += values[i];
  return all;
}
