/** Made-up convolutions and poolings, forward and backward. */
import type { Activation } from "../../src/engine/generated/types/Activation";
import type { Layer } from "../../src/engine/generated/types/Layer";
import type { Padding } from "../../src/engine/generated/types/Padding";
import { Draw, made, sum, type Made } from "./made";

interface Shape {
  height: number;
  width: number;
  channels: number;
  filters: number;
  kernel: [number, number];
  strides: [number, number];
  dilation: [number, number];
  padding: Padding;
}

const USUAL: Shape = { height: 5, width: 4, channels: 3, filters: 2, kernel: [3, 3], strides: [1, 1], dilation: [1, 1], padding: "same" };

/** Where output cell (p, q) meets the input under (i, j) of the kernel: Keras's rule for the border, written out. */
function meets(g: Shape) {
  const span = [0, 1].map((a) => (g.kernel[a] - 1) * g.dilation[a] + 1);
  const size = [g.height, g.width];
  const out = [0, 1].map((a) => (g.padding === "same" ? Math.ceil(size[a] / g.strides[a]) : Math.floor((size[a] - span[a]) / g.strides[a]) + 1));
  const pad = [0, 1].map((a) => (g.padding === "same" ? Math.floor(Math.max(0, (out[a] - 1) * g.strides[a] + span[a] - size[a]) / 2) : 0));
  const at = (a: number, cell: number, tap: number) => cell * g.strides[a] - pad[a] + tap * g.dilation[a];
  const inside = (r: number, s: number) => r >= 0 && r < g.height && s >= 0 && s < g.width;
  return { out, at, inside };
}

function conv(g: Shape, activation: Activation, useBias: boolean): Layer {
  return {
    class_name: "Conv2D",
    filters: g.filters,
    kernel_size: g.kernel,
    strides: g.strides,
    padding: g.padding,
    dilation_rate: g.dilation,
    use_bias: useBias,
    activation,
    kernel_initializer: "glorot_uniform",
    bias_initializer: "zeros",
  } as Layer;
}

export function activation(name: Activation, x: number): number {
  if (name === "relu") return x > 0 ? x : 0;
  if (name === "sigmoid") return 1 / (1 + Math.exp(-x));
  if (name === "tanh") return Math.tanh(x);
  if (typeof name === "object" && "clipped_relu" in name) return Math.min(Math.max(0, x), name.clipped_relu.max_value);
  if (typeof name === "object") return x > 0 ? x : name.leaky_relu.negative_slope * x;
  return x;
}

function tensors(g: Shape, draw: Draw, batch = 1) {
  const { out } = meets(g);
  return {
    x: Array.from({ length: batch }, () => draw.numbers(g.height * g.width * g.channels)),
    kernel: draw.numbers(g.kernel[0] * g.kernel[1] * g.channels * g.filters),
    dy: Array.from({ length: batch }, () => draw.numbers(out[0] * out[1] * g.filters)),
    shapes: { x: [g.height, g.width, g.channels], kernel: [...g.kernel, g.channels, g.filters], y: [out[0], out[1], g.filters] },
  };
}

function forward(title: string, shape: Partial<Shape>, name: Activation, at: [number, number, number], bias?: number): Made {
  const g = { ...USUAL, ...shape };
  const { x, kernel, shapes } = tensors(g, new Draw(11));
  const { at: row, inside } = meets(g);
  const [p, q, k] = at;
  const [xs, ws] = [{ name: "x", indices: [] as number[], values: [] as number[] }, { name: "kernel", indices: [] as number[], values: [] as number[] }];
  for (let i = 0; i < g.kernel[0]; i++)
    for (let j = 0; j < g.kernel[1]; j++)
      for (let c = 0; c < g.channels; c++) {
        const [r, s] = [row(0, p, i), row(1, q, j)];
        if (!inside(r, s)) continue;
        xs.indices.push((r * g.width + s) * g.channels + c);
        ws.indices.push(((i * g.kernel[1] + j) * g.channels + c) * g.filters + k);
      }
  xs.values = xs.indices.map((index) => x[0][index]);
  ws.values = ws.indices.map((index) => kernel[index]);
  const products = xs.values.map((value, i) => value * ws.values[i]);
  const total = sum(products) + (bias ?? 0);
  const exact = activation(name, total);
  return made({
    title,
    stem: "conv2d",
    layer: conv(g, name, bias !== undefined),
    operands: { x: { shape: shapes.x, input: true }, kernel: { shape: shapes.kernel, role: "parameter" }, ...(bias === undefined ? {} : { bias: { shape: [g.filters], role: "parameter" as const } }), y: { shape: shapes.y } },
    result: "y",
    index: (p * shapes.y[1] + q) * g.filters + k,
    exact,
    columns: [xs, ws],
    products,
    lines: { sum: sum(products), ...(bias === undefined ? {} : { bias }), y: exact },
  });
}

