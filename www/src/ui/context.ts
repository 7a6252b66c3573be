import { getContext, setContext } from "svelte";
import type { Atelier } from "../core/atelier";
import { Cell } from "../core/cell";
import { readPalette, type Palette } from "../core/paint";
import type { Run } from "../core/run";

const PAGE = Symbol("page");
const RUN = Symbol("run");

interface Page {
  atelier: Atelier;
  /** Colours of the theme in force, for the painters. */
  palette: Cell<Palette>;
}

export function providePage(atelier: Atelier): Page {
  return setContext<Page>(PAGE, { atelier, palette: new Cell(readPalette()) });
}

export function usePage(): Page {
  return getContext<Page>(PAGE);
}

/** Components inside show this run. */
export function provideRun(run: Run): Run {
  return setContext<Run>(RUN, run);
}

/** The run that is shown here. */
export function useRun(): Run {
  return getContext<Run>(RUN);
}
