/** What is wrong with a network: what the engine says of it alone, and whether it ends in the data set's classes. */
import type { Analysis, NetworkError, Problem } from "../engine/protocol";

export type Fault = Problem | { kind: "target_shape"; expected: number[]; got: number[] };

export type Complaint = Pick<NetworkError, "index"> & { problem: Fault };

export function complaint(analysis: Analysis, classes: number): Complaint | null {
  if (analysis.problem) return analysis.problem;
  const last = analysis.layers.at(-1);
  if (!last || (last.output_shape.length === 1 && last.output_shape[0] === classes)) return null;
  return { index: analysis.layers.length - 1, problem: { kind: "target_shape", expected: [classes], got: last.output_shape } };
}
