/** Networks to begin with. */
import type { Activation, Layer, Network } from "../engine/protocol";
import { freshLayer, freshName } from "./graph";

class Builder {
  readonly network: Network;

  constructor(name: string) {
    this.network = { name, layers: [{ name: "input", inbound: [], layer: freshLayer("InputLayer") }] };
  }

  /** Adds a layer behind the named ones, or behind the last, and returns its name. */
  add(layer: Layer, ...inbound: string[]): string {
    const name = freshName(this.network, layer.class_name);
    const behind = inbound.length > 0 ? inbound : [this.network.layers.at(-1)!.name];
    this.network.layers.push({ name, inbound: behind, layer });
    return name;
  }

  conv(filters: number, more: Partial<Extract<Layer, { class_name: "Conv2D" }>> = {}, ...inbound: string[]): string {
    return this.add({ ...freshLayer("Conv2D"), filters, ...more }, ...inbound);
  }

  pool(): string {
    return this.add(freshLayer("MaxPooling2D"));
  }

  dense(units: number, activation: Activation): string {
    return this.add({ ...freshLayer("Dense"), units, activation });
  }
}

function seed(): Network {
  const net = new Builder("seed");
  for (const block of [[32, 32], [64, 64], [128]]) {
    for (const filters of block) net.conv(filters, { use_bias: false });
    net.pool();
  }
  net.add(freshLayer("Flatten"));
  net.dense(128, "relu");
  net.dense(10, "softmax");
  return net.network;
}

function small(): Network {
  const net = new Builder("small");
  net.conv(8);
  net.pool();
  net.conv(16);
  net.pool();
  net.add(freshLayer("Flatten"));
  net.dense(10, "softmax");
  return net.network;
}

/** LeCun et al. 1998, in the form most courses teach it. */
function lenet(): Network {
  const net = new Builder("lenet");
  net.conv(6, { kernel_size: [5, 5], activation: "tanh" });
  net.add(freshLayer("AveragePooling2D"));
  net.conv(16, { kernel_size: [5, 5], padding: "valid", activation: "tanh" });
  net.add(freshLayer("AveragePooling2D"));
  net.add(freshLayer("Flatten"));
  net.dense(120, "tanh");
  net.dense(84, "tanh");
  net.dense(10, "softmax");
  return net.network;
}

function normalized(): Network {
  const net = new Builder("normalized");
  for (const filters of [16, 32]) {
    net.conv(filters, { use_bias: false, activation: "linear" });
    net.add(freshLayer("BatchNormalization"));
    net.add(freshLayer("Activation"));
    net.pool();
    net.add({ ...freshLayer("Dropout"), rate: 0.25 });
  }
  net.add(freshLayer("Flatten"));
  net.dense(64, "relu");
  net.add({ ...freshLayer("Dropout"), rate: 0.5 });
  net.dense(10, "softmax");
  return net.network;
}

/** Two residual blocks in the manner of He et al. 2015. */
function residual(): Network {
  const net = new Builder("residual");
  net.conv(16);
  let shortcut = net.pool();
  for (let block = 0; block < 2; block++) {
    net.conv(16);
    const path = net.conv(16, { activation: "linear" });
    net.add(freshLayer("Add"), path, shortcut);
    shortcut = net.add(freshLayer("Activation"));
  }
  net.add(freshLayer("GlobalAveragePooling2D"));
  net.dense(10, "softmax");
  return net.network;
}

export const PRESETS = { seed, small, lenet, normalized, residual };

export type PresetName = keyof typeof PRESETS;
