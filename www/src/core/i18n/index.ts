import type { Failure } from "../../engine/protocol";
import type { Language } from "../hash";
import { en, type Messages } from "./en";
import { zh } from "./zh";

export type { Messages };

export const catalogues: Record<Language, Messages> = { en, zh };

/** What went wrong, in the reader's language where it has words for it. */
export function wordsOf({ message, refusal }: Failure, { refusal: words }: Messages): string {
  return (refusal && words(refusal)) ?? message;
}

/** The reader's language, Chinese or English. */
export function preferredLanguage(languages: readonly string[] = navigator.languages ?? []): Language {
  const first = languages.find((tag) => /^(zh|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith("zh") ? "zh" : "en";
}
