/** The Step view, which is fetched when it is first opened. */
import type { Atelier } from "../../core/atelier";
import type { Run } from "../../core/run";
import type { Place } from "../../core/step/place";
import { WalkEngine, Walker } from "../../core/step/walker";

export { default as Bench } from "./StepBench.svelte";
export { default as Transport } from "./StepTransport.svelte";

/** Milliseconds that a walk is kept for somebody who may be about to open the view. */
const PATIENCE = 20_000;

let spare: { run: Run; engine: WalkEngine; walker: Walker | null; timer: number } | null = null;

/**
 * Somebody may be about to open the view: the walk's worker begins, and where the run stands still on the CPU its walk is made. The memory
 * is given back where nobody opens it.
 */
export function prepare(run: Run): void {
  if (!run.opened.value || !run.data.value) return;
  if (spare?.run !== run) {
    letGo();
    const engine = new WalkEngine(() => run.module());
    engine.prepare();
    spare = { run, engine, walker: null, timer: 0 };
  }
  if (run.history.state.value !== "running" && run.executor.info.value?.kind === "cpu") spare.walker ??= new Walker(run, null, spare.engine);
  clearTimeout(spare.timer);
  spare.timer = window.setTimeout(letGo, PATIENCE);
}

function letGo(): void {
  if (spare?.walker) spare.walker.leave();
  else spare?.engine.stop();
  spare = null;
}

/** The walk that waits, as the run stands now; else another. */
function walkerOf(run: Run, wanted: Place | null): Walker {
  const waits = spare?.run === run ? spare : null;
  if (!waits) return new Walker(run, wanted);
  clearTimeout(waits.timer);
  spare = null;
  const { walker, engine } = waits;
  if (!walker) return new Walker(run, wanted, engine);
  if (wanted) walker.follow(wanted);
  else walker.catchUp();
  return walker;
}

/** A walk of the run, which the address follows until it is left. */
export function openStep(atelier: Atelier, run: Run): Walker {
  const walker = walkerOf(run, atelier.wanted.value);
  // What the address asked for has been asked for.
  atelier.wanted.set(null);
  walker.place.subscribe((place) => atelier.place.set(place));
  const unfollow = atelier.wanted.subscribe((wanted) => {
    if (wanted) {
      atelier.wanted.set(null);
      walker.follow(wanted);
    }
  });
  // A way of trying out what happens: hands the walk to the function that is the detail.
  const handOver = (event: Event) => (event as CustomEvent<(walker: Walker) => void>).detail(walker);
  addEventListener("atelier:hand-over-walk", handOver);
  walker.onLeave(() => {
    removeEventListener("atelier:hand-over-walk", handOver);
    unfollow();
    atelier.place.set(null);
  });
  return walker;
}

/** Keys that belong to nothing else. */
export function press(event: KeyboardEvent, walker: Walker, claimed: boolean): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const target = event.target as HTMLElement;
  // A map or the timeline has its own arrows, and leaves the zooms alone.
  const zooms = (event.key === "Enter" || event.key === "Escape") && !target.closest("input, select, textarea, [popover], dialog");
  if (claimed && !zooms) return;
  const act = {
    " ": () => walker.toggle(),
    ArrowRight: () => walker.by(1),
    ArrowLeft: () => walker.by(-1),
    Home: () => walker.by(-walker.steps),
    End: () => walker.by(walker.steps),
    Enter: () => walker.zoomIn(),
    Escape: () => walker.zoomOut(),
  }[event.key];
  // A button under the focus is pressed by Enter.
  if (!act || (event.key === "Enter" && target.closest("button, a, summary"))) return;
  event.preventDefault();
  if (!event.repeat || event.key.startsWith("Arrow")) act();
}
