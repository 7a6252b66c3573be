/** What is wrong with a network: what the engine says of it alone, and whether it ends in the data set's classes. */
import type { Analysis, Network, NetworkError, Problem } from "../engine/protocol";
import { activationOf } from "./graph";

export type Fault = Problem | { kind: "target_shape"; expected: number[]; got: number[] };

export type Complaint = Pick<NetworkError, "index"> & { problem: Fault };

export function complaint(analysis: Analysis, classes: number): Complaint | null {
  if (analysis.problem) return analysis.problem;
  const last = analysis.layers.at(-1);
  if (!last || (last.output_shape.length === 1 && last.output_shape[0] === classes)) return null;
  return { index: analysis.layers.length - 1, problem: { kind: "target_shape", expected: [classes], got: last.output_shape } };
}

/** Whether a network that can be built ends in something else than probabilities, as the loss expects them. */
export function lacksSoftmax(network: Network, analysis: Analysis, classes: number): boolean {
  if (complaint(analysis, classes)) return false;
  // Behind a softmax these change nothing, or nothing once the network is trained.
  const passes = new Set(["Flatten", "Dropout"]);
  let node = network.layers.at(-1);
  while (node && (passes.has(node.layer.class_name) || (node.layer.class_name === "Activation" && activationOf(node.layer) === "linear"))) {
    const [input] = node.inbound;
    node = network.layers.find(({ name }) => name === input);
  }
  return node !== undefined && activationOf(node.layer) !== "softmax";
}

/** What a request that was refused says of itself. */
export { failureOf } from "../engine/failure";
