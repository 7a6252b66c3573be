import { describe, expect, it } from "vitest";
import { cell } from "../src/core/format";
import { atOf, readAt, readCell, readKind, stepAt, writeAt, writeCell, writeKind, type Kind } from "../src/core/step/place";
import { byChannel, histogram, overKernel, ranked } from "../src/core/step/sums";
import { blockOf, cellOf, foremost, indexOf, planeOf, planeValues, sizeOf } from "../src/core/step/tensor";
import { gradientOf, inboundOf, known, layerGradient, layerOf, parameterOf, standing, timelineOf, updateOf, written } from "../src/core/step/timeline";
import type { Outline, Phase, StepOutline } from "../src/core/step/types";

const LAYERS = [
  { name: "input", inbound: [] },
  { name: "conv", inbound: ["input"] },
  { name: "flatten", inbound: ["conv"] },
  { name: "dense", inbound: ["flatten"] },
];
const NAMES = LAYERS.map(({ name }) => name);

/** A convolution, a view of it, a dense layer and its softmax, as a plan is made of them; buffers are named in its steps. */
function outline(): Outline {
  const buffers: Outline["buffers"] = [];
  const id = (name: string) => {
    const found = buffers.findIndex((buffer) => buffer.name === name);
    if (found >= 0) return found;
    const role = name.includes("gradient") ? (name.includes("kernel") ? "parameter_gradient" : "gradient") : name.includes("kernel") ? "parameter" : "activation";
    return buffers.push({ name, role, shape: [2, 2, 1], batched: role !== "parameter" }) - 1;
  };
  const step = (phase: Phase, layer: number, stem: string, reads: Record<string, string>, writes: Record<string, string>, updates: Record<string, string> = {}): StepOutline => {
    const operands = (of: Record<string, string>, access: "read" | "write" | "update") => Object.entries(of).map(([name, buffer]) => ({ name, buffer: id(buffer), access }));
    return { phase, layer, stem, operands: [...operands(reads, "read"), ...operands(writes, "write"), ...operands(updates, "update")] };
  };
  const input = id("input");
  const flat = id("flatten");
  const steps = [
    step("forward", 1, "conv2d", { x: "input", kernel: "conv/kernel" }, { y: "conv" }),
    step("forward", 3, "dense", { x: "flatten", kernel: "dense/kernel" }, { y: "dense/linear" }),
    step("forward", 3, "softmax", { x: "dense/linear" }, { y: "dense" }),
    step("loss", 3, "loss", { prediction: "dense/linear" }, { loss: "loss" }),
    step("backward", 3, "loss_grad", { prediction: "dense/linear" }, { dprediction: "dense/linear/gradient" }),
    step("backward", 3, "dense_grad_input", { dy: "dense/linear/gradient", kernel: "dense/kernel" }, { dx: "flatten/gradient" }),
    step("backward", 1, "conv2d_grad_kernel", { x: "input", dy: "conv/gradient" }, { dkernel: "conv/kernel/gradient" }),
    step("update", 1, "sgd", { gradient: "conv/kernel/gradient" }, {}, { parameter: "conv/kernel" }),
  ];
  return { steps, buffers, input, output: id("dense"), layer_outputs: [input, id("conv"), flat, id("dense")] };
}

const plan = outline();
const buffer = (name: string) => plan.buffers.findIndex((one) => one.name === name);
const timeline = timelineOf(plan, inboundOf(LAYERS));

describe("the timeline", () => {
  it("puts the steps of a layer in a phase together, and leaves none out", () => {
    expect(timeline.segments.map(({ phase, layer, first, last }) => [phase, layer, first, last])).toEqual([
      ["forward", 1, 0, 0],
      ["forward", 3, 1, 2],
      ["loss", 3, 3, 3],
      ["backward", 3, 4, 5],
      ["backward", 1, 6, 6],
      ["update", 1, 7, 7],
    ]);
    expect(timeline.of).toEqual([0, 1, 1, 2, 3, 3, 4, 5]);
  });

  it("knows the input and the parameters from the beginning, and the rest when it was written", () => {
    expect(["input", "conv/kernel"].map((name) => known(timeline, buffer(name), 0))).toEqual([true, true]);
    expect(known(timeline, buffer("dense/linear"), 0)).toBe(false);
    expect(known(timeline, buffer("dense/linear"), 1)).toBe(true);
  });

  it("knows a view when what it looks at is known, and the way back the other way round", () => {
    expect(timeline.writer[buffer("flatten")]).toBe(0);
    expect(timeline.writer[buffer("conv/gradient")]).toBe(5);
  });

  it("shows outputs on the way there and gradients on the way back, those to come as −1", () => {
    expect(standing(plan, timeline, 0)).toEqual({ buffers: [buffer("input"), buffer("conv"), buffer("flatten"), -1], backward: false });
    expect(standing(plan, timeline, 4)).toEqual({ buffers: [-1, -1, -1, buffer("dense/linear/gradient")], backward: true });
    expect(standing(plan, timeline, 5).buffers).toEqual([-1, buffer("conv/gradient"), buffer("flatten/gradient"), buffer("dense/linear/gradient")]);
  });

  it("finds a layer by what stands in its place", () => {
    expect(layerOf(plan, buffer("conv"))).toBe(1);
    expect(layerOf(plan, layerGradient(plan, 3))).toBe(3);
    expect(layerOf(plan, buffer("conv/kernel"))).toBe(-1);
    expect(gradientOf(plan, buffer("dense"))).toBe(-1);
  });

  it("finds a weight's update and its gradient's weight, where there are any", () => {
    expect(updateOf(plan, buffer("conv/kernel"))).toBe(7);
    expect(updateOf(plan, buffer("dense/kernel"))).toBe(-1);
    expect(parameterOf(plan, buffer("conv/kernel/gradient"))).toBe(buffer("conv/kernel"));
    expect(written(plan.steps[7])).toEqual([buffer("conv/kernel")]);
  });
});

