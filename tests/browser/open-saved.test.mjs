/** A saved run comes back whole, whatever stands on the page; and from every refusal a way leads on. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { browserTest } from "./harness.mjs";
import { address, iteration, loss, open, pause, press, reach, settled, SMALL } from "./person.mjs";

/** Trains on the page until so many batches are done, and saves: the file's path. */
async function train(page, batches) {
  await press(page, "run");
  await reach(page, batches);
  await pause(page);
  await press(page, "file-menu");
  const saved = page.waitForEvent("download");
  await press(page, "save");
  return (await saved).path();
}

/** `file`: a path, or a name and bytes. */
async function choose(page, file) {
  await press(page, "file-menu");
  const chooser = page.waitForEvent("filechooser");
  await press(page, "restore");
  await (await chooser).setFiles(file);
}

const back = (page) => page.getByTestId("voice").filter({ hasText: /saved run is back/ });
const settings = async (page) => (await page.getByTestId("settings").first().textContent()).replace(/\s+/g, " ");

browserTest("a saved run of another network is asked about, and then brings network, settings and progress along", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 48, epochs: 3, seed: 11, lr: 0.02, opt: "nesterov_0.9" }, SMALL));
  const file = await train(page, 30);
  const trained = await iteration(page);
  const hash = await page.evaluate(() => location.hash);

  await page.goto("about:blank");
  await open(page, url);
  await press(page, "one-batch");
  await reach(page, 1);
  await choose(page, file);
  const dialog = page.getByRole("dialog", { name: /another network/ });
  await dialog.filter({ hasText: /“small”.*5 layers.*“seed”.*1 batch trained here/s }).waitFor();
  assert.equal(await page.getByTestId("offer-keep").evaluate((e) => e === document.activeElement), true, "the safe answer has the focus");

  // To keep is to change nothing.
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await iteration(page), 1);
  await page.locator("[data-layer]").nth(8).waitFor();

  await choose(page, file);
  await press(page, "offer-open");
  await back(page).waitFor();
  await settled(page);
  assert.equal(await page.locator("[data-layer]").count(), SMALL.layers.length);
  const said = await settings(page);
  for (const value of ["Nesterov", "0.02", "48", "11"]) assert.ok(said.includes(value), `${value} in ${said}`);
  assert.equal(await iteration(page), trained, "it stands where it stood");
  await page.waitForFunction((hash) => location.hash === hash, hash);
  assert.equal(await page.locator(".reset.waits").count(), 0, "nothing waits for a reset");
  await press(page, "one-batch");
  await reach(page, trained + 1);
  assert.ok((await loss(page)) < 2, "it goes on with what it had learnt");
});

browserTest("settings that were changed meanwhile give way to those of the file", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32, seed: 3 }, SMALL));
  const file = await train(page, 5);
  await press(page, "settings");
  await page.locator("[data-setting=seed]").fill("4");
  await page.keyboard.press("Escape");
  await page.locator(".reset.waits").waitFor();
  await choose(page, file);
  await back(page).waitFor();
  await page.locator(".reset.waits").waitFor({ state: "detached" });
  await page.waitForFunction(() => /seed=3/.test(location.hash));
});

browserTest("a damaged file, and one that does not fit the pictures, are told as such in the reader's language, and the run goes on", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32, lang: "zh" }, SMALL));
  const file = await train(page, 5);
  const bytes = await readFile(file);
  const notice = page.getByTestId("error");
  const leadsOn = async () => {
    await notice.getByRole("button", { name: "知道了" }).click();
    const at = await iterationZh(page);
    await press(page, "one-batch");
    await page.waitForFunction((at) => Number(/第\s*(\d+)\/\d+\s*批/.exec(document.querySelector("[data-testid=progress]").textContent.replaceAll("\u2007", ""))?.[1]) === at + 1, at);
  };

  for (const damaged of [bytes.subarray(0, bytes.length >> 1), Buffer.from("no such thing"), Buffer.alloc(0)]) {
    await choose(page, { name: "damaged.safetensors", mimeType: "", buffer: damaged });
    await notice.filter({ hasText: /这不是 Atelier 保存的训练，或者文件已损坏/ }).waitFor();
    await leadsOn();
  }

  // A network for larger pictures, with weights of its own: only its input is another.
  const other = Buffer.from(bytes);
  const at = other.indexOf("[28,28,1]");
  other.write("[28,27,1]", at);
  await choose(page, { name: "other.safetensors", mimeType: "", buffer: other });
  await press(page, "offer-open");
  await notice.filter({ hasText: /网络的输入是 28×27×1，图片却是 28×28×1/ }).waitFor();
  await leadsOn();
});

async function iterationZh(page) {
  const text = (await page.getByTestId("progress").textContent()).replaceAll("\u2007", "");
  return Number(/第\s*(\d+)\/\d+\s*批/.exec(text)[1]);
}

browserTest("a run that was saved in mid-epoch over other pictures says that its epoch begins anew", { timeout: 240_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  const file = await train(page, 5);
  const atelier = await page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve }))));
  // The same garments, but fewer: another set.
  await page.evaluate(() => {
    const idx = (shape, value) => {
      const bytes = new Uint8Array(4 + 4 * shape.length + shape.reduce((a, b) => a * b));
      bytes.set([0, 0, 8, shape.length]);
      shape.forEach((size, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, size));
      for (let i = 4 + 4 * shape.length, k = 0; i < bytes.length; i++, k++) bytes[i] = value(k);
      return bytes;
    };
    const transfer = new DataTransfer();
    for (const [name, count] of [["train", 300], ["t10k", 100]]) {
      transfer.items.add(new File([idx([count, 28, 28], (i) => 25 * (Math.floor(i / 784) % 10))], `${name}-images-idx3-ubyte`));
      transfer.items.add(new File([idx([count], (i) => i % 10)], `${name}-labels-idx1-ubyte`));
    }
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await page.getByTestId("data-chip").filter({ hasText: /300 \+ 100/ }).waitFor();
  await choose(page, file);
  await page.getByTestId("voice").filter({ hasText: /saved run is back.*epoch begins anew/ }).waitFor();
  assert.equal(await atelier.evaluate(({ main }) => main.restored.value.batch), 0);
  await press(page, "one-batch");
  await reach(page, 1);
});
