/** What is kept: the run as a file, the settings in the address, language and theme in the browser. */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { address, iteration, loss, open, pause, press, reach, settled, SMALL } from "./person.mjs";

browserTest("a run saved as a file goes on from it after a reload", {}, async ({ page, url }) => {
  const where = address(url, { batch: 32, seed: 5 }, SMALL);
  await open(page, where);
  await press(page, "run");
  await reach(page, 150);
  await pause(page);
  const trained = await iteration(page);
  await press(page, "file-menu");
  const saved = page.waitForEvent("download");
  await press(page, "save");
  const file = await (await saved).path();

  await page.reload();
  await open(page, where);
  assert.equal(await iteration(page), 0);
  await press(page, "file-menu");
  const chooser = page.waitForEvent("filechooser");
  await press(page, "restore");
  await (await chooser).setFiles(file);
  await page.getByTestId("voice").filter({ hasText: /saved run is back/ }).waitFor();
  await press(page, "one-batch");
  await reach(page, trained + 1);
  assert.equal(await iteration(page), trained + 1);
  // The first batch of a fresh network costs about ln 10; this one goes on where the file was written.
  const next = await loss(page);
  assert.ok(next < 0.7 * Math.log(10), `the loss is ${next}`);
});

browserTest("settings in the address survive a reload", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 48, epochs: 3, seed: 11, lr: 0.002, opt: "nesterov_0.9" }));
  const settings = page.getByTestId("settings").first();
  for (const reloaded of [false, true]) {
    if (reloaded) await page.reload();
    await open(page, page.url());
    const text = (await settings.textContent()).replace(/\s+/g, " ");
    for (const value of ["Nesterov", "0.002", "48", "11"]) assert.ok(text.includes(value), `${value} in ${text}`);
  }
});

browserTest("a Chinese reader finds no English words, also after a reload", { context: { locale: "zh-CN" } }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  for (const reloaded of [false, true]) {
    if (reloaded) await page.reload();
    await page.locator("[data-testid=run]:enabled").waitFor();
    assert.match(await page.locator("html").getAttribute("lang"), /^zh/);
    const words = await page.locator("body").innerText();
    for (const word of ["Train", "Loss", "Accuracy", "Images", "Confusion", "Worst", "Run", "Reset", "Epoch", "Rate", "Shirt", "Sneaker"]) {
      assert.ok(!new RegExp(`\\b${word}\\b`).test(words), `"${word}" stands in the Chinese page`);
    }
  }
});

browserTest("the screen is kept awake while a run goes on, and no longer", {}, async ({ page, url }) => {
  await page.addInitScript(() => {
    window.awake = 0;
    const request = async () => {
      window.awake += 1;
      return { released: false, release: async () => void (window.awake -= 1) };
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
  });
  await open(page, address(url, { batch: 32 }, SMALL));
  assert.equal(await page.evaluate(() => window.awake), 0);
  await press(page, "run");
  await page.waitForFunction(() => window.awake === 1);
  await reach(page, 3);
  await pause(page);
  await page.waitForFunction(() => window.awake === 0);
});

browserTest("a loss that is no number is told, and a reset leads on", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32, lr: 1e30 }, SMALL));
  await press(page, "run");
  await page.getByTestId("voice").filter({ hasText: /not a number|NaN|rate/i }).waitFor();
  await page.getByTestId("run").filter({ hasNotText: "Pause" }).waitFor();
  await press(page, "reset");
  await settled(page);
  assert.equal(await iteration(page), 0);
});

browserTest("nothing is wider than a phone, and the transport stays in reach", { context: { viewport: { width: 390, height: 844 }, hasTouch: true } }, async ({ page, url }) => {
  await open(page, address(url), /Drawn|12,000/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  for (const testid of ["run", "one-batch", "reset"]) {
    const box = await page.getByTestId(testid).boundingBox();
    assert.ok(box.height >= 40 && box.y + box.height <= 844 && box.x >= 0 && box.x + box.width <= 390, `${testid}: ${JSON.stringify(box)}`);
  }
});

browserTest("the space bar runs and pauses, and a cell is read by the keyboard", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await page.keyboard.press("Space");
  await reach(page, 2);
  await page.keyboard.press("Space");
  await settled(page);
  await page.getByTestId("maps").nth(2).focus();
  await page.keyboard.press("ArrowRight");
  const spoken = await page.getByTestId("maps").nth(2).getAttribute("aria-valuetext");
  assert.match(spoken, /\d/);
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await page.getByTestId("maps").nth(2).getAttribute("aria-valuetext"), spoken);
});