describe("a place in the address", () => {
  const kinds: Kind[] = [{ kind: "alone", split: "train", index: 59999 }, { kind: "batch", shown: 0 }];
  it.each(kinds)("gives back what is walked: $kind", (kind) => expect(readKind(writeKind(kind))).toEqual(kind));
  it.each(["", "alone", "alone.test", "alone.val.1", "alone.test.-1", "alone.test.1.2", "batch", "batch.x", "batch.1.2", "batch.1e3"])("refuses %j", (text) => expect(readKind(text)).toBeUndefined());

  it("names every step, and finds it again", () => {
    for (const step of plan.steps.keys()) {
      const at = atOf(plan, timeline, NAMES, step);
      expect(stepAt(plan, timeline, NAMES, readAt(writeAt(at))!)).toBe(step);
    }
  });

  it("bears any name of a layer", () => {
    const at = { layer: "a/forward/2.b", phase: "backward", nth: 3 } as const;
    expect(readAt(writeAt(at))).toEqual(at);
    const named = { buffer: "conv.1/kernel", index: 0 };
    expect(readCell(writeCell(named))).toEqual(named);
  });

  it.each(["conv", "conv/sideways", "/forward", "conv/forward/0", "conv/forward/x"])("refuses the step %j", (text) => expect(readAt(text)).toBeUndefined());
  it.each(["conv", "conv.", ".1", "conv.-1"])("refuses the cell %j", (text) => expect(readCell(text)).toBeUndefined());
  it("finds no step that is not there", () => expect(stepAt(plan, timeline, NAMES, { layer: "conv", phase: "forward", nth: 1 })).toBe(-1));
});

describe("a tensor", () => {
  it.each([[[3, 4, 5]], [[2, 3, 4, 5]], [[6, 5]], [[7]], [[1]]])("of %j has every number in one cell of its plane", (shape) => {
    for (let index = 0; index < sizeOf(shape); index++) {
      const plane = planeOf(shape, index);
      const at = cellOf(plane, index);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(indexOf(plane, at)).toBe(index);
      expect(plane.height * plane.width).toBeGreaterThanOrEqual(plane.length);
    }
  });

  it("gives a map's plane row by row", () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i);
    expect([...planeValues(values, planeOf([2, 2, 3], 4))]).toEqual([1, 4, 7, 10]);
  });

  it("has what stands out furthest from zero, not NaN", () => {
    expect(foremost([1, -3, NaN, 2])).toBe(1);
    expect(foremost([NaN])).toBe(0);
  });

  it("finds blocks of one channel or of all, and says where there is none", () => {
    // Rows 0 and 1, columns 1 and 2 of 3×3×2.
    const cells = [1, 2, 4, 5];
    expect(blockOf(cells.map((at) => 2 * at + 1), [3, 3, 2])).toEqual({ y0: 0, y1: 2, x0: 1, x1: 3, channel: 1 });
    expect(blockOf(cells.flatMap((at) => [2 * at, 2 * at + 1]), [3, 3, 2])).toEqual({ y0: 0, y1: 2, x0: 1, x1: 3, channel: null });
    expect(blockOf([0, 8], [3, 3, 1])).toBeNull();
    expect(blockOf([], [3, 3, 1])).toBeNull();
  });
});

describe("a sum", () => {
  const x = { name: "x", buffer: 0, example: 0, indices: [0, 1, 2, 3], values: [1, 2, 3, 4] };
  it("is put together by channel without losing any of it", () => {
    const products = [0.5, -1, 2, 4];
    const sums = byChannel(x, products, 2);
    expect(sums).toEqual([
      { channel: 0, sum: 2.5, products: [0, 2] },
      { channel: 1, sum: 3, products: [1, 3] },
    ]);
  });

  it("lies over the kernel, with gaps where the kernel hangs over the border", () => {
    const kernel = { name: "kernel", buffer: 1, example: null, indices: [2, 3], values: [7, 8] };
    expect(overKernel(kernel, [2, 2, 1, 1], [0, 1], (i) => kernel.values[i])).toEqual([NaN, NaN, 7, 8]);
  });

  it("has its largest products first, and the others' sum", () => {
    expect(ranked([1, -5, 2, 0.5], 2)).toEqual({ largest: [1, 2], rest: { count: 2, sum: 1.5 } });
    expect(ranked([1], 3)).toEqual({ largest: [0], rest: { count: 0, sum: 0 } });
  });

  it("counts every value within the bounds once", () => {
    expect(histogram([-1, 0, 0.99, 1, 2, NaN], -1, 1, 2)).toEqual([1, 3]);
  });
});

describe("a cell's number", () => {
  it.each([[0.1234, "0.12"], [-0.05, "−0.05"], [0.003, "0.003"], [-0.00012, "−1e−4"], [0, "0"], [NaN, "NaN"], [123.4, "123"]])("writes %d as %s", (value, text) => expect(cell(value)).toBe(text));
});
