/**
 * A drawing as data: marks in order on a square sheet whose side is 1. Coordinates and widths are shares of the side, from the upper
 * left corner; `crates/data/src/drawing` says what each mark is, and paints it.
 */
import type { Drawing, Mark, Texture } from "../../engine/draw/protocol";

export type { Drawing, Mark, Texture } from "../../engine/draw/protocol";
export type Stroke = Extract<Mark, { kind: "stroke" }>;
export type Line = Extract<Mark, { kind: "line" }>;
export type Curve = Extract<Mark, { kind: "curve" }>;
export type Garment = Extract<Mark, { kind: "garment" }>;
/** x, y and the pen's pressure from 0 to 1; 0.5, as mice say, draws a line in its width. */
export type Dot = Stroke["points"][number];

export const TEXTURES: readonly Texture[] = ["plain", "stripes", "checks", "dots", "knit"];

export const VERSION = 1;
/** What a sheet holds: some ten minutes of drawing without a pause. */
const MOST_MARKS = 4000;
const MOST_POINTS = 60_000;

export const drawingOf = (marks: readonly Mark[]): Drawing => ({ version: VERSION, marks: marks as Mark[] });

/** Whether a sheet holds so many marks. */
export function fits(marks: readonly Mark[]): boolean {
  return marks.length <= MOST_MARKS && marks.reduce((sum, mark) => sum + (mark.kind === "stroke" ? mark.points.length : 3), 0) <= MOST_POINTS;
}

/** As a file: numbers of four decimals, a twentieth of a pixel of the sheet. */
export function writeDrawing(marks: readonly Mark[]): string {
  return JSON.stringify(drawingOf(marks), (_, value: unknown) => (typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value));
}
