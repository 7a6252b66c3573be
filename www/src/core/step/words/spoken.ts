/** A formula said aloud, so that a screen reader says what the eye sees. */
import type { Part } from "./parts";
import type { Voice } from "./voice";

/** Signs whose lower index is what they run over. */
const RUNNING = ["Σ", "max"];

function number(text: string, { minus, scientific }: Voice): string {
  const signed = (part: string) => part.replace("−", `${minus} `);
  const [digits, power] = text.split("e");
  return power === undefined ? signed(text) : scientific(signed(digits), signed(power));
}

function spoken({ text, place }: Part, before: Part | undefined, voice: Voice): string {
  const bare = text.trim();
  if (place === "sup") return voice.power(bare);
  if (place === "sub") {
    const over = before && RUNNING.includes(before.text.trim());
    const indices = bare.replaceAll(",", ", ").replaceAll("−", ` ${voice.minus} `).replaceAll("+", ` ${voice.signs["+"]} `);
    return over ? voice.over(indices) : voice.below(indices);
  }
  if (bare in voice.signs) return voice.signs[bare];
  if (/^[−\d]/.test(bare)) return number(bare, voice);
  // Several signs in one piece: ") / ".
  return bare.split(" ").map((sign) => voice.signs[sign] ?? sign).join(" ");
}

export function speak(formula: readonly Part[], voice: Voice): string {
  return formula.map((part, i) => spoken(part, formula[i - 1], voice)).filter(Boolean).join(" ");
}
