/** The optimisers. */
import type { Told } from "../words/told";
import type { Program } from "./program";

function numbers(program: Program, told: Told, names: readonly string[]): Program {
  return names.reduce((so, name) => so.number(name, told.line(name)), program);
}

export function sgd(program: Program, told: Told): string {
  if (!told.has("velocity")) {
    numbers(program, told, ["before", "gradient", "learning_rate"]);
    return program.line("after = before - learning_rate * gradient").prints("after");
  }
  const velocity = told.result === "velocity";
  numbers(program, told, [...(velocity ? [] : ["before"]), "gradient", "velocity_before", "momentum", "learning_rate"]);
  program.line("velocity = momentum * velocity_before - learning_rate * gradient");
  if (velocity) return program.prints("velocity");
  const step = told.nesterov ? "momentum * velocity - learning_rate * gradient" : "velocity";
  return program.line(`after = before + ${step}`).prints("after");
}

/** The update's number is what the means' bias is corrected by. */
export function adam(program: Program, told: Told): string {
  const mean = (name: string, beta: string, what: string) => `${name} = ${beta} * ${name}_before + (1 - ${beta}) * ${what}`;
  if (told.result === "m") return numbers(program, told, ["gradient", "m_before", "beta_1"]).line(mean("m", "beta_1", "gradient")).prints("m");
  if (told.result === "v") return numbers(program, told, ["gradient", "v_before", "beta_2"]).line(mean("v", "beta_2", "gradient**2")).prints("v");
  numbers(program, told, ["before", "gradient", "m_before", "v_before", "beta_1", "beta_2", "epsilon", "learning_rate"]);
  program.line(`t = ${told.walk.iteration}`).line(mean("m", "beta_1", "gradient")).line(mean("v", "beta_2", "gradient**2"));
  program.line("rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)");
  return program.line("after = before - rate * m / (np.sqrt(v) + epsilon)").prints("after");
}
