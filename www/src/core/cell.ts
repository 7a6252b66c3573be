/** A value that tells its readers when it changes (Svelte's store contract, so that components read it as `$cell`). */
export class Cell<T> {
  #value: T;
  readonly #readers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const reader of [...this.#readers]) reader(value);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  /** Calls `reader` now and at every change, until the returned function is called. */
  subscribe(reader: (value: T) => void): () => void {
    const own = (value: T) => reader(value);
    this.#readers.add(own);
    reader(this.#value);
    return () => this.#readers.delete(own);
  }
}

/** A cell that follows others. */
export function derived<A extends unknown[], T>(sources: { [K in keyof A]: Cell<A[K]> }, make: (...values: A) => T): Cell<T> {
  const values = () => sources.map((source) => source.value) as A;
  const cell = new Cell(make(...values()));
  for (const source of sources) source.subscribe(() => cell.set(make(...values())));
  return cell;
}
