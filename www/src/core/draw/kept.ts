/** What this browser keeps of the Draw view: the sheet over a reload, and the drawings that are taught. */
import { createStore, get, set } from "idb-keyval";
import type { Mark } from "./drawing";

const store = () => createStore("atelier-draw", "kept");

/** A drawing that was kept with its label. */
export interface Kept {
  /** Of its class, as the network's own are written. */
  label: string;
  /** What the network sees of it. */
  seen: Uint8Array;
  /** Null where it is a picture that was given. */
  marks: readonly Mark[] | null;
}

interface KeptSheet {
  marks: readonly Mark[];
  /** The file of a picture that was given. */
  blob: Blob | null;
}

/** A browser that keeps nothing, in a private window perhaps: all holds for this visit. */
const quietly = <T>(work: () => Promise<T>): Promise<T | undefined> =>
  Promise.resolve()
    .then(work)
    .catch(() => undefined);

export function keepSheet(marks: readonly Mark[], blob: Blob | null): Promise<unknown> {
  return quietly(() => set("sheet", { marks, blob } satisfies KeptSheet, store()));
}

/** The sheet of the last visit, where there is one. */
export function keptSheet(): Promise<KeptSheet | undefined> {
  return quietly(() => get<KeptSheet>("sheet", store()));
}

export function keepDrawings(drawings: readonly Kept[]): Promise<unknown> {
  return quietly(() => set("drawings", drawings, store()));
}

export async function keptDrawings(): Promise<readonly Kept[]> {
  return (await quietly(() => get<Kept[]>("drawings", store()))) ?? [];
}
