import { describe, expect, test } from "vitest";
import { fold } from "../../src/core/zoo/fold";
import type { Layer } from "../../src/engine/zoo/protocol";

/** Layers one after another, but where a name says after which others: `add<a<b`. */
function network(...names: string[]): Layer[] {
  const bare = names.map((name) => name.split("<")[0].split(":")[0]);
  return names.map((written, index) => {
    const [said, ...from] = written.split("<");
    const [name, kind = "Conv2D"] = said.split(":");
    const inbound = from.length > 0 ? from.map((one) => bare.indexOf(one)) : index > 0 ? [index - 1] : [];
    return { name, class_name: kind, inbound, output_shape: [index, index, 8], params: 10 };
  });
}

const told = (layers: Layer[]) => fold(layers).map(({ name, count }) => `${name} ${count}`);

describe("a network is folded", () => {
  test("by the names of its blocks", () => {
    const layers = network("input_layer:InputLayer", "block1_conv1", "block1_conv2", "block1_pool", "block2_conv1", "flatten:Flatten", "fc1:Dense");
    expect(told(layers)).toEqual(["input_layer 1", "block1 3", "block2 1", "flatten 1", "fc1 1"]);
    const [, block] = fold(layers);
    expect(block).toEqual({ name: "block1", first: 1, count: 3, output_shape: [3, 3, 8], params: 30 });
  });

  test("where branches part and meet, when no name says it", () => {
    const layers = network("input:InputLayer", "a", "b<a", "c<a", "d<c", "mixed0:Concatenate<b<d", "e", "norm:BatchNormalization");
    expect(told(layers)).toEqual(["input 1", "a 1", "mixed0 4", "e 2"]);
  });

  test("padding with what it pads, normalisation with what it follows", () => {
    const layers = network("input:InputLayer", "pad:ZeroPadding2D", "conv", "bn:BatchNormalization", "relu:ReLU", "top:Dense");
    expect(told(layers)).toEqual(["input 1", "pad 4", "top 1"]);
  });

  test("into blocks that hold every layer once, in its order", () => {
    const layers = network("i:InputLayer", "conv2_block1_1_conv", "conv2_block1_0_conv<i", "conv2_block1_add:Add<conv2_block1_0_conv<conv2_block1_1_conv", "x", "y<x", "z:Add<x<y");
    let next = 0;
    for (const { first, count } of fold(layers)) {
      expect(first).toBe(next);
      next += count;
    }
    expect(next).toBe(layers.length);
    expect(fold([])).toEqual([]);
  });
});
