import { describe, expect, it } from "vitest";
import { because } from "../../src/core/draw/because";
import { GARMENTS, SEEN, type GarmentName } from "../../src/core/draw/garments";
import { boxOf, partsOf, type PartName } from "../../src/core/draw/parts";
import { account, covered, patched, spread } from "../../src/core/draw/reasons";
import type { Reason } from "../../src/core/draw/why";
import { catalogues } from "../../src/core/i18n";

/** Rectangles of cloth: left, top, right, bottom. */
type Rectangle = [number, number, number, number];

function picture(...rectangles: Rectangle[]): Uint8Array {
  const seen = new Uint8Array(SEEN * SEEN);
  for (const [x0, y0, x1, y1] of rectangles) for (let y = y0; y < y1; y++) seen.fill(200, y * SEEN + x0, y * SEEN + x1);
  return seen;
}

const mirrored = (seen: Uint8Array) => Uint8Array.from(seen, (_, at) => seen[at - (at % SEEN) + SEEN - 1 - (at % SEEN)]);

/** A shaft over a foot, the toe at the right. */
const BOOT = picture([4, 2, 14, 18], [4, 18, 25, 26]);
const COAT = picture([9, 2, 19, 26], [3, 4, 9, 24], [19, 4, 25, 24]);
const TROUSERS = picture([8, 1, 20, 10], [8, 10, 13, 27], [15, 10, 20, 27]);

/** A map of 1 in a rectangle, `low` elsewhere. */
function heat([x0, y0, x1, y1]: Rectangle, low = 0): Float32Array {
  const map = new Float32Array(SEEN * SEEN).fill(low);
  for (let y = y0; y < y1; y++) map.fill(1, y * SEEN + x0, y * SEEN + x1);
  return map;
}

const names = (name: GarmentName, seen: Uint8Array) => partsOf(name, seen).map(({ name }) => name);
const told = (name: GarmentName, seen: Uint8Array, map: Float32Array) => account(map, partsOf(name, seen), seen);

describe("parts", () => {
  it("lie within the garment's box", () => {
    expect(boxOf(BOOT)).toEqual({ x0: 4, x1: 25, y0: 2, y1: 26 });
    expect(boxOf(new Uint8Array(SEEN * SEEN))).toBeNull();
    for (const { mask } of partsOf("Ankle boot", BOOT)) for (const [at, bit] of mask.entries()) if (bit) expect(at % SEEN).toBeGreaterThanOrEqual(4);
  });

  it("are those that are drawn: trousers have a gap where there is one, and a bag without a handle none", () => {
    expect(names("Trouser", TROUSERS)).toEqual(["waist", "leftLeg", "rightLeg", "gap"]);
    expect(names("Trouser", picture([8, 1, 20, 27]))).not.toContain("gap");
    expect(names("Bag", picture([4, 12, 24, 26], [9, 4, 10, 12], [18, 4, 19, 12], [9, 4, 19, 5]))).toContain("handle");
    expect(names("Bag", picture([6, 4, 7, 5], [4, 12, 24, 26]))).not.toContain("handle");
  });

  it("turn with the shoe", () => {
    const part = (seen: Uint8Array, wanted: PartName) => partsOf("Ankle boot", seen).find(({ name }) => name === wanted)!.mask;
    for (const wanted of ["shaft", "toe", "heel"] as const) expect(part(mirrored(BOOT), wanted)).toEqual(mirrored(part(BOOT, wanted)));
  });

  it("there are none of what is not known, nor of nothing", () => {
    expect(partsOf("hat", BOOT)).toEqual([]);
    for (const name of GARMENTS) expect(partsOf(name, new Uint8Array(SEEN * SEEN))).toEqual([]);
  });
});

