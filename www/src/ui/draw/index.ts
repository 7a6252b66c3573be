/** The Draw view, which is fetched when it is first opened. */
import type { Atelier } from "../../core/atelier";
import { Drawer } from "../../core/draw/drawer";
import type { Run } from "../../core/run";

export { default as Bench } from "./DrawBench.svelte";
export { default as Transport } from "./DrawTransport.svelte";

export function openDraw(atelier: Atelier, run: Run): Drawer {
  const drawer = new Drawer(run, (place) => {
    atelier.wanted.set(place);
    atelier.view.set("step");
  });
  // A way of trying out what happens: hands the drawing to the function that is the detail.
  const handOver = (event: Event) => (event as CustomEvent<(drawer: Drawer) => void>).detail(drawer);
  addEventListener("atelier:hand-over-drawing", handOver);
  drawer.onLeave(() => removeEventListener("atelier:hand-over-drawing", handOver));
  return drawer;
}

/** Keys that belong to nothing else. */
export function press(event: KeyboardEvent, drawer: Drawer, claimed: boolean): void {
  const key = event.key.toLowerCase();
  if (!(event.metaKey || event.ctrlKey) || (key !== "z" && key !== "y")) return;
  if (claimed && (event.target as HTMLElement).closest("input, textarea, select, [popover]")) return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) drawer.sheets.redo();
  else drawer.sheets.undo();
}
