/** A place in a walk as the address names it: it means the same in every copy of the page. */
import type { Source } from "../../engine/draw/protocol";
import type { Split } from "../../engine/protocol";
import type { Timeline } from "./timeline";
import type { Outline, Phase } from "./types";

export type Zoom = "network" | "layer" | "number";

/**
 * One picture alone, or one of the run's next batch. A picture that was given is in no set: its pixels stand in the address, with the class
 * that it is taken for, and whose weights walk it.
 */
export type Kind = { kind: "alone"; split: Split; index: number } | { kind: "batch"; shown: number } | { kind: "given"; pixels: string; label: number; source: Source };

/** The nth step of a layer in a phase. */
export interface At {
  layer: string;
  phase: Phase;
  nth: number;
}

/** One number of a buffer. */
export interface CellAt {
  buffer: string;
  index: number;
}

/** The moment of a run that is walked. */
export interface RunAt {
  /** Updates that it had made. */
  update: number;
  /** Of the data set that it trains on. */
  data: string;
  /** It had been opened from a file: its seed and settings do not lead there. */
  opened: boolean;
}

export interface Place {
  walk: Kind;
  at?: At;
  cell?: CellAt;
  zoom: Zoom;
  run?: RunAt;
}

const whole = /^\d{1,9}$/;

export function writeKind(walk: Kind): string {
  if (walk.kind === "given") return `given.${walk.label}.${walk.pixels}${walk.source === "own" ? "" : `.${walk.source}`}`;
  return walk.kind === "alone" ? `alone.${walk.split}.${walk.index}` : `batch.${walk.shown}`;
}

export function readKind(text: string): Kind | undefined {
  const [kind, a, b, more] = text.split(".");
  if (kind === "alone" && (a === "train" || a === "test") && whole.test(b ?? "") && more === undefined) return { kind, split: a, index: Number(b) };
  if (kind === "batch" && whole.test(a ?? "") && b === undefined) return { kind, shown: Number(a) };
  const source = more === undefined ? "own" : (["shipped", "taught"] as const).find((name) => name === more);
  if (kind === "given" && whole.test(a ?? "") && /^[\w-]{1,4096}$/.test(b ?? "") && source) return { kind, label: Number(a), pixels: b, source };
  return undefined;
}

/** Pixels as the address writes them. */
export function writePixels(pixels: Uint8Array): string {
  return btoa(String.fromCharCode(...pixels)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** None where they are damaged. */
export function readPixels(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

export function writeAt({ layer, phase, nth }: At): string {
  return `${layer}/${phase}${nth > 0 ? `/${nth + 1}` : ""}`;
}

/** A layer may have any name, slashes included. */
export function readAt(text: string): At | undefined {
  const found = /^(.+)\/(forward|loss|backward|update)(?:\/(\d{1,4}))?$/s.exec(text);
  if (!found || found[3] === "0") return undefined;
  return { layer: found[1], phase: found[2] as Phase, nth: Number(found[3] ?? 1) - 1 };
}

export function writeCell({ buffer, index }: CellAt): string {
  return `${buffer}.${index}`;
}

export function readCell(text: string): CellAt | undefined {
  const found = /^(.+)\.(\d{1,9})$/s.exec(text);
  return found ? { buffer: found[1], index: Number(found[2]) } : undefined;
}

export function writeRun({ update, data, opened }: RunAt): string {
  return [update, data, ...(opened ? ["opened"] : [])].join(".");
}

export function readRun(text: string): RunAt | undefined {
  const found = /^(\d{1,9})\.([0-9a-f]{8})(\.opened)?$/.exec(text);
  return found ? { update: Number(found[1]), data: found[2], opened: found[3] !== undefined } : undefined;
}

/** Eight digits that tell data sets apart: FNV-1a of what the engine calls the set. */
export function digest(identity: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(identity)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** The step of that name; −1 where the walk has none. */
export function stepAt({ steps }: Outline, { segments }: Timeline, names: readonly string[], { layer, phase, nth }: At): number {
  const of = segments.filter((s) => s.phase === phase && names[s.layer] === layer).flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return of[nth] !== undefined && steps[of[nth]] ? of[nth] : -1;
}

export function atOf({ steps }: Outline, { segments }: Timeline, names: readonly string[], step: number): At {
  const { layer, phase } = steps[step];
  const before = segments.filter((s) => s.phase === phase && names[s.layer] === names[layer]).flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return { layer: names[layer] ?? "", phase, nth: Math.max(0, before.indexOf(step)) };
}
