/** The sentence that tells a map over the picture: from what the map is, and from nothing else. */
import type { Messages } from "../i18n";
import type { Reason } from "./why";

/** A piece of a sentence; `name`: of a class. */
export interface Piece {
  text: string;
  name: boolean;
}

/** Marks where a class's name stands in a sentence: no name has it. */
const NAME = "\u0001";
export const named = (name: string) => `${NAME}${name}${NAME}`;

export function because(reason: Reason, classes: readonly string[], words: Messages["draw"]): Piece[] {
  const name = (label: number) => named(classes[label] ?? String(label));
  const { parts, against, kind } = reason.account;
  const told = [words.because[reason.way][kind](name(reason.target), parts.map((part) => words.parts[part]), against.map((part) => words.parts[part]))];
  if (reason.without && kind === "parts" && reason.target === reason.said) {
    const { part, said } = reason.without;
    told.push(said === reason.said ? words.because.still(words.parts[part], name(said)) : words.because.without(words.parts[part], name(said)));
  }
  const sentence = told.join(words.because.between);
  return sentence.split(NAME).map((text, i) => ({ text: i === 0 ? capital(text) : text, name: i % 2 === 1 })).filter(({ text }) => text !== "");
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
