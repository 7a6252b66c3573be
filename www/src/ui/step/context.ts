/** What the parts of a step's scene share. */
import { getContext, setContext } from "svelte";
import type { Walker } from "../../core/step/walker";

const WALKER = Symbol("walker");

export function provideWalker(walker: Walker): void {
  setContext(WALKER, walker);
}

export function useWalker(): Walker {
  return getContext<Walker>(WALKER);
}
