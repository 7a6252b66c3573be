/** What a language must be able to say of a walk. */
import type { Stem } from "./stems";
import type { Place, Told } from "./told";

export interface Voice {
  /** One sentence, or two or three short ones, on every operation: of the cell in hand, or of the whole layer where there is none. */
  steps: Record<Stem, (told: Told) => string>;
  /** Layers that are no step, since nothing is computed: forward and backward. */
  flatten: { forward: string; backward: string };
  /** Where a number stands: row 6, column 8 of map 17. */
  place: (place: Place) => string;
  /** Signs of a formula, said aloud. */
  signs: Record<string, string>;
  /** Something with indices below it, said aloud. */
  below: (indices: string) => string;
  /** A sign with what it runs over: a sum, a maximum. */
  over: (sign: string, indices: string) => string;
  power: (exponent: string) => string;
  minus: string;
  scientific: (digits: string, power: string) => string;
}
