import { describe, expect, it } from "vitest";
import { CATALOGUE, PRESETS } from "../src/core/catalogue";
import { fitted } from "../src/engine/fit";
import type { Layer, Network } from "../src/engine/protocol";

const letters = { height: 28, width: 28, channels: 1, class_names: Array.from({ length: 26 }, (_, i) => String(i)) };
const colour = { height: 32, width: 40, channels: 3, class_names: ["a", "b", "c", "d"] };
const garments = { height: 28, width: 28, channels: 1, class_names: Array.from({ length: 10 }, (_, i) => String(i)) };

const ends = (network: Network) => [network.layers[0].layer, network.layers.at(-1)!.layer];

describe("a network on other pictures", () => {
  it.each(PRESETS)("takes their shape and classes: $name", (network) => {
    for (const pictures of [letters, colour]) {
      const { height, width, channels, class_names } = pictures;
      expect(ends(fitted(network, pictures))).toMatchObject([{ shape: [height, width, channels] }, { units: class_names.length, activation: "softmax" }]);
    }
  });

  it.each(PRESETS)("is the same where they are alike, and there and back: $name", (network) => {
    expect(fitted(network, garments)).toEqual(network);
    expect(fitted(fitted(network, colour), garments)).toEqual(network);
  });

  it("has its classes before an activation that is a layer of its own, and no other layer changes", () => {
    const [seed] = PRESETS;
    const softmax = { class_name: "Activation", activation: "softmax" } as Layer;
    const network = { ...seed, layers: [...seed.layers, { name: "softmax", inbound: [seed.layers.at(-1)!.name], layer: softmax }] };
    const changed = fitted(network, colour).layers.filter((node, i) => JSON.stringify(node) !== JSON.stringify(network.layers[i]));
    expect(changed.map((node) => node.layer.class_name)).toEqual(["InputLayer", "Dense"]);
    expect(changed[1].layer).toMatchObject({ units: 4 });
  });

  it("that ends in no dense layer keeps its end", () => {
    const flatten = CATALOGUE.network.layers.find(({ class_name }) => class_name === "Flatten")!.default;
    const network = { name: "n", layers: [{ name: "i", inbound: [], layer: { class_name: "InputLayer", shape: [28, 28, 1] } as Layer }, { name: "f", inbound: ["i"], layer: flatten }] };
    expect(fitted(network, colour).layers[1]).toEqual(network.layers[1]);
  });
});
