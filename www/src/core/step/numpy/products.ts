/** Convolutions, dense layers and biases. */
import type { Told } from "../words/told";
import { block, figure, type Program } from "./program";

/** What the layer's own function makes of `total`. */
export function activated({ activation }: Told, total: string): string {
  switch (activation) {
    case "relu":
      return `np.maximum(${total}, 0)`;
    case "sigmoid":
      return `1 / (1 + np.exp(-${total}))`;
    case "tanh":
      return `np.tanh(${total})`;
    case "linear":
    case "softmax":
      return total;
    default:
      if ("clipped_relu" in activation) return `np.clip(${total}, 0, f32(${figure(activation.clipped_relu.max_value)}))`;
      return `np.where(${total} > 0, ${total}, ${total} * f32(${figure(activation.leaky_relu.negative_slope)}))`;
  }
}

/** Both factors of a sum, in the order and the shape of the one that is named. */
function factors(program: Program, told: Told, names: readonly string[], ordered: string): void {
  const columns = names.map((name) => told.columns(name)[0]);
  const by = told.columns(ordered)[0];
  if (!by || columns.some((column) => !column)) {
    for (const name of names) program.array(name, told.values(name));
    return;
  }
  const { values, shape } = block(columns, by, told.shape(ordered));
  names.forEach((name, i) => program.array(name, values[i], shape));
}

export function weighted(program: Program, told: Told): string {
  factors(program, told, ["x", "kernel"], "kernel");
  const bias = told.tells("bias");
  if (bias !== undefined) program.number("bias", bias);
  program.line(`total = np.sum(x * kernel)${bias === undefined ? "" : " + bias"}`).line(`y = ${activated(told, "total")}`);
  return program.prints("y");
}

export function gradInput(program: Program, told: Told): string {
  factors(program, told, ["dy", "kernel"], "kernel");
  return program.line("dx = np.sum(dy * kernel)").prints("dx");
}

/** Over the places of one picture; of several pictures, a row for each. */
export function gradKernel(program: Program, told: Told): string {
  if (told.several) {
    const shape = [told.products.length / told.shown.count, told.shown.count];
    program.array("x", told.values("x"), shape).array("dy", told.values("dy"), shape);
  } else factors(program, told, ["x", "dy"], "dy");
  return program.line("dkernel = np.sum(x * dy)").prints("dkernel");
}

export function biasGrad(program: Program, told: Told): string {
  if (told.several) program.array("dy", told.values("dy"), [told.products.length / told.shown.count, told.shown.count]);
  else factors(program, told, ["dy"], "dy");
  return program.line("dbias = np.sum(dy)").prints("dbias");
}
