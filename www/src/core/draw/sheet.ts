/** The sheet: the marks on it, or a picture that was given, with what can be undone and done again. */
import { Cell } from "../cell";
import { fits, type Garment, type Mark } from "./drawing";

/** A picture as it was given. The first mark on it makes it one of the marks. */
export interface Ground {
  id: number;
  /** Its file. */
  blob: Blob;
  garment: Garment;
}

export interface Sheet {
  marks: readonly Mark[];
  ground: Ground | null;
}

export const EMPTY: Sheet = { marks: [], ground: null };

/** Steps that can be taken back. */
const MOST_UNDONE = 500;

export const isEmpty = ({ marks, ground }: Sheet) => marks.length === 0 && ground === null;

export class Sheets {
  readonly sheet = new Cell<Sheet>(EMPTY);
  readonly before = new Cell<readonly Sheet[]>([]);
  readonly after = new Cell<readonly Sheet[]>([]);

  /** False where the sheet holds no more. */
  add(mark: Mark): boolean {
    const { marks: own, ground } = this.sheet.value;
    const marks = ground ? [ground.garment, mark] : [...own, mark];
    if (!fits(marks)) return false;
    this.put({ marks, ground: null });
    return true;
  }

  /** Another sheet in its place. */
  put(sheet: Sheet): void {
    const now = this.sheet.value;
    this.before.update((before) => [...before.slice(1 - MOST_UNDONE), now]);
    this.after.set([]);
    this.sheet.set(sheet);
  }

  clear(): void {
    if (!isEmpty(this.sheet.value)) this.put(EMPTY);
  }

  undo(): void {
    this.#step(this.before, this.after);
  }

  redo(): void {
    this.#step(this.after, this.before);
  }

  #step(from: Cell<readonly Sheet[]>, to: Cell<readonly Sheet[]>): void {
    const next = from.value.at(-1);
    if (!next) return;
    from.update((sheets) => sheets.slice(0, -1));
    to.update((sheets) => [...sheets, this.sheet.value]);
    this.sheet.set(next);
  }
}

/** What a painter that has one sheet must do for another: go on with more marks, or begin anew. */
export function more(before: Sheet, now: Sheet): readonly Mark[] | null {
  if (before.ground || now.ground || now.marks.length <= before.marks.length) return null;
  // Marks are never altered: where the last one that was there is, all before it are.
  const { length } = before.marks;
  return length === 0 || before.marks[length - 1] === now.marks[length - 1] ? now.marks.slice(length) : null;
}
