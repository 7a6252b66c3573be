/** Whether everybody can use what is on the page. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds. */
export async function faults(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => window.axe.run({ runOnly: tags, rules: { "label-content-name-mismatch": { enabled: true } } }), RULES);
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

/** In the page: targets smaller than a finger. */
export function small() {
  return [...document.querySelectorAll("button, a[href], input, select, summary")]
    .filter((element) => !element.closest("table, .visually-hidden, .skip, [popover]") && !element.matches(".skip, [type=file]"))
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.height > 0 && (box.width < 43.5 || box.height < 43.5))
    .map(({ element, box }) => `${element.getAttribute("aria-label") ?? element.textContent.trim()} ${element.className}: ${Math.round(box.width)}×${Math.round(box.height)}`);
}

export const SCREENS = { desk: { viewport: { width: 1280, height: 800 } }, phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } };
