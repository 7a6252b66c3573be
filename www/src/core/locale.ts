/**
 * Some systems give browsers a language that is no language tag ("C", "en-US@posix"). Whoever hands it to Intl, as uPlot does on
 * its import, gets an exception. This module is imported before all others, and puts a tag in its place.
 */

export function isLanguageTag(tag: unknown): boolean {
  try {
    // An Intl without a tag uses the browser's own, which is always one.
    return tag === undefined || Intl.getCanonicalLocales(tag as string).length > 0;
  } catch {
    return false;
  }
}

/** As much of a tag as is one: of `en-US@posix`, `en-US`. */
export function nearestTag(tag: unknown): string {
  const [start] = String(tag).split(/[@.]/);
  const hyphened = start.replaceAll("_", "-");
  return /^[a-z]{2,3}(-|$)/i.test(hyphened) && isLanguageTag(hyphened) ? hyphened : "en-US";
}

if (typeof navigator !== "undefined" && !isLanguageTag(navigator.language)) {
  Object.defineProperty(navigator, "language", { value: nearestTag(navigator.language), configurable: true });
}
