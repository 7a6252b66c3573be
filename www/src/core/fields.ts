/** The hyper-parameters of each layer as an inspector shows them: Keras's names, and how each is set. */
import type { Activation, Layer } from "../engine/protocol";
import { LAYERS, whole as range, type Range } from "./ranges";

/** `about`: the name under which its explanation stands, where that differs from layer to layer. */
export type Field = { about?: string } & (
  | { name: string; kind: "whole"; range: Range; value: number; set: (value: number) => Layer }
  | { name: string; kind: "real"; range: Range; value: number; set: (value: number) => Layer }
  | { name: string; kind: "pair"; range: Range; value: [number, number] | null; set: (value: [number, number] | null) => Layer }
  | { name: string; kind: "choice"; choices: readonly string[]; value: string; set: (value: string) => Layer }
  | { name: string; kind: "flag"; value: boolean; set: (value: boolean) => Layer }
);

const ACTIVATIONS = ["linear", "relu", "leaky_relu", "sigmoid", "tanh", "softmax"] as const;
const INITIALIZERS = ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "zeros", "ones"] as const;
const PADDINGS = ["valid", "same"] as const;
/** Keras's default, which it gained in version 3. */
const NEGATIVE_SLOPE = 0.3;

/** Fields of the layer, each knowing the layer that its new value makes. */
export function fieldsOf(layer: Layer): Field[] {
  const make = (change: object) => ({ ...layer, ...change }) as Layer;
  const whole = (name: string, value: number): Field => ({ name, kind: "whole", range: range(1, 4096), value, set: (v) => make({ [name]: v }) });
  const real = (name: string, value: number, range: Range): Field => ({ name, kind: "real", range, value, set: (v) => make({ [name]: v }) });
  const pair = (name: string, value: [number, number] | null): Field => ({ name, kind: "pair", range: range(1, 64), value, set: (v) => make({ [name]: v }) });
  const flag = (name: string, value: boolean): Field => ({ name, kind: "flag", value, set: (v) => make({ [name]: v }) });
  const choice = (name: string, value: string, choices: readonly string[]): Field => ({ name, kind: "choice", choices, value, set: (v) => make({ [name]: v }) });
  const activation = (value: Activation): Field[] => {
    const slope = (negative_slope: number) => make({ activation: { leaky_relu: { negative_slope } } });
    const leaky = typeof value === "object";
    const kind: Field = {
      name: "activation",
      kind: "choice",
      choices: ACTIVATIONS,
      value: leaky ? "leaky_relu" : value,
      set: (v) => (v === "leaky_relu" ? slope(NEGATIVE_SLOPE) : make({ activation: v })),
    };
    if (!leaky) return [kind];
    return [kind, { name: "negative_slope", kind: "real", range: LAYERS.negative_slope, value: value.leaky_relu.negative_slope, set: slope }];
  };

  switch (layer.class_name) {
    case "InputLayer":
    case "GlobalAveragePooling2D":
    case "Flatten":
    case "Add":
    case "Concatenate":
      return [];
    case "Conv2D":
      return [
        whole("filters", layer.filters),
        pair("kernel_size", layer.kernel_size),
        pair("strides", layer.strides),
        choice("padding", layer.padding, PADDINGS),
        ...activation(layer.activation),
        flag("use_bias", layer.use_bias),
        pair("dilation_rate", layer.dilation_rate),
        choice("kernel_initializer", layer.kernel_initializer, INITIALIZERS),
        choice("bias_initializer", layer.bias_initializer, INITIALIZERS),
      ];
    case "MaxPooling2D":
    case "AveragePooling2D":
      return [pair("pool_size", layer.pool_size), pair("strides", layer.strides), { ...choice("padding", layer.padding, PADDINGS), about: "pool_padding" }];
    case "Dense":
      return [
        whole("units", layer.units),
        ...activation(layer.activation),
        flag("use_bias", layer.use_bias),
        choice("kernel_initializer", layer.kernel_initializer, INITIALIZERS),
        choice("bias_initializer", layer.bias_initializer, INITIALIZERS),
      ];
    case "Activation":
      return activation(layer.activation).map((field) => (field.name === "activation" ? { ...field, about: "own_activation" } : field));
    case "BatchNormalization":
      return [real("momentum", layer.momentum, LAYERS.momentum), real("epsilon", layer.epsilon, LAYERS.epsilon), flag("center", layer.center), flag("scale", layer.scale)];
    case "Dropout":
      return [real("rate", layer.rate, LAYERS.rate)];
    case "ZeroPadding2D": {
      const [rows, columns] = layer.padding;
      return [
        { name: "top_bottom", kind: "pair", range: range(0, 64), value: rows, set: (v) => make({ padding: [v ?? rows, columns] }) },
        { name: "left_right", kind: "pair", range: range(0, 64), value: columns, set: (v) => make({ padding: [rows, v ?? columns] }) },
      ];
    }
  }
}
