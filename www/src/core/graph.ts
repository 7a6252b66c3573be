/** Edits of a network that leave it a network: names unique, every layer fed by ones that stand before it. */
import type { Activation, Layer, Network, Node } from "../engine/protocol";

export type ClassName = Layer["class_name"];

/** Keras's defaults, which the engine takes for what a network leaves out; of what Keras has no default for, an example. */
const DEFAULTS: { [K in ClassName]: Extract<Layer, { class_name: K }> } = {
  InputLayer: { class_name: "InputLayer", shape: [28, 28, 1] },
  Conv2D: {
    class_name: "Conv2D",
    filters: 32,
    kernel_size: [3, 3],
    strides: [1, 1],
    padding: "valid",
    dilation_rate: [1, 1],
    use_bias: true,
    activation: "linear",
    kernel_initializer: "glorot_uniform",
    bias_initializer: "zeros",
  },
  MaxPooling2D: { class_name: "MaxPooling2D", pool_size: [2, 2], strides: null, padding: "valid" },
  AveragePooling2D: { class_name: "AveragePooling2D", pool_size: [2, 2], strides: null, padding: "valid" },
  GlobalAveragePooling2D: { class_name: "GlobalAveragePooling2D" },
  Dense: {
    class_name: "Dense",
    units: 10,
    use_bias: true,
    activation: "linear",
    kernel_initializer: "glorot_uniform",
    bias_initializer: "zeros",
  },
  Flatten: { class_name: "Flatten" },
  Activation: { class_name: "Activation", activation: "relu" },
  BatchNormalization: { class_name: "BatchNormalization", momentum: 0.99, epsilon: 0.001, center: true, scale: true },
  Dropout: { class_name: "Dropout", rate: 0.3 },
  Add: { class_name: "Add" },
  Concatenate: { class_name: "Concatenate" },
  ZeroPadding2D: { class_name: "ZeroPadding2D", padding: [[1, 1], [1, 1]] },
};

/** What must be said of a layer, since there is no default. */
const REQUIRED: Partial<Record<ClassName, string>> = {
  InputLayer: "shape",
  Activation: "activation",
  Dropout: "rate",
  ZeroPadding2D: "padding",
};

/** How a layer begins that is put into a network by hand: as most networks have it. */
const USUAL: Partial<Record<ClassName, object>> = {
  Conv2D: { padding: "same", activation: "relu" },
  Dense: { units: 64, activation: "relu" },
};

const STEMS: Record<ClassName, string> = {
  InputLayer: "input",
  Conv2D: "conv2d",
  MaxPooling2D: "max_pooling2d",
  AveragePooling2D: "average_pooling2d",
  GlobalAveragePooling2D: "global_average_pooling2d",
  Dense: "dense",
  Flatten: "flatten",
  Activation: "activation",
  BatchNormalization: "batch_normalization",
  Dropout: "dropout",
  Add: "add",
  Concatenate: "concatenate",
  ZeroPadding2D: "zero_padding2d",
};

/** What can be put between two layers, in the order of the menu. */
export const INSERTABLE: ClassName[] = [
  "Conv2D",
  "MaxPooling2D",
  "AveragePooling2D",
  "GlobalAveragePooling2D",
  "Flatten",
  "Dense",
  "Activation",
  "BatchNormalization",
  "Dropout",
  "ZeroPadding2D",
  "Add",
  "Concatenate",
];

export function freshLayer<K extends ClassName>(kind: K): Extract<Layer, { class_name: K }> {
  return structuredClone({ ...DEFAULTS[kind], ...USUAL[kind] }) as Extract<Layer, { class_name: K }>;
}

export function isMerge(layer: Layer): boolean {
  return layer.class_name === "Add" || layer.class_name === "Concatenate";
}

/** A name as Keras would give it. */
export function freshName(network: Network, kind: ClassName): string {
  const taken = new Set(network.layers.map((node) => node.name));
  for (let i = 0; ; i++) {
    const name = i === 0 ? STEMS[kind] : `${STEMS[kind]}_${i}`;
    if (!taken.has(name)) return name;
  }
}

function withLayers(network: Network, layers: Node[]): Network {
  return { ...network, layers };
}

/**
 * Which layer each input is a wire to: by its place, since names are spellings that a reader may change and repeat. Of several
 * layers of one name it is the nearest before; −1 where there is none.
 */
function wires(network: Network): number[][] {
  const last = new Map<string, number>();
  return network.layers.map((node, index) => {
    const ends = node.inbound.map((name) => last.get(name) ?? -1);
    last.set(node.name, index);
    return ends;
  });
}

/** The inputs of every layer with those that are wires to the layer at `end` called `name` instead; undefined takes them out. */
function rewired(network: Network, end: number, name: string | undefined, from = 0): Node[] {
  const ends = wires(network);
  return network.layers.map((node, i) => {
    if (i < from || !ends[i].includes(end)) return node;
    const inbound = node.inbound.map((input, k) => (ends[i][k] === end ? name : input)).filter((input) => input !== undefined);
    return { ...node, inbound };
  });
}

