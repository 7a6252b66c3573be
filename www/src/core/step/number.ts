/** One number: a weight with its ledger, and the proof that its gradient is right by moving it a little. */
import type { WalkEngine } from "../../engine/walk/client";
import { failureOf, type Failure } from "../../engine/failure";
import { Cell } from "../cell";
import type { Run } from "../run";
import { parameterOf, updateOf } from "./timeline";
import type { Explanation, Moved, Outline } from "./types";
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

/** Updates of a weight that are shown, and the most that are made again for it. */
export const [SHOWN, MOST] = [24, 120];

/** The weight's last updates, as they are made again from a copy of the run. */
export interface WeightHistory {
  /** Updates that the copy had made; it is the seed's first weights where `anew`. */
  from: number;
  anew: boolean;
  /** Updates that the run had made before the one that is walked. */
  to: number;
  updates: readonly Moved[];
  /** How far the replay's end is from the weight of the run; null until it is there. */
  off: number | null;
  trouble: Failure | null;
}

export class OneNumber {
  readonly ledger = new Cell<Ledger | null>(null);
  readonly proof = new Cell<Proof | null>(null);
  /** Null until it is asked for. */
  readonly history = new Cell<WeightHistory | null>(null);
  /** A number that no step at hand writes: a weight, or a pixel. */
  readonly held = new Cell<{ buffer: number; index: number } | null>(null);
  readonly #engine: WalkEngine;
  readonly #run: Run;
  #turn = 0;

  constructor(engine: WalkEngine, run: Run) {
    this.#engine = engine;
    this.#run = run;
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
    const parameter = parameterIn(outline, buffer);
    const moved = parameter >= 0 ? parameter : activationIn(outline, buffer);
    this.ledger.set(null);
    this.proof.set(moved < 0 ? null : { buffer: moved, index, gradient: NaN, points: [] });
    this.history.set(null);
    if (parameter >= 0) {
      const ledger = await this.#read(made, parameter, index).catch(() => null);
      if (turn !== this.#turn) return;
      this.ledger.set(ledger);
    }
    if (moved >= 0) await this.#prove(turn, moved, index);
  }

  close(): void {
    this.#turn++;
  }

  /** Makes the last updates again, one after the other, from a copy of the run that is old enough. */
  async replay({ walk }: Made): Promise<void> {
    const ledger = this.ledger.value;
    const to = walk.iteration - 1;
    const copy = this.#run.copyBefore(to, SHOWN);
    const pictures = this.#run.data.value?.train;
    if (!ledger || !copy || !pictures || to - copy.iteration > MOST) return;
    const turn = this.#turn;
    const { iteration: from, bytes } = copy;
    let history: WeightHistory = { from, anew: bytes === null, to, updates: [], off: null, trouble: null };
    const tell = (change: Partial<WeightHistory>) => this.history.set((history = { ...history, ...change }));
    tell({});
    try {
      const saved = bytes ?? (await this.#run.snapshot()).bytes;
      await this.#engine.ask("replay", { saved, anew: bytes === null, pictures, weight: walk.outline.buffers[ledger.parameter].name, index: ledger.index });
      for (let made = from; made < to && turn === this.#turn; made++) {
        const next = await this.#engine.ask("replay_batch", {});
        const { pixels, labels } = await this.#run.images("train", [...next]);
        const moved = await this.#engine.ask("replay_update", { pixels, labels });
        if (turn === this.#turn) tell({ updates: [...history.updates, moved] });
      }
      if (turn !== this.#turn) return;
      const now = ledger.update?.lines.find(({ name }) => name === "before")?.value ?? NaN;
      tell({ off: Math.abs((history.updates.at(-1)?.after ?? NaN) - now) });
    } catch (error) {
      if (turn === this.#turn) tell({ trouble: failureOf(error) });
    }
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
      if (turn !== this.#turn) return;
      // Backward has no gradient of it.
      if (!answer) return this.proof.set(null);
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
