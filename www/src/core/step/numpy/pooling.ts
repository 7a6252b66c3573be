/** Windows that choose or average. */
import type { Told } from "../words/told";
import { block, type Program } from "./program";

function under(program: Program, told: Told): Program {
  const [column] = told.columns("x");
  if (!column) return program.array("x", told.values("x"));
  const { values, shape } = block([column], column, told.shape("x"));
  return program.array("x", values[0], shape);
}

export function maxPool(program: Program, told: Told): string {
  return under(program, told).line("y = np.max(x)").prints("y");
}

export function averagePool(program: Program, told: Told): string {
  return under(program, told).line("y = np.mean(x)").prints("y");
}

/** Of the windows that the number won. */
export function maxPoolGrad(program: Program, told: Told): string {
  return program.array("dy", told.values("dy")).line("dx = np.sum(dy)").prints("dx");
}

/** Each window shares out what came back by the numbers that lay under it. */
export function averagePoolGrad(program: Program, told: Told): string {
  program.array("dy", told.values("dy"));
  const shares = told.values("share");
  if (shares.length > 0) program.array("share", shares);
  else program.number("share", told.line("share"));
  return program.line("dx = np.sum(dy * share)").prints("dx");
}

export function globalAveragePoolGrad(program: Program, told: Told): string {
  program.array("dy", told.values("dy")).line(`cells = ${told.positions("dx")}`);
  return program.line("dx = np.sum(dy) / cells").prints("dx");
}
