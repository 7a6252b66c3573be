/** Rough handling: whatever is clicked, closed or reloaded, nothing is left broken. */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { address, iteration, open, pause, press, reach, settled, SMALL } from "./person.mjs";

browserTest("a hundred quick clicks on run and pause", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await page.evaluate(() => {
    for (let click = 0; click < 100; click++) document.querySelector("[data-testid=run]").click();
  });
  // An even number of clicks: whatever was trained on the way, the run stands still or can be made to.
  for (let click = 0; click < 10; click++) await press(page, "run");
  const label = page.getByTestId("run");
  if (/Pause/.test(await label.textContent())) await pause(page);
  await settled(page);
  const before = await iteration(page);
  await press(page, "one-batch");
  await reach(page, before + 1);
  assert.equal(await iteration(page), before + 1);
  await press(page, "run");
  await reach(page, before + 20);
});

browserTest("a page reloaded in the middle of a step", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 512 }));
  await press(page, "run");
  await reach(page, 1);
  await page.reload();
  await open(page, page.url());
  assert.equal(await iteration(page), 0);
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("a page closed in the middle of a step, and opened again", {}, async ({ context, page, url }) => {
  await open(page, address(url, { batch: 512 }));
  await press(page, "run");
  await reach(page, 1);
  const second = await context.newPage();
  await page.close();
  await open(second, address(url, { batch: 32 }, SMALL));
  await press(second, "run");
  await reach(second, 20);
});

browserTest("two pages train at once", {}, async ({ context, page, url }) => {
  const pages = [page, await context.newPage()];
  for (const [seed, each] of pages.entries()) await open(each, address(url, { batch: 32, seed }, SMALL));
  for (const each of pages) await press(each, "run");
  for (const each of pages) await reach(each, 40);
});

browserTest("damaged data are refused by name, and what was there stays", {}, async (world) => {
  const { page, url } = world;
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "data-chip");
  const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
  const garbage = names.map((name) => ({ name, mimeType: "application/gzip", buffer: Buffer.from("no such thing") }));
  await page.getByTestId("data-files").setInputFiles(garbage);
  await page.getByText(/(train|t10k)-(images|labels)-idx/).first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("data-chip").filter({ hasText: /12,000/ }).waitFor();
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("an address with nonsense behind the # opens all the same", {}, async ({ page, url }) => {
  for (const nonsense of ["#batch=-3&lr=x&seed=1e99&opt=&net=AAAA", "#net=e30", "#%%%", "#theme=blue&picture=99999999"]) {
    // An address that differs behind the # alone would not load anew.
    await page.goto("about:blank");
    await open(page, url + nonsense);
    await press(page, "one-batch");
    await reach(page, 1);
  }
});
