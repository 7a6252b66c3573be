/** Drawing by keys: a point that arrow keys move, and a brush that space puts down and takes up. */
import { Cell } from "../cell";
import { TEXTURES } from "./drawing";
import { SHADES, TOOLS, WIDTHS, type Hand, type Tool } from "./hand";
import type { Sheets } from "./sheet";

/** Shares of the side that a key moves it by; with Shift it goes four times as far. */
const STEP = 1 / 112;

const TOOL_OF: Record<string, Tool> = { b: "brush", e: "eraser", f: "fill", l: "line", c: "curve" };
const WAYS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const next = <T>(all: readonly T[], now: T, by: number) => all[Math.max(0, Math.min(all.length - 1, all.indexOf(now) + by))];

export class Cursor {
  readonly place = new Cell<readonly [number, number]>([0.5, 0.5]);
  readonly #hand: Hand;
  readonly #sheets: Sheets;

  constructor(hand: Hand, sheets: Sheets) {
    this.#hand = hand;
    this.#sheets = sheets;
  }

  /** Whether the key meant something here. */
  press(key: string, shift: boolean): boolean {
    const way = WAYS[key];
    if (way) return this.#move(way, shift ? 4 * STEP : STEP);
    if (key === " " || key === "Enter") return this.#toggle();
    const act = this.#act(key.toLowerCase());
    act?.();
    return act !== undefined;
  }

  #act(key: string): (() => void) | undefined {
    const hand = this.#hand;
    const { width, texture, mirrored } = hand.touch.value;
    const tool = TOOL_OF[key];
    if (tool && TOOLS.includes(tool)) return () => hand.set({ tool });
    const shade = SHADES[Number(key) - 1];
    if (shade !== undefined) return () => hand.set({ shade });
    return {
      m: () => hand.set({ mirrored: !mirrored }),
      "[": () => hand.set({ width: next(WIDTHS, width as (typeof WIDTHS)[number], -1) }),
      "]": () => hand.set({ width: next(WIDTHS, width as (typeof WIDTHS)[number], 1) }),
      t: () => hand.set({ texture: TEXTURES[(TEXTURES.indexOf(texture) + 1) % TEXTURES.length] }),
      z: () => this.#sheets.undo(),
      y: () => this.#sheets.redo(),
      escape: hand.live.value || hand.down.value ? () => hand.cancel() : undefined,
    }[key];
  }

  #move([dx, dy]: readonly [number, number], step: number): true {
    const clamp = (value: number) => Math.max(0, Math.min(1, value));
    const [x, y] = this.place.value;
    const place: [number, number] = [clamp(x + dx * step), clamp(y + dy * step)];
    this.place.set(place);
    this.#hand.move([[...place, 0.5]]);
    return true;
  }

  #toggle(): true {
    const [x, y] = this.place.value;
    if (this.#hand.down.value) this.#hand.lift(x, y);
    else {
      this.#hand.press(x, y);
      // A fill needs no second press.
      if (this.#hand.touch.value.tool === "fill") this.#hand.lift(x, y);
    }
    return true;
  }
}
