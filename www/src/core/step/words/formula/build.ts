/** Pieces that formulas are put together from. */
import * as f from "../../../format";
import type { Column } from "../../types";
import type { Means, Part } from "../parts";
import type { Place, Told } from "../told";

export type Formula = (told: Told) => Part[];
type Piece = Part | Part[] | string;

/** How many products stand in a formula before the ellipsis. */
const SHOWN = 3;

/** Pieces in a row; a text is an operator. */
export function row(...pieces: Piece[]): Part[] {
  return pieces.flat().map((piece) => (typeof piece === "string" ? { text: piece, means: "op" } : piece));
}

/** The same where a condition holds, else nothing. */
export function when(condition: boolean, ...pieces: Piece[]): Part[] {
  return condition ? row(...pieces) : [];
}

/** A symbol with what stands below it. */
export function symbol(text: string, means: Means, sub = ""): Part[] {
  const main: Part = { text, means };
  return sub === "" ? [main] : [main, { text: sub, means, place: "sub" }];
}

export function raised(text: string): Part {
  return { text, means: "op", place: "sup" };
}

/** A number that stands for an operand or a line. */
export function value(number: number, means: Means): Part {
  return { text: f.number(number), means };
}

/** A number that somebody chose, or that is counted: as short as it can be written. */
export function given(number: number, means: Means): Part {
  return { text: f.plain(number), means };
}

/** The same among others, where a minus sign wants brackets. */
export function inner(number: number, means: Means): Part[] {
  const bare = value(number, means);
  return number < 0 ? row("(", bare, ")") : [bare];
}

/** The indices of a number, counted from 1. */
export function indices(place: Place): string {
  switch (place.in) {
    case "map":
      return `${place.row},${place.column},${place.channel}`;
    case "kernel":
      return `${place.row},${place.column},${place.channel},${place.filter}`;
    case "matrix":
      return `${place.input},${place.unit}`;
    case "vector":
      return `${place.index}`;
    case "scalar":
      return "";
  }
}

/** Coefficients times names and a constant: 4+i, 2p−1, 7−i. */
export function linear(terms: [number, string][], constant: number): string {
  const named = terms.map(([factor, name]) => ({ size: Math.abs(factor) === 1 ? name : `${Math.abs(factor)}${name}`, below: factor < 0 }));
  const all = constant > 0 ? [{ size: `${constant}`, below: false }, ...named] : [...named];
  if (constant < 0) all.push({ size: `${-constant}`, below: true });
  return all.map(({ size, below }, i) => `${below ? "−" : i > 0 ? "+" : ""}${size}`).join("");
}

/** a + b + c + …, or between commas: numbers of an operand. */
export function listed(values: readonly number[], means: Means, between: " + " | ", " = " + "): Part[] {
  const one = (number: number, i: number) => (i > 0 && between === " + " ? inner(number, means) : value(number, means));
  const shown = values.slice(0, SHOWN).map((number, i) => row(i > 0 ? between : [], one(number, i)));
  return row(...shown, when(values.length > SHOWN, `${between}…`));
}

/** a·b + c·d + …: the first products of two operands. */
export function products([first, second]: [Column[], Column[]], names: [Means, Means]): Part[] {
  const [a, b] = [first, second].map((columns) => columns.flatMap(({ values }) => values));
  const shown = a.slice(0, SHOWN).map((number, i) => row(i > 0 ? " + " : [], i > 0 ? inner(number, names[0]) : value(number, names[0]), "·", inner(b[i], names[1])));
  return row(...shown, when(a.length > SHOWN, " + …"));
}

/** An activation around what it is applied to. */
export function activated({ activation }: Told, inside: Part[]): Part[] {
  switch (activation) {
    case "relu":
      return row("max(", "0", ", ", inside, ")");
    case "sigmoid":
      return row("σ(", inside, ")");
    case "tanh":
      return row("tanh(", inside, ")");
    case "linear":
    case "softmax":
      return inside;
    default:
      if ("clipped_relu" in activation) return row("min(", "max(", "0", ", ", inside, ")", ", ", given(activation.clipped_relu.max_value, "op"), ")");
      return row(symbol("leaky", "op", f.plain(activation.leaky_relu.negative_slope)), "(", inside, ")");
  }
}

/** = and the number itself, where a cell is in hand. */
export function result(told: Told): Part[] {
  return when(told.explanation !== null, " = ", value(told.value, told.result));
}
