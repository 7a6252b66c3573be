/** The whole network at one moment of a walk: what stands in every layer, and what its weights' gradients are. */
import { known, layerGradient, standing } from "./timeline";
import type { Made } from "./walker";

export interface LayerAt {
  /** What stands in its place; −1 where its numbers have yet to come, null where none ever do. */
  buffer: number | null;
  /** The gradients of what it learns; empty where there are none, or not all of them yet. */
  gradients: number[];
}

/** Layer by layer, and whether it is gradients that stand there. */
export function benchAt({ walk: { outline }, timeline }: Made, step: number): { layers: LayerAt[]; backward: boolean } {
  const { buffers, backward } = standing(outline, timeline, step);
  const learnt = outline.layer_outputs.map((): number[] => []);
  for (const { layer, operands } of outline.steps) {
    for (const { buffer, access } of operands) {
      const own = access === "write" && outline.buffers[buffer].role === "parameter_gradient";
      if (own && !learnt[layer].includes(buffer)) learnt[layer].push(buffer);
    }
  }
  const there = (gradients: number[]) => (backward && gradients.every((buffer) => known(timeline, buffer, step)) ? gradients : []);
  const none = (layer: number) => backward && layerGradient(outline, layer) < 0;
  return { layers: buffers.map((buffer, layer) => ({ buffer: none(layer) ? null : buffer, gradients: there(learnt[layer]) })), backward };
}
