/**
 * What a hand does on the sheet, by pointer or by key: down, along, up. Out of it come marks: the one under way, which is painted at
 * once, and each when it is done.
 */
import { Cell } from "../cell";
import type { Curve, Dot, Line, Mark, Stroke, Texture } from "./drawing";

type Point = Line["points"][number];

export const TOOLS = ["brush", "eraser", "fill", "line", "curve"] as const;
export type Tool = (typeof TOOLS)[number];

/** Of the brush, in shares of the side; the eraser is wider by half. */
export const WIDTHS = [0.012, 0.022, 0.036, 0.06, 0.1] as const;
/** From paper to ink. */
export const SHADES = [0, 0.25, 0.5, 0.75, 1] as const;

export interface Touch {
  tool: Tool;
  width: number;
  shade: number;
  texture: Texture;
  mirrored: boolean;
}

/** Points closer than this say nothing new: a third of a pixel of the sheet. */
const LEAST = 0.0008;
/** A stroke of more points goes on as another. */
const MOST = 4000;
/** Of a pointer that knows no pressure. */
export const PLAIN = 0.5;

export class Hand {
  readonly touch = new Cell<Touch>({ tool: "brush", width: WIDTHS[2], shade: 1, texture: "plain", mirrored: false });
  /** The mark under way. */
  readonly live = new Cell<Mark | null>(null);
  /** The hand is on the sheet. */
  readonly down = new Cell(false);
  readonly #done: (mark: Mark) => void;
  /** A curve whose ends are set and that has yet to be bent. */
  #ends: Line["points"] | null = null;

  constructor(done: (mark: Mark) => void) {
    this.#done = done;
  }

  set(change: Partial<Touch>): void {
    if (change.tool && change.tool !== this.touch.value.tool) this.cancel();
    this.touch.update((touch) => ({ ...touch, ...change }));
  }

  /** A curve waits for its bend. */
  get bending(): boolean {
    return this.#ends !== null;
  }

  press(x: number, y: number, pressure = PLAIN): void {
    const { tool } = this.touch.value;
    this.down.set(true);
    if (tool === "fill") return;
    if (tool === "brush" || tool === "eraser") return this.live.set(this.#stroke([[x, y, pressure]]));
    if (this.#ends) return this.#bend([x, y]);
    this.live.set(this.#straight([x, y], [x, y]));
  }

  /** Places that the hand came through, the newest last. */
  move(places: readonly Dot[]): void {
    const last = places.at(-1);
    if (!last) return;
    // A curve is bent by a hand that is up, too.
    if (this.#ends) return this.#bend([last[0], last[1]]);
    if (!this.down.value) return;
    const live = this.live.value;
    if (live?.kind === "line") return this.live.set(this.#straight(live.points[0], [last[0], last[1]]));
    if (live?.kind !== "stroke") return;
    const { points } = live;
    const before = points.length;
    for (const place of places) {
      const [x, y] = points[points.length - 1];
      if (Math.abs(place[0] - x) + Math.abs(place[1] - y) >= LEAST) points.push(place);
    }
    if (points.length === before) return;
    this.live.set({ ...live });
    if (points.length >= MOST) this.#finish({ ...live }, this.#stroke([points[points.length - 1]]));
  }

  lift(x: number, y: number): void {
    if (!this.down.value) return;
    this.down.set(false);
    const { tool } = this.touch.value;
    const live = this.live.value;
    if (tool === "fill") return this.#done({ kind: "fill", at: [x, y], ...this.#coat() });
    if (live?.kind === "line" && tool === "curve") {
      // A curve without length is none.
      const [from, to] = live.points;
      if (from[0] === to[0] && from[1] === to[1]) return this.cancel();
      this.#ends = live.points;
      return;
    }
    this.#ends = null;
    if (live) this.#finish(live, null);
  }

  /** Nothing becomes of what was under way. */
  cancel(): void {
    this.#ends = null;
    this.down.set(false);
    this.live.set(null);
  }

  #finish(mark: Mark, next: Mark | null): void {
    this.live.set(next);
    this.#done(mark);
  }

  #bend([x, y]: Point): void {
    const [from, to] = this.#ends!;
    // The curve passes through the hand at its middle.
    const bend: Point = [2 * x - (from[0] + to[0]) / 2, 2 * y - (from[1] + to[1]) / 2];
    const { width } = this.touch.value;
    this.live.set({ kind: "curve", points: [from, bend, to], width, ...this.#coat() } satisfies Curve);
  }

  #coat(): { shade: number; texture: Texture; mirrored: boolean } {
    const { shade, texture, mirrored } = this.touch.value;
    return { shade, texture, mirrored };
  }

  #straight(from: Point, to: Point): Line {
    return { kind: "line", points: [from, to], width: this.touch.value.width, ...this.#coat() };
  }

  #stroke(points: Dot[]): Stroke {
    const { tool, width } = this.touch.value;
    const erases = tool === "eraser";
    return { kind: "stroke", points, width: erases ? 1.5 * width : width, erases, ...this.#coat() };
  }
}
