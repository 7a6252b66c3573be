/** A large network's layers folded into blocks, so that it can be read. */
import type { Layer } from "../../engine/zoo/protocol";

/** Layers that stand one after another in the network. */
export interface Block {
  /** What their names have in common, or the name of the last. */
  name: string;
  /** Of the first of them, and how many they are. */
  first: number;
  count: number;
  output_shape: number[];
  params: number;
}

/** Names by which the published networks group their layers. */
const NAMED = /^(expanded_conv|block_\d+|block\d+|conv\d+(?=_block)|layer\d+)/;

/** A layer that begins something where no name says so. */
const BEGINS = new Set(["InputLayer", "Conv2D", "DepthwiseConv2D", "ZeroPadding2D", "Dense", "GlobalAveragePooling2D", "Flatten", "MaxPooling2D"]);

/** Every layer is in one block, in the network's order. */
export function fold(layers: readonly Layer[]): Block[] {
  const joined = branches(layers);
  const blocks: Block[] = [];
  let key = "";
  layers.forEach((layer, index) => {
    const named = NAMED.exec(layer.name)?.[1] ?? joined[index];
    const last = blocks.at(-1);
    const belongs = last && (named !== null ? named === key : key === "" && !begins(layers, index));
    if (belongs) {
      last.count++;
      last.output_shape = layer.output_shape;
      last.params += layer.params;
    } else {
      blocks.push({ name: named ?? layer.name, first: index, count: 1, output_shape: layer.output_shape, params: layer.params });
    }
    key = named ?? "";
  });
  return blocks;
}

/** Padding belongs to what it pads. */
function begins(layers: readonly Layer[], index: number): boolean {
  return BEGINS.has(layers[index].class_name) && layers[index - 1]?.class_name !== "ZeroPadding2D";
}

/** For each layer between two places where the network is one strand, the layer in which its branches meet again. */
function branches(layers: readonly Layer[]): (string | null)[] {
  const lastUse = layers.map((_, index) => index);
  layers.forEach(({ inbound }, index) => inbound.forEach((from) => (lastUse[from] = index)));
  const found: (string | null)[] = layers.map(() => null);
  let reach = 0;
  let start = 0;
  layers.forEach((_, index) => {
    // Nothing before this layer is needed after it: the network is one strand here.
    if (index > 0 && reach <= index) {
      if (index - start > 1) found.fill(layers[index].name, start + 1, index + 1);
      start = index;
    }
    reach = Math.max(reach, lastUse[index]);
  });
  return found;
}
