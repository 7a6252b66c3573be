/** Steps and explanations that are made up from small random tensors, by nothing but plain sums in double precision. */
import type { Layer } from "../../src/engine/generated/types/Layer";
import type { Role } from "../../src/engine/generated/types/Role";
import type { Explanation, Phase, WalkOutline } from "../../src/core/step/types";
import type { Stem, Telling } from "../../src/core/step/words";

/** A case: what is told of, its number before it was rounded to f32, and how large the terms were that made it. */
export interface Made {
  title: string;
  telling: Omit<Telling, "language">;
  exact: number;
  size: number;
}

/** An operand of the made-up step: its name, its shape, and what else is not usual about it. */
export interface Given {
  shape: readonly number[];
  role?: Role;
  batched?: boolean;
  access?: "read" | "write" | "update";
  name?: string;
  input?: boolean;
}

export interface Column {
  name: string;
  indices: number[];
  values: number[];
}

export interface Case {
  title: string;
  stem: Stem;
  phase?: Phase;
  layer: Layer;
  /** In the order of the operation's fields; several of one name are told apart by what follows a blank. */
  operands: Record<string, Given>;
  result: string;
  index: number;
  exact: number;
  columns?: Column[];
  products?: number[];
  ofShown?: number;
  lines?: Record<string, number>;
  walk?: Partial<WalkOutline>;
  more?: Partial<Telling>;
}

const SPLIT = / .*$/;

export function made(given: Case): Made {
  const names = Object.keys(given.operands);
  const operands = names.map((name, buffer) => {
    const { access } = given.operands[name];
    return { name: name.replace(SPLIT, ""), buffer, access: access ?? (name === given.result ? ("write" as const) : ("read" as const)) };
  });
  const buffers = names.map((name) => {
    const { shape, role = "activation", batched = role === "activation" || role === "gradient", name: own } = given.operands[name];
    return { name: own ?? `${given.layer.class_name.toLowerCase()}/${name}`, role, shape: [...shape], batched };
  });
  const input = names.findIndex((name) => given.operands[name].input);
  const phase = given.phase ?? "forward";
  const batch = given.walk?.batch ?? 1;
  const explanation: Explanation = {
    step: 0,
    stem: given.stem,
    buffer: names.indexOf(given.result),
    index: given.index,
    value: Math.fround(given.exact),
    columns: (given.columns ?? []).map(({ name, indices, values }) => ({ name: name.replace(SPLIT, ""), buffer: names.indexOf(name), example: null, indices, values })),
    products: given.products ?? [],
    of_shown: given.ofShown ?? given.products?.length ?? 0,
    lines: Object.entries(given.lines ?? {}).map(([name, value]) => ({ name, value })),
  };
  const outline = { steps: [{ phase, layer: 0, stem: given.stem, operands }], buffers, input, output: -1, layer_outputs: [] };
  const walk: WalkOutline = {
    outline,
    batch,
    shown: 0,
    iteration: 470,
    learning_rate: Math.fround(0.001),
    optimizer: { class_name: "Adam", beta_1: Math.fround(0.9), beta_2: Math.fround(0.999), epsilon: Math.fround(1e-7) },
    loss: 0.5,
    batch_loss: 0.5,
    label: 1,
    predicted: 2,
    parameters: 1000,
    data: null,
    ...given.walk,
  };
  const layer = { name: given.layer.class_name.toLowerCase(), inbound: [], layer: given.layer };
  const size = (given.products ?? []).reduce((sum, product) => sum + Math.abs(product), Math.abs(given.exact));
  return { title: `${given.stem}: ${given.title}`, telling: { walk, step: 0, layer, explanation, ...given.more }, exact: given.exact, size };
}

/** Numbers of 32 bits between −1 and 1, the same every time (Lehmer's generator). */
export class Draw {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  number(least = -1, most = 1): number {
    this.state = (this.state * 48_271) % 2_147_483_647;
    return Math.fround(least + ((most - least) * this.state) / 2_147_483_647);
  }

  numbers(count: number, least = -1, most = 1): number[] {
    return Array.from({ length: count }, () => this.number(least, most));
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
