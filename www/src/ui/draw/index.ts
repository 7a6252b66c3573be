/** The Draw view, which is fetched when it is first opened. */
import type { Atelier } from "../../core/atelier";
import { Drawer } from "../../core/draw/drawer";
import type { Run } from "../../core/run";

export { default as Bench } from "./DrawBench.svelte";
export { default as Transport } from "./DrawTransport.svelte";

export function openDraw(atelier: Atelier, run: Run): Drawer {
  return new Drawer(run, atelier.engine);
}

/** Keys that belong to nothing else. */
export function press(event: KeyboardEvent, drawer: Drawer, claimed: boolean): void {
  const command = event.metaKey || event.ctrlKey;
  if (!command || event.key.toLowerCase() !== "z" || (claimed && (event.target as HTMLElement).closest("input, textarea, select, [popover]"))) return;
  event.preventDefault();
  if (event.shiftKey) drawer.sheets.redo();
  else drawer.sheets.undo();
}
