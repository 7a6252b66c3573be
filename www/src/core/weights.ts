/** Weights other than the run's: those that come with the page, and those that were taught here. */
import { WEIGHTS } from "../engine/learnt";
import { Cell } from "./cell";
import { GARMENTS } from "./draw/garments";

/** A saved run, and what its classes are called. */
export interface Weights {
  bytes: Uint8Array<ArrayBuffer>;
  classes: readonly string[];
}

let asked: Promise<Weights | null> | undefined;

/** Those that come with the page, fetched when they are first asked for; null where they cannot be had, and asked for again then. */
export function shipped(): Promise<Weights | null> {
  asked ??= fetch(new URL(WEIGHTS, new URL("./", location.href)))
    .then(async (answer) => (answer.ok ? { bytes: new Uint8Array(await answer.arrayBuffer()), classes: GARMENTS } : null))
    .catch(() => null)
    .then((weights) => {
      if (!weights) asked = undefined;
      return weights;
    });
  return asked;
}

/** Those that were taught in this visit. */
export const taught = new Cell<Weights | null>(null);
