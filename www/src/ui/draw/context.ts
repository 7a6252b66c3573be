/** What the parts of the Draw view share. */
import { getContext, setContext } from "svelte";
import type { Drawer } from "../../core/draw/drawer";

const DRAWER = Symbol("drawer");

export function provideDrawer(drawer: Drawer): void {
  setContext(DRAWER, drawer);
}

export function useDrawer(): Drawer {
  return getContext<Drawer>(DRAWER);
}
