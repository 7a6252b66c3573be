/** One number: a weight with its ledger, and the proof that its gradient is right by moving it a little. */
import type { WalkEngine } from "../../engine/walk/client";
import { Cell } from "../cell";
import { parameterOf, updateOf } from "./timeline";
import type { Explanation, Outline } from "./types";
import type { Made } from "./walker";

/** What a weight met, what each picture made of it, and how it was moved. */
export interface Ledger {
  parameter: number;
  index: number;
  gradient: Explanation;
  shares: Float32Array;
  /** Null where the weight is frozen. */
  update: Explanation | null;
}

/** L with the number moved by ± ε, at one ε. */
export interface Nudged {
  epsilon: number;
  plus: number;
  minus: number;
  quotient: number;
  /** How far rounding may move the quotient: 19 times of 20 no further than this, */
  likely: number;
  /** and never further than this. */
  worst: number;
}

export interface Proof {
  buffer: number;
  index: number;
  /** As it came back; NaN until the first answer. */
  gradient: number;
  points: Nudged[];
}

/** From so small that rounding rules to so large that the curve does. */
export const EPSILONS = Array.from({ length: 21 }, (_, i) => 10 ** (-6 + i * 0.3));

export class OneNumber {
  readonly ledger = new Cell<Ledger | null>(null);
  readonly proof = new Cell<Proof | null>(null);
  /** A number that no step at hand writes: a weight, or a pixel. */
  readonly held = new Cell<{ buffer: number; index: number } | null>(null);
  readonly #engine: WalkEngine;
  #turn = 0;

  constructor(engine: WalkEngine) {
    this.#engine = engine;
  }

  hold(buffer: number, index: number): void {
    this.held.set({ buffer, index });
  }

  release(): void {
    this.held.set(null);
  }

  /** Reads what is to be known of a number. */
  async open(made: Made, buffer: number, index: number): Promise<void> {
    const turn = ++this.#turn;
    const { outline } = made.walk;
    this.ledger.set(null);
    this.proof.set(null);
    const parameter = parameterIn(outline, buffer);
    if (parameter >= 0) {
      const ledger = await this.#read(made, parameter, index).catch(() => null);
      if (turn !== this.#turn) return;
      this.ledger.set(ledger);
    }
    const moved = parameter >= 0 ? parameter : activationIn(outline, buffer);
    if (moved >= 0) await this.#prove(turn, moved, index);
  }

  close(): void {
    this.#turn++;
  }

  async #read({ walk, timeline }: Made, parameter: number, index: number): Promise<Ledger | null> {
    const { outline } = walk;
    const update = updateOf(outline, parameter);
    const gradient = outline.steps[update]?.operands.find(({ name }) => name === "gradient")?.buffer ?? -1;
    if (gradient < 0) return null;
    const step = timeline.writer[gradient];
    return {
      parameter,
      index,
      gradient: await this.#engine.ask("explain", { step, buffer: gradient, index }),
      shares: await this.#engine.ask("shares", { step, buffer: gradient, index }),
      update: await this.#engine.ask("explain", { step: update, buffer: parameter, index }),
    };
  }

  /** One ε after the other, so that whatever else is asked meanwhile comes in between. */
  async #prove(turn: number, buffer: number, index: number): Promise<void> {
    let proof: Proof = { buffer, index, gradient: NaN, points: [] };
    for (const epsilon of [...EPSILONS].sort((a, b) => Math.abs(Math.log10(a) + 2) - Math.abs(Math.log10(b) + 2))) {
      const answer = await this.#engine.ask("nudge", { buffer, index, epsilons: Float32Array.of(epsilon) }).catch(() => null);
      if (turn !== this.#turn || !answer) return;
      const [plus, minus] = answer.losses[0];
      const point = { epsilon, plus, minus, quotient: (plus - minus) / (2 * epsilon), likely: answer.likely[0], worst: answer.rounding[0] };
      proof = { ...proof, gradient: answer.gradient, points: [...proof.points, point].sort((a, b) => a.epsilon - b.epsilon) };
      this.proof.set(proof);
    }
  }
}

/** The parameter that a buffer is, or is the gradient or the memory of. */
function parameterIn(outline: Outline, buffer: number): number {
  const found = outline.buffers[buffer];
  if (found?.role === "parameter") return buffer;
  if (found?.role === "parameter_gradient") return parameterOf(outline, buffer);
  return -1;
}

/** The activation that a buffer is, or is the gradient of; what can be moved. */
function activationIn({ buffers }: Outline, buffer: number): number {
  const found = buffers[buffer];
  if (!found) return -1;
  if (found.role === "activation" || found.role === "input") return buffer;
  if (found.role !== "gradient") return -1;
  const name = found.name.replace(/\/gradient(\/\d+)?$/, "");
  return buffers.findIndex((other) => other.name === name && other.role !== "gradient");
}
