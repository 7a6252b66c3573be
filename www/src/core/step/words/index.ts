/** One sentence, one formula and one spoken text for every step of a walk. */
import type { Description, Telling } from "./parts";

export type { Description, Means, Part, Telling } from "./parts";

export function describe(telling: Telling): Description {
  return { sentence: telling.layer.name, formula: [], accessible: telling.layer.name };
}
