/** Where the parts of a garment lie in the picture that the network sees: by its class, its outline, and which way a shoe points. */
import { SEEN, type GarmentName } from "./garments";

export type PartName =
  | "collar" | "neckline" | "leftShoulder" | "rightShoulder" | "leftSleeve" | "rightSleeve" | "leftCuff" | "rightCuff" | "chest" | "front" | "hem"
  | "waist" | "leftLeg" | "rightLeg" | "gap" | "skirt"
  | "sole" | "heel" | "toe" | "shaft" | "instep" | "opening" | "straps"
  | "handle" | "flap" | "body" | "bottom";

export interface Part {
  name: PartName;
  /** 1 where it is, pixel for pixel. */
  mask: Uint8Array;
}

/** Shade from which a pixel is cloth. */
export const CLOTH = 32;

export interface Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** What is drawn lies within, end exclusive; null where nothing is. */
export function boxOf(seen: Uint8Array): Box | null {
  let [x0, x1, y0, y1] = [SEEN, 0, SEEN, 0];
  for (const [at, shade] of seen.entries()) {
    if (shade < CLOTH) continue;
    const [x, y] = [at % SEEN, Math.floor(at / SEEN)];
    [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x + 1), Math.min(y0, y), Math.max(y1, y + 1)];
  }
  return x1 > x0 ? { x0, x1, y0, y1 } : null;
}

/** In the garment's box, both from 0 to 1: across from the left, or in a shoe from the heel to the toe, and down. */
type Within = (u: number, v: number) => boolean;
/** `drawn`: the part is only there where something is drawn; `bare`: where nothing is. */
type Place = [PartName, Within, "drawn" | "bare"];

const TOP: Place[] = [
  ["collar", (u, v) => u > 0.34 && u < 0.66 && v < 0.18, "drawn"],
  ["leftShoulder", (u, v) => u > 0.12 && u <= 0.36 && v < 0.24, "drawn"],
  ["rightShoulder", (u, v) => u >= 0.64 && u < 0.88 && v < 0.24, "drawn"],
  ["chest", (u, v) => u > 0.3 && u < 0.7 && v >= 0.18 && v < 0.5, "drawn"],
  ["hem", (u, v) => u > 0.22 && u < 0.78 && v > 0.84, "drawn"],
];
const SHORT: Place[] = [
  ["leftSleeve", (u, v) => u < 0.24 && v >= 0.08 && v < 0.5, "drawn"],
  ["rightSleeve", (u, v) => u > 0.76 && v >= 0.08 && v < 0.5, "drawn"],
];
const LONG: Place[] = [
  ["leftSleeve", (u, v) => u < 0.24 && v >= 0.1 && v < 0.55, "drawn"],
  ["rightSleeve", (u, v) => u > 0.76 && v >= 0.1 && v < 0.55, "drawn"],
  ["leftCuff", (u, v) => u < 0.24 && v >= 0.55, "drawn"],
  ["rightCuff", (u, v) => u > 0.76 && v >= 0.55, "drawn"],
];
const FRONT: Place = ["front", (u, v) => u > 0.42 && u < 0.58 && v >= 0.18 && v < 0.84, "drawn"];
const SHOE: Place[] = [
  ["toe", (u, v) => u > 0.72 && v > 0.35, "drawn"],
  ["sole", (_, v) => v > 0.82, "drawn"],
  ["instep", (u, v) => u > 0.4 && u <= 0.72 && v <= 0.7, "drawn"],
];

const PLACES: Record<GarmentName, Place[]> = {
  "T-shirt/top": [...TOP, ...SHORT],
  Pullover: [...TOP, ...LONG],
  Coat: [...TOP, ...LONG, FRONT],
  Shirt: [...TOP, ...LONG, FRONT],
  Dress: [
    ["neckline", (u, v) => u > 0.2 && u < 0.8 && v < 0.15, "drawn"],
    ["waist", (_, v) => v >= 0.3 && v < 0.5, "drawn"],
    ["skirt", (_, v) => v >= 0.5 && v < 0.88, "drawn"],
    ["hem", (_, v) => v >= 0.88, "drawn"],
  ],
  Trouser: [
    ["waist", (_, v) => v < 0.2, "drawn"],
    ["leftLeg", (u, v) => u < 0.45 && v >= 0.35, "drawn"],
    ["rightLeg", (u, v) => u > 0.55 && v >= 0.35, "drawn"],
    ["gap", (u, v) => u > 0.38 && u < 0.62 && v > 0.5, "bare"],
  ],
  Sandal: [
    ["straps", (u, v) => u > 0.15 && v < 0.7, "drawn"],
    ["heel", (u, v) => u < 0.28 && v > 0.45, "drawn"],
    ["toe", (u, v) => u > 0.75 && v > 0.35, "drawn"],
    ["sole", (_, v) => v > 0.78, "drawn"],
  ],
  Sneaker: [...SHOE, ["heel", (u, v) => u < 0.25 && v > 0.3 && v <= 0.82, "drawn"], ["opening", (u, v) => u < 0.45 && v <= 0.3, "drawn"]],
  "Ankle boot": [...SHOE, ["heel", (u, v) => u < 0.3 && v > 0.6, "drawn"], ["shaft", (u, v) => u < 0.6 && v < 0.45, "drawn"]],
  Bag: [
    ["handle", (u, v) => u > 0.12 && u < 0.88 && v < 0.3, "drawn"],
    ["flap", (_, v) => v >= 0.3 && v < 0.55, "drawn"],
    ["body", (u, v) => u > 0.2 && u < 0.8 && v >= 0.5 && v < 0.85, "drawn"],
    ["bottom", (_, v) => v >= 0.85, "drawn"],
  ],
};

const SHOES = new Set<string>(["Sandal", "Sneaker", "Ankle boot"]);
/** So much of a part's place is drawn, where it is there. */
const LEAST = 0.12;
const BARE = 0.35;

/** The parts that a garment of this class has in this picture; none of a class that is not known. */
export function partsOf(name: string, seen: Uint8Array): Part[] {
  const places = PLACES[name as GarmentName];
  const box = boxOf(seen);
  if (!places || !box) return [];
  const turned = SHOES.has(name) && heelRight(seen, box);
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
  const parts: Part[] = [];
  for (const [part, within, kind] of places) {
    const mask = new Uint8Array(SEEN * SEEN);
    let [size, cloth] = [0, 0];
    for (let y = box.y0; y < box.y1; y++) {
      for (let x = box.x0; x < box.x1; x++) {
        const u = (x + 0.5 - box.x0) / width;
        if (!within(turned ? 1 - u : u, (y + 0.5 - box.y0) / height)) continue;
        mask[y * SEEN + x] = 1;
        size++;
        if (seen[y * SEEN + x] >= CLOTH) cloth++;
      }
    }
    if (size > 0 && (kind === "drawn" ? cloth >= LEAST * size : cloth <= BARE * size)) parts.push({ name: part, mask });
  }
  return parts;
}

/** A shoe is higher at its heel. */
function heelRight(seen: Uint8Array, { x0, x1, y0, y1 }: Box): boolean {
  const third = Math.max(1, Math.floor((x1 - x0) / 3));
  const top = (from: number, to: number) => {
    for (let y = y0; y < y1; y++) for (let x = from; x < to; x++) if (seen[y * SEEN + x] >= CLOTH) return y;
    return y1;
  };
  return top(x1 - third, x1) < top(x0, x0 + third);
}
