/**
 * Firefox and WebKit, each by the driver that comes with it, in the few things that the tests ask of them: `{ name, goto, run, close }`.
 * `run(fn, ...args)` calls a function in the page and waits for what it promises.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

/** Firefox, by WebDriver BiDi, which is built in. */
export async function firefox(executablePath) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox: { "intl.accept_languages": "en-US" } });
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  return {
    name: await browser.version(),
    goto: (url) => page.goto(url),
    run: (body, ...args) => page.evaluate(body, ...args),
    close: () => browser.close(),
  };
}

/** How long WebKit's driver may take to start its browser, in milliseconds, and how often it is asked to. */
const START = 20_000;
const STARTS = 4;

/** A driver that never found the browser that it had started: nothing is known of the page. */
export class NotStarted extends Error {}

/**
 * WebKit's MiniBrowser on a screen of its own, by WebDriver over plain HTTP. On a busy machine its driver (2.50) waits for ever, in
 * about half the starts, for a browser that it has started: then both are started anew, and at last given up as `NotStarted`.
 */
export async function webkit(driver, miniBrowser) {
  for (let start = 1; ; start++) {
    try {
      return await startWebKit(driver, miniBrowser);
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      if (start === STARTS) throw new NotStarted(`WebKit's driver did not start its browser, ${STARTS} times`);
    }
  }
}

async function startWebKit(driver, miniBrowser) {
  const home = await mkdtemp(join(tmpdir(), "atelier-webkit-"));
  const children = [];
  const close = async () => {
    for (const child of children.reverse()) await stop(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    // Xvfb says on the descriptor which screen it took.
    const xvfb = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    children.push(xvfb);
    const display = await firstLine(xvfb.stdio[3], xvfb, "Xvfb");
    const port = await freePort();
    const env = { ...process.env, DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: home, LC_ALL: "en_US.UTF-8", LANGUAGE: "en_US", NO_AT_BRIDGE: "1", DBUS_SESSION_BUS_ADDRESS: "disabled:" };
    const server = spawn(driver, [`--port=${port}`, "--host=127.0.0.1"], { env, stdio: "ignore" });
    children.push(server);
    const call = caller(`http://127.0.0.1:${port}`);
    await listening(port, server);
    const options = { binary: miniBrowser, args: ["--automation"] };
    const { sessionId, capabilities } = await call("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } }, AbortSignal.timeout(START));
    const session = `/session/${sessionId}`;
    await call("POST", `${session}/timeouts`, { script: 120_000, pageLoad: 60_000 });
    return {
      name: `WebKit ${capabilities.browserName} ${capabilities.browserVersion}`,
      goto: (url) => call("POST", `${session}/url`, { url }),
      run: async (body, ...args) => {
        // An error must come back as one: WebKit's driver would wait for the promise that was rejected.
        const script = `const [done, ...args] = [arguments[arguments.length - 1], ...Array.from(arguments).slice(0, -1)];
          Promise.resolve().then(() => (${body})(...args)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
        const { value, error } = await call("POST", `${session}/execute/async`, { script, args });
        if (error) throw new Error(error);
        return value;
      },
      close: async () => {
        // Whatever becomes of the session, its processes end.
        await call("DELETE", session).catch(() => {});
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function caller(origin) {
  return async (method, path, body, signal) => {
    const response = await fetch(origin + path, { method, body: body && JSON.stringify(body), signal });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
}

async function firstLine(stream, child, name) {
  child.on("error", (error) => stream.destroy(error));
  for await (const chunk of stream) return String(chunk).trim();
  throw new Error(`${name} ended before it was ready`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until the driver answers. */
async function listening(port, child) {
  for (;;) {
    assert.equal(child.exitCode, null, "the WebDriver of WebKit ended before it was ready");
    const answers = await fetch(`http://127.0.0.1:${port}/status`).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // At once: a driver that waits for its browser heeds nothing else.
  child.kill("SIGKILL");
  await ended;
}
