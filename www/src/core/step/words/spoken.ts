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

function indices(text: string, { minus, signs }: Voice): string {
  return text
    .replaceAll(/(^|[,(])−/g, `$1${minus} `)
    .replaceAll("−", ` ${signs["−"]} `)
    .replaceAll("+", ` ${signs["+"]} `)
    .replaceAll(",", ", ");
}

function spoken(part: Part, before: Part | undefined, after: Part | undefined, voice: Voice): string {
  const bare = part.text.trim();
  if (part.place === "sup") return voice.power(bare);
  if (part.place === "sub") {
    const sign = before?.text.trim() ?? "";
    return RUNNING.includes(sign) ? voice.over(voice.signs[sign], indices(bare, voice)) : voice.below(indices(bare, voice));
  }
  // Said together with what it runs over.
  if (RUNNING.includes(bare) && after?.place === "sub") return "";
  const opens = before === undefined || /[=(←]$/.test(before.text.trim());
  if (bare === "−" && opens) return voice.minus;
  if (bare in voice.signs) return voice.signs[bare];
  if (/^[−\d]/.test(bare)) return number(bare, voice);
  // Several signs in one piece: ") / ".
  return bare.split(" ").map((sign) => voice.signs[sign] ?? sign).join(" ");
}

export function speak(formula: readonly Part[], voice: Voice): string {
  return formula.map((part, i) => spoken(part, formula[i - 1], formula[i + 1], voice)).filter(Boolean).join(" ");
}