function backwardInput(title: string, shape: Partial<Shape>, at: [number, number, number]): Made {
  const g = { ...USUAL, ...shape };
  const { kernel, dy, shapes } = tensors(g, new Draw(12));
  const { out, at: row } = meets(g);
  const [r, s, c] = at;
  const [ds, ws] = [{ name: "dy", indices: [] as number[], values: [] as number[] }, { name: "kernel", indices: [] as number[], values: [] as number[] }];
  for (let p = 0; p < out[0]; p++)
    for (let q = 0; q < out[1]; q++)
      for (let i = 0; i < g.kernel[0]; i++)
        for (let j = 0; j < g.kernel[1]; j++) {
          if (row(0, p, i) !== r || row(1, q, j) !== s) continue;
          for (let k = 0; k < g.filters; k++) {
            ds.indices.push((p * out[1] + q) * g.filters + k);
            ws.indices.push(((i * g.kernel[1] + j) * g.channels + c) * g.filters + k);
          }
        }
  ds.values = ds.indices.map((index) => dy[0][index]);
  ws.values = ws.indices.map((index) => kernel[index]);
  const products = ds.values.map((value, i) => value * ws.values[i]);
  return made({
    title,
    stem: "conv2d_grad_input",
    phase: "backward",
    layer: conv(g, "relu", true),
    operands: { dy: { shape: shapes.y, role: "gradient" }, kernel: { shape: shapes.kernel, role: "parameter" }, dx: { shape: shapes.x, role: "gradient" } },
    result: "dx",
    index: (r * g.width + s) * g.channels + c,
    exact: sum(products),
    columns: [ds, ws],
    products,
    lines: { sum: sum(products) },
  });
}

function backwardKernel(title: string, shape: Partial<Shape>, at: [number, number, number, number], batch: number): Made {
  const g = { ...USUAL, ...shape };
  const { x, dy, shapes } = tensors(g, new Draw(13), batch);
  const { out, at: row, inside } = meets(g);
  const [i, j, c, k] = at;
  const [xs, ds] = [{ name: "x", indices: [] as number[], values: [] as number[] }, { name: "dy", indices: [] as number[], values: [] as number[] }];
  let ofShown = 0;
  for (let n = 0; n < batch; n++)
    for (let p = 0; p < out[0]; p++)
      for (let q = 0; q < out[1]; q++) {
        const [r, s] = [row(0, p, i), row(1, q, j)];
        if (!inside(r, s)) continue;
        ofShown += n === 0 ? 1 : 0;
        const [a, b] = [(r * g.width + s) * g.channels + c, (p * out[1] + q) * g.filters + k];
        xs.indices.push(a);
        ds.indices.push(b);
        xs.values.push(x[n][a]);
        ds.values.push(dy[n][b]);
      }
  const products = xs.values.map((value, place) => value * ds.values[place]);
  return made({
    title,
    stem: "conv2d_grad_kernel",
    phase: "backward",
    layer: conv(g, "relu", true),
    operands: { x: { shape: shapes.x }, dy: { shape: shapes.y, role: "gradient" }, dkernel: { shape: shapes.kernel, role: "parameter_gradient" } },
    result: "dkernel",
    index: ((i * g.kernel[1] + j) * g.channels + c) * g.filters + k,
    exact: sum(products),
    columns: [xs, ds],
    products,
    ofShown,
    lines: { sum: sum(products) },
    walk: { batch },
  });
}

function pool(kind: "MaxPooling2D" | "AveragePooling2D", g: Shape): Layer {
  return { class_name: kind, pool_size: g.kernel, strides: g.strides, padding: g.padding };
}

type Pooled = { title: string; shape: Partial<Shape>; at: [number, number, number]; input?: number[] };

/** The cells of the input under a window of one channel. */
function under(g: Shape, p: number, q: number, c: number): number[] {
  const { at, inside } = meets(g);
  const cells = [];
  for (let i = 0; i < g.kernel[0]; i++)
    for (let j = 0; j < g.kernel[1]; j++) {
      const [r, s] = [at(0, p, i), at(1, q, j)];
      if (inside(r, s)) cells.push((r * g.width + s) * g.channels + c);
    }
  return cells;
}

function pooling(kind: "MaxPooling2D" | "AveragePooling2D", { title, shape, at }: Pooled): Made {
  const g = { ...USUAL, kernel: [2, 2] as [number, number], ...shape };
  const { x, shapes } = tensors(g, new Draw(14));
  const indices = under(g, ...at);
  const values = indices.map((index) => x[0][index]);
  const largest = Math.max(...values);
  const exact = kind === "MaxPooling2D" ? largest : sum(values) / values.length;
  return made({
    title,
    stem: kind === "MaxPooling2D" ? "max_pool2d" : "average_pool2d",
    layer: pool(kind, g),
    operands: { x: { shape: shapes.x }, y: { shape: [shapes.y[0], shapes.y[1], g.channels] } },
    result: "y",
    index: (at[0] * shapes.y[1] + at[1]) * g.channels + at[2],
    exact,
    columns: [{ name: "x", indices, values }],
    lines: kind === "MaxPooling2D" ? { winner: indices[values.indexOf(largest)], y: exact } : { share: 1 / values.length, y: exact },
  });
}

