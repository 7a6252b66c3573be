/** Activations, softmax, dropout, sums, copies. */
import type { Told } from "../words/told";
import { activated } from "./products";
import { figure, type Program } from "./program";

export function activate(program: Program, told: Told): string {
  return program.number("x", told.line("x")).line(`y = ${activated(told, "x")}`).prints("y");
}

export function activateGrad(program: Program, told: Told): string {
  const { activation } = told;
  program.number("y", told.line("y")).number("dy", told.line("dy"));
  const slope = () => {
    // The engine lets nothing that is not a number turn into one again.
    if (Number.isNaN(told.line("y"))) return "y";
    switch (activation) {
      case "relu":
        return "np.where(y > 0, 1, 0)";
      case "sigmoid":
        return "y * (1 - y)";
      case "tanh":
        return "(1 - y) * (1 + y)";
      case "linear":
      case "softmax":
        return "1";
      default:
        if ("clipped_relu" in activation) return `np.where((y > 0) & (y < f32(${figure(activation.clipped_relu.max_value)})), 1, 0)`;
        return `np.where(y > 0, 1, f32(${figure(activation.leaky_relu.negative_slope)}))`;
    }
  };
  return program.line(`slope = ${slope()}`).line("dx = dy * slope").prints("dx");
}

/** Which of the numbers of a place the cell in hand is. */
function own(told: Told, column: string): number {
  return Math.max(0, told.columns(column)[0]?.indices.indexOf(told.explanation?.index ?? 0) ?? 0);
}

export function softmax(program: Program, told: Told): string {
  program.array("x", told.values("x")).line("exponentials = np.exp(x - np.max(x))");
  return program.line("y = exponentials / np.sum(exponentials)").prints(`y[${own(told, "x")}]`);
}

export function softmaxGrad(program: Program, told: Told): string {
  program.array("y", told.values("y")).array("dy", told.values("dy"));
  return program.line("dx = y * (dy - np.sum(dy * y))").prints(`dx[${own(told, "dy")}]`);
}

export function dropout(program: Program, told: Told): string {
  program.number("x", told.line("x")).number("rate", told.line("rate")).line(`kept = ${figure(told.line("kept"))}`);
  return program.line("y = x * kept / (1 - rate)").prints("y");
}

export function add(program: Program, told: Told): string {
  return program.array("x", told.values("x")).line("y = np.sum(x)").prints("y");
}

/** The number that was met, or zero where none was. */
export function moved(from: string, to: string) {
  return (program: Program, told: Told): string => {
    const [met] = told.values(from);
    if (met === undefined) return program.line(`${to} = 0.0`).prints(to);
    return program.number(from, met).line(`${to} = ${from}`).prints(to);
  };
}
