/** The step at hand in NumPy, with its own numbers. */
import type { Telling } from "../words";

export function numpy(telling: Telling): string {
  return `# ${telling.layer.name}\n`;
}
