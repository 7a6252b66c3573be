/** What works on a number at a time, or on the numbers of one place: activations, softmax, dropout, sums, copies. */
import type { Part } from "../parts";
import { placeIn, type Told } from "../told";
import { activated, given, indices, inner, listed, products, result, row, symbol, value, type Formula } from "./build";

function at(told: Told): string {
  return told.explanation ? indices(told.place()) : "i";
}

export const activate: Formula = (told) => {
  const i = at(told);
  const numbers = told.explanation && told.activation !== "linear" ? row(" = ", activated(told, [value(told.line("x"), "x")])) : [];
  return row(symbol("y", "y", i), " = ", activated(told, symbol("x", "x", i)), numbers, result(told));
};

/** The slope of an activation, from its output. */
function slope({ activation }: Told): Part[] {
  const y = symbol("y", "y");
  switch (activation) {
    case "relu":
      return row("[", y, " > 0", "]");
    case "sigmoid":
      return row(y, "·", "(", "1", " − ", y, ")");
    case "tanh":
      return row("(", "1", " − ", y, ")", "·", "(", "1", " + ", y, ")");
    case "linear":
    case "softmax":
      return [];
    default:
      if ("clipped_relu" in activation) return row("[", "0 < ", y, " < ", given(activation.clipped_relu.max_value, "op"), "]");
      return row("(", "[", y, " > 0", "]", " + ", given(activation.leaky_relu.negative_slope, "op"), "·", "[", y, " ≤ 0", "]", ")");
  }
}

export const activateGrad: Formula = (told) => {
  const i = at(told);
  const [start, linear] = [row(symbol("dx", "dx", i), " = ", symbol("dy", "dy", i)), told.activation === "linear"];
  if (linear) return row(start, result(told));
  const met = told.line("slope");
  const numbers = told.explanation ? row(" = ", value(told.line("dy"), "dy"), "·", Number.isInteger(met) ? given(met, "slope") : inner(met, "slope")) : [];
  return row(start, "·", slope(told), numbers, result(told));
};

export const softmax: Formula = (told) => {
  const i = at(told);
  const sum = told.tells("sum");
  const numbers =
    sum === undefined ? [] : row(" = ", "exp(", value(told.line("x"), "x"), " − ", inner(told.line("max"), "max"), ")", " / ", value(sum, "sum"));
  const shifted = (sub: string) => row("exp(", symbol("x", "x", sub), " − ", "max ", symbol("x", "x"), ")");
  return row(symbol("y", "y", i), " = ", shifted(i), " / ", symbol("Σ", "op", "k"), shifted("k"), numbers, result(told));
};

export const softmaxGrad: Formula = (told) => {
  const i = at(told);
  const numbers = told.explanation
    ? row(" = ", value(told.line("y"), "y"), "·", "(", value(told.line("dy"), "dy"), " − ", "(", products([told.columns("dy"), told.columns("y")], ["dy", "y"]), ")", ")")
    : [];
  const all = row(symbol("Σ", "op", "k"), symbol("dy", "dy", "k"), "·", symbol("y", "y", "k"));
  return row(symbol("dx", "dx", i), " = ", symbol("y", "y", i), "·", "(", symbol("dy", "dy", i), " − ", all, ")", numbers, result(told));
};

/** On the way back the mask works on gradients. */
export const dropout: Formula = (told) => {
  const i = at(told);
  const [x, y] = told.backward ? ["dy", "dx"] : ["x", "y"];
  const numbers = told.explanation ? row(" = ", value(told.line("x"), "x"), "·", given(told.line("kept"), "kept"), "·", value(told.line("scale"), "scale")) : [];
  const scale = row(symbol("m", "kept", i), " / ", "(", "1", " − ", symbol("p", "rate"), ")");
  return row(symbol(y, "y", i), " = ", symbol(x, "x", i), "·", scale, numbers, result(told));
};

export const add: Formula = (told) => {
  const i = at(told);
  const [x, y] = told.backward ? ["dy", "dx"] : ["x", "y"];
  const count = told.step.operands.filter(({ name }) => name === "x").length;
  const terms = Array.from({ length: count }, (_, n) => row(n > 0 ? " + " : [], { text: x, means: "x" }, { text: `${n + 1}`, means: "x", place: "sup" }, { text: i, means: "x", place: "sub" }));
  const numbers = told.explanation ? row(" = ", listed(told.values("x"), "x")) : [];
  return row(symbol(y, "y", i), " = ", ...terms, numbers, result(told));
};

/** What only moves numbers: the result is the one that was met, or zero where none was. */
function moved(from: string, to: string): Formula {
  return (told) => {
    const i = at(told);
    const [column] = told.columns(from);
    const met = column && column.indices.length > 0;

    const left = symbol(to, to, i);
    if (!told.explanation) return row(left, " = ", symbol(from, from, "…"));
    if (!met) return row(left, " = ", value(told.value, to));
    const shape = told.walk.outline.buffers[column.buffer]?.shape ?? [];
    return row(left, " = ", symbol(from, from, indices(placeIn(shape, column.indices[0]))), result(told));
  };
}

export const concatenate = moved("x", "y");
export const concatenateGrad = moved("dy", "dx");
export const zeroPad2d = moved("x", "y");
export const zeroPad2dGrad = moved("dy", "dx");

