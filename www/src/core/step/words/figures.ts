/** Numbers in sentences and formulas, beyond what the whole page writes them by. */
import * as f from "../../format";

/** Two numbers in as many digits as tell them apart, three at least: an update moves most weights by little. */
export function apart(a: number, b: number): [string, string] {
  const texts: [string, string] = [f.number(a), f.number(b)];
  if (texts[0] !== texts[1] || a === b || Number.isNaN(a) || Number.isNaN(b)) return texts;
  for (let digits = 4; digits < 9; digits++) {
    const [x, y] = [a, b].map((number) => f.typed(Number(number.toPrecision(digits))));
    if (x !== y) return [x, y];
  }
  return [f.exact(a), f.exact(b)];
}
