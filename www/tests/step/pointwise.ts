/** Made-up dense layers, activations, softmax, dropout, sums and copies. */
import type { Activation } from "../../src/engine/generated/types/Activation";
import type { Layer } from "../../src/engine/generated/types/Layer";
import { Draw, made, sum, type Made } from "./made";
import { activation } from "./windows";

const [INPUTS, UNITS] = [7, 4];

function layer(name: Activation, useBias = true): Layer {
  return { class_name: "Dense", units: UNITS, use_bias: useBias, activation: name, kernel_initializer: "glorot_uniform", bias_initializer: "zeros" } as Layer;
}

const upTo = (length: number) => Array.from({ length }, (_, i) => i);

function dense(name: Activation, bias?: number): Made {
  const draw = new Draw(21);
  const [x, kernel, unit] = [draw.numbers(INPUTS), draw.numbers(INPUTS * UNITS), 2];
  const weights = upTo(INPUTS).map((i) => i * UNITS + unit);
  const products = upTo(INPUTS).map((i) => x[i] * kernel[weights[i]]);
  const exact = activation(name, sum(products) + (bias ?? 0));
  return made({
    title: JSON.stringify(name),
    stem: "dense",
    layer: layer(name, bias !== undefined),
    operands: { x: { shape: [INPUTS] }, kernel: { shape: [INPUTS, UNITS], role: "parameter" }, ...(bias === undefined ? {} : { bias: { shape: [UNITS], role: "parameter" as const } }), y: { shape: [UNITS] } },
    result: "y",
    index: unit,
    exact,
    columns: [
      { name: "x", indices: upTo(INPUTS), values: x },
      { name: "kernel", indices: weights, values: weights.map((w) => kernel[w]) },
    ],
    products,
    lines: { sum: sum(products), ...(bias === undefined ? {} : { bias }), y: exact },
  });
}

function denseGradInput(): Made {
  const draw = new Draw(22);
  const [dy, kernel, input] = [draw.numbers(UNITS), draw.numbers(INPUTS * UNITS), 3];
  const weights = upTo(UNITS).map((k) => input * UNITS + k);
  const products = upTo(UNITS).map((k) => dy[k] * kernel[weights[k]]);
  return made({
    title: "an input",
    stem: "dense_grad_input",
    phase: "backward",
    layer: layer("relu"),
    operands: { dy: { shape: [UNITS], role: "gradient" }, kernel: { shape: [INPUTS, UNITS], role: "parameter" }, dx: { shape: [INPUTS], role: "gradient" } },
    result: "dx",
    index: input,
    exact: sum(products),
    columns: [
      { name: "dy", indices: upTo(UNITS), values: dy },
      { name: "kernel", indices: weights, values: weights.map((w) => kernel[w]) },
    ],
    products,
    lines: { sum: sum(products) },
  });
}

function denseGradKernel(batch: number): Made {
  const draw = new Draw(23);
  const [input, unit] = [3, 1];
  const [x, dy] = [draw.numbers(batch), draw.numbers(batch)];
  const products = x.map((value, i) => value * dy[i]);
  return made({
    title: `of ${batch}`,
    stem: "dense_grad_kernel",
    phase: "backward",
    layer: layer("relu"),
    operands: { x: { shape: [INPUTS] }, dy: { shape: [UNITS], role: "gradient" }, dkernel: { shape: [INPUTS, UNITS], role: "parameter_gradient" } },
    result: "dkernel",
    index: input * UNITS + unit,
    exact: sum(products),
    columns: [
      { name: "x", indices: x.map(() => input), values: x },
      { name: "dy", indices: dy.map(() => unit), values: dy },
    ],
    products,
    ofShown: 1,
    lines: { sum: sum(products) },
    walk: { batch },
  });
}

function biasGrad(shape: number[], batch: number): Made {
  const draw = new Draw(24);
  const channels = shape[shape.length - 1];
  const places = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  const dy = draw.numbers(batch * places);
  const indices = dy.map((_, i) => (i % places) * channels + 1);
  return made({
    title: `${places} places of ${batch}`,
    stem: "bias_grad",
    phase: "backward",
    layer: layer("relu"),
    operands: { dy: { shape, role: "gradient" }, dbias: { shape: [channels], role: "parameter_gradient" } },
    result: "dbias",
    index: 1,
    exact: sum(dy),
    columns: [{ name: "dy", indices, values: dy }],
    products: dy,
    ofShown: places,
    lines: { sum: sum(dy) },
    walk: { batch },
  });
}

