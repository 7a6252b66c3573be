import { describe, expect, it } from "vitest";
import { fieldsOf } from "../src/core/fields";
import { freshLayer, INSERTABLE, insertAfter, move, nonNegative, parseNetwork, remove, rename } from "../src/core/graph";
import { PRESETS } from "../src/core/catalogue";
import type { Network } from "../src/engine/protocol";

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

  it.each(["", "[]", "{}", '{"layers":[]}', '{"layers":[{"name":"a"}]}', '{"layers":[{"name":"a","layer":{"class_name":"Dropout"}}]}', '{"layers":[{"name":"a","layer":{"class_name":"LSTM"}}]}'])("refuses %s", (text) => {
    expect(() => parseNetwork(text)).toThrow();
  });
});
