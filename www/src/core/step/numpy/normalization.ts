/** Batch normalisation. */
import type { Told } from "../words/told";
import type { Program } from "./program";

/** What of these the arithmetic names, as variables. */
function numbers(program: Program, told: Told, names: readonly string[]): Program {
  for (const name of names) {
    const value = told.tells(name);
    if (value !== undefined) program.number(name, value);
  }
  return program;
}

export function batchMoments(program: Program, told: Told): string {
  program.array("x", told.values("x"));
  return told.result === "mean" ? program.line("mean = np.mean(x)").prints("mean") : program.line("variance = np.var(x)").prints("variance");
}

export function batchNorm(program: Program, told: Told): string {
  numbers(program, told, ["x", "mean", "variance", "epsilon", "gamma", "beta"]);
  program.line("normalised = (x - mean) / np.sqrt(variance + epsilon)");
  const scaled = told.tells("gamma") === undefined ? "normalised" : "gamma * normalised";
  return program.line(`y = ${scaled}${told.tells("beta") === undefined ? "" : " + beta"}`).prints("y");
}

export function batchNormGradParameters(program: Program, told: Told): string {
  program.array("dy", told.values("dy"));
  if (told.result === "dbeta") return program.line("dbeta = np.sum(dy)").prints("dbeta");
  return program.array("normalised", told.values("normalised")).line("dgamma = np.sum(dy * normalised)").prints("dgamma");
}

export function batchNormGradInput(program: Program, told: Told): string {
  numbers(program, told, ["dy", "x", "mean", "variance", "epsilon", "gamma", "dgamma", "dbeta"]);
  program.line(`rows = ${told.batch * told.positions("dx")}`);
  program.line("root = np.sqrt(variance + epsilon)").line("normalised = (x - mean) / root");
  const gamma = told.tells("gamma") === undefined ? "1" : "gamma";
  return program.line(`dx = ${gamma} / root * (dy - dbeta / rows - normalised * dgamma / rows)`).prints("dx");
}

export function batchNormGradFixed(program: Program, told: Told): string {
  numbers(program, told, ["dy", "variance", "epsilon", "gamma"]);
  const gamma = told.tells("gamma") === undefined ? "1" : "gamma";
  return program.line(`dx = ${gamma} / np.sqrt(variance + epsilon) * dy`).prints("dx");
}

export function movingAverage(program: Program, told: Told): string {
  numbers(program, told, ["momentum", "before", "value"]);
  return program.line("after = momentum * before + (1 - momentum) * value").prints("after");
}
