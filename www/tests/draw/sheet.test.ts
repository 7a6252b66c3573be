import { describe, expect, it } from "vitest";
import { fits, writeDrawing, type Mark } from "../../src/core/draw/drawing";
import { Palm } from "../../src/core/draw/palm";
import { EMPTY, isEmpty, more, Sheets } from "../../src/core/draw/sheet";

const COAT = { shade: 1, texture: "plain", mirrored: false } as const;
const line = (x: number): Mark => ({ kind: "line", points: [[x, 0], [x, 1]], width: 0.03, ...COAT });
const picture = (id: number) => ({ id, blob: new Blob(), garment: { kind: "garment" as const, side: 1, ink: [128] } });

describe("a sheet", () => {
  it("gives back and takes again, step by step, and forgets what was undone when something new is drawn", () => {
    const sheets = new Sheets();
    const [a, b, c] = [line(0.1), line(0.2), line(0.3)];
    sheets.add(a);
    sheets.add(b);
    sheets.undo();
    expect(sheets.sheet.value.marks).toEqual([a]);
    sheets.redo();
    expect(sheets.sheet.value.marks).toEqual([a, b]);
    sheets.undo();
    sheets.add(c);
    sheets.redo();
    expect(sheets.sheet.value.marks).toEqual([a, c]);
    for (let i = 0; i < 5; i++) sheets.undo();
    expect(isEmpty(sheets.sheet.value)).toBe(true);
  });

  it("comes back after it was cleared; clearing an empty one is no step", () => {
    const sheets = new Sheets();
    sheets.clear();
    expect(sheets.before.value).toEqual([]);
    sheets.add(line(0.1));
    sheets.clear();
    sheets.undo();
    expect(sheets.sheet.value.marks).toEqual([line(0.1)]);
  });

  it("makes a given picture one of its marks when something is drawn on it, and undoing gives the picture back", () => {
    const sheets = new Sheets();
    sheets.put({ marks: [], ground: picture(1) });
    sheets.add(line(0.1));
    expect(sheets.sheet.value).toEqual({ marks: [{ kind: "garment", side: 1, ink: [128] }, line(0.1)], ground: null });
    sheets.undo();
    expect(sheets.sheet.value.ground?.id).toBe(1);
  });

  it("refuses a mark that it has no room for, and stays as it was", () => {
    const sheets = new Sheets();
    const stroke: Mark = { kind: "stroke", points: Array.from({ length: 40_000 }, () => [0, 0, 0.5]), width: 0.03, erases: false, ...COAT };
    expect(sheets.add(stroke)).toBe(true);
    expect(sheets.add(stroke)).toBe(false);
    expect(sheets.sheet.value.marks).toHaveLength(1);
    expect(fits(Array.from({ length: 4001 }, () => line(0)))).toBe(false);
  });

  it("tells a painter how to go on: by the marks that came, or anew", () => {
    const [a, b, c] = [line(0.1), line(0.2), line(0.3)];
    const sheet = (...marks: Mark[]) => ({ marks, ground: null });
    expect(more(EMPTY, sheet(a))).toEqual([a]);
    expect(more(sheet(a), sheet(a, b, c))).toEqual([b, c]);
    expect(more(sheet(a, b), sheet(a))).toBeNull();
    expect(more(sheet(a, b), sheet(a, c))).toBeNull();
    expect(more(sheet(a, b), sheet(a, c, b))).toBeNull();
    expect(more({ marks: [], ground: picture(1) }, sheet(a))).toBeNull();
  });

  it("is written with four decimals, as the classifier reads it", () => {
    const text = writeDrawing([{ kind: "fill", at: [1 / 3, 2 / 3], shade: 0.25, texture: "dots", mirrored: true }]);
    expect(JSON.parse(text)).toEqual({ version: 1, marks: [{ kind: "fill", at: [0.3333, 0.6667], shade: 0.25, texture: "dots", mirrored: true }] });
  });
});

describe("a palm", () => {
  it("does not draw while a pen is down, nor within a second after it was seen", () => {
    const palm = new Palm();
    expect(palm.draws("touch", 0)).toBe(true);
    palm.pen(1000, true);
    expect(palm.draws("touch", 9000)).toBe(false);
    palm.pen(9000, false);
    expect(palm.draws("touch", 9999)).toBe(false);
    expect(palm.draws("touch", 10_000)).toBe(true);
  });

  it("is never taken for a mouse or the pen itself", () => {
    const palm = new Palm();
    palm.pen(1000, true);
    expect([palm.draws("mouse", 1001), palm.draws("pen", 1001)]).toEqual([true, true]);
  });
});
