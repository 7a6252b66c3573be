/** Convolutions, dense layers and biases, in all directions. */
import type { Part } from "../parts";
import { windows, type Axis } from "../geometry";
import type { Place, Told } from "../told";
import { activated, indices, inner, linear, listed, products, result, row, symbol, when, type Formula } from "./build";

type KernelPlace = Extract<Place, { in: "kernel" }>;
type MapPlace = Extract<Place, { in: "map" }>;

const WINDOW: Axis = { window: 1, stride: 1, dilation: 1, before: 0 };

/** The windows' two axes over an operand; a layer that has none is told with the least. */
function axes(told: Told, operand: string): [Axis, Axis] {
  const found = windows(told, told.shape(operand));
  return [found?.rows ?? WINDOW, found?.columns ?? WINDOW];
}

function pair(told: Told, a: string, b: string): Part[] {
  return products([told.columns(a), told.columns(b)], [a, b]);
}

/** Sums as they stand with a bias and an activation, in symbols and in numbers. */
function weighted(told: Told, y: Part[], sum: Part[], filter: string): Part[] {
  const biased = told.has("bias");
  const symbols = row(sum, when(biased, " + ", symbol("b", "bias", filter)));
  const cell = told.explanation !== null;
  const bias = told.tells("bias");
  const numbers = () => {
    const terms = row(pair(told, "x", "kernel"), when(bias !== undefined, " + ", inner(bias ?? 0, "bias")));
    return row(" = ", activated(told, terms));
  };
  return row(y, " = ", activated(told, symbols), cell && told.products.length > 0 ? numbers() : [], result(told));
}

/** The input of cell r of an axis, under row i of the kernel: (r − 1)·stride − before + (i − 1)·dilation + 1. */
function under({ stride, dilation, before }: Axis, name: string, at: number | string): string {
  const own = 1 - stride - before - dilation;
  return typeof at === "number" ? linear([[dilation, name]], at * stride + own) : linear([[stride, at], [dilation, name]], own);
}

/** The output whose row i of the kernel lay over cell r of an axis: (p − 1)·stride = r − 1 + before − (i − 1)·dilation. */
function over({ stride, dilation, before }: Axis, name: string, at: number | string): string {
  const own = before + dilation + stride - 1;
  const inside = typeof at === "number" ? linear([[-dilation, name]], at + own) : linear([[1, at], [-dilation, name]], own);
  return stride === 1 ? inside : `(${inside})/${stride}`;
}

/** The input that output p had under the row of the kernel at hand, or under row `own` where none is. */
function met({ stride, dilation, before }: Axis, name: string, at: number | undefined, own: string): string {
  if (at === undefined) return linear([[stride, name], [dilation, own]], 1 - stride - before - dilation);
  return linear([[stride, name]], 1 - stride - before + (at - 1) * dilation);
}

export const conv2d: Formula = (told) => {
  const [rows, columns] = axes(told, "x");
  const place = told.explanation && (told.place() as MapPlace);
  const [r, s, k] = place ? [place.row, place.column, `${place.channel}`] : (["r", "s", "k"] as const);
  const x = symbol("x", "x", `${under(rows, "i", r)},${under(columns, "j", s)},c`);
  const sum = row(symbol("Σ", "op", "c"), symbol("Σ", "op", "i,j"), x, "·", symbol("w", "kernel", `i,j,c,${k}`));
  return weighted(told, symbol("y", "y", `${r},${s},${k}`), sum, k);
};

/** Output channels of each input channel. */
function multiplier(told: Told, kernel: string): number {
  return told.shape(kernel).at(-1) ?? 1;
}

/** As a convolution, of one channel: output k is of channel c, its m-th. */
export const depthwiseConv2d: Formula = (told) => {
  const [rows, columns] = axes(told, "x");
  const place = told.explanation && (told.place() as MapPlace);
  const [r, s, k] = place ? [place.row, place.column, `${place.channel}`] : (["r", "s", "c"] as const);
  const several = multiplier(told, "kernel");
  const [c, m] = place ? [`${Math.ceil(place.channel / several)}`, `${((place.channel - 1) % several) + 1}`] : ["c", "m"];
  const y = several > 1 && !place ? "r,s,c,m" : `${r},${s},${k}`;
  const x = symbol("x", "x", `${under(rows, "i", r)},${under(columns, "j", s)},${c}`);
  const sum = row(symbol("Σ", "op", "i,j"), x, "·", symbol("w", "kernel", several > 1 ? `i,j,${c},${m}` : `i,j,${c}`));
  return weighted(told, symbol("y", "y", y), sum, place ? k : c);
};

