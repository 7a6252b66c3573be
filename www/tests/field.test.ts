import { describe, expect, it } from "vitest";
import { receptiveField, sourceChannels, valueIndex } from "../src/core/field";
import type { LayerInfo, ReceptiveField } from "../src/engine/protocol";

function layer(class_name: string, output_shape: number[], inbound: number[], receptive_fields: ReceptiveField[] = []): LayerInfo {
  return { name: class_name, class_name, inbound, output_shape, trainable_params: 0, non_trainable_params: 0, macs: 0, receptive_fields };
}
const field = (layer: number, stride: number, offset: number, size: number): ReceptiveField => ({
  layer,
  stride: [stride, stride],
  offset: [offset, offset],
  size: [size, size],
});

// 6×6 picture, conv 3×3 same, pool 2, flatten, dense.
const NET = [
  layer("InputLayer", [6, 6, 1], []),
  layer("Conv2D", [6, 6, 4], [0], [field(0, 1, -1, 3)]),
  layer("MaxPooling2D", [3, 3, 4], [1], [field(0, 2, -1, 4), field(1, 2, 0, 2)]),
  layer("Flatten", [36], [2], [field(0, 0, 0, 6), field(1, 0, 0, 6), field(2, 0, 0, 3)]),
  layer("Dense", [2], [3], [field(0, 0, 0, 6), field(1, 0, 0, 6), field(2, 0, 0, 3), field(3, 0, 0, 1)]),
];
const region = (layer: number, y0: number, y1: number, x0: number, x1: number, channel: number | null) => ({ layer, y0, y1, x0, x1, channel });

describe("receptive fields", () => {
  it("are clipped at the border", () => {
    expect(receptiveField(NET, { layer: 1, y: 0, x: 5, channel: 2 })).toEqual([region(0, 0, 2, 4, 6, null)]);
  });

  it("stay in their channel through pooling, and spread through convolution", () => {
    expect(receptiveField(NET, { layer: 2, y: 1, x: 0, channel: 3 })).toEqual([region(0, 1, 5, 0, 3, null), region(1, 2, 4, 0, 2, 3)]);
  });

  it("of a flattened number are those of the one cell that it was", () => {
    const index = (2 * 3 + 1) * 4 + 3;
    const found = receptiveField(NET, { layer: 3, y: 0, x: 0, channel: index });
    expect(found).toContainEqual(region(2, 2, 3, 1, 2, 3));
    expect(found).toContainEqual(region(1, 4, 6, 2, 4, 3));
  });

  it("of a dense unit are everything", () => {
    expect(receptiveField(NET, { layer: 4, y: 0, x: 0, channel: 1 })).toContainEqual(region(0, 0, 6, 0, 6, null));
  });

  it("follow a concatenated channel to the branch that it came from", () => {
    const branches = [
      layer("InputLayer", [4, 4, 1], []),
      layer("Conv2D", [4, 4, 2], [0], [field(0, 1, -1, 3)]),
      layer("Conv2D", [4, 4, 3], [0], [field(0, 1, 0, 1)]),
      layer("Concatenate", [4, 4, 5], [1, 2], [field(0, 1, -1, 3), field(1, 1, 0, 1), field(2, 1, 0, 1)]),
    ];
    expect(sourceChannels(branches, 3, 3)).toEqual(new Map([[2, 1], [0, null]]));
    expect(receptiveField(branches, { layer: 3, y: 1, x: 1, channel: 3 }).map((r) => r.layer)).toEqual([0, 2]);
  });

  it("index values channels last", () => expect(valueIndex(NET[2], { y: 2, x: 1, channel: 3 })).toBe((2 * 3 + 1) * 4 + 3));
});
