/** Made-up convolutions of each channel by itself, forward and backward. */
import type { Activation } from "../../src/engine/generated/types/Activation";
import type { Layer } from "../../src/engine/generated/types/Layer";
import { Draw, made, sum, type Made } from "./made";
import { activation } from "./windows";

/** A kernel of 3 by 3 in the given strides over maps of 5 by 4, padded `same`: one zero before where the stride is 1 or the side odd. */
const [HEIGHT, WIDTH, KERNEL] = [5, 4, 3];

interface Shape {
  channels: number;
  multiplier: number;
  stride: number;
}

function layer({ multiplier, stride }: Shape, name: Activation): Layer {
  return {
    class_name: "DepthwiseConv2D",
    kernel_size: [KERNEL, KERNEL],
    strides: [stride, stride],
    padding: "same",
    depth_multiplier: multiplier,
    dilation_rate: [1, 1],
    use_bias: false,
    activation: name,
    depthwise_initializer: "glorot_uniform",
    bias_initializer: "zeros",
  };
}

interface Meeting {
  x: number;
  weight: number;
  y: number;
}

/** Everything that meets: an input, a weight and an output, by their places in their tensors. */
function meetings({ channels, multiplier, stride }: Shape): Meeting[] {
  const filters = channels * multiplier;
  const out = [HEIGHT, WIDTH].map((side) => Math.ceil(side / stride));
  const pad = [HEIGHT, WIDTH].map((side, a) => Math.floor(Math.max(0, (out[a] - 1) * stride + KERNEL - side) / 2));
  const all: Meeting[] = [];
  for (let p = 0; p < out[0]; p++)
    for (let q = 0; q < out[1]; q++)
      for (let i = 0; i < KERNEL; i++)
        for (let j = 0; j < KERNEL; j++) {
          const [r, s] = [p * stride - pad[0] + i, q * stride - pad[1] + j];
          if (r < 0 || r >= HEIGHT || s < 0 || s >= WIDTH) continue;
          for (let k = 0; k < filters; k++) {
            const c = Math.floor(k / multiplier);
            all.push({ x: (r * WIDTH + s) * channels + c, weight: (i * KERNEL + j) * filters + k, y: (p * out[1] + q) * filters + k });
          }
        }
  return all;
}

/** `result` is what is made of the two others. */
function explained(title: string, shape: Shape, result: keyof Meeting, index: number, name: Activation = "linear"): Made {
  const { channels, multiplier, stride } = shape;
  const met = meetings(shape).filter((meeting) => meeting[result] === index);
  const draw = new Draw(31);
  const out = [HEIGHT, WIDTH].map((side) => Math.ceil(side / stride));
  const shapes = { x: [HEIGHT, WIDTH, channels], weight: [KERNEL, KERNEL, channels, multiplier], y: [...out, channels * multiplier] };
  const numbers = (of: keyof Meeting) => draw.numbers(shapes[of].reduce((product, side) => product * side, 1));
  const tensors = { x: numbers("x"), weight: numbers("weight"), y: numbers("y") };
  const column = (called: string, of: keyof Meeting) => ({ name: called, indices: met.map((meeting) => meeting[of]), values: met.map((meeting) => tensors[of][meeting[of]]) });
  const columns = result === "y" ? [column("x", "x"), column("kernel", "weight")] : result === "x" ? [column("dy", "y"), column("kernel", "weight")] : [column("x", "x"), column("dy", "y")];
  const products = met.map((_, i) => columns[0].values[i] * columns[1].values[i]);
  const total = sum(products);
  const exact = result === "y" ? activation(name, total) : total;
  const gradient = { role: "gradient" as const };
  const common = { title, layer: layer(shape, name), index, exact, columns, products };
  switch (result) {
    case "y":
      return made({ ...common, stem: "depthwise_conv2d", operands: { x: { shape: shapes.x }, kernel: { shape: shapes.weight, role: "parameter" }, y: { shape: shapes.y } }, result: "y", lines: { sum: total, y: exact } });
    case "x":
      return made({ ...common, stem: "depthwise_conv2d_grad_input", phase: "backward", operands: { dy: { shape: shapes.y, ...gradient }, kernel: { shape: shapes.weight, role: "parameter" }, dx: { shape: shapes.x, ...gradient } }, result: "dx", lines: { sum: total } });
    case "weight":
      return made({ ...common, stem: "depthwise_conv2d_grad_kernel", phase: "backward", operands: { x: { shape: shapes.x }, dy: { shape: shapes.y, ...gradient }, dkernel: { shape: shapes.weight, role: "parameter_gradient" } }, result: "dkernel", lines: { sum: total } });
  }
}

const ONE: Shape = { channels: 3, multiplier: 1, stride: 1 };
const TWO: Shape = { channels: 3, multiplier: 2, stride: 2 };

export const DEPTHWISE: Made[] = [
  explained("depthwise, inside", ONE, "y", (2 * WIDTH + 1) * 3 + 1, { clipped_relu: { max_value: 6 } }),
  explained("depthwise, at the border, two of each", TWO, "y", 3, "relu"),
  explained("depthwise, back to a number", ONE, "x", (2 * WIDTH + 2) * 3 + 1),
  explained("depthwise, back to a number of which two were made", TWO, "x", (2 * WIDTH + 2) * 3 + 1),
  explained("depthwise, a weight", ONE, "weight", (1 * KERNEL + 2) * 3 + 2),
  explained("depthwise, a weight of two", TWO, "weight", (0 * KERNEL + 1) * 6 + 3),
];
