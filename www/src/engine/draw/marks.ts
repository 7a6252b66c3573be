/** A drawing as it is saved: `crates/data/src/drawing` reads it and paints it. */
export type Texture = "plain" | "stripes" | "checks" | "dots" | "knit";

export type Point = readonly [x: number, y: number];

interface Coat {
  /** 0 is paper, 1 is ink. */
  shade: number;
  texture: Texture;
  /** The same again on the other side of the sheet's middle. */
  mirrored: boolean;
}

/** `points`: x, y and the pen's pressure from 0 to 1; 0.5, as mice say, draws the line in its width. */
export type Stroke = { kind: "stroke"; points: (readonly [number, number, number])[]; width: number; erases: boolean } & Coat;
export type Line = { kind: "line"; points: readonly [Point, Point]; width: number } & Coat;
/** Quadratic: from the first point to the third, towards the second. */
export type Curve = { kind: "curve"; points: readonly [Point, Point, Point]; width: number } & Coat;
export type Fill = { kind: "fill"; at: Point } & Coat;
/** A square picture over the whole sheet: `side` rows of as many shades, from 0, paper, to 255, ink. */
export type Garment = { kind: "garment"; side: number; ink: readonly number[] };
export type Clear = { kind: "clear" };
export type Mark = Stroke | Line | Curve | Fill | Garment | Clear;

export interface Drawing {
  version: number;
  marks: readonly Mark[];
}
