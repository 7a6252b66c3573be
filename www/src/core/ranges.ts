/** What a number that a reader gives may be, judged as the engine will use it: in f32, where 1e-50 is 0 and 0.99999999999 is 1. */

/** A whole number, both ends included. */
export interface Whole {
  kind: "whole";
  least: number;
  most: number;
}

/** A finite f32. */
export interface Real {
  kind: "real";
  least: number;
  /** The largest f32 where there is no bound. */
  most: number;
  /** `least` itself is too little. */
  above_least: boolean;
  /** `most` itself is too much. */
  below_most: boolean;
}

export type Range = Whole | Real;

export const F32_MAX = (2 - 2 ** -23) * 2 ** 127;

export const whole = (least: number, most: number): Whole => ({ kind: "whole", least, most });
const positive: Real = { kind: "real", least: 0, most: F32_MAX, above_least: true, below_most: false };
const notNegative: Real = { ...positive, above_least: false };
const belowOne: Real = { ...notNegative, most: 1, below_most: true };
const share: Real = { ...notNegative, most: 1 };

/** Of the run. */
export const TRAINING = {
  learning_rate: positive,
  batch_size: whole(1, 4096),
  epochs: whole(1, 10_000),
  seed: whole(0, 2 ** 32 - 1),
  beta_1: belowOne,
  beta_2: belowOne,
  epsilon: positive,
  momentum: belowOne,
} satisfies Record<string, Range>;

/** Of layers. */
export const LAYERS = { momentum: share, epsilon: positive, rate: belowOne, negative_slope: notNegative } satisfies Record<string, Range>;

/** The number as the engine holds it; whole numbers are not narrowed. */
export function used(value: number, range: Range): number {
  return range.kind === "whole" ? value : Math.fround(value);
}

export function fits(value: number, range: Range): boolean {
  const held = used(value, range);
  if (range.kind === "whole") return Number.isInteger(held) && held >= range.least && held <= range.most;
  const enough = range.above_least ? held > range.least : held >= range.least;
  const notTooMuch = range.below_most ? held < range.most : held <= range.most;
  return enough && notTooMuch;
}

/** What a number becomes in f32, where that alone puts it out of the range; else undefined. */
export function narrowed(value: number, range: Range): number | undefined {
  if (range.kind === "whole" || fits(value, range)) return undefined;
  const held = used(value, range);
  const inside = value >= range.least && (value > range.least || !range.above_least) && (value < range.most || (value <= range.most && !range.below_most));
  const unbounded = range.most === F32_MAX && value > F32_MAX;
  return held !== value && (inside || unbounded) ? held : undefined;
}

/**
 * A number read from text; undefined where the text is none. Only plain decimals and exponents: `Number` would take an empty
 * text for 0, and hexadecimals and "Infinity" for what nobody means.
 */
export function read(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined;
}

/** The shortest decimal that is the same f32: 0.00100000005 is 0.001, and 0.9999999 does not become 1. Whole numbers in full. */
export function shortest(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return Number(value.toPrecision(9));
}
