import { getContext, setContext } from "svelte";
import type { Atelier } from "../core/atelier";
import { Cell } from "../core/cell";
import type { Maps } from "../core/history";
import type { Lens, Shown } from "../core/lens";
import { readPalette, type Palette } from "../core/paint";
import type { Run } from "../core/run";

const PAGE = Symbol("page");
const RUN = Symbol("run");
const SIGHT = Symbol("sight");

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

/** What stands in the layers' places: the run's own maps, or those of the lens that is laid over them. */
export interface Sight {
  maps: Cell<Maps | null>;
  lens: Cell<Lens | null>;
  /** The network whose they are, where it is not the run's own. */
  shown: Cell<Shown | null>;
  /** What a class of it is called. */
  className(label: number): string;
}

/** Components inside show this run. */
export function provideRun(run: Run): Run {
  const shown = new Cell<Shown | null>(null);
  const className = (label: number) => (shown.value ? run.nameOf(shown.value.classes[label] ?? String(label)) : run.className(label));
  const sight: Sight = { maps: new Cell(run.history.maps.value), lens: new Cell<Lens | null>(null), shown, className };
  let leave: (() => void)[] = [];
  sight.lens.subscribe((lens) => {
    for (const one of leave) one();
    leave = [(lens?.maps ?? run.history.maps).subscribe((maps) => sight.maps.set(maps))];
    if (lens?.shown) leave.push(lens.shown.subscribe((other) => shown.set(other)));
    else shown.set(null);
  });
  setContext<Sight>(SIGHT, sight);
  return setContext<Run>(RUN, run);
}

export function useSight(): Sight {
  return getContext<Sight>(SIGHT);
}

/** The run that is shown here. */
export function useRun(): Run {
  return getContext<Run>(RUN);
}
