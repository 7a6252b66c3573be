/** What a number that a reader gives may be, judged as the engine will use it: in f32, where 1e-50 is 0 and 0.99999999999 is 1. */

import type { Hyperparameter } from "../engine/protocol";
import { CATALOGUE } from "./catalogue";

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
/** The range of a hyper-parameter; of a pair, that of each of its numbers. */
export function rangeOf(parameter: Hyperparameter): Range {
  switch (parameter.kind) {
    case "real":
      // The largest f32 is written as its shortest decimal, which is not the same f64.
      return { ...parameter, least: Math.fround(parameter.least), most: Math.fround(parameter.most) };
    case "whole":
    case "pair":
    case "borders":
      return whole(parameter.least, parameter.most);
    default:
      throw new Error(`${parameter.name} is no number`);
  }
}

function named<K extends Range["kind"]>(kind: K, name: string): Extract<Range, { kind: K }> {
  const { training, network } = CATALOGUE;
  const all = [...training.hyperparameters, ...network.optimizers.flatMap(({ hyperparameters }) => hyperparameters)];
  const found = all.find((parameter) => parameter.name === name && parameter.kind === kind);
  if (!found) throw new Error(`the engine has no setting ${name}`);
  return rangeOf(found) as Extract<Range, { kind: K }>;
}

/** Of the run. */
export const TRAINING = {
  learning_rate: named("real", "learning_rate"),
  batch_size: named("whole", "batch_size"),
  epochs: named("whole", "epochs"),
  seed: named("whole", "seed"),
  beta_1: named("real", "beta_1"),
  beta_2: named("real", "beta_2"),
  epsilon: named("real", "epsilon"),
  momentum: named("real", "momentum"),
} satisfies Record<string, Range>;

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
