/** Where the page cannot work it says so, plainly and at once: what is missing, and what to do. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { browserTest } from "./harness.mjs";
import { open, press, reach } from "./person.mjs";

const SITE = process.env.ATELIER_SITE;

/** A browser that lacks something, from the first script on. */
const BROWSERS = {
  popover: () => {
    delete HTMLElement.prototype.popover;
  },
  worker: () => {
    const Real = Worker;
    // It reads no options, as one from before modules.
    window.Worker = function (url) {
      return new Real(url);
    };
  },
  wasm: () => {
    WebAssembly.validate = () => false;
  },
  module: () => {
    delete HTMLScriptElement.prototype.noModule;
  },
};

for (const [what, lacking] of Object.entries(BROWSERS)) {
  browserTest(`a browser without ${what} is told what is missing and which are new enough`, {}, async ({ page, url }) => {
    await page.addInitScript(lacking);
    await page.goto(url);
    const said = await page.getByRole("alert").innerText();
    for (const lowest of ["Chrome 114", "Firefox 125", "Safari 17"]) assert.ok(said.includes(lowest), said);
    assert.ok(await page.getByRole("alert").isVisible());
    // Nothing else is there that could be pressed and would not work.
    assert.equal(await page.getByRole("button").count(), 0);
    await page.goto(`${url}#lang=zh`);
    await page.reload();
    assert.match(await page.getByRole("alert").innerText(), /这个浏览器[\s\S]*请换新一些/);
  });
}

browserTest("opened from disk it says that it must be served, and how", {}, async (world) => {
  const { page } = world;
  await page.goto(pathToFileURL(join(SITE, "index.html")).href);
  const said = await page.getByRole("alert").innerText();
  assert.match(said, /opened as a file/);
  assert.match(said, /cargo xtask serve/);
  // The browser says so too, in its own words.
  world.expected(/CORS|file:|ERR_FAILED/);
});

/** Of the files in assets/: what is told when this one is not there. */
const FILES = [
  [/^index.*\.js$/, "alert", /index-.*\.js/],
  [/^index.*\.css$/, "alert", /index-.*\.css/],
  [/^worker.*\.js$/, "error", /file of this site is missing/],
  [/^engine_bg.*\.wasm$/, "error", /file of this site is missing/],
  [/^engine-.*\.js$/, "error", /file of this site is missing/],
];

for (const [pattern, where, words] of FILES) {
  browserTest(`a site without ${pattern} says that a file is missing, and nothing is loaded for ever`, {}, async (world) => {
    const { context, page, url } = world;
    const gone = (await readdir(join(SITE, "assets"))).filter((name) => pattern.test(name));
    assert.ok(gone.length > 0);
    await context.route(({ pathname }) => gone.some((name) => pathname.endsWith(name)), (route) => route.fulfill({ status: 404, body: "" }));
    await page.goto(url);
    const told = where === "alert" ? page.getByRole("alert") : page.getByTestId("error");
    await told.filter({ hasText: words }).waitFor();
    const all = await page.locator("body").innerText();
    assert.ok(!/Loading|is being loaded|Reset begins/.test(all), all);
    world.expected(/404|Failed to load|uncaught|Failed to fetch/);
  });
}

for (const language of ["C", "en-US@posix"]) {
  browserTest(`a browser whose language is ${language} trains`, {}, async ({ page, url }) => {
    await page.addInitScript((tag) => Object.defineProperty(Navigator.prototype, "language", { get: () => tag, configurable: true }), language);
    await open(page, url);
    await press(page, "one-batch");
    await reach(page, 1);
  });
}

browserTest("style sheets that come after the scripts leave no map black", {}, async ({ page, context, url }) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await context.route(/\.css$/, async (route) => {
    await held;
    await route.continue();
  });
  // As WebKit has it: the module runs, and the link has no sheet yet.
  await page.addInitScript(() => {
    new MutationObserver(() => document.querySelectorAll("link[rel=stylesheet]:not([data-late])").forEach((link) => {
      link.dataset.late = "";
      const { href } = link;
      link.removeAttribute("href");
      setTimeout(() => (link.href = href));
    })).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => document.querySelector("link[data-late][href]"));
  assert.equal(await page.locator("header").count(), 0);
  release();
  await page.locator("[data-testid=run]:enabled").waitFor();
  await page.waitForFunction(() => {
    const canvas = document.querySelector("[data-testid=maps]");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 < 3 && value > 60);
  });
});
