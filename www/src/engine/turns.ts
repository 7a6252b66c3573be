/**
 * Runs take turns at the engine's worker and its helpers: each does one piece of work, a batch or a part of a validation, and then
 * the next. Two batches at once would gain nothing, would both be measured too slow, and both hold their memory.
 */
export class Turns {
  /** The end of the last turn asked for. */
  #last: Promise<unknown> = Promise.resolve();

  /** Does `work` when all turns asked for before have ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
