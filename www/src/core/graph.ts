/** Edits of a network that leave it a network: names unique, every layer fed by ones that stand before it. */
import type { Activation, Layer, LayerEntry, Network, Node } from "../engine/protocol";
import { CATALOGUE } from "./catalogue";

export type ClassName = Layer["class_name"];

const ENTRIES = new Map<string, LayerEntry>(CATALOGUE.network.layers.map((entry) => [entry.class_name, entry]));

function entryOf(kind: ClassName): LayerEntry {
  const entry = ENTRIES.get(kind);
  if (!entry) throw new Error(`the engine has no layer ${kind}`);
  return entry;
}

/** What can be put between two layers, in the order of the menu. */
export const INSERTABLE: ClassName[] = CATALOGUE.network.layers.filter(({ usual }) => usual !== null).map(({ class_name }) => class_name);

/** A layer as it begins that is put into a network by hand: as most networks have it. */
export function freshLayer<K extends ClassName>(kind: K): Extract<Layer, { class_name: K }> {
  const { usual, default: usually } = entryOf(kind);
  return structuredClone(usual ?? usually) as Extract<Layer, { class_name: K }>;
}

export function isMerge(layer: Layer): boolean {
  return layer.class_name === "Add" || layer.class_name === "Concatenate";
}

/** A name as Keras would give it. */
export function freshName(network: Network, kind: ClassName): string {
  const taken = new Set(network.layers.map((node) => node.name));
  const { stem } = entryOf(kind);
  for (let i = 0; ; i++) {
    const name = i === 0 ? stem : `${stem}_${i}`;
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

/** A layer that is not trainable is frozen. That one is trainable goes without saying. */
export function setTrainable(network: Network, index: number, trainable: boolean): Network {
  return withLayers(
    network,
    network.layers.map((node, i) => {
      if (i !== index) return node;
      const { trainable: _, ...rest } = node;
      return trainable ? rest : { ...rest, trainable };
    }),
  );
}

export function isFrozen(node: Node): boolean {
  return node.trainable === false;
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
  if (layer.class_name === "ReLU") return layer.max_value === null ? "relu" : { clipped_relu: { max_value: layer.max_value } };
  return "activation" in layer ? layer.activation : null;
}

export function activationName(activation: Activation): string {
  return typeof activation === "string" ? activation : Object.keys(activation)[0];
}

/** Layers whose output can never be negative, whatever the weights: they are drawn in ink, the others in two colours. */
export function nonNegative(network: Network): boolean[] {
  const known = new Map<string, boolean>();
  return network.layers.map((node) => {
    const activation = activationOf(node.layer);
    const inherits = node.inbound.length > 0 && node.inbound.every((name) => known.get(name) === true);
    const kind = node.layer.class_name;
    const own = activation !== null && ["relu", "clipped_relu", "sigmoid", "softmax"].includes(activationName(activation));
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
    if (typeof node?.name !== "string" || typeof node?.layer?.class_name !== "string" || !ENTRIES.has(node.layer.class_name)) {
      throw new Error(`layer ${String(node?.name ?? layers.indexOf(node))}`);
    }
    const missing = entryOf(node.layer.class_name).required.find((name) => !(name in node.layer));
    if (missing) throw new Error(`${node.name}.${missing}`);
  }
  const name = (value as Network).name;
  return {
    name: typeof name === "string" && name ? name : "network",
    layers: layers.map((node: Node) => ({
      name: node.name,
      inbound: Array.isArray(node.inbound) ? node.inbound.map(String) : [],
      layer: { ...structuredClone(entryOf(node.layer.class_name).default), ...node.layer } as Layer,
      ...((node.trainable ?? true) !== true && { trainable: node.trainable }),
    })),
  };
}
