/** A step as those see it who put it into words: its operands by name, its cell in hand by place. */
import type { Activation } from "../../../engine/generated/types/Activation";
import type { BufferOutline } from "../../../engine/generated/types/BufferOutline";
import type { Layer } from "../../../engine/generated/types/Layer";
import type { Loss } from "../../../engine/generated/types/Loss";
import { activationOf } from "../../graph";
import type { Column, Explanation, StepOutline, WalkOutline } from "../types";
import type { Telling } from "./parts";

/** Where a number stands in its tensor, counted from 1 as people do. */
export type Place =
  | { in: "map"; row: number; column: number; channel: number; channels: number }
  | { in: "kernel"; row: number; column: number; channel: number; channels: number; filter: number; filters: number; rows: number; columns: number }
  | { in: "matrix"; input: number; unit: number }
  | { in: "vector"; index: number; length: number }
  | { in: "scalar" };

export class Told {
  readonly walk: WalkOutline;
  readonly step: StepOutline;
  readonly layer: Layer;
  readonly name: string;
  readonly explanation: Explanation | null;
  readonly loss: Loss;
  private readonly classes: readonly string[];

  constructor({ walk, step, layer, explanation, loss, classes }: Telling) {
    this.walk = walk;
    this.step = walk.outline.steps[step];
    this.layer = layer.layer;
    this.name = layer.name;
    this.explanation = explanation;
    this.loss = loss ?? "categorical_crossentropy";
    this.classes = classes ?? [];
  }

  get batch(): number {
    return this.walk.batch;
  }

  /** Whether other pictures stand beside the one that is shown. */
  get several(): boolean {
    return this.walk.batch > 1;
  }

  get backward(): boolean {
    return this.step.phase === "backward";
  }

  /** Name of the operand that the cell in hand lies in; of the first that the step writes where there is none. */
  get result(): string {
    const written = this.step.operands.filter(({ access }) => access !== "read");
    const found = written.find(({ buffer }) => buffer === this.explanation?.buffer) ?? written[0];
    return found?.name ?? "y";
  }

  get value(): number {
    return this.explanation?.value ?? NaN;
  }

  buffer(operand: string): BufferOutline | undefined {
    const found = this.step.operands.find(({ name }) => name === operand);
    return found && this.walk.outline.buffers[found.buffer];
  }

  has(operand: string): boolean {
    return this.step.operands.some(({ name }) => name === operand);
  }

  shape(operand: string): readonly number[] {
    return this.buffer(operand)?.shape ?? [];
  }

  /** The last axis: maps of a picture, numbers of a vector. */
  channels(operand: string): number {
    return this.shape(operand).at(-1) ?? 1;
  }

  /** Vectors along the channels in one picture. */
  positions(operand: string): number {
    return this.shape(operand).slice(0, -1).reduce((product, length) => product * length, 1);
  }

  /** Whether an operand is the picture itself. */
  isPicture(operand: string): boolean {
    return this.step.operands.some(({ name, buffer }) => name === operand && buffer === this.walk.outline.input);
  }

  /** Whether an operand has rows and columns. */
  isMap(operand: string): boolean {
    return this.shape(operand).length === 3;
  }

  place(index = this.explanation?.index ?? 0, operand = this.result): Place {
    return placeIn(this.shape(operand), index);
  }

  /** What a layer's own function is: of a layer that has none, none; nor of the sum that comes before it, where it is a step of its own. */
  get activation(): Activation {
    const { outline } = this.walk;
    const [output, y] = [outline.layer_outputs[this.step.layer], this.step.operands.find(({ name }) => name === "y")?.buffer];
    const apart = ["conv2d", "depthwise_conv2d", "dense"].includes(this.step.stem) && output !== undefined && y !== output;
    if (apart) return "linear";
    return activationOf(this.layer) ?? "linear";
  }

  /** Whether a normalisation uses the batch's own mean and variance, not the moving averages. */
  get ownMoments(): boolean {
    return (this.buffer("mean") ?? this.buffer("variance"))?.role === "batch_statistic";
  }

  /** The layer that made the buffer of a column, by its name. */
  sender(column: Column): string {
    return (this.walk.outline.buffers[column.buffer]?.name ?? "").replace(/\/.*$/, "");
  }

  /** Whether the optimiser looks ahead. */
  get nesterov(): boolean {
    const { optimizer } = this.walk;
    return optimizer.class_name === "SGD" && optimizer.nesterov;
  }

  /** Whether the cell in hand is the gradient of a parameter that learns, not a sum that only the way back needs. */
  get isLearnt(): boolean {
    return this.walk.outline.buffers[this.explanation?.buffer ?? -1]?.role === "parameter_gradient";
  }

  /** Whether the cell in hand is one branch's share of a gradient that is put together later. */
  get isShare(): boolean {
    return /\/gradient\/\d+$/.test(this.walk.outline.buffers[this.explanation?.buffer ?? -1]?.name ?? "");
  }

  /** Named number of the arithmetic, NaN where it is not told. */
  line(name: string): number {
    return this.tells(name) ?? NaN;
  }

  /** Named number of the arithmetic, where it is told. */
  tells(name: string): number | undefined {
    return this.explanation?.lines.find((line) => line.name === name)?.value;
  }

  columns(name: string): Column[] {
    return this.explanation?.columns.filter((column) => column.name === name) ?? [];
  }

  values(name: string): number[] {
    return this.columns(name).flatMap(({ values }) => values);
  }

  get products(): number[] {
    return this.explanation?.products ?? [];
  }

  /** Of the shown picture: how many products, and what they add to. */
  get shown(): { count: number; sum: number } {
    const count = this.explanation?.of_shown ?? 0;
    return { count, sum: this.products.slice(0, count).reduce((sum, product) => sum + product, 0) };
  }

  get sum(): number {
    return this.products.reduce((sum, product) => sum + product, 0);
  }

  /** A class by its place, counted from 0. */
  className(index: number): string | undefined {
    return this.classes[index];
  }
}

export function placeIn(shape: readonly number[], index: number): Place {
  const at = shape.reduceRight<{ left: number; places: number[] }>(
    ({ left, places }, length) => ({ left: Math.floor(left / length), places: [(left % length) + 1, ...places] }),
    { left: index, places: [] },
  ).places;
  switch (shape.length) {
    case 0:
      return { in: "scalar" };
    case 1:
      return { in: "vector", index: at[0], length: shape[0] };
    case 2:
      return { in: "matrix", input: at[0], unit: at[1] };
    case 3:
      return { in: "map", row: at[0], column: at[1], channel: at[2], channels: shape[2] };
    default:
      return {
        in: "kernel",
        row: at[0],
        column: at[1],
        channel: at[2],
        channels: shape[2],
        filter: at[3],
        filters: shape[3],
        rows: shape[0],
        columns: shape[1],
      };
  }
}
