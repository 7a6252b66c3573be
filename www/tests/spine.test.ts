import { describe, expect, it } from "vitest";
import { cellAt, layoutScroll, layoutSpine, skips, type SpineRoom } from "../src/core/spine";
import type { LayerInfo } from "../src/engine/protocol";

function layer(class_name: string, output_shape: number[], inbound: number[] = []): LayerInfo {
  return { name: class_name, class_name, inbound, output_shape, trainable_params: 0, non_trainable_params: 0, macs: 0, receptive_fields: [] };
}

const SEED = [
  layer("InputLayer", [28, 28, 1]),
  layer("Conv2D", [28, 28, 32]),
  layer("Conv2D", [28, 28, 32]),
  layer("MaxPooling2D", [14, 14, 32]),
  layer("Conv2D", [14, 14, 64]),
  layer("Conv2D", [14, 14, 64]),
  layer("MaxPooling2D", [7, 7, 64]),
  layer("Conv2D", [7, 7, 128]),
  layer("MaxPooling2D", [3, 3, 128]),
  layer("Flatten", [1152]),
  layer("Dense", [128]),
  layer("Dense", [10]),
];
const room = (more: Partial<SpineRoom> = {}): SpineRoom => ({
  width: 1232,
  height: 220,
  pixelRatio: 1,
  minGap: 8,
  labels: SEED.map(() => 56),
  names: 65,
  ...more,
});

describe("the spine", () => {
  it.each([1, 1.25, 1.5, 2, 3])("fits the seed network into 1280 pixels at pixel ratio %s", (pixelRatio) => {
    const { total, grids } = layoutSpine(SEED, room({ pixelRatio }));
    expect(total).toBeLessThanOrEqual(1232.001);
    for (const grid of grids) expect(grid.canvasHeight).toBeLessThanOrEqual(220);
  });

  it("draws every spatial layer behind the input at one scale", () => {
    const { grids } = layoutSpine(SEED, room({ width: 1900, height: 420 }));
    expect(new Set(grids.slice(1, 9).map((grid) => grid.cell)).size).toBe(1);
    expect(grids[1].cell).toBeGreaterThan(1);
  });

  it("has room for every map", () => {
    for (const { columns, rows, channels } of layoutSpine(SEED, room()).grids) expect(columns * rows).toBeGreaterThanOrEqual(channels);
  });

  it("lets a network too wide for the screen scroll", () => {
    const wide = [SEED[0], ...Array.from({ length: 12 }, () => layer("Conv2D", [28, 28, 512])), layer("Dense", [10])];
    expect(layoutSpine(wide, room({ labels: wide.map(() => 56) })).total).toBeGreaterThan(1232);
  });

  it("shows seven rows of maps or more on a phone", () => {
    const { grids } = layoutScroll(SEED, room({ pixelRatio: 3, height: 248 }), 7);
    expect(grids[1].rows).toBeGreaterThanOrEqual(7);
    expect(grids[1].canvasHeight).toBeLessThanOrEqual(248);
  });

  it("finds the cell under each point of a map's canvas, and none in the margin", () => {
    const grid = layoutSpine(SEED, room()).grids[4];
    for (const [channel, y, x] of [[0, 0, 0], [5, 13, 13], [63, 7, 2]]) {
      const left = (channel % grid.columns) * (14 * grid.cell + grid.gap) + (x + 0.5) * grid.cell;
      const top = Math.floor(channel / grid.columns) * (14 * grid.cell + grid.gap) + (y + 0.5) * grid.cell;
      expect(cellAt(grid, left, top)).toEqual({ channel, y, x });
    }
    expect(cellAt(grid, -1, 3)).toBeNull();
    expect(cellAt(grid, grid.canvasWidth + 5, 3)).toBeNull();
  });

  it("draws connections that skip layers on lanes that do not cross", () => {
    const layers = [layer("a", [1]), layer("b", [1], [0]), layer("c", [1], [1, 0]), layer("d", [1], [2, 0]), layer("e", [1], [3, 2])];
    const found = skips(layers);
    expect(found.map(({ from, to }) => [from, to])).toEqual(expect.arrayContaining([[0, 2], [0, 3], [2, 4]]));
    for (const a of found) for (const b of found) {
      if (a !== b && a.lane === b.lane) expect(a.to <= b.from || b.to <= a.from).toBe(true);
    }
  });
});
