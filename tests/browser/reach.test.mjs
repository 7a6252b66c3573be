/** The page for every reader: names, targets, keys, small screens, and colours that the system chooses. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { browserTest } from "./harness.mjs";
import { address, open, press, reach, SMALL } from "./person.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong, in words. `label-content-name-mismatch` is an experiment of axe's, and a rule of ours. */
async function faults(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(
    (tags) => window.axe.run({ runOnly: tags, rules: { "label-content-name-mismatch": { enabled: true } } }),
    RULES,
  );
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const NARROW = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

for (const [name, context] of Object.entries({ desk: DESK, phone: PHONE, narrow: NARROW })) {
  for (const locale of ["en-US", "zh-CN"]) {
    for (const colorScheme of ["light", "dark"]) {
      browserTest(`axe finds nothing on a ${name}, ${locale}, ${colorScheme}`, { context: { ...context, locale, colorScheme } }, async ({ page, url }) => {
        await open(page, address(url, { batch: 32 }, SMALL));
        assert.deepEqual(await faults(page), []);
        for (const panel of ["settings", "executor-chip", "data-chip", "file-menu"]) {
          await press(page, panel);
          await page.locator(".popover:popover-open").waitFor();
          assert.deepEqual(await faults(page), [], panel);
          await page.keyboard.press("Escape");
        }
        await press(page, "edit");
        await page.locator('[data-layer="1"]').click();
        await page.getByRole("dialog").first().waitFor();
        assert.deepEqual(await faults(page), [], "edit");
      });
    }
  }
}

/** Targets smaller than a finger, with the room around them that belongs to them. */
function small() {
  const wanted = [...document.querySelectorAll("button, a[href], input, select, [role=tab]")];
  const told = [];
  for (const element of wanted) {
    // The confusion matrix is as fine as its classes; its figures can be reached by keys.
    if (element.closest("table, .visually-hidden, .skip") || element.matches(".skip, [type=file]")) continue;
    const of = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") ?? element : element;
    let { width, height } = of.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    const around = getComputedStyle(of, "::after");
    if (around.content !== "none" && around.position === "absolute") {
      width = Math.max(width, Number.parseFloat(around.width) || 0);
      height = Math.max(height, Number.parseFloat(around.height) || 0);
    }
    if (width < 43.5 || height < 43.5) told.push(`${element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40)} ${element.className}: ${Math.round(width)}×${Math.round(height)}`);
  }
  return told;
}

for (const [name, context] of Object.entries({ phone: PHONE, narrow: NARROW })) {
  browserTest(`every target on a ${name} is 44 pixels large`, { context }, async ({ page, url }) => {
    await open(page, address(url, { batch: 32 }, SMALL));
    assert.deepEqual(await page.evaluate(small), [], "at rest");
    for (const panel of ["settings", "executor-chip", "data-chip", "file-menu", "picker"]) {
      await press(page, panel);
      await page.locator(".popover:popover-open").waitFor();
      assert.deepEqual(await page.evaluate(small), [], panel);
      // A tap outside closes nothing on iOS before 18.3: every sheet has a button for it.
      await page.locator(".popover:popover-open").getByRole("button", { name: "Close" }).click();
      await page.locator(".popover:popover-open").waitFor({ state: "hidden" });
    }
    await press(page, "edit");
    await page.locator('[data-layer="1"]').click();
    await page.getByRole("dialog").first().waitFor();
    assert.deepEqual(await page.evaluate(small), [], "edit");
  });
}

/** Words that are cut, or that leave their button or the screen, in the header and the transport. */
function crowded() {
  const told = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const element = text.parentElement;
    const said = text.textContent.trim();
    if (!said || !element.closest("header, #transport") || element.closest("section, .visually-hidden, [popover]") || !element.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const { left, right, bottom } = range.getBoundingClientRect();
    if (left < -0.5 || right > innerWidth + 0.5) told.push(`${said} leaves the screen`);
    const button = element.closest("button")?.getBoundingClientRect();
    // A name that is too long ends in an ellipsis inside its button.
    const ellipsis = getComputedStyle(element).textOverflow === "ellipsis";
    if (button && !ellipsis && (left < button.left - 0.5 || right > button.right + 0.5)) told.push(`${said} leaves its button`);
    const line = element.closest(".progress p")?.getBoundingClientRect();
    if (line && (right > line.right + 0.5 || bottom > line.bottom + 0.5)) told.push(`${said} is cut`);
  }
  if (document.documentElement.scrollWidth > innerWidth) told.push(`the page is ${document.documentElement.scrollWidth} wide`);
  return told;
}

for (const width of [320, 360, 390, 768, 1280]) {
  for (const lang of ["en", "zh"]) {
    browserTest(`nothing is cut or crowded at ${width} pixels with hours left, ${lang}`, { context: { viewport: { width, height: 800 } } }, async ({ page, url }) => {
      await open(page, address(url, { batch: 4, epochs: 10_000, lang }, SMALL));
      assert.deepEqual(await page.evaluate(crowded), [], "at rest");
      await press(page, "run");
      await page.getByTestId("pace").filter({ hasText: /\d:\d\d:\d\d/ }).waitFor();
      assert.deepEqual(await page.evaluate(crowded), [], "running");
      await press(page, "run");
      await press(page, "edit");
      assert.deepEqual(await page.evaluate(crowded), [], "editing");
    });
  }
}

browserTest("at 400 % everything can be scrolled to", { context: { viewport: { width: 320, height: 256 } } }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  for (const testid of ["data-chip", "voice", "loss-training", "accuracy-training", "run", "edit"]) {
    const element = page.getByTestId(testid).first();
    await element.scrollIntoViewIfNeeded();
    const { y, height } = await element.boundingBox();
    assert.ok(y >= 0 && y + height <= 256, `${testid} at ${y}`);
  }
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("in forced colours bars, progress, dots and frames can be told from the ground", { context: { ...DESK, forcedColors: "active" } }, async ({ page, url }) => {
  // Long enough that it still runs when the last of it is looked at.
  await open(page, address(url, { batch: 64, epochs: 1000 }, SMALL));
  await press(page, "run");
  await reach(page, 3);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  for (const selector of [".track span", "li .bar > span", ".dot"]) {
    const colour = await page.locator(selector).first().evaluate((e) => getComputedStyle(e).backgroundColor);
    assert.notEqual(colour, ground, selector);
  }
  const frame = (selector) =>
    page.locator(selector).first().evaluate((e) => ["", "::after"].map((part) => getComputedStyle(e, part || undefined)).some((s) => (s.outlineStyle !== "none" || s.borderTopStyle !== "none") && (s.borderTopWidth !== "0px" || s.outlineWidth !== "0px")));
  for (const selector of [".looked", "[role=tab][aria-selected=true]", ".track"]) assert.ok(await frame(selector), selector);
});

browserTest("reasons are reached by key and by touch, not by the mouse alone", { context: PHONE }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "one-batch");
  await reach(page, 1);
  // What the smoothed figure is the mean of.
  await page.getByTestId("loss-training").tap();
  await page.locator(".bubble:popover-open").filter({ hasText: "Of the last batch" }).waitFor();
  await page.keyboard.press("Escape");
  // What a field of a layer means, and why a number was left out.
  await press(page, "edit");
  await page.locator('[data-layer="1"]').tap();
  const filters = page.getByRole("dialog").getByLabel("filters", { exact: true });
  await filters.focus();
  await page.getByText("How many kernels").waitFor();
  await filters.fill("0");
  await page.getByText("it must be a whole number from 1").waitFor();
});

browserTest("why a pasted network cannot even be looked at stands in the page", { context: DESK }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  const odd = structuredClone(SMALL);
  odd.layers[1].layer.activation = "swish";
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, JSON.stringify(odd));
  await page.locator(".voice").filter({ hasText: /Cannot be built: .*swish/ }).waitFor();
});