export const depthwiseConv2dGradInput: Formula = (told) => {
  const [rows, columns] = axes(told, "dx");
  const several = multiplier(told, "kernel") > 1;
  const place = told.explanation && (told.place() as MapPlace);
  const [r, s, c] = place ? [place.row, place.column, `${place.channel}`] : (["r", "s", "c"] as const);
  const of = several ? `${c},m` : c;
  const dy = symbol("dy", "dy", `${over(rows, "i", r)},${over(columns, "j", s)},${of}`);
  const sum = row(when(several, symbol("Σ", "op", "m")), symbol("Σ", "op", "i,j"), dy, "·", symbol("w", "kernel", `i,j,${of}`));
  return row(symbol("dx", "dx", `${r},${s},${c}`), " = ", sum, summed(told, "dy", "kernel"), result(told));
};

export const depthwiseConv2dGradKernel: Formula = (told) => {
  const [rows, columns] = axes(told, "x");
  const several = multiplier(told, "dkernel") > 1;
  const place = told.explanation && (told.place() as KernelPlace);
  const c = place ? `${place.channel}` : "c";
  const of = several ? `${c},${place ? place.filter : "m"}` : c;
  const x = symbol("x", "x", `${met(rows, "p", place?.row, "i")},${met(columns, "q", place?.column, "j")},${c}`);
  const sum = row(when(told.several, symbol("Σ", "op", "n")), symbol("Σ", "op", "p,q"), x, "·", symbol("dy", "dy", `p,q,${of}`));
  const at = place ? `${place.row},${place.column}` : "i,j";
  return row(symbol("dw", "dkernel", `${at},${of}`), " = ", sum, summed(told, "x", "dy"), result(told));
};

export const dense: Formula = (told) => {
  const k = told.explanation ? indices(told.place()) : "k";
  const sum = row(symbol("Σ", "op", "i"), symbol("x", "x", "i"), "·", symbol("w", "kernel", `i,${k}`));
  return weighted(told, symbol("y", "y", k), sum, k);
};

export const conv2dGradInput: Formula = (told) => {
  const [rows, columns] = axes(told, "dx");
  const place = told.explanation && (told.place() as MapPlace);
  const [r, s, c] = place ? [place.row, place.column, `${place.channel}`] : (["r", "s", "c"] as const);
  const dy = symbol("dy", "dy", `${over(rows, "i", r)},${over(columns, "j", s)},k`);
  const sum = row(symbol("Σ", "op", "k"), symbol("Σ", "op", "i,j"), dy, "·", symbol("w", "kernel", `i,j,${c},k`));
  return row(symbol("dx", "dx", `${r},${s},${c}`), " = ", sum, summed(told, "dy", "kernel"), result(told));
};

export const conv2dGradKernel: Formula = (told) => {
  const [rows, columns] = axes(told, "x");
  const place = told.explanation && (told.place() as KernelPlace);
  const [c, k] = place ? [`${place.channel}`, `${place.filter}`] : ["c", "k"];
  const x = symbol("x", "x", `${met(rows, "p", place?.row, "i")},${met(columns, "q", place?.column, "j")},${c}`);
  const sum = row(when(told.several, symbol("Σ", "op", "n")), symbol("Σ", "op", "p,q"), x, "·", symbol("dy", "dy", `p,q,${k}`));
  const at = place ? indices(place) : "i,j,c,k";
  return row(symbol("dw", "dkernel", at), " = ", sum, summed(told, "x", "dy"), result(told));
};

export const denseGradInput: Formula = (told) => {
  const i = told.explanation ? indices(told.place()) : "i";
  const sum = row(symbol("Σ", "op", "k"), symbol("dy", "dy", "k"), "·", symbol("w", "kernel", `${i},k`));
  return row(symbol("dx", "dx", i), " = ", sum, summed(told, "dy", "kernel"), result(told));
};

export const denseGradKernel: Formula = (told) => {
  const place = told.explanation && (told.place() as Extract<Place, { in: "matrix" }>);
  const [i, k] = place ? [`${place.input}`, `${place.unit}`] : ["i", "k"];
  const sum = row(when(told.several, symbol("Σ", "op", "n")), symbol("x", "x", i), "·", symbol("dy", "dy", k));
  return row(symbol("dw", "dkernel", `${i},${k}`), " = ", sum, summed(told, "x", "dy"), result(told));
};

export const biasGrad: Formula = (told) => {
  const k = told.explanation ? indices(told.place()) : "k";
  const map = told.isMap("dy");
  const sums = row(when(told.several, symbol("Σ", "op", "n")), when(map, symbol("Σ", "op", "p,q")));
  const dy = symbol("dy", "dy", map ? `p,q,${k}` : k);
  const numbers = told.products.length > 1 ? row(" = ", listed(told.values("dy"), "dy")) : [];
  return row(symbol("db", "dbias", k), " = ", sums, dy, numbers, result(told));
};

/** The products filled in, where a cell is in hand and has any. */
function summed(told: Told, a: string, b: string): Part[] {
  return told.products.length > 0 ? row(" = ", pair(told, a, b)) : [];
}
