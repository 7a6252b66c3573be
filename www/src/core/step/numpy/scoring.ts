/** The loss, its gradient, what is counted. */
import { lossKind } from "../words/formula/scoring";
import type { Told } from "../words/told";
import type { Program } from "./program";

/** Keras keeps probabilities this far from 0 and 1. */
const CLIP = "1e-7";

function pair(program: Program, told: Told): Program {
  return program.array("prediction", told.values("prediction")).array("target", told.values("target"));
}

export function loss(program: Program, told: Told): string {
  pair(program, told);
  switch (lossKind(told)) {
    case "softmax_crossentropy":
      program.line("largest = np.max(prediction)").line("log_sum = largest + np.log(np.sum(np.exp(prediction - largest)))");
      return program.line("loss = np.sum(target * (log_sum - prediction))").prints("loss");
    case "categorical_crossentropy":
      program.line(`p = np.clip(prediction / np.sum(prediction), ${CLIP}, 1 - ${CLIP})`);
      return program.line("loss = -np.sum(target * np.log(p))").prints("loss");
    case "mean_squared_error":
      return program.line("loss = np.mean((target - prediction) ** 2)").prints("loss");
  }
}

export function lossGrad(program: Program, told: Told): string {
  pair(program, told).line(`pictures = ${told.batch}`);
  const own = Math.max(0, told.columns("prediction")[0]?.indices.indexOf(told.explanation?.index ?? 0) ?? 0);
  switch (lossKind(told)) {
    case "softmax_crossentropy":
      program.line("exponentials = np.exp(prediction - np.max(prediction))").line("p = exponentials / np.sum(exponentials)");
      program.line("dprediction = (p * np.sum(target) - target) / pictures");
      break;
    case "categorical_crossentropy":
      program.line("total = np.sum(prediction)").line("p = prediction / total");
      program.line(`inner = np.where((p >= ${CLIP}) & (p <= 1 - ${CLIP}), -target / p, 0)`);
      program.line("dprediction = (inner - np.sum(inner * p)) / total / pictures");
      break;
    case "mean_squared_error":
      program.line("dprediction = 2 * (prediction - target) / len(prediction) / pictures");
  }
  return program.prints(`dprediction[${own}]`);
}

/** The sum of the losses, or how many largest outputs are their target's. */
export function metrics(program: Program, told: Told): string {
  if (told.explanation?.index === 0) return program.array("loss", told.values("loss")).line("total = np.sum(loss)").prints("total");
  const outputs = told.values("output");
  const shape = [told.batch, outputs.length / told.batch];
  program.array("output", outputs, shape).array("target", told.values("target"), shape);
  program.line("right = np.argmax(output, axis=1) == np.argmax(target, axis=1)");
  // To NumPy a NaN is the largest; to the engine, where one is, nothing is.
  if (outputs.some(Number.isNaN)) program.line("right = right & ~np.isnan(output).any(axis=1)");
  return program.prints("np.sum(right)");
}