function globalAverage(): Made[] {
  const draw = new Draw(25);
  const [shape, c] = [[3, 2, 4], 2];
  const x = draw.numbers(24);
  const indices = upTo(6).map((i) => i * 4 + c);
  const values = indices.map((i) => x[i]);
  const layer: Layer = { class_name: "GlobalAveragePooling2D" };
  const [dy, operands] = [draw.number(), { x: { shape }, y: { shape: [4] } }];
  return [
    made({ title: "a map", stem: "global_average_pool2d", layer, operands, result: "y", index: c, exact: sum(values) / 6, columns: [{ name: "x", indices, values }], lines: { share: 1 / 6, y: sum(values) / 6 } }),
    made({
      title: "a cell",
      stem: "global_average_pool2d_grad",
      phase: "backward",
      layer,
      operands: { dy: { shape: [4], role: "gradient" }, dx: { shape, role: "gradient" } },
      result: "dx",
      index: 14,
      exact: dy / 6,
      columns: [{ name: "dy", indices: [c], values: [dy] }],
      products: [dy / 6],
      lines: { share: 1 / 6, dx: dy / 6 },
    }),
  ];
}

const own = (name: Activation): Layer => ({ class_name: "Activation", activation: name });
const CLIPPED: Activation = { clipped_relu: { max_value: 0.5 } };
const LEAKY: Activation = { leaky_relu: { negative_slope: Math.fround(0.3) } };

function activate(name: Activation, x: number): Made {
  const exact = activation(name, x);
  return made({ title: `${JSON.stringify(name)} of ${x}`, stem: "activate", layer: own(name), operands: { x: { shape: [3, 3, 2] }, y: { shape: [3, 3, 2] } }, result: "y", index: 7, exact, lines: { x, y: exact } });
}

function activateGrad(name: Activation, x: number): Made {
  const dy = new Draw(26).number();
  const y = Math.fround(activation(name, x));
  const clipped = typeof name === "object" && "clipped_relu" in name ? Number(y > 0 && y < name.clipped_relu.max_value) : undefined;
  const leaky = typeof name === "object" && "leaky_relu" in name && y <= 0 ? name.leaky_relu.negative_slope : 1;
  const slope = clipped ?? (name === "relu" ? Number(y > 0) : name === "sigmoid" ? y * (1 - y) : name === "tanh" ? 1 - y * y : leaky);
  const gradient = { shape: [3, 3, 2], role: "gradient" as const };
  return made({
    title: `${JSON.stringify(name)} at ${x}`,
    stem: "activate_grad",
    phase: "backward",
    layer: own(name),
    operands: { y: { shape: [3, 3, 2] }, dy: gradient, dx: gradient },
    result: "dx",
    index: 7,
    exact: slope * dy,
    lines: { y, slope, dy, dx: slope * dy },
  });
}

function softmax(): Made[] {
  const draw = new Draw(27);
  const x = draw.numbers(5, -3, 3);
  const exponentials = x.map((z) => Math.exp(z - Math.max(...x)));
  const y = exponentials.map((e) => Math.fround(e / sum(exponentials)));
  const dy = draw.numbers(5);
  const products = dy.map((d, i) => d * y[i]);
  const layer: Layer = own("softmax");
  const vector = { shape: [5] };
  const gradient = { shape: [5], role: "gradient" as const };
  return [
    made({
      title: "a class",
      stem: "softmax",
      layer,
      operands: { x: vector, y: vector },
      result: "y",
      index: 3,
      exact: exponentials[3] / sum(exponentials),
      columns: [
        { name: "x", indices: upTo(5), values: x },
        { name: "exponential", indices: upTo(5), values: exponentials },
      ],
      lines: { x: x[3], max: Math.max(...x), sum: sum(exponentials), y: y[3] },
    }),
    made({
      title: "a class",
      stem: "softmax_grad",
      phase: "backward",
      layer,
      operands: { y: vector, dy: gradient, dx: gradient },
      result: "dx",
      index: 3,
      exact: y[3] * (dy[3] - sum(products)),
      columns: [
        { name: "dy", indices: upTo(5), values: dy },
        { name: "y", indices: upTo(5), values: y },
      ],
      products,
      lines: { sum: sum(products), y: y[3], dy: dy[3] },
    }),
  ];
}

