/** Windows that choose or average, and their way back. */
import { windows } from "../geometry";
import type { Place, Told } from "../told";
import { given, indices, inner, linear, listed, result, row, symbol, value, when, type Formula } from "./build";

type MapPlace = Extract<Place, { in: "map" }>;

/** The cell of a map, in figures where one is in hand. */
function at(told: Told, otherwise: string): string {
  return told.explanation ? indices(told.place()) : otherwise;
}

/** What a window lies over: rows and columns from the first on. */
function under(told: Told): string {
  const found = windows(told, told.shape("x"));
  if (!found) return "i,j,c";
  const { rows, columns } = found;
  if (!told.explanation) {
    return `${linear([[rows.stride, "r"], [1, "i"]], -rows.stride - rows.before)},${linear([[columns.stride, "s"], [1, "j"]], -columns.stride - columns.before)},c`;
  }
  const place = told.place() as MapPlace;
  const first = (axis: typeof rows, cell: number, name: string) => linear([[1, name]], (cell - 1) * axis.stride - axis.before);
  return `${first(rows, place.row, "i")},${first(columns, place.column, "j")},${place.channel}`;
}

export const maxPool2d: Formula = (told) => {
  const xs = told.values("x");
  const numbers = xs.length > 0 ? row(" = ", "max(", listed(xs, "x", ", "), ")") : [];
  return row(symbol("y", "y", at(told, "r,s,c")), " = ", symbol("max", "op", "i,j"), " ", symbol("x", "x", under(told)), numbers, result(told));
};

/** A cell gets back what came to the windows that it won. */
export const maxPool2dGrad: Formula = (told) => {
  const won = told.values("dy");
  const numbers = won.length > 1 ? row(" = ", listed(won, "dy")) : [];
  const place = told.explanation && (told.place() as MapPlace);
  const [here, c] = place ? [`${place.row},${place.column}`, `${place.channel}`] : ["r,s", "c"];
  const chosen = row("[", symbol("argmax", "x", "p,q"), " = ", "(", symbol(here, "dx"), ")", "]");
  const sum = row(symbol("Σ", "op", "p,q"), chosen, "·", symbol("dy", "dy", `p,q,${c}`));
  return row(symbol("dx", "dx", at(told, "r,s,c")), " = ", sum, numbers, result(told));
};

export const averagePool2d: Formula = (told) => {
  const xs = told.values("x");
  const numbers = xs.length > 0 ? row(" = ", "(", listed(xs, "x"), ") / ", given(xs.length, "op")) : [];
  const mean = row(symbol("Σ", "op", "i,j"), symbol("x", "x", under(told)), " / ", symbol("n", "op"));
  return row(symbol("y", "y", at(told, "r,s,c")), " = ", mean, numbers, result(told));
};

export const averagePool2dGrad: Formula = (told) => {
  const dys = told.values("dy");
  const shares = told.values("share");
  const shown = dys.slice(0, 3).map((dy, i) => row(i > 0 ? " + " : [], inner(dy, "dy"), "·", value(shares[i] ?? told.line("share"), "op")));
  const numbers = dys.length > 0 ? row(" = ", ...shown, when(dys.length > 3, " + …")) : [];
  return row(symbol("dx", "dx", at(told, "r,s,c")), " = ", symbol("Σ", "op", "p,q"), symbol("dy", "dy", "p,q"), " / ", symbol("n", "op", "p,q"), numbers, result(told));
};

export const globalAveragePool2d: Formula = (told) => {
  const c = at(told, "c");
  const xs = told.values("x");
  const numbers = xs.length > 0 ? row(" = ", "(", listed(xs, "x"), ") / ", given(xs.length, "op")) : [];
  return row(symbol("y", "y", c), " = ", symbol("Σ", "op", "r,s"), symbol("x", "x", `r,s,${c}`), " / ", given(told.positions("x"), "op"), numbers, result(told));
};

export const globalAveragePool2dGrad: Formula = (told) => {
  const c = told.explanation ? `${(told.place() as MapPlace).channel}` : "c";
  const [dy] = told.values("dy");
  const places = given(told.positions("dx"), "op");
  const numbers = dy === undefined ? [] : row(" = ", value(dy, "dy"), " / ", places);
  return row(symbol("dx", "dx", at(told, "r,s,c")), " = ", symbol("dy", "dy", c), " / ", places, numbers, result(told));
};
