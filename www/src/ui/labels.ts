/** What stands above each layer, and how wide it is. */
import { activationName, activationOf } from "../core/graph";
import { shape } from "../core/format";
import type { Messages } from "../core/i18n";
import type { Layer, LayerInfo, Network } from "../engine/protocol";

const NAME_FONT = '600 12.5px "Inter", "Inter fallback", sans-serif';
/** IBM Plex Mono's digits are 0.6 em wide. */
const SHAPE_DIGIT = 11 * 0.6;

const context = document.createElement("canvas").getContext("2d");

/** The kind as readers call it; the last layer's with its activation, an activation layer by its function. */
export function layerTitle(layer: Layer, last: boolean, t: Messages): string {
  const kind = t.kinds[layer.class_name] ?? layer.class_name;
  const activation = activationOf(layer);
  if (layer.class_name === "Activation" && activation) return activationName(activation);
  return last && activation && activation !== "linear" ? `${kind} · ${activationName(activation)}` : kind;
}

export function shapeText(info: LayerInfo): string {
  return info.output_shape.length > 0 ? shape(info.output_shape) : "–";
}

/** Longer names of classes end in an ellipsis. */
const MOST_NAME = 75;

/** Of the widest class name, as the class bars show it. */
export function nameWidth(names: readonly string[], _fontsReady: boolean): number {
  if (context) context.font = '600 12px "Inter", "Inter fallback", sans-serif';
  const widths = names.map((name) => context?.measureText(name).width ?? MOST_NAME);
  return Math.min(MOST_NAME, Math.ceil(Math.max(8, ...widths)) + 1);
}

/** `_fontsReady` is read so that widths are measured anew once the fonts are there. */
export function labelWidths(network: Network, infos: readonly LayerInfo[], t: Messages, _fontsReady: boolean): number[] {
  return infos.map((info, i) => {
    if (context) context.font = NAME_FONT;
    const title = layerTitle(network.layers[i].layer, i === infos.length - 1, t);
    const name = context?.measureText(title).width ?? 60;
    return Math.ceil(Math.max(name, shapeText(info).length * SHAPE_DIGIT));
  });
}
