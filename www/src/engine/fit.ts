/** A network on other pictures than it was made for. */
import type { DataInfo, Layer, Network } from "./protocol";

type Shape = Pick<DataInfo, "height" | "width" | "channels" | "class_names">;

/**
 * The same network for these pictures: its input takes their shape, and the last dense layer has a unit a class. One that ends
 * otherwise keeps its end, and one that is too deep for small pictures stays so: what is wrong with it is the engine's to say.
 */
export function fitted(network: Network, { height, width, channels, class_names }: Shape): Network {
  // Behind the last dense layer there may be its activation, as a layer of its own.
  let last = network.layers.length - 1;
  while (last > 0 && network.layers[last]?.layer.class_name === "Activation") last--;
  const fit = (layer: Layer, index: number): Layer => {
    if (layer.class_name === "InputLayer") return { ...layer, shape: [height, width, channels] };
    return layer.class_name === "Dense" && index === last ? { ...layer, units: class_names.length } : layer;
  };
  return { ...network, layers: network.layers.map((node, index) => ({ ...node, layer: fit(node.layer, index) })) };
}
