import { describe, expect, it } from "vitest";
import { fieldsOf } from "../src/core/fields";
import { lacksSoftmax } from "../src/core/complaint";
import { freshLayer, INSERTABLE, insertAfter, isTaken, move, nonNegative, parseNetwork, remove, rename, setTrainable } from "../src/core/graph";
import { PRESETS } from "../src/core/catalogue";
import type { Activation, Analysis, Layer, Network } from "../src/engine/protocol";

const preset = (name: string) => PRESETS.find((network) => network.name === name)!;

/** Names unique; every layer but the input fed by ones that stand before it. */
function expectValid(network: Network): void {
  const seen = new Set<string>();
  network.layers.forEach((node, i) => {
    expect(seen.has(node.name)).toBe(false);
    expect(node.inbound.length > 0 || i === 0).toBe(true);
    for (const input of node.inbound) expect(seen.has(input)).toBe(true);
    seen.add(node.name);
  });
}

describe.each(PRESETS)("edits of the preset $name", (network) => {
  const places = network.layers.map((_, i) => i);

  it("begins valid", () => expectValid(network));

  it("insert any layer anywhere", () => {
    for (const i of places) for (const kind of INSERTABLE) expectValid(insertAfter(network, i, freshLayer(kind)));
  });

  it("remove any layer but the input", () => {
    for (const i of places.slice(1)) {
      const less = remove(network, i);
      expectValid(less);
      expect(less.layers).toHaveLength(network.layers.length - 1);
    }
  });

  it("move any layer anywhere", () => {
    for (const from of places.slice(1)) for (const to of places.slice(1)) {
      const moved = move(network, from, to);
      expectValid(moved);
      expect(moved.layers[to].name).toBe(network.layers[from].name);
    }
  });

  it("rename a layer where it is used, too", () => {
    for (const i of places) expectValid(rename(network, i, "renamed"));
  });

  it("survives being written and read", () => expect(parseNetwork(JSON.stringify(network))).toEqual(network));
});

describe("a chain", () => {
  it("stays the same chain when an inserted layer is removed", () => {
    const seed = preset("seed");
    expect(remove(insertAfter(seed, 3, freshLayer("Dropout")), 4)).toEqual(seed);
  });

  it("stays the same chain when a layer moves there and back", () => {
    const seed = preset("seed");
    expect(move(move(seed, 3, 6), 6, 3)).toEqual(seed);
  });
});

describe("wires", () => {
  const node = (name: string, inbound: string[], layer: Layer) => ({ name, inbound, layer });
  const conv = freshLayer("Conv2D");
  /** As a reader may have it: two ways that an Add joins. */
  const twoWays: Network = {
    name: "two ways",
    layers: [
      node("input", [], { class_name: "InputLayer", shape: [28, 28, 1] }),
      node("conv2d", ["input"], conv),
      node("activation", ["conv2d"], freshLayer("Activation")),
      node("conv2d_1", ["activation"], conv),
      node("add", ["conv2d_1", "activation"], freshLayer("Add")),
    ],
  };
  const ofAdd = (network: Network) => network.layers[4].inbound;

  it("hold on to layers while a name is typed that another layer has", () => {
    // Every name that typing "activation2" over "conv2d_1" goes through.
    let network = twoWays;
    for (let length = 0; length <= "activation2".length; length++) network = rename(network, 3, "activation2".slice(0, length));
    expect(ofAdd(network)).toEqual(["activation2", "activation"]);
  });

  it("are left alone by a name that is empty, taken or the same", () => {
    for (const name of ["", "activation", "conv2d_1"]) expect(rename(twoWays, 3, name)).toBe(twoWays);
    expect(isTaken(twoWays, 3, "activation")).toBe(true);
    expect(isTaken(twoWays, 3, "conv2d_1")).toBe(false);
  });

  // A network that was pasted may name two layers alike: an input means the nearest before.
  const alike = { ...twoWays, layers: twoWays.layers.map((layer, i) => (i === 3 ? { ...layer, name: "activation" } : i === 4 ? { ...layer, inbound: ["activation", "conv2d"] } : layer)) };

  it("tell layers of one name apart by their place", () => {
    expect(ofAdd(rename(alike, 2, "first"))).toEqual(["activation", "conv2d"]);
    expect(rename(alike, 2, "first").layers[3].inbound).toEqual(["first"]);
    expect(ofAdd(rename(alike, 3, "second"))).toEqual(["second", "conv2d"]);
    expect(rename(alike, 3, "second").layers[3].inbound).toEqual(["activation"]);
    expect(insertAfter(alike, 2, freshLayer("Dropout")).layers[5].inbound).toEqual(["activation", "conv2d"]);
  });
});

