/**
 * Where the network's maps stand. Every spatial layer is drawn at one scale, a whole or half number of device pixels a cell, so
 * that sizes can be compared and cells stay crisp; what is left of the width goes between the layers.
 */
import type { LayerInfo } from "../engine/protocol";

/** How one layer's maps lie in its canvas; lengths in CSS pixels. */
export interface Grid {
  /** `maps`: channels side by side; `cells`: a vector, wrapped; `bars`: the classes. */
  kind: "maps" | "cells" | "bars";
  height: number;
  width: number;
  channels: number;
  /** Side of a cell. */
  cell: number;
  /** Between maps. */
  gap: number;
  columns: number;
  rows: number;
  canvasWidth: number;
  canvasHeight: number;
}

export interface SpineLayout {
  grids: Grid[];
  /** Of each layer with its label. */
  widths: number[];
  gap: number;
  total: number;
}

export interface SpineRoom {
  width: number;
  height: number;
  pixelRatio: number;
  /** Least distance between layers. */
  minGap: number;
  /** Width that each layer's label takes. */
  labels: number[];
  /** Width of the widest class name. */
  names: number;
}

const MAX_GAP = 64;
/** The input is the one picture that people must recognise at a glance, so it stands larger. */
const INPUT_SCALE = 3;
const INPUT_SIDE = 84;
/** What stands beside a class's name: the mark, its bar and its figure; in two columns there is no room for the figure. */
const BAR = 101;
const BAR_ALONE = 61;
/** A class's name can be read in a row of so many pixels. */
const LEAST_ROW = 15;
/** Classes that stand in one column. */
const ONE_COLUMN = 12;

function maps([height, width, channels]: number[], cell: number, room: number): Grid {
  const gap = cell * Math.max(height, width) < 8 ? 1 : 2;
  const rows = Math.max(1, Math.min(channels, Math.floor((room + gap) / (height * cell + gap))));
  const columns = Math.ceil(channels / rows);
  const filled = Math.ceil(channels / columns);
  return {
    kind: "maps",
    height,
    width,
    channels,
    cell,
    gap,
    columns,
    rows: filled,
    canvasWidth: columns * (width * cell + gap) - gap,
    canvasHeight: filled * (height * cell + gap) - gap,
  };
}

/** The classes, each by its name, as long as they have room. */
function bars(length: number, room: SpineRoom): Grid | null {
  const columns = length <= ONE_COLUMN ? 1 : 2;
  const rows = Math.ceil(length / columns);
  const row = Math.min(24, Math.floor(room.height / rows));
  if (columns > 1 && row < LEAST_ROW) return null;
  const gap = columns > 1 ? 8 : 0;
  const width = columns * (room.names + (columns > 1 ? BAR_ALONE : BAR)) + gap;
  return { kind: "bars", height: 1, width: 1, channels: length, cell: row, gap, columns, rows, canvasWidth: width, canvasHeight: row * rows };
}

/** A vector as a block of squares, as large as fits. */
function cells(length: number, room: number, most: number): Grid {
  const sides = [14, 12, 10, 8, 6, 5, 4, 3, 2, 1];
  const columnsAt = (side: number) => Math.ceil(length / Math.max(1, Math.floor(room / side)));
  const cell = sides.find((side) => columnsAt(side) * side <= most) ?? 1;
  const rows = Math.min(length, Math.max(1, Math.floor(room / cell)));
  // A short vector stands as a block rather than as one long column.
  const square = cell >= 10 ? Math.floor(Math.sqrt(length / 2)) : 1;
  const columns = Math.max(Math.ceil(length / rows), square, 1);
  const filled = Math.ceil(length / columns);
  const gap = cell >= 5 ? 1 : 0;
  return {
    kind: "cells",
    height: 1,
    width: 1,
    channels: length,
    cell: cell - gap,
    gap,
    columns,
    rows: filled,
    canvasWidth: columns * cell - gap,
    canvasHeight: filled * cell - gap,
  };
}

function grid(info: LayerInfo, index: number, last: boolean, scale: number, room: SpineRoom): Grid {
  const shape = info.output_shape;
  if (shape.length === 3) {
    if (index > 0) return maps(shape, scale, room.height);
    const step = 1 / room.pixelRatio;
    const cell = Math.max(step, Math.min(scale * INPUT_SCALE, Math.floor(INPUT_SIDE / Math.max(shape[0], shape[1]) / step) * step));
    return maps(shape, cell, room.height);
  }
  const length = shape[0] ?? 1;
  const named = last ? bars(length, room) : null;
  if (named) return named;
  return cells(length, room.height, info.class_name === "Flatten" ? 60 : 114);
}

