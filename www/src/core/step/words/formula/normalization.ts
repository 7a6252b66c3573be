/** Batch normalisation: moments, the norm itself, the way back, the moving averages. */
import type { Part } from "../parts";
import type { Place, Told } from "../told";
import { given, indices, inner, listed, products, raised, result, row, symbol, value, when, type Formula } from "./build";

/** The channel of a cell, in whatever tensor it lies. */
function channel(place: Place): string {
  return place.in === "map" ? `${place.channel}` : indices(place);
}

function at(told: Told): [string, string] {
  return told.explanation ? [indices(told.place()), channel(told.place())] : ["i", "c"];
}

const squareRoot = (variance: Part[], epsilon: Part[]) => row("√(", variance, " + ", epsilon, ")");

export const batchMoments: Formula = (told) => {
  const [, c] = at(told);
  const n = told.batch * told.positions("x");
  const x = symbol("x", "x", `i,${c}`);
  const sum = symbol("Σ", "op", "i");
  const xs = told.values("x");
  const mean = row(symbol("μ", "mean", c), " = ", sum, x, " / ", given(n, "op"));
  if (told.explanation && told.result === "mean") return row(mean, " = ", "(", listed(xs, "x"), ") / ", given(n, "op"), result(told));
  const variance = row(symbol("σ²", "variance", c), " = ", sum, "(", x, " − ", symbol("μ", "mean", c), ")", raised("2"), " / ", given(n, "op"));
  return told.explanation ? row(variance, result(told)) : row(mean, ";  ", variance);
};

export const batchNorm: Formula = (told) => {
  const [i, c] = at(told);
  const gamma = told.has("gamma");
  const beta = told.has("beta");
  const symbols = row(
    when(gamma, symbol("γ", "gamma", c), "·"),
    "(",
    symbol("x", "x", i),
    " − ",
    symbol("μ", "mean", c),
    ") / ",
    squareRoot(symbol("σ²", "variance", c), symbol("ε", "epsilon")),
    when(beta, " + ", symbol("β", "beta", c)),
  );
  const numbers =
    told.explanation && (gamma || beta)
    ? row(
        " = ",
        when(gamma, value(told.line("gamma"), "gamma"), "·"),
        inner(told.line("normalised"), "normalised"),
        when(beta, " + ", inner(told.line("beta"), "beta")),
      )
    : [];
  return row(symbol("y", "y", i), " = ", symbols, numbers, result(told));
};

export const batchNormGradParameters: Formula = (told) => {
  const [, c] = at(told);
  const dy = symbol("dy", "dy", `i,${c}`);
  const sum = symbol("Σ", "op", "i");
  const gamma = row(symbol("dγ", "dgamma", c), " = ", sum, dy, "·", symbol("x̂", "normalised", `i,${c}`));
  const beta = row(symbol("dβ", "dbeta", c), " = ", sum, dy);
  if (!told.explanation) return row(gamma, ";  ", beta);
  if (told.result === "dbeta") return row(beta, " = ", listed(told.values("dy"), "dy"), result(told));
  return row(gamma, " = ", products([told.columns("dy"), told.columns("normalised")], ["dy", "normalised"]), result(told));
};

export const batchNormGradInput: Formula = (told) => {
  const [i, c] = at(told);
  const gamma = told.has("gamma");
  const rows = given(told.batch * told.positions("dx"), "op");
  const scale = row(gamma ? symbol("γ", "gamma", c) : "1", " / ", squareRoot(symbol("σ²", "variance", c), symbol("ε", "epsilon")));
  const symbols = row(
    symbol("dy", "dy", i),
    " − ",
    symbol("dβ", "dbeta", c),
    "/",
    rows,
    " − ",
    symbol("x̂", "normalised", i),
    "·",
    symbol("dγ", "dgamma", c),
    "/",
    rows,
  );
  const line = (name: string) => inner(told.line(name), name);
  const numbers = told.explanation
    ? row(" = ", line("scale"), "·", "(", line("dy"), " − ", line("dbeta"), "/", rows, " − ", line("normalised"), "·", line("dgamma"), "/", rows, ")")
    : [];
  return row(symbol("dx", "dx", i), " = ", scale, "·", "(", symbols, ")", numbers, result(told));
};

export const batchNormGradFixed: Formula = (told) => {
  const [i, c] = at(told);
  const scale = row(told.has("gamma") ? symbol("γ", "gamma", c) : "1", " / ", squareRoot(symbol("σ²", "variance", c), symbol("ε", "epsilon")));
  const numbers = told.explanation ? row(" = ", inner(told.line("scale"), "scale"), "·", inner(told.line("dy"), "dy")) : [];
  return row(symbol("dx", "dx", i), " = ", scale, "·", symbol("dy", "dy", i), numbers, result(told));
};

export const movingAverage: Formula = (told) => {
  const [i] = at(told);
  const average = symbol("a", "average", i);
  const symbols = row(average, " ← ", symbol("m", "momentum"), "·", average, " + ", "(", "1", " − ", symbol("m", "momentum"), ")", "·", symbol("v", "value", i));
  const momentum = () => given(told.line("momentum"), "momentum");
  const numbers = told.explanation
    ? row(" = ", momentum(), "·", inner(told.line("before"), "before"), " + ", "(", "1", " − ", momentum(), ")", "·", inner(told.line("value"), "value"))
    : [];
  return row(symbols, numbers, result(told));
};
