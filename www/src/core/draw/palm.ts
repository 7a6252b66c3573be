/** Whose touches draw: while a pen is down, and shortly after, a hand that rests on the screen does not. */

/** Milliseconds after a pen was last seen in which touches are a palm's. */
const REST = 1000;

export class Palm {
  /** When the pen was last seen. */
  #pen = -Infinity;
  #down = false;

  /** A pen was seen, over the sheet or on it. */
  pen(now: number, down: boolean): void {
    this.#pen = now;
    this.#down = down;
  }

  /** Whether a pointer of this type may draw. */
  draws(type: string, now: number): boolean {
    return type !== "touch" || !(this.#down || now - this.#pen < REST);
  }
}
