/** The hyper-parameters of each layer as an inspector shows them: Keras's names, and how each is set. */
import type { Activation, Hyperparameter, Layer, Node } from "../engine/protocol";
import { CATALOGUE } from "./catalogue";
import { activationName, isFrozen } from "./graph";
import { rangeOf, type Range } from "./ranges";

/** `about`: the name under which its explanation stands, where that differs from layer to layer. */
export type Field<Made = Layer> = { about?: string } & (
  | { name: string; kind: "whole"; range: Range; value: number; set: (value: number) => Made }
  | { name: string; kind: "real"; range: Range; value: number; optional?: false; set: (value: number) => Made }
  | { name: string; kind: "real"; range: Range; value: number | null; optional: true; set: (value: number | null) => Made }
  | { name: string; kind: "pair"; range: Range; value: [number, number] | null; set: (value: [number, number] | null) => Made }
  | { name: string; kind: "choice"; choices: readonly string[]; value: string; set: (value: string) => Made }
  | { name: string; kind: "flag"; value: boolean; set: (value: boolean) => Made }
);

type Pair = [number, number];

/** Whether a layer learns: of its place in the network, not of its kind. `set` gives what it then is. */
export function trainableField(node: Node): Field<boolean> {
  const field: Field<boolean> = { name: "trainable", kind: "flag", value: !isFrozen(node), set: (value) => value };
  return node.layer.class_name === "BatchNormalization" ? { ...field, about: "trainable_moments" } : field;
}

/** Fields of the layer, each knowing the layer that its new value makes. */
export function fieldsOf(layer: Layer): Field[] {
  const entry = CATALOGUE.network.layers.find(({ class_name }) => class_name === layer.class_name);
  return (entry?.hyperparameters ?? []).flatMap((parameter) => fieldsFor(layer, parameter));
}

function fieldsFor(layer: Layer, parameter: Hyperparameter): Field[] {
  const { name } = parameter;
  const value = (layer as unknown as Record<string, unknown>)[name];
  const set = (value: unknown) => ({ ...layer, [name]: value }) as Layer;
  switch (parameter.kind) {
    case "real":
      if (parameter.optional) return [{ name, kind: "real", range: rangeOf(parameter), value: value as number | null, optional: true, set }];
      return [{ name, kind: "real", range: rangeOf(parameter), value: value as number, set }];
    case "whole":
      return [{ name, kind: "whole", range: rangeOf(parameter), value: value as number, set }];
    case "pair":
      return [{ name, kind: "pair", range: rangeOf(parameter), value: value as Pair | null, set }];
    case "flag":
      return [{ name, kind: "flag", value: value as boolean, set }];
    case "choice": {
      const field: Field = { name, kind: "choice", choices: parameter.choices, value: value as string, set };
      const pooling = layer.class_name === "MaxPooling2D" || layer.class_name === "AveragePooling2D";
      return [pooling && name === "padding" ? { ...field, about: "pool_padding" } : field];
    }
    case "borders": {
      const [rows, columns] = value as [Pair, Pair];
      const range = rangeOf(parameter);
      return [
        { name: "top_bottom", kind: "pair", range, value: rows, set: (pair) => set([pair ?? rows, columns]) },
        { name: "left_right", kind: "pair", range, value: columns, set: (pair) => set([rows, pair ?? columns]) },
      ];
    }
    case "activation":
      return activationFields(layer, name, value as Activation, set);
  }
}

/** The activation and its arguments; another one begins with Keras's arguments. */
function activationFields(layer: Layer, name: string, value: Activation, set: (activation: Activation) => Layer): Field[] {
  const entries = CATALOGUE.network.activations;
  const entry = entries.find((entry) => entry.name === activationName(value));
  const choose = (chosen: string) => set(structuredClone(entries.find((entry) => entry.name === chosen)?.default ?? value));
  const choice: Field = { name, kind: "choice", choices: entries.map((entry) => entry.name), value: activationName(value), set: choose };
  const own: Field = layer.class_name === "Activation" ? { ...choice, about: "own_activation" } : choice;
  if (typeof value === "string") return [own];
  const [kind, given] = Object.entries(value)[0] as [string, Record<string, number>];
  const argument = (parameter: Hyperparameter): Field => ({
    name: parameter.name,
    kind: "real",
    range: rangeOf(parameter),
    value: given[parameter.name],
    set: (number: number) => set({ [kind]: { ...given, [parameter.name]: number } } as unknown as Activation),
  });
  return [own, ...(entry?.arguments ?? []).map(argument)];
}