describe("the account of a map", () => {
  it.each<[string, GarmentName, Uint8Array, Rectangle, PartName]>([
    ["a shaft", "Ankle boot", BOOT, [4, 2, 14, 10], "shaft"],
    ["the shaft of a boot that looks to the left", "Ankle boot", mirrored(BOOT), [14, 2, 24, 10], "shaft"],
    ["a toe", "Ankle boot", BOOT, [21, 18, 25, 22], "toe"],
    ["an upper left sleeve", "Coat", COAT, [3, 6, 8, 14], "leftSleeve"],
    ["a lower right sleeve", "Coat", COAT, [20, 18, 25, 24], "rightCuff"],
    ["a collar", "Coat", COAT, [11, 2, 17, 5], "collar"],
    ["a gap", "Trouser", TROUSERS, [13, 16, 15, 27], "gap"],
  ])("names %s", (_, name, seen, where, part) => {
    const { parts, kind } = told(name, seen, heat(where));
    expect([kind, parts[0]]).toEqual(["parts", part]);
  });

  it("names two parts where two stand out, and never one twice", () => {
    const map = heat([4, 2, 14, 10]);
    for (const [at, value] of heat([20, 18, 25, 26]).entries()) map[at] += value;
    expect(new Set(told("Ankle boot", BOOT, map).parts)).toEqual(new Set(["shaft", "toe"]));
  });

  it("names none where the map is even, lies beside the garment, or is empty", () => {
    expect(told("Coat", COAT, heat([0, 0, 28, 28])).kind).toBe("spread");
    expect(told("Ankle boot", BOOT, heat([20, 0, 28, 10])).kind).toBe("around");
    expect(told("Coat", COAT, heat([0, 0, 0, 0])).kind).toBe("nothing");
    expect(told("Coat", COAT, heat([0, 0, 0, 0], -1)).kind).toBe("nothing");
    expect(told("Coat", COAT, heat([0, 0, 0, 0], NaN)).kind).toBe("nothing");
    const faint = heat([4, 2, 14, 10]).map((value) => value / 1000);
    expect(account(faint, partsOf("Ankle boot", BOOT), BOOT, 0.01)).toEqual({ parts: [], against: [], kind: "nothing" });
  });

  it("names what speaks against where it weighs", () => {
    const map = heat([4, 2, 14, 10]);
    for (const [at, value] of heat([20, 18, 25, 26]).entries()) map[at] -= value;
    expect(told("Ankle boot", BOOT, map)).toMatchObject({ parts: ["shaft"], against: ["toe"] });
    expect(told("Ankle boot", BOOT, map.map((value) => (value < 0 ? value / 100 : value))).against).toEqual([]);
  });

  it("covers a part and nothing else", () => {
    const shaft = partsOf("Ankle boot", BOOT).find(({ name }) => name === "shaft")!;
    const without = covered(BOOT, shaft);
    for (const [at, shade] of BOOT.entries()) expect(without[at]).toBe(shaft.mask[at] ? 0 : shade);
  });
});

describe("a coarse map over the picture", () => {
  it("keeps its numbers at the middles of its cells, and lies between them elsewhere", () => {
    const pixels = spread({ height: 2, width: 2, cells: [0, 1, 2, 3] });
    expect([pixels[0], pixels[27], pixels[27 * 28], pixels[28 * 28 - 1]]).toEqual([0, 1, 2, 3]);
    const middle = [13, 14].flatMap((y) => [13, 14].map((x) => pixels[y * 28 + x]));
    expect(middle.reduce((sum, value) => sum + value, 0) / 4).toBeCloseTo(1.5, 5);
    expect(spread({ height: 28, width: 28, cells: heat([3, 3, 5, 5]) })).toEqual(heat([3, 3, 5, 5]));
  });

  it("is, of patches, the mean of those that cover a pixel", () => {
    const pixels = patched({ height: 1, width: 2, patch: [28, 16], tops: [0], lefts: [0, 12], cells: [1, 3], says: [0, 0] });
    expect([pixels[0], pixels[11], pixels[12], pixels[15], pixels[16], pixels[27]]).toEqual([1, 1, 2, 2, 3, 3]);
  });
});

describe("the sentence", () => {
  const reason = (change: Partial<Reason>): Reason => ({
    way: "grad_cam", target: 9, said: 9, seen: BOOT, pixels: heat([0, 0, 1, 1]), layer: "conv2d_4", account: { parts: ["shaft", "heel"], against: [], kind: "parts" }, without: null, ...change,
  });
  const say = (one: Reason, language: "en" | "zh" = "en") => because(one, [...GARMENTS], catalogues[language].draw).map(({ text }) => text).join("");

  it("names the parts, and the classes apart", () => {
    expect(say(reason({}))).toBe("The shaft and the heel speak for Ankle boot.");
    expect(because(reason({}), [...GARMENTS], catalogues.en.draw).filter(({ name }) => name)).toEqual([{ text: "Ankle boot", name: true }]);
    expect(say(reason({}), "zh")).toContain("靴筒和鞋跟");
  });

  it("says what it would say without a part only where that was found out, and of its own answer", () => {
    const occlusion = reason({ way: "occlusion", without: { part: "shaft", said: 7 } });
    expect(say(occlusion)).toContain("Without the shaft it would say Sneaker.");
    expect(say(reason({ way: "occlusion", without: { part: "shaft", said: 9 } }))).toContain("Even without the shaft it says Ankle boot.");
    expect(say(reason({ way: "occlusion" }))).not.toMatch(/without/i);
    expect(say({ ...occlusion, target: 7 })).not.toMatch(/without/i);
  });

  it("is whole in both languages whatever the map is like, for every part", () => {
    for (const language of ["en", "zh"] as const) {
      const { parts } = catalogues[language].draw;
      for (const way of ["grad_cam", "input_gradient", "occlusion"] as const) {
        for (const kind of ["spread", "around", "nothing"] as const) expect(say(reason({ way, account: { parts: [], against: [], kind } }), language)).toMatch(/^.{8,}[.。]$/);
        for (const part of Object.keys(parts) as PartName[]) {
          const sentence = say(reason({ way, account: { parts: [part], against: ["toe"], kind: "parts" } }), language);
          expect(sentence.toLowerCase()).toContain(parts[part]);
          expect(sentence).toMatch(/^[^a-z].*[.。]$/);
          expect(sentence).not.toMatch(/undefined|\u0001/);
        }
      }
    }
  });
});
