/**
 * The Content-Security-Policy: it is there, it is strict, and the page keeps to it. Every other browser test holds the page to it as
 * well, since what is refused fails them (`harness.mjs`).
 */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { address, open, pause, press, reach, SMALL } from "./person.mjs";

browserTest("the page states a strict policy, and the server sends the same", {}, async ({ page, url }) => {
  const response = await page.goto(url);
  const sent = response.headers()["content-security-policy"].split("; ");
  const stated = (await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content")).split("; ");
  assert.deepEqual(sent, [...stated, "frame-ancestors 'self'"]);
  assert.ok(stated.includes("default-src 'none'"));
  for (const directive of stated) {
    assert.ok(!/'unsafe-|\*|https?:(\/\/)?( |$)/.test(directive), directive);
    if (!directive.startsWith("img-src")) assert.ok(!/data:|blob:/.test(directive), directive);
  }
  // Nothing comes before it but the encoding: what stands in front of a policy is not bound by it.
  assert.equal(await page.evaluate(() => document.head.children[1].getAttribute("http-equiv")), "Content-Security-Policy");
});

/** What an intruder would try, and the directive that refuses it. */
const ATTEMPTS = {
  "script-src-elem": () => document.head.append(Object.assign(document.createElement("script"), { textContent: "window.intruded = true" })),
  "script-src-attr": () => {
    document.body.insertAdjacentHTML("beforeend", "<i onclick='window.intruded = true'>");
    document.body.lastChild.click();
  },
  // A turn later: what the test itself calls may evaluate words.
  "script-src": () => void setTimeout(() => new Function("window.intruded = true")()),
  "style-src-elem": () => document.head.append(Object.assign(document.createElement("style"), { textContent: "body { opacity: 0 }" })),
  "connect-src": () => void fetch("https://example.invalid/").catch(() => {}),
  "img-src": () => void (new Image().src = "https://example.invalid/a.png"),
  "worker-src": () => void new Worker(URL.createObjectURL(new Blob(["0"]))),
  "base-uri": () => document.head.append(Object.assign(document.createElement("base"), { href: "https://example.invalid/" })),
};

browserTest("the policy refuses what it does not allow", {}, async (world) => {
  const { page, url, errors } = world;
  await open(page, url);
  assert.deepEqual(errors, []);
  for (const [directive, attempt] of Object.entries(ATTEMPTS)) {
    await page.evaluate(() => {
      window.directive = undefined;
      document.addEventListener("securitypolicyviolation", (event) => (window.directive = event.effectiveDirective), { once: true });
    });
    await page.evaluate(attempt);
    await page.waitForFunction(() => window.directive !== undefined).catch(() => assert.fail(`nothing was refused by ${directive}`));
    assert.equal(await page.evaluate(() => window.directive), directive);
    assert.equal(await page.evaluate(() => window.intruded), undefined);
  }
  assert.ok(world.expected(/Content Security Policy|refused:|EvalError/) >= Object.keys(ATTEMPTS).length);
});

browserTest("a worker is bound by the policy that the server sends", {}, async ({ page, url }) => {
  await page.goto(url);
  const worker = page.workers()[0] ?? (await page.waitForEvent("worker"));
  const refused = await worker.evaluate(
    () =>
      new Promise((resolve) => {
        self.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true });
        fetch("https://example.invalid/").catch(() => {});
      }),
  );
  assert.equal(refused, "connect-src");
});

browserTest("what a person does first is within the policy", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 64, epochs: 1 }, SMALL));
  await press(page, "run");
  await reach(page, 20);
  await pause(page);
  for (const chip of ["data-chip", "executor-chip", "file-menu"]) {
    await press(page, chip);
    await page.keyboard.press("Escape");
  }
  for (const tab of ["Confusion", "Worst", "Images"]) await page.getByRole("tab", { name: tab }).click();
  await page.getByTestId("maps").nth(1).hover();
  await press(page, "edit");
  await page.locator('[data-layer="1"]').click();
  await page.getByRole("dialog").getByLabel("filters", { exact: true }).fill("6");
  await page.keyboard.press("Escape");
  await press(page, "discard");
  const saved = page.waitForEvent("download");
  await press(page, "file-menu");
  await press(page, "save");
  const file = await (await saved).path();
  await press(page, "file-menu");
  const chooser = page.waitForEvent("filechooser");
  await press(page, "restore");
  await (await chooser).setFiles(file);
  await page.getByTestId("voice").filter({ hasText: /saved run is back/ }).waitFor();
  await page.goto(`${url}#theme=dark&lang=zh`);
  await page.reload();
  await page.locator("[data-testid=run]:enabled").waitFor();
});
