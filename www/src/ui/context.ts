import { getContext, setContext } from "svelte";
import type { Atelier } from "../core/atelier";
import { Cell } from "../core/cell";
import { readPalette, type Palette } from "../core/paint";

const KEY = Symbol("atelier");

interface Page {
  atelier: Atelier;
  /** Colours of the theme in force, for the painters. */
  palette: Cell<Palette>;
}

export function providePage(atelier: Atelier): Page {
  return setContext<Page>(KEY, { atelier, palette: new Cell(readPalette()) });
}

export function usePage(): Page {
  return getContext<Page>(KEY);
}
