/**
 * A drawing as data: marks in order on a square sheet whose side is 1. Coordinates and widths are shares of the side, from the upper
 * left corner; `crates/data/src/drawing` paints them, in the page and in a terminal.
 */
import type { Drawing, Mark, Texture } from "../../engine/draw/marks";

export type { Curve, Drawing, Garment, Line, Mark, Point, Stroke, Texture } from "../../engine/draw/marks";

export const TEXTURES: readonly Texture[] = ["plain", "stripes", "checks", "dots", "knit"];

export const VERSION = 1;
/** Bounds on what is kept: some ten minutes of drawing without a pause. */
export const MOST_MARKS = 4000;
export const MOST_POINTS = 60_000;
const MOST_SIDE = 512;

export type BadDrawing = "json" | "drawing" | "version" | "mark" | "big";

/** A file that is no drawing; `code` says why, `mark` counts from 1. */
export class DrawingError extends Error {
  readonly code: BadDrawing;
  readonly mark: number;

  constructor(code: BadDrawing, mark = 0) {
    super(code);
    this.code = code;
    this.mark = mark;
  }
}

/** Numbers of a mark, as they weigh on memory. */
export function weight(mark: Mark): number {
  return mark.kind === "stroke" ? mark.points.length : mark.kind === "garment" ? mark.ink.length / 8 : 3;
}

/** As a file: numbers of four decimals, a twentieth of a pixel of the sheet. */
export function writeDrawing(marks: readonly Mark[]): string {
  const short = (_: string, value: unknown) => (typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value);
  return JSON.stringify({ version: VERSION, marks } satisfies Drawing, short);
}

const finite = (value: unknown, least = -8, most = 8) => typeof value === "number" && value >= least && value <= most;
const share = (value: unknown) => finite(value, 0, 1);
const place = (value: unknown, length: number) => Array.isArray(value) && value.length === length && value.every((number) => finite(number));

const places = (value: unknown, length: number) => Array.isArray(value) && value.length === length && value.every((point) => place(point, 2));

const coated = ({ shade, texture, mirrored }: Record<string, unknown>) => share(shade) && TEXTURES.includes(texture as Texture) && typeof mirrored === "boolean";

const SOUND: Record<Mark["kind"], (mark: Record<string, unknown>) => boolean> = {
  stroke: (mark) => coated(mark) && share(mark.width) && typeof mark.erases === "boolean" && Array.isArray(mark.points) && mark.points.length > 0 && mark.points.every((point) => place(point, 3)),
  line: (mark) => coated(mark) && share(mark.width) && places(mark.points, 2),
  curve: (mark) => coated(mark) && share(mark.width) && places(mark.points, 3),
  fill: (mark) => coated(mark) && place(mark.at, 2),
  garment: ({ side, ink }) => finite(side, 1, MOST_SIDE) && Array.isArray(ink) && ink.length === (side as number) ** 2 && ink.every((shade) => finite(shade, 0, 255)),
  clear: () => true,
};

/** Reads a file. Throws a `DrawingError` where it is none, or more than a sheet holds. */
export function readDrawing(text: string): readonly Mark[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new DrawingError("json");
  }
  return checked(read);
}

/** The marks of what may be a drawing. */
export function checked(read: unknown): readonly Mark[] {
  const { version, marks } = (typeof read === "object" && read !== null ? read : {}) as { version?: unknown; marks?: unknown };
  if (!Array.isArray(marks)) throw new DrawingError("drawing");
  if (version !== VERSION) throw new DrawingError("version");
  let points = 0;
  for (const [index, mark] of (marks as Record<string, unknown>[]).entries()) {
    const sound = SOUND[mark?.kind as Mark["kind"]];
    if (!sound?.(mark)) throw new DrawingError("mark", index + 1);
    points += weight(mark as Mark);
  }
  if (marks.length > MOST_MARKS || points > MOST_POINTS) throw new DrawingError("big");
  return marks as Mark[];
}
