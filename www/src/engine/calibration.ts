/**
 * How many workers to keep. Browsers tell a number of cores that need not be there: WebKit says four where there are two, and
 * shards of a batch that share a core end no sooner, each with its own copy of the network. What workers get done in the same
 * time, alone and all at once, tells how many of them count. A state machine: it says what to measure and is told what came.
 */

/** How much of what it does alone each worker must do among the others for all to be kept. */
const ENOUGH = 0.75;

/** Other work on the machine can only make the gain look smaller: so often it is measured before workers are given up. */
const TRIES = 3;

/** `alone`: one worker measures; `together`: all do at once. */
export type Measurement = "alone" | "together";

export class Calibration {
  /** Of those there are, this one's own included. */
  readonly #workers: number;
  #tries = 0;
  #alone = 0;
  /** The largest gain measured: how many workers' work was done at once. */
  #gain = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** What to measure now; null where the number of workers is known. Two are always worth a try: the page leaves one core idle. */
  get next(): Measurement | null {
    if (this.#workers <= 2 || this.#tries === TRIES || this.#gain >= ENOUGH * this.#workers) return null;
    return this.#alone === 0 ? "alone" : "together";
  }

  /** `rounds`: what each worker that measured got done. */
  record(rounds: readonly number[]): void {
    const sum = rounds.reduce((total, each) => total + each, 0);
    if (this.#alone === 0) {
      // Where the clock is too coarse to tell anything all are kept.
      if (sum === 0) this.#gain = this.#workers;
      this.#alone = sum;
      return;
    }
    this.#gain = Math.max(this.#gain, sum / this.#alone);
    this.#alone = 0;
    this.#tries++;
  }

  /** As many as are worth keeping. */
  get workers(): number {
    if (this.#workers <= 2 || this.#gain >= ENOUGH * this.#workers) return this.#workers;
    return Math.min(this.#workers, Math.max(2, Math.round(this.#gain)));
  }
}

/** Does the same piece of arithmetic again and again for so many milliseconds: how often. */
export function spin(milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let rounds = 0;
  let x = 1;
  while (performance.now() < end) {
    for (let i = 0; i < 2000; i++) x = Math.sqrt(x * 1.5 + i);
    rounds++;
  }
  // A result that nobody asks for would let a compiler leave the arithmetic out.
  return x > 0 ? rounds : 0;
}
