/**
 * Marks as the page paints them at once, until the executor's own raster takes their place: with the same widths and shades, without
 * its sampling.
 */
import type { Curve, Line, Mark, Stroke, Texture } from "./drawing";

/** Pixels of the sheet's raster, on either side. */
export const SIDE = 448;

/** The textures' periods in shares of the side, and the shade between their threads as a share of the shade. */
const PERIODS: Record<Exclude<Texture, "plain">, number> = { stripes: 0.11, checks: 0.12, dots: 0.1, knit: 0.05 };
const BETWEEN = 0.35;

/** Grey of a shade. */
export function grey(shade: number): string {
  const level = Math.round(255 * (1 - shade));
  return `rgb(${level} ${level} ${level})`;
}

/** How wide a stroke is at a pressure. */
export function widthAt(width: number, pressure: number): number {
  return width * (0.4 + 1.2 * pressure);
}

function style(context: CanvasRenderingContext2D, side: number, shade: number, texture: Texture): string | CanvasPattern {
  const colour = grey(shade);
  if (texture === "plain") return colour;
  const period = Math.max(2, Math.round(PERIODS[texture] * side));
  const tile = new OffscreenCanvas(period, period);
  const brush = tile.getContext("2d");
  if (!brush) return colour;
  const half = period / 2;
  brush.fillStyle = grey(BETWEEN * shade);
  brush.fillRect(0, 0, period, period);
  brush.fillStyle = colour;
  if (texture === "stripes" || texture === "knit") brush.fillRect(0, 0, period, half);
  else if (texture === "checks") {
    brush.fillRect(0, 0, half, half);
    brush.fillRect(half, half, half, half);
  } else {
    brush.arc(half, half, period / 4, 0, 7);
    brush.fill();
  }
  return context.createPattern(tile, "repeat") ?? colour;
}

/** Paints a mark; fills and pictures are left to the executor's painter. */
export function paintMark(context: CanvasRenderingContext2D, side: number, mark: Mark): void {
  if (mark.kind === "clear") return context.clearRect(0, 0, side, side);
  if (mark.kind === "fill" || mark.kind === "garment") return;
  const paint = mark.kind === "stroke" && mark.erases ? grey(0) : style(context, side, mark.shade, mark.texture);
  context.save();
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = paint;
  context.fillStyle = paint;
  for (const mirrored of mark.mirrored ? [false, true] : [false]) {
    if (mirrored) context.transform(-1, 0, 0, 1, side, 0);
    if (mark.kind === "stroke") paintStroke(context, side, mark);
    else paintPath(context, side, mark);
  }
  context.restore();
}

function paintPath(context: CanvasRenderingContext2D, side: number, mark: Line | Curve): void {
  context.lineWidth = mark.width * side;
  context.beginPath();
  const [from, ...rest] = mark.points.map(([x, y]) => [x * side, y * side] as const);
  context.moveTo(...from);
  if (rest.length === 1) context.lineTo(...rest[0]);
  else context.quadraticCurveTo(...rest[0], ...rest[1]);
  context.stroke();
}

function paintStroke(context: CanvasRenderingContext2D, side: number, { points, width }: Stroke): void {
  const [x, y, pressure] = points[0];
  context.beginPath();
  context.arc(x * side, y * side, (widthAt(width, pressure) * side) / 2, 0, 7);
  context.fill();
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    context.lineWidth = (widthAt(width, from[2]) + widthAt(width, to[2])) * (side / 2);
    context.beginPath();
    context.moveTo(from[0] * side, from[1] * side);
    context.lineTo(to[0] * side, to[1] * side);
    context.stroke();
  }
}