function poolingBack(kind: "MaxPooling2D" | "AveragePooling2D", { title, shape, at, input }: Pooled): Made {
  const g = { ...USUAL, kernel: [2, 2] as [number, number], ...shape };
  const draw = new Draw(15);
  const { x, shapes } = tensors(g, draw);
  const { out } = meets(g);
  const numbers = input ?? x[0];
  const index = (at[0] * g.width + at[1]) * g.channels + at[2];
  const dy = draw.numbers(out[0] * out[1] * g.channels);
  const found: { cell: number; dy: number; share: number }[] = [];
  for (let p = 0; p < out[0]; p++)
    for (let q = 0; q < out[1]; q++) {
      const cells = under(g, p, q, at[2]);
      const values = cells.map((cell) => numbers[cell]);
      const won = kind === "AveragePooling2D" ? cells.includes(index) : cells[values.indexOf(Math.max(...values))] === index;
      const cell = (p * out[1] + q) * g.channels + at[2];
      if (won) found.push({ cell, dy: dy[cell], share: kind === "AveragePooling2D" ? 1 / cells.length : 1 });
    }
  const products = found.map(({ dy: came, share }) => came * share);
  const column = { name: "dy", indices: found.map(({ cell }) => cell), values: found.map(({ dy: came }) => came) };
  const gradient = { shape: [out[0], out[1], g.channels], role: "gradient" as const };
  const shares = { name: "share", indices: column.indices, values: found.map(({ share }) => share) };
  return made({
    title,
    stem: kind === "MaxPooling2D" ? "max_pool2d_grad" : "average_pool2d_grad",
    phase: "backward",
    layer: pool(kind, g),
    operands: { ...(kind === "MaxPooling2D" ? { x: { shape: shapes.x }, y: { shape: gradient.shape } } : {}), dy: gradient, dx: { shape: shapes.x, role: "gradient" } },
    result: "dx",
    index,
    exact: sum(products),
    columns: kind === "MaxPooling2D" ? [column] : [column, shares],
    products,
    lines: { dx: sum(products) },
  });
}

const rising = Array.from({ length: 60 }, (_, i) => i);

export const WINDOWS: Made[] = [
  forward("inside, with ReLU", {}, "relu", [2, 1, 1], Math.fround(2.5)),
  forward("off, with ReLU", {}, "relu", [2, 1, 1], Math.fround(-9.5)),
  forward("at the border, in strides, leaky", { strides: [2, 2] }, { leaky_relu: { negative_slope: Math.fround(0.3) } }, [0, 0, 0]),
  forward("dilated, tanh", { dilation: [2, 1], padding: "valid" }, "tanh", [0, 1, 1], Math.fround(0.1)),
  forward("one channel, sigmoid", { channels: 1 }, "sigmoid", [4, 3, 0], Math.fround(0.1)),
  forward("one weight, linear", { channels: 1, kernel: [1, 1], filters: 1 }, "linear", [0, 0, 0]),
  backwardInput("inside", {}, [2, 2, 1]),
  backwardInput("in strides, dilated", { strides: [2, 1], dilation: [1, 2] }, [2, 3, 0]),
  backwardInput("never met", { strides: [2, 2], kernel: [1, 1], padding: "valid" }, [1, 1, 0]),
  backwardKernel("of one picture", {}, [0, 2, 1, 1], 1),
  backwardKernel("of three pictures", { strides: [2, 1] }, [1, 0, 2, 0], 3),
  pooling("MaxPooling2D", { title: "2×2", shape: { strides: [2, 2] }, at: [1, 1, 2] }),
  pooling("MaxPooling2D", { title: "cut off at the border", shape: { strides: [2, 2] }, at: [2, 0, 0] }),
  pooling("MaxPooling2D", { title: "of one number", shape: { kernel: [1, 1] }, at: [2, 0, 0] }),
  pooling("AveragePooling2D", { title: "cut off at the border", shape: { strides: [2, 2] }, at: [2, 1, 1] }),
  poolingBack("MaxPooling2D", { title: "won two windows", shape: { kernel: [2, 2] }, at: [4, 3, 0], input: rising }),
  poolingBack("MaxPooling2D", { title: "won none", shape: { strides: [2, 2] }, at: [0, 0, 0], input: rising }),
  poolingBack("MaxPooling2D", { title: "won one", shape: { strides: [2, 2] }, at: [1, 1, 0], input: rising }),
  poolingBack("AveragePooling2D", { title: "overlapping windows", shape: {}, at: [1, 3, 2] }),
  poolingBack("AveragePooling2D", { title: "under no window", shape: { strides: [3, 3], kernel: [1, 1] }, at: [1, 1, 2] }),
];
