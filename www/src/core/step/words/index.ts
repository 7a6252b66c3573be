/** One sentence, one formula and one spoken text for every step of a walk. */
import type { Language } from "../../hash";
import { en } from "./en";
import { formula } from "./formula";
import type { Description, Telling } from "./parts";
import { speak } from "./spoken";
import { isStem } from "./stems";
import { Told } from "./told";
import type { Voice } from "./voice";
import { zh } from "./zh";

export type { Description, Means, Part, Telling } from "./parts";
export { STEMS, type Stem } from "./stems";
export { placeIn, type Place } from "./told";

export const voices: Record<Language, Voice> = { en, zh };

/** What happens in a step, or how its cell in hand was made. */
export function describe(telling: Telling): Description {
  const voice = voices[telling.language];
  const told = new Told(telling);
  const { stem } = told.step;
  if (!isStem(stem)) return { sentence: "", formula: [], accessible: "" };
  const sentence = voice.steps[stem](told);
  const parts = formula(stem, told);
  return { sentence, formula: parts, accessible: `${sentence} ${speak(parts, voice)}` };
}

/** What happens in a layer that computes nothing, and so is no step: flatten. */
export function describeFlatten(language: Language, direction: "forward" | "backward"): string {
  return voices[language].flatten[direction];
}
