/** The plan's steps as a timeline: in runs of one layer and one phase, with what is known at each of them. */
import type { Wanted } from "../../engine/walk/protocol";
import type { Outline, Phase, StepOutline } from "./types";

/** Steps of one layer in one phase, `first` to `last`. */
export interface Segment {
  phase: Phase;
  layer: number;
  first: number;
  last: number;
}

export interface Timeline {
  segments: Segment[];
  /** The segment of every step. */
  of: number[];
  /** The step that writes a buffer, or the one that it is a view of; −1 where none does, so that it is known from the beginning. */
  writer: number[];
}

/** `inbound`: the layers that feed each layer. */
export function timelineOf(outline: Outline, inbound: readonly (readonly number[])[]): Timeline {
  const { steps, buffers, layer_outputs } = outline;
  const segments: Segment[] = [];
  const of: number[] = [];
  const writer = buffers.map(() => -1);
  for (const [index, { phase, layer, operands }] of steps.entries()) {
    const last = segments.at(-1);
    if (last && last.phase === phase && last.layer === layer) last.last = index;
    else segments.push({ phase, layer, first: index, last: index });
    of.push(segments.length - 1);
    for (const { access, buffer } of operands) if (access === "write" && writer[buffer] < 0) writer[buffer] = index;
  }
  // A layer that computes nothing has no step: its numbers are those before it, and their gradients those of its own.
  const views = layer_outputs.flatMap((output, layer) => (writer[output] < 0 && output !== outline.input && inbound[layer]?.length === 1 ? [[layer, inbound[layer][0]]] : []));
  for (const [layer, source] of views) writer[layer_outputs[layer]] = writer[layer_outputs[source]];
  for (const [layer, source] of views.reverse()) {
    const [own, before] = [layer, source].map((one) => gradientOf(outline, layer_outputs[one]));
    if (own >= 0 && before >= 0 && writer[before] < 0) writer[before] = writer[own];
  }
  return { segments, of, writer };
}

/** The layers that feed each layer of a network. */
export function inboundOf(layers: readonly { name: string; inbound: readonly string[] }[]): number[][] {
  return layers.map(({ inbound }, index) => inbound.map((name) => layers.findLastIndex((layer, i) => i < index && layer.name === name)));
}

/** Whether a buffer's numbers are there when `step` has been made. */
export function known({ writer }: Timeline, buffer: number, step: number): boolean {
  return writer[buffer] <= step;
}

/** Buffers that a step writes, the foremost first: a parameter before what the optimiser remembers of it. */
export function written({ operands }: StepOutline): number[] {
  return operands.filter(({ access }) => access !== "read").map(({ buffer }) => buffer);
}

/** The numbers that are drawn of a step: of what is learnt as it was, and in its update also as it becomes. A kernel that slides is read from the explanation. */
export function drawnOf({ buffers }: Outline, { stem, operands }: StepOutline): Wanted[] {
  const slides = /^(depthwise_)?conv2d/.test(stem);
  const drawn = operands.filter(({ name }) => name !== "bias" && !(slides && name === "kernel"));
  return drawn.flatMap(({ buffer, access }): Wanted[] => {
    const learnt = buffers[buffer].role === "parameter" || buffers[buffer].role === "optimizer_state";
    if (!learnt) return [{ buffer, when: "after" }];
    return access === "read" ? [{ buffer, when: "before" }] : [{ buffer, when: "before" }, { buffer, when: "after" }];
  });
}

/** The buffer that holds the gradient of another, if there is one. */
export function gradientOf({ buffers }: Outline, buffer: number): number {
  const wanted = `${buffers[buffer]?.name}/gradient`;
  return buffers.findIndex(({ name }) => name === wanted);
}

/** The gradient that stands for a layer on the way back: of its output, or of what goes into its softmax. */
export function layerGradient(outline: Outline, layer: number): number {
  const output = outline.layer_outputs[layer];
  const own = gradientOf(outline, output);
  if (own >= 0) return own;
  const inner = outline.buffers.findIndex(({ name }) => name === `${outline.buffers[output]?.name}/linear`);
  return inner < 0 ? -1 : gradientOf(outline, inner);
}

/** What stands in the place of every layer at a step: a buffer, or −1 for one whose numbers have yet to come. */
export function standing(outline: Outline, timeline: Timeline, step: number): { buffers: number[]; backward: boolean } {
  const phase = outline.steps[step]?.phase ?? "forward";
  const backward = phase === "backward" || phase === "update";
  const buffers = outline.layer_outputs.map((output, layer) => {
    const buffer = backward ? layerGradient(outline, layer) : output;
    return buffer >= 0 && known(timeline, buffer, step) ? buffer : -1;
  });
  return { buffers, backward };
}

/** The layer in whose place a buffer stands, −1 where it stands in none. */
export function layerOf(outline: Outline, buffer: number): number {
  const output = outline.layer_outputs.indexOf(buffer);
  if (output >= 0) return output;
  return outline.layer_outputs.findIndex((_, layer) => layerGradient(outline, layer) === buffer);
}

/** The step that updates a parameter; −1 where it is frozen. */
export function updateOf({ steps }: Outline, parameter: number): number {
  return steps.findIndex(({ phase, operands }) => phase === "update" && operands.some(({ name, buffer }) => name === "parameter" && buffer === parameter));
}

/** The parameter that a step's gradient is of; −1 where the buffer is no parameter's gradient. */
export function parameterOf({ steps }: Outline, gradient: number): number {
  const step = steps.find(({ operands }) => operands.some(({ name, buffer }) => name === "gradient" && buffer === gradient));
  return step?.operands.find(({ name }) => name === "parameter")?.buffer ?? -1;
}
