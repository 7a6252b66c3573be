/** A NumPy program, line by line. */
import { shortest } from "../../ranges";
import type { Column } from "../types";

/** Longest line of a literal, as Python's own style guide has it with some room. */
const WIDTH = 100;

/** A number as Python reads it: of an f32 as few digits as tell it from its neighbours. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "np.nan";
  if (!Number.isFinite(value)) return value > 0 ? "np.inf" : "-np.inf";
  if (Object.is(value, -0)) return "-0.0";
  return String(Math.fround(value) === value ? shortest(value) : value);
}

/** Numbers in nested brackets, lines broken where they get long. */
export function literal(values: readonly number[], shape: readonly number[], indent = ""): string {
  if (shape.length <= 1) return vector(values.map(figure), indent);
  const [length, ...inner] = shape;
  const size = values.length / length;
  const deeper = `${indent}    `;
  const rows = Array.from({ length }, (_, i) => `${deeper}${literal(values.slice(i * size, (i + 1) * size), inner, deeper)},\n`);
  return `[\n${rows.join("")}${indent}]`;
}

function vector(figures: readonly string[], indent: string): string {
  const line = `[${figures.join(", ")}]`;
  if (indent.length + line.length <= WIDTH) return line;
  const deeper = `${indent}    `;
  const lines: string[] = [];
  let current = deeper;
  for (const next of figures) {
    if (current.length + next.length > WIDTH) {
      lines.push(current.trimEnd());
      current = deeper;
    }
    current += `${next}, `;
  }
  lines.push(current.trimEnd());
  return `[\n${lines.join("\n")}\n${indent}]`;
}

export class Program {
  private readonly lines: string[];

  constructor(heading: string, helper: string) {
    this.lines = ["import numpy as np", "", "", "def f32(numbers):", `    """${helper}"""`, "    return np.array(numbers, dtype=np.float32).astype(np.float64)", "", "", `# ${heading}`];
  }

  /** A tensor, or one number where there is no shape. */
  array(name: string, values: readonly number[], shape: readonly number[] = [values.length]): this {
    const whole = shape.reduce((product, length) => product * length, 1) === values.length;
    return this.line(`${name} = f32(${literal(values, whole ? shape : [values.length])})`);
  }

  number(name: string, value: number): this {
    return this.line(`${name} = f32(${figure(value)})`);
  }

  line(text: string): this {
    this.lines.push(text);
    return this;
  }

  prints(expression: string): string {
    return `${[...this.lines, `print(np.float32(${expression}))`].join("\n")}\n`;
  }
}

/** The entries of columns that belong together, in the order of the indices of one of them, as a block if they are one. */
export function block(columns: readonly Column[], ordered: Column, shape: readonly number[]): { values: number[][]; shape: number[] } {
  const order = ordered.indices.map((_, i) => i).sort((a, b) => ordered.indices[a] - ordered.indices[b]);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const lengths = shape.map((length, axis) => new Set(ordered.indices.map((index) => Math.floor(index / strides[axis]) % length)).size);
  const whole = lengths.reduce((product, length) => product * length, 1) === order.length;
  // Axes of one place say nothing.
  const kept = lengths.filter((length) => length > 1);
  return { values: columns.map(({ values }) => order.map((i) => values[i])), shape: whole && kept.length > 0 ? kept : [order.length] };
}