function at(layers: readonly LayerInfo[], scale: number, room: SpineRoom): SpineLayout {
  const grids = layers.map((info, i) => grid(info, i, i === layers.length - 1, scale, room));
  const widths = grids.map((g, i) => Math.max(g.canvasWidth, room.labels[i] ?? 0));
  const content = widths.reduce((sum, w) => sum + w, 0);
  const spaces = Math.max(1, grids.length - 1);
  const gap = Math.max(room.minGap, Math.min(MAX_GAP, (room.width - content) / spaces));
  return { grids, widths, gap, total: content + gap * (grids.length - 1) };
}

/** The largest scale at which everything fits; the smallest that can be read where nothing does. */
export function layoutSpine(layers: readonly LayerInfo[], room: SpineRoom): SpineLayout {
  // Half a device pixel more at a time: between whole numbers rows come out uneven, but larger.
  const ratio = room.pixelRatio;
  const least = Math.max(1, Math.round(0.8 * ratio));
  const tallest = Math.max(1, ...layers.slice(1).map((l) => (l.output_shape.length === 3 ? l.output_shape[0] : 1)));
  let best = at(layers, least / ratio, room);
  for (let device = least + 0.5; device <= 8 * ratio; device += 0.5) {
    const scale = device / ratio;
    if (tallest * scale > room.height) break;
    const next = at(layers, scale, room);
    if (next.total > room.width) break;
    best = next;
  }
  return best;
}

/** On a narrow screen, where the spine scrolls: as large as `rows` rows of the tallest maps allow. */
export function layoutScroll(layers: readonly LayerInfo[], room: SpineRoom, rows: number): SpineLayout {
  const tallest = Math.max(1, ...layers.slice(1).map((l) => (l.output_shape.length === 3 ? l.output_shape[0] : 1)));
  const ratio = room.pixelRatio;
  const device = Math.max(1, Math.floor(((room.height / rows - 2) / tallest) * ratio));
  const layout = at(layers, device / ratio, { ...room, width: Infinity });
  const gap = room.minGap;
  const content = layout.widths.reduce((sum, w) => sum + w, 0);
  return { ...layout, gap, total: content + gap * (layout.grids.length - 1) };
}

/** Which cell lies under a point of the canvas. */
export function cellAt(grid: Grid, x: number, y: number): { y: number; x: number; channel: number } | null {
  if (x < 0 || y < 0) return null;
  if (grid.kind === "bars") {
    const column = Math.min(grid.columns - 1, Math.floor((x * grid.columns) / grid.canvasWidth));
    const channel = column * grid.rows + Math.min(grid.rows - 1, Math.floor(y / grid.cell));
    return channel < grid.channels ? { y: 0, x: 0, channel } : null;
  }
  const pitchX = grid.width * grid.cell + grid.gap;
  const pitchY = grid.height * grid.cell + grid.gap;
  const [column, row] = [Math.floor(x / pitchX), Math.floor(y / pitchY)];
  const channel = row * grid.columns + column;
  if (column >= grid.columns || channel >= grid.channels) return null;
  const inside = (distance: number, cells: number) => Math.min(cells - 1, Math.floor(distance / grid.cell));
  return { y: inside(y - row * pitchY, grid.height), x: inside(x - column * pitchX, grid.width), channel };
}

/** A connection that skips layers, on its lane above them. */
export interface Skip {
  from: number;
  to: number;
  lane: number;
}

/** Connections between layers that do not stand side by side, on as few lanes as keep them apart. */
export function skips(layers: readonly LayerInfo[]): Skip[] {
  const found: Skip[] = [];
  layers.forEach((info, to) => {
    for (const from of info.inbound) if (to - from > 1) found.push({ from, to, lane: 0 });
  });
  found.sort((a, b) => a.to - a.from - (b.to - b.from));
  const placed: Skip[] = [];
  for (const skip of found) {
    const clash = (lane: number) => placed.some((p) => p.lane === lane && p.from < skip.to && skip.from < p.to);
    while (clash(skip.lane)) skip.lane++;
    placed.push(skip);
  }
  return placed;
}
