/**
 * What every browser test stands on: the built page behind its own server, and a Chromium with a profile of its own.
 *
 * `cargo xtask test browser` runs all tests, `cargo xtask test browser WORDS` those with these words in their names. The
 * environment tells where things are: ATELIER_SITE (the page's folder), ATELIER_OPERATIONS (that of the operation cases),
 * ATELIER_XTASK (the program that serves them), ATELIER_CHROMIUM, ATELIER_SCREENSHOTS (where the page is drawn when a test
 * fails), ATELIER_DATA (Fashion-MNIST) and ATELIER_FULL (run slow tests too).
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { chromium } from "playwright-core";

/** The same table that `cargo xtask test sizes` reads. Bytes. */
export const budgets = JSON.parse(await readFile(new URL("../budgets.json", import.meta.url), "utf8"));

const FLAGS = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A software adapter: shows that a shader is right, not that it is fast. Without these flags there is no adapter at all. */
export const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/**
 * A test in a page of its own. Errors on the page's console, uncaught errors, failed requests and whatever the page's
 * Content-Security-Policy refuses fail it, unless `world.expected` takes them out of `world.errors`.
 *
 * @param {string} name
 * @param {object} options
 * @param {"beside" | "at hand"} [options.data] Fashion-MNIST served beside the page, or only in `world.data`; skipped where
 *   ATELIER_DATA names no folder, but failed where CI is set
 * @param {boolean} [options.learnt] the page's run begins from the weights that come with the page; else from nothing, so that a test's
 *   numbers are its own
 * @param {boolean} [options.slow] takes minutes: only in a full run
 * @param {string} [options.site] the folder to serve, the page's if left out
 * @param {string} [options.base] the path under which the page is served
 * @param {string[]} [options.flags] for Chromium, such as {@link WEBGPU}
 * @param {import("playwright-core").BrowserContextOptions} [options.context] viewport, locale, colorScheme, …
 * @param {number} [options.timeout] milliseconds, 120,000 if left out
 * @param {(world: World) => Promise<void>} body
 *
 * @typedef {object} World
 * @property {import("playwright-core").Page} page not yet at any address: `page.goto(world.url)`
 * @property {import("playwright-core").BrowserContext} context
 * @property {string} url of the page
 * @property {string | undefined} data the folder of the Fashion-MNIST files
 * @property {() => number} transferred bytes that the server has sent so far, headers and workers' requests included
 * @property {string[]} errors what went wrong in any page so far
 * @property {(reason: string) => void} skip the test says why it could not run, and returns
 * @property {(pattern: RegExp) => number} expected takes the errors that match out of `errors`: how many there were
 */
export function browserTest(name, options, body) {
  test(name, { timeout: options.timeout ?? 120_000 }, async (t) => {
    const data = process.env.ATELIER_DATA;
    if (options.data && !data) {
      assert.ok(!process.env.CI, "ATELIER_DATA names no folder with the Fashion-MNIST files, and CI asks for every test");
      return t.skip("ATELIER_DATA names no folder with the Fashion-MNIST files");
    }
    if (options.slow && !process.env.ATELIER_FULL) return t.skip("takes minutes: `cargo xtask test --full` runs it");
    const cleanup = [];
    try {
      const beside = options.data === "beside" ? resolve(data) : undefined;
      const server = await serve(options.site ?? process.env.ATELIER_SITE, options.base ?? "/", beside, cleanup);
      const meter = await proxy(server, cleanup);
      const context = await launch(options, cleanup);
      const errors = [];
      context.on("weberror", (error) => errors.push(`uncaught: ${error.error().stack ?? error.error()}`));
      context.on("console", (message) => {
        if (message.type() === "error") errors.push(`console: ${message.text()} (${message.location().url})`);
      });
      await context.exposeFunction("refused", (what) => errors.push(`refused: ${what}`));
      await context.addInitScript(() => {
        const tell = (event) => window.refused(`${event.violatedDirective} ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`);
        document.addEventListener("securitypolicyviolation", tell);
      });
      const expected = (pattern) => {
        const others = errors.filter((error) => !pattern.test(error));
        return errors.splice(0, errors.length, ...others).length - others.length;
      };
      if (!options.learnt) {
        context.on("page", fromNothing);
        context.pages().forEach(fromNothing);
      }
      const page = context.pages()[0] ?? (await context.newPage());
      const skip = (reason) => t.skip(reason);
      const { url, transferred } = meter;
      const world = { page, context, url, data: data && resolve(data), transferred, errors, expected, skip };
      try {
        await body(world);
        assert.deepEqual(errors, [], "errors in the page");
      } catch (error) {
        await draw(context, name);
        throw errors.length > 0 && !String(error).includes("errors in the page")
          ? new Error(`${error.message}\nAlso in the page:\n${errors.join("\n")}`, { cause: error })
          : error;
      }
    } finally {
      for (const undo of cleanup.reverse()) await undo();
    }
  });
}

/** Whatever address of ours the page goes to, it begins from nothing there. */
function fromNothing(page) {
  const goto = page.goto.bind(page);
  page.goto = (where, options) => {
    const url = new URL(where);
    const parts = new URLSearchParams(url.hash.slice(1));
    parts.set("from", "nothing");
    url.hash = String(parts);
    return goto(/^http/.test(where) ? url.href : where, options);
  };
}

/** Starts `xtask serve` on a free port; resolves to the address that it prints. */
export async function serve(site, base, data, cleanup) {
  const choice = data ? ["--data", data] : ["--no-data"];
  const program = process.env.ATELIER_XTASK;
  assert.ok(program && site, "run the tests by `cargo xtask test browser`: it says where the page is");
  const child = spawn(program, ["serve", "--site", site, "--port", "0", "--base", base, ...choice], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanup.push(() => stop(child));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url) return new URL(url);
  }
  throw new Error("the server ended before it said where it is");
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

/** Passes every byte on to the server and counts those that come back, whoever asked for them. */
async function proxy(server, cleanup) {
  let bytes = 0;
  const sockets = new Set();
  const listener = net.createServer((browser) => {
    const upstream = net.connect(Number(server.port), server.hostname);
    upstream.on("data", (chunk) => (bytes += chunk.length));
    browser.pipe(upstream).pipe(browser);
    for (const [socket, other] of [
      [browser, upstream],
      [upstream, browser],
    ]) {
      sockets.add(socket);
      // A browser that closes early resets the connection: nothing to report.
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  const url = new URL(server);
  url.port = String(listener.address().port);
  return { url: url.href, transferred: () => bytes };
}

/** A Chromium with a fresh profile on disk: storage behaves as it does for a user, also over a reload. */
export async function launch(options, cleanup) {
  const profile = await mkdtemp(join(tmpdir(), "atelier-profile-"));
  cleanup.push(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  const root = process.getuid?.() === 0;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.ATELIER_CHROMIUM,
    chromiumSandbox: !root,
    args: [...FLAGS, ...(options.flags ?? [])],
    viewport: { width: 1280, height: 800 },
    ...options.context,
  });
  cleanup.push(() => context.close());
  context.setDefaultTimeout(30_000);
  return context;
}

async function draw(context, name) {
  const folder = process.env.ATELIER_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const stem = name.replace(/[^\p{L}\p{N}]+/gu, "-");
  for (const [index, page] of context.pages().entries()) {
    const path = join(folder, `${stem}${index || ""}.png`);
    // A page that can't be drawn any more must not hide why the test failed.
    await page.screenshot({ path }).then(
      () => console.log(`drawn: ${path}`),
      (error) => console.log(`not drawn: ${error.message}`),
    );
  }
}
