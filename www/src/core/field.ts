/** What one cell sees: its receptive field in every layer before it. */
import type { LayerInfo } from "../engine/protocol";

export interface CellPlace {
  layer: number;
  y: number;
  x: number;
  channel: number;
}

/** Cells of an earlier layer, end exclusive; `channel` null where all channels take part. */
export interface Region {
  layer: number;
  y0: number;
  y1: number;
  x0: number;
  x1: number;
  channel: number | null;
}

const PER_CHANNEL = new Set([
  "MaxPooling2D",
  "AveragePooling2D",
  "GlobalAveragePooling2D",
  "Activation",
  "ReLU",
  "BatchNormalization",
  "Dropout",
  "ZeroPadding2D",
  "Add",
]);

function height(info: LayerInfo): number {
  return info.output_shape.length === 3 ? info.output_shape[0] : 1;
}

function width(info: LayerInfo): number {
  return info.output_shape.length === 3 ? info.output_shape[1] : 1;
}

function channels(info: LayerInfo): number {
  return info.output_shape.at(-1) ?? 1;
}

/** Softmax alone mixes channels among the activations; the class bars say so themselves, since every logit feeds every bar. */
function mixes(info: LayerInfo): boolean {
  return !PER_CHANNEL.has(info.class_name);
}

/** The channels of each earlier layer that a channel of `from` is made of: one, or all (null). Layers it does not see are absent. */
export function sourceChannels(layers: readonly LayerInfo[], from: number, channel: number): Map<number, number | null> {
  const seen = new Map<number, number | null>([[from, channel]]);
  const add = (layer: number, part: number | null) => {
    const known = seen.get(layer);
    seen.set(layer, known === undefined || known === part ? part : null);
  };
  for (let index = from; index > 0; index--) {
    const part = seen.get(index);
    if (part === undefined) continue;
    const info = layers[index];
    if (info.class_name === "Concatenate" && part !== null) {
      let start = 0;
      for (const input of info.inbound) {
        const count = channels(layers[input]);
        if (part >= start && part < start + count) add(input, part - start);
        start += count;
      }
    } else if (info.class_name === "DepthwiseConv2D" && part !== null) {
      // A channel makes several, side by side.
      for (const input of info.inbound) add(input, Math.floor((part * channels(layers[input])) / channels(info)));
    } else if (info.class_name === "Flatten" && part !== null) {
      for (const input of info.inbound) add(input, part % channels(layers[input]));
    } else {
      for (const input of info.inbound) add(input, mixes(info) ? null : part);
    }
  }
  seen.delete(from);
  return seen;
}

/** Where in the flattened tensor's source the element stands. */
function unflatten(layers: readonly LayerInfo[], place: CellPlace): CellPlace | null {
  const info = layers[place.layer];
  const source = info.class_name === "Flatten" ? layers[info.inbound[0]] : undefined;
  if (!source || source.output_shape.length !== 3) return null;
  const [, w, c] = source.output_shape;
  const pixel = Math.floor(place.channel / c);
  return { layer: info.inbound[0], y: Math.floor(pixel / w), x: pixel % w, channel: place.channel % c };
}

/** The receptive field of a cell in every earlier layer, clipped to what is there. */
export function receptiveField(layers: readonly LayerInfo[], place: CellPlace): Region[] {
  const source = unflatten(layers, place);
  if (source) {
    const { layer, y, x, channel } = source;
    return [...receptiveField(layers, source), { layer, y0: y, y1: y + 1, x0: x, x1: x + 1, channel }];
  }
  const parts = sourceChannels(layers, place.layer, place.channel);
  const regions: Region[] = [];
  for (const field of layers[place.layer].receptive_fields) {
    const channel = parts.get(field.layer);
    if (channel === undefined) continue;
    const extent = [height(layers[field.layer]), width(layers[field.layer])];
    const [rows, columns] = [place.y, place.x].map((at, axis) => {
      if (field.stride[axis] === 0) return [0, extent[axis]];
      const start = at * field.stride[axis] + field.offset[axis];
      return [Math.max(0, start), Math.min(extent[axis], start + field.size[axis])];
    });
    if (rows[0] >= rows[1] || columns[0] >= columns[1]) continue;
    regions.push({ layer: field.layer, y0: rows[0], y1: rows[1], x0: columns[0], x1: columns[1], channel });
  }
  return regions;
}

/** Index of a cell in the layer's values, channels last. */
export function valueIndex(info: LayerInfo, place: { y: number; x: number; channel: number }): number {
  return info.output_shape.length === 3
    ? (place.y * info.output_shape[1] + place.x) * info.output_shape[2] + place.channel
    : place.channel;
}