function dropout(kept: number, backward: boolean): Made {
  const [x, rate] = [new Draw(28).number(), Math.fround(0.25)];
  const role = backward ? ("gradient" as const) : ("activation" as const);
  return made({
    title: `${kept ? "kept" : "left out"}${backward ? ", back" : ""}`,
    stem: "dropout",
    phase: backward ? "backward" : "forward",
    layer: { class_name: "Dropout", rate },
    operands: { x: { shape: [2, 2, 3], role }, y: { shape: [2, 2, 3], role } },
    result: "y",
    index: 4,
    exact: (x * kept) / (1 - rate),
    lines: { rate, kept, scale: 1 / (1 - rate), x, y: (x * kept) / (1 - rate) },
  });
}

function moves(): Made[] {
  const draw = new Draw(29);
  const [a, b] = [draw.number(), draw.number()];
  const map = { shape: [2, 2, 3] };
  const gradient = { shape: [2, 2, 3], role: "gradient" as const };
  const column = (name: string, index: number, value: number) => ({ name, indices: [index], values: [value] });
  const padded: Layer = { class_name: "ZeroPadding2D", padding: [[1, 1], [1, 1]] };
  const wide = { shape: [4, 4, 3] };
  return [
    made({ title: "two inputs", stem: "add", layer: { class_name: "Add" }, operands: { "x 1": map, "x 2": map, y: map }, result: "y", index: 5, exact: a + b, columns: [column("x 1", 5, a), column("x 2", 5, b)], products: [a, b], lines: { sum: a + b } }),
    made({ title: "two ways back", stem: "add", phase: "backward", layer: { class_name: "Add" }, operands: { "x 1": gradient, "x 2": gradient, y: gradient }, result: "y", index: 5, exact: a + b, columns: [column("x 1", 5, a), column("x 2", 5, b)], products: [a, b], lines: { sum: a + b } }),
    made({ title: "the second's", stem: "concatenate", layer: { class_name: "Concatenate" }, operands: { "x 1": map, "x 2": { ...map, name: "conv2d_7" }, y: { shape: [2, 2, 6] } }, result: "y", index: 10, exact: a, columns: [column("x 2", 4, a)], lines: { y: a } }),
    made({ title: "one input's", stem: "concatenate_grad", phase: "backward", layer: { class_name: "Concatenate" }, operands: { dy: { shape: [2, 2, 6], role: "gradient" }, dx: { ...gradient, name: "conv2d_7/gradient/0" } }, result: "dx", index: 4, exact: b, columns: [column("dy", 7, b)], lines: { dx: b } }),
    made({ title: "a cell", stem: "zero_pad2d", layer: padded, operands: { x: map, y: wide }, result: "y", index: 16, exact: a, columns: [column("x", 1, a)], lines: { y: a } }),
    made({ title: "in the border", stem: "zero_pad2d", layer: padded, operands: { x: map, y: wide }, result: "y", index: 0, exact: 0, columns: [{ name: "x", indices: [], values: [] }], lines: { y: 0 } }),
    made({ title: "a cell", stem: "zero_pad2d_grad", phase: "backward", layer: padded, operands: { dy: { ...wide, role: "gradient" }, dx: gradient }, result: "dx", index: 1, exact: b, columns: [column("dy", 16, b)], lines: { dx: b } }),
  ];
}

export const POINTWISE: Made[] = [
  dense("relu", Math.fround(1.5)),
  dense("linear"),
  dense("sigmoid", Math.fround(-0.25)),
  denseGradInput(),
  denseGradKernel(1),
  denseGradKernel(6),
  biasGrad([3, 2, 4], 1),
  biasGrad([3, 2, 4], 5),
  biasGrad([4], 1),
  biasGrad([4], 5),
  ...globalAverage(),
  ...(["relu", "sigmoid", "tanh", LEAKY, CLIPPED, "linear"] as const).flatMap((name) => [0.75, 0.25, -0.75].flatMap((x) => [activate(name, x), activateGrad(name, x)])),
  activateGrad("tanh", 8),
  ...softmax(),
  dropout(1, false),
  dropout(0, false),
  dropout(1, true),
  dropout(0, true),
  ...moves(),
];
