import { beforeEach, describe, expect, it } from "vitest";
import { Cursor } from "../../src/core/draw/cursor";
import type { Mark, Stroke } from "../../src/core/draw/drawing";
import { Hand } from "../../src/core/draw/hand";
import { Sheets } from "../../src/core/draw/sheet";

let marks: Mark[];
let hand: Hand;

beforeEach(() => {
  marks = [];
  hand = new Hand((mark) => marks.push(mark));
});

describe("a hand", () => {
  it("draws a stroke through where it came, once each, with the pen's pressure", () => {
    hand.press(0.1, 0.1, 0.2);
    hand.move([[0.1, 0.1, 0.9], [0.2, 0.1, 0.4], [0.3, 0.2, 0.6]]);
    hand.lift(0.3, 0.2);
    expect(marks).toMatchObject([{ kind: "stroke", points: [[0.1, 0.1, 0.2], [0.2, 0.1, 0.4], [0.3, 0.2, 0.6]], erases: false }]);
    expect(hand.live.value).toBeNull();
  });

  it("leaves a dot where it only touched", () => {
    hand.press(0.5, 0.5);
    hand.lift(0.5, 0.5);
    expect((marks[0] as Stroke).points).toEqual([[0.5, 0.5, 0.5]]);
  });

  it("draws nothing before it is down and nothing after it was called off", () => {
    hand.move([[0.2, 0.2, 0.5]]);
    hand.press(0.5, 0.5);
    hand.cancel();
    hand.lift(0.6, 0.6);
    expect(marks).toEqual([]);
  });

  it("goes on with another stroke where one has grown long, without a gap", () => {
    hand.press(0, 1);
    for (let i = 0; i < 50; i++) hand.move(Array.from({ length: 100 }, (_, j) => [(100 * i + j + 1) / 5000, j % 2, 0.5]));
    hand.lift(1, 1);
    const strokes = marks as Stroke[];
    expect(strokes).toHaveLength(2);
    expect(strokes[0].points.length + strokes[1].points.length).toBe(5002);
    expect(strokes[1].points[0]).toEqual(strokes[0].points.at(-1));
  });

  it("fills where it is lifted, and draws lines from end to end", () => {
    hand.set({ tool: "fill", shade: 0.5, mirrored: true });
    hand.press(0.2, 0.3);
    hand.lift(0.4, 0.6);
    hand.set({ tool: "line", mirrored: false });
    hand.press(0.1, 0.1);
    hand.move([[0.4, 0.1, 0.5], [0.9, 0.2, 0.5]]);
    hand.lift(0.9, 0.2);
    expect(marks).toMatchObject([
      { kind: "fill", at: [0.4, 0.6], shade: 0.5, mirrored: true },
      { kind: "line", points: [[0.1, 0.1], [0.9, 0.2]], mirrored: false },
    ]);
  });

  it("bends a curve after its ends, so that it passes through the hand", () => {
    hand.set({ tool: "curve" });
    hand.press(0, 0);
    hand.move([[1, 0, 0.5]]);
    hand.lift(1, 0);
    expect(marks).toEqual([]);
    hand.move([[0.5, 0.3, 0.5]]);
    hand.press(0.5, 0.4);
    hand.lift(0.5, 0.4);
    const { kind, points: [from, bend, to] } = marks[0] as Extract<Mark, { kind: "curve" }>;
    expect(kind).toBe("curve");
    expect([0, 1].map((axis) => 0.25 * from[axis] + 0.5 * bend[axis] + 0.25 * to[axis])).toEqual([0.5, 0.4]);
  });

  it("gives up a curve whose bend never came when another tool is taken", () => {
    hand.set({ tool: "curve" });
    hand.press(0, 0);
    hand.move([[1, 0, 0.5]]);
    hand.lift(1, 0);
    hand.set({ tool: "brush" });
    hand.press(0.5, 0.5);
    hand.lift(0.5, 0.5);
    expect(marks.map(({ kind }) => kind)).toEqual(["stroke"]);
  });

  it("erases wider than it draws", () => {
    hand.press(0, 0);
    hand.lift(0, 0);
    hand.set({ tool: "eraser" });
    hand.press(0, 0);
    hand.lift(0, 0);
    const [drawn, erased] = marks as Stroke[];
    expect(erased.erases).toBe(true);
    expect(erased.width).toBeGreaterThan(drawn.width);
  });
});

describe("keys", () => {
  it("draw what a pointer would: down, along, up", () => {
    const cursor = new Cursor(hand, new Sheets());
    expect(cursor.press(" ", false)).toBe(true);
    for (let i = 0; i < 3; i++) cursor.press("ArrowRight", false);
    cursor.press("ArrowDown", true);
    cursor.press("Enter", false);
    const { points } = marks[0] as Stroke;
    expect(points).toHaveLength(5);
    expect(points[4][0] - points[0][0]).toBeCloseTo(3 / 112);
    expect(points[4][1] - points[0][1]).toBeCloseTo(4 / 112);
  });

  it("stay on the sheet", () => {
    const cursor = new Cursor(hand, new Sheets());
    for (let i = 0; i < 200; i++) cursor.press("ArrowUp", true);
    expect(cursor.place.value).toEqual([0.5, 0]);
  });

  it("fill at one press, choose tools, shades and widths, and leave other keys to others", () => {
    const cursor = new Cursor(hand, new Sheets());
    for (const key of ["f", "3", "m", "]", " "]) expect(cursor.press(key, false), key).toBe(true);
    expect(marks).toMatchObject([{ kind: "fill", shade: 0.5, mirrored: true }]);
    const { width } = hand.touch.value;
    cursor.press("[", false);
    expect(hand.touch.value.width).toBeLessThan(width);
    for (const key of ["Tab", "q", "Escape", "F5"]) expect(cursor.press(key, false), key).toBe(false);
  });

  it("undo and redo", () => {
    const sheets = new Sheets();
    const cursor = new Cursor(hand, sheets);
    sheets.add({ kind: "clear" });
    cursor.press("z", false);
    expect(sheets.sheet.value.marks).toEqual([]);
    cursor.press("y", false);
    expect(sheets.sheet.value.marks).toHaveLength(1);
  });
});
