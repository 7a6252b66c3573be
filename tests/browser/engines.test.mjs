/**
 * The page in Firefox and WebKit. What Chromium's tests say in full is asked here once an engine, for what engines do differently: when
 * scripts run and styles come, which numbers their compilers make, how files leave and come back.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { firefox, NotStarted, webkit } from "./drivers.mjs";
import { serve } from "./harness.mjs";
import { address, SMALL } from "./person.mjs";

const { ATELIER_FIREFOX, ATELIER_WEBKIT, ATELIER_MINIBROWSER, ATELIER_SITE, ATELIER_OPERATIONS } = process.env;

const ENGINES = [
  ["Firefox", ATELIER_FIREFOX, () => firefox(ATELIER_FIREFOX)],
  ["WebKit", ATELIER_WEBKIT, () => webkit(ATELIER_WEBKIT, ATELIER_MINIBROWSER)],
];

/** How long style sheets take to come, in milliseconds: longer than the scripts. */
const LATE = 1500;
/** Cases of an operation. */
const CASES = 40;

/** In front of the page's first script: whatever goes wrong is kept, and what is saved does not leave the page. */
function hooks() {
  window.errors = [];
  const keep = (what) => window.errors.push(String(what));
  addEventListener("error", (event) => keep(event.error?.stack ?? event.message ?? event.target?.outerHTML), true);
  addEventListener("unhandledrejection", (event) => keep(event.reason?.stack ?? event.reason));
  document.addEventListener("securitypolicyviolation", (event) => keep(`refused: ${event.violatedDirective} ${event.blockedURI}`));
  console.error = (...words) => keep(words.join(" "));
  HTMLAnchorElement.prototype.click = () => {};
  const address = URL.createObjectURL;
  URL.createObjectURL = (blob) => address.call(URL, (window.saved = blob));
  HTMLInputElement.prototype.click = function () {
    window.chooser = this;
  };
}

/** Passes requests on, with the hooks in the page's first script and style sheets that come late. */
async function between(upstream, cleanup) {
  const server = createServer(async ({ url }, response) => {
    const answer = await fetch(new URL(url, upstream));
    let body = Buffer.from(await answer.arrayBuffer());
    if (url.endsWith("/begin.js")) body = Buffer.concat([Buffer.from(`(${hooks})();\n`), body]);
    if (url.endsWith(".css")) await new Promise((resolve) => setTimeout(resolve, LATE));
    const names = ["content-type", "content-security-policy", "x-content-type-options"];
    response.writeHead(answer.status, Object.fromEntries(names.filter((name) => answer.headers.has(name)).map((name) => [name, answer.headers.get(name)])));
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

function engineTest(name, body) {
  for (const [engine, program, launch] of ENGINES) {
    test(`${name} in ${engine}`, { timeout: 240_000 }, async (t) => {
      if (!program) return t.skip(`no ${engine} here`);
      const cleanup = [];
      try {
        const browser = await launch().catch((error) => {
          if (error instanceof NotStarted) return undefined;
          throw error;
        });
        if (!browser) return t.skip(`${engine}'s driver did not start it`);
        cleanup.push(() => browser.close());
        await body(browser, cleanup);
      } finally {
        for (const undo of cleanup.reverse()) await undo();
      }
    });
  }
}

/** Waits in the page until `condition` holds there. */
async function until(browser, condition, ...args) {
  const end = Date.now() + 60_000;
  while (!(await browser.run(condition, ...args))) {
    if (Date.now() > end) throw new Error(`in vain waited for ${condition} ${args}\n${await browser.run(() => document.body.innerText + window.errors.join("\n"))}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const press = (browser, testid) => browser.run((testid) => document.querySelector(`[data-testid=${testid}]`).click(), testid);
const text = (browser, testid) => browser.run((testid) => document.querySelector(`[data-testid=${testid}]`).textContent, testid);
async function pressInMenu(browser, testid) {
  await press(browser, "file-menu");
  await until(browser, (testid) => document.querySelector(`[data-testid=${testid}]`) !== null, testid);
  await press(browser, testid);
}

const batches = (browser, count) =>
  until(browser, (count) => Number(/batch\s+([\d,]+)/.exec(document.querySelector("[data-testid=progress]")?.textContent)?.[1].replace(",", "") ?? 0) === count, count);
const ready = (browser) =>
  until(browser, () => document.querySelector("[data-testid=run]:enabled") !== null && /12,000/.test(document.querySelector("[data-testid=data-chip]").textContent));

engineTest("a cold visit paints maps, trains, saves and opens", async (browser, cleanup) => {
  const server = await serve(ATELIER_SITE, "/", undefined, cleanup);
  const url = await between(server, cleanup);
  await browser.goto(address(url, { batch: 32, seed: 5 }, SMALL));

  // The first map that is painted at all is not black: the palette is read from styles that had not come.
  await until(browser, () => document.querySelector("[data-testid=maps]") !== null);
  await until(browser, () => {
    const canvas = document.querySelector("[data-testid=maps]");
    if (!canvas.width || !canvas.height) return false;
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value, i) => i % 4 === 3 && value > 0);
  });
  const brightest = await browser.run(() => {
    const canvas = document.querySelector("[data-testid=maps]");
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.reduce((most, value, i) => (i % 4 < 3 ? Math.max(most, value) : most), 0);
  });
  assert.ok(brightest > 60, `the first map's brightest value is ${brightest}`);

  await ready(browser);
  await press(browser, "one-batch");
  await batches(browser, 1);
  const first = Number(await text(browser, "loss-training"));
  // Ten balanced classes and small weights: near ln 10 at first.
  assert.ok(Math.abs(first - Math.log(10)) < 0.5, `the first loss is ${first}`);

  await press(browser, "one-batch");
  await batches(browser, 2);
  await pressInMenu(browser, "save");
  await until(browser, () => window.saved?.size > 0);
  await press(browser, "one-batch");
  await batches(browser, 3);
  await pressInMenu(browser, "restore");
  await until(browser, () => window.chooser !== undefined);
  await browser.run(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([window.saved], "run.safetensors"));
    window.chooser.files = transfer.files;
    window.chooser.dispatchEvent(new Event("change"));
  });
  await until(browser, () => /saved run is back/.test(document.querySelector("[data-testid=voice]").textContent));
  // It was saved after two.
  await press(browser, "one-batch");
  await batches(browser, 3);
  assert.deepEqual(await browser.run(() => window.errors), [], `errors in ${browser.name}`);
});

// `cargo xtask` looks for names in this file: each is spelt out.
engineTest("operations on the CPU, SIMD,", async (browser, cleanup) => {
  const server = await serve(ATELIER_OPERATIONS ?? "", "/", undefined, cleanup);
  await browser.goto(server.href);
  const [cases, failures] = await browser.run(async (count) => {
    const worker = new Worker("./worker.mjs?flavour=simd", { type: "module" });
    const ask = (...call) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(call);
      });
    let [cases, failures] = [0, []];
    for (const operation of await ask("operations")) {
      const tally = JSON.parse(await ask("cases", "cpu", operation, 0, count));
      cases += tally.cases;
      failures = failures.concat(tally.failures);
    }
    return [cases, failures.slice(0, 10)];
  }, CASES);
  assert.deepEqual(failures, []);
  assert.ok(cases >= 1000, `${cases} cases`);
});