describe("the hint that a network does not end in softmax", () => {
  const dense = (activation: Activation) => ({ ...freshLayer("Dense"), units: 10, activation });
  const last: [string, Layer[], boolean][] = [
    ["a dense layer with softmax", [dense("softmax")], false],
    ["an activation layer of softmax", [dense("linear"), { class_name: "Activation", activation: "softmax" }], false],
    ["softmax and a flatten that changes nothing", [dense("softmax"), freshLayer("Flatten")], false],
    ["a dense layer alone", [dense("linear")], true],
    ["a sigmoid", [dense("sigmoid")], true],
    ["softmax and another dense layer", [dense("softmax"), dense("linear")], true],
  ];
  it.each(last)("of %s", (_, layers, wanted) => {
    const network: Network = { name: "n", layers: layers.map((layer, i) => ({ name: `l${i}`, inbound: i > 0 ? [`l${i - 1}`] : [], layer })) };
    const analysis = { problem: null, layers: network.layers.map(({ name }) => ({ name, output_shape: [10] })) } as unknown as Analysis;
    expect(lacksSoftmax(network, analysis, 10)).toBe(wanted);
    // One that cannot be built is told that first.
    expect(lacksSoftmax(network, analysis, 11)).toBe(false);
  });
});

describe("fields", () => {
  it("make a layer that differs in the field set, for every layer there is", () => {
    for (const kind of INSERTABLE) {
      for (const field of fieldsOf(freshLayer(kind))) {
        const changed =
          field.kind === "flag" ? field.set(!field.value)
          : field.kind === "choice" ? field.set(field.choices.find((c) => c !== field.value)!)
          : field.kind === "pair" ? field.set([5, 7])
          : field.set(field.range.most);
        expect(changed).not.toEqual(freshLayer(kind));
        expect(changed.class_name).toBe(kind);
      }
    }
  });
});

describe("signs", () => {
  it("are known from the layers alone", () => {
    const network = preset("residual");
    const never = nonNegative(network);
    network.layers.forEach((node, i) => {
      if (node.layer.class_name === "Add") expect(never[i]).toBe(false);
      if (node.layer.class_name === "Activation" || node.layer.class_name === "InputLayer") expect(never[i]).toBe(true);
    });
  });
});

describe("reading a network", () => {
  it("takes Keras's defaults for what it leaves out", () => {
    const text = '{"layers":[{"name":"i","layer":{"class_name":"InputLayer","shape":[28,28,1]}},{"name":"c","inbound":["i"],"layer":{"class_name":"Conv2D","filters":8}}]}';
    const read = parseNetwork(text).layers[1].layer;
    expect(read).toMatchObject({ filters: 8, padding: "valid", activation: "linear", strides: [1, 1], use_bias: true });
  });

  it("keeps frozen layers frozen, and writes nothing of those that are not", () => {
    const seed = preset("seed");
    const frozen = setTrainable(seed, 1, false);
    expect(frozen.layers[1].trainable).toBe(false);
    expect(parseNetwork(JSON.stringify(frozen))).toEqual(frozen);
    expect(setTrainable(frozen, 1, true)).toEqual(seed);
    expect(parseNetwork(JSON.stringify({ ...seed, layers: seed.layers.map((node) => ({ ...node, trainable: true })) }))).toEqual(seed);
    for (const edited of [rename(frozen, 1, "eyes"), move(frozen, 1, 2), insertAfter(frozen, 1, freshLayer("Dropout"))]) {
      expect(edited.layers.filter((node) => node.trainable === false)).toHaveLength(1);
    }
  });

  it.each(["", "[]", "{}", '{"layers":[]}', '{"layers":[{"name":"a"}]}', '{"layers":[{"name":"a","layer":{"class_name":"Dropout"}}]}', '{"layers":[{"name":"a","layer":{"class_name":"LSTM"}}]}'])("refuses %s", (text) => {
    expect(() => parseNetwork(text)).toThrow();
  });
});
