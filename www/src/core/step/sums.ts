/** The products of a sum, as they are drawn: by channel, by rank, over the kernel's cells. */
import type { Column, Explanation, Outline, StepOutline } from "./types";

/** The products of one channel of the operand that the kernel lies over. */
export interface ChannelSum {
  channel: number;
  sum: number;
  /** Which of the explanation's products. */
  products: number[];
}

export function columnOf({ columns }: Explanation, name: string): Column | undefined {
  return columns.find((column) => column.name === name);
}

export function operandOf({ operands }: StepOutline, name: string): number {
  return operands.find((operand) => operand.name === name)?.buffer ?? -1;
}

export function lineOf({ lines }: Explanation, name: string): number | undefined {
  return lines.find((line) => line.name === name)?.value;
}

/** A layer's function, where the step that wrote the buffer applies it too: most layers leave it to a step of its own. */
export function appliesActivation({ buffers }: Outline, buffer: number): boolean {
  return !buffers[buffer]?.name.endsWith("/linear");
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Products put together by the channel of a column's cells, every channel in its place. */
export function byChannel(column: Column, products: readonly number[], channels: number): ChannelSum[] {
  const sums = Array.from({ length: channels }, (_, channel): ChannelSum => ({ channel, sum: 0, products: [] }));
  for (const [i, index] of column.indices.entries()) {
    const one = sums[index % channels];
    one.sum += products[i];
    one.products.push(i);
  }
  return sums;
}

/** One number for every cell of the kernel; NaN where it lies outside of the picture. */
export function overKernel(kernel: Column, shape: readonly number[], which: readonly number[], values: (product: number) => number): number[] {
  const [rows, columns, channels, filters] = shape;
  const cells = Array.from({ length: rows * columns }, () => NaN);
  for (const product of which) cells[Math.floor(kernel.indices[product] / (channels * filters))] = values(product);
  return cells;
}

/** The largest products by size, and what the others add to. */
export function ranked(products: readonly number[], most: number): { largest: number[]; rest: { count: number; sum: number } } {
  const order = products.map((_, i) => i).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]));
  const others = order.slice(most);
  return { largest: order.slice(0, most), rest: { count: others.length, sum: total(others.map((i) => products[i])) } };
}

/** How many of the values fall into each of so many equal parts from `low` to `high`. */
export function histogram(values: ArrayLike<number>, low: number, high: number, parts: number): number[] {
  const counts = Array.from({ length: parts }, () => 0);
  for (let i = 0; i < values.length; i++) {
    const part = Math.floor(((values[i] - low) / (high - low)) * parts);
    if (part >= 0 && part < parts) counts[part]++;
    else if (values[i] === high) counts[parts - 1]++;
  }
  return counts;
}