/** Puts a layer behind the one at `index`: it takes that layer's output, and those that took it take the new one's. */
export function insertAfter(network: Network, index: number, layer: Layer): Network {
  const before = network.layers[index];
  const name = freshName(network, layer.class_name);
  const inbound = [before.name];
  // A merge wants a second input: the layer before, which a new merge most often closes a shortcut from.
  if (isMerge(layer)) inbound.push(network.layers[Math.max(0, index - 1)].name);
  const layers = rewired(network, index, name);
  layers.splice(index + 1, 0, { name, inbound, layer });
  return withLayers(network, layers);
}

/** Takes a layer out; those that it fed are fed by what fed it. */
export function remove(network: Network, index: number): Network {
  const heir = network.layers[index].inbound[0];
  const layers = rewired(network, index, heir).map((node, i) => {
    const touched = node !== network.layers[i];
    return touched && isMerge(node.layer) ? { ...node, inbound: [...new Set(node.inbound)] } : node;
  });
  return withLayers(network, layers.filter((_, i) => i !== index));
}

/** Takes a layer from its place and puts it behind another; both neighbourhoods close up. */
export function move(network: Network, from: number, to: number): Network {
  if (from === to || from < 1 || to < 1 || from >= network.layers.length || to >= network.layers.length) return network;
  const node = network.layers[from];
  const without = remove(network, from);
  const before = without.layers[to - 1];
  const layers = rewired(without, to - 1, node.name, to);
  const others = isMerge(node.layer) ? node.inbound.slice(1).filter((name) => layers.slice(0, to).some((n) => n.name === name)) : [];
  layers.splice(to, 0, { ...node, inbound: [before.name, ...others.filter((name) => name !== before.name)] });
  return withLayers(without, layers);
}

export function replaceLayer(network: Network, index: number, layer: Layer): Network {
  return withLayers(network, network.layers.map((node, i) => (i === index ? { ...node, layer } : node)));
}

export function setInbound(network: Network, index: number, inbound: string[]): Network {
  return withLayers(network, network.layers.map((node, i) => (i === index ? { ...node, inbound } : node)));
}

/** Whether another layer has this name. */
export function isTaken(network: Network, index: number, name: string): boolean {
  return network.layers.some((node, i) => i !== index && node.name === name);
}

/** Gives a layer another name, here and where it feeds others; a name that is empty or taken changes nothing. */
export function rename(network: Network, index: number, name: string): Network {
  if (name === "" || name === network.layers[index].name || isTaken(network, index, name)) return network;
  const layers = rewired(network, index, name);
  layers[index] = { ...layers[index], name };
  return withLayers(network, layers);
}

/** The layer's activation, where it has one. */
export function activationOf(layer: Layer): Activation | null {
  return "activation" in layer ? layer.activation : null;
}

export function activationName(activation: Activation): string {
  return typeof activation === "string" ? activation : "leaky_relu";
}

/** Layers whose output can never be negative, whatever the weights: they are drawn in ink, the others in two colours. */
export function nonNegative(network: Network): boolean[] {
  const known = new Map<string, boolean>();
  return network.layers.map((node) => {
    const activation = activationOf(node.layer);
    const inherits = node.inbound.length > 0 && node.inbound.every((name) => known.get(name) === true);
    const kind = node.layer.class_name;
    const own = activation === "relu" || activation === "sigmoid" || activation === "softmax";
    const value = kind === "InputLayer" || own || (activation === "linear" && kind === "Activation" && inherits) || (activation === null && kind !== "BatchNormalization" && inherits);
    known.set(node.name, value);
    return value;
  });
}

/** A network read from text; the message of the error says what is wrong with it. The engine checks the rest. */
export function parseNetwork(text: string): Network {
  const value: unknown = JSON.parse(text);
  const layers = (value as Network | null)?.layers;
  if (!Array.isArray(layers) || layers.length === 0) throw new Error("layers");
  for (const node of layers) {
    if (typeof node?.name !== "string" || typeof node?.layer?.class_name !== "string" || !(node.layer.class_name in DEFAULTS)) {
      throw new Error(`layer ${String(node?.name ?? layers.indexOf(node))}`);
    }
    const required = REQUIRED[node.layer.class_name as ClassName];
    if (required && !(required in node.layer)) throw new Error(`${node.name}.${required}`);
  }
  const name = (value as Network).name;
  return {
    name: typeof name === "string" && name ? name : "network",
    layers: layers.map((node: Node) => ({
      name: node.name,
      inbound: Array.isArray(node.inbound) ? node.inbound.map(String) : [],
      layer: { ...DEFAULTS[node.layer.class_name], ...node.layer } as Layer,
    })),
  };
}
