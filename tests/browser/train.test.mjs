/** The Train view in use: a run does what its buttons say, and learns. */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { address, iteration, loss, open, pause, press, reach, SMALL } from "./person.mjs";

browserTest("a small network learns garments that the page draws itself", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "one-batch");
  await reach(page, 1);
  const first = await loss(page);
  // Ten balanced classes and small weights: near ln 10 at first.
  assert.ok(Math.abs(first - Math.log(10)) < 0.5, `the first loss is ${first}`);
  await press(page, "run");
  await reach(page, 300);
  await pause(page);
  const later = await loss(page);
  assert.ok(later < 0.6 * first, `the loss went from ${first} to ${later}`);
});

browserTest("one batch is exactly one, and a pause holds", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  for (let batch = 1; batch <= 5; batch++) {
    await press(page, "one-batch");
    await reach(page, batch);
    assert.equal(await iteration(page), batch);
  }
  await press(page, "run");
  await reach(page, 20);
  await pause(page);
  const [held, before] = [await iteration(page), await loss(page)];
  // One batch may leave the smoothed loss the same to all digits shown; several do not.
  const losses = new Set([before]);
  for (let batch = held + 1; batch <= held + 5; batch++) {
    await press(page, "one-batch");
    await reach(page, batch);
    assert.equal(await iteration(page), batch);
    losses.add(await loss(page));
  }
  assert.ok(losses.size > 1, `the loss stayed at ${before}`);
  await press(page, "reset");
  await page.waitForFunction(() => !/batch\s+\d+ of/.test(document.querySelector("[data-testid=progress]").textContent));
});

browserTest("the same seed gives the same losses, another seed others", {}, async ({ page, url }) => {
  const losses = [];
  for (const seed of [3, 3, 4]) {
    await open(page, address(url, { batch: 32, seed }, SMALL));
    await page.reload();
    await open(page, address(url, { batch: 32, seed }, SMALL));
    for (let batch = 1; batch <= 4; batch++) {
      await press(page, "one-batch");
      await reach(page, batch);
    }
    losses.push(await loss(page));
  }
  assert.equal(losses[0], losses[1]);
  assert.notEqual(losses[0], losses[2]);
});

browserTest("an epoch ends with validation, a confusion matrix and the worst mistakes", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 256, epochs: 1 }, SMALL));
  await press(page, "run");
  await page.getByTestId("accuracy-validation").filter({ hasText: /\d/ }).waitFor({ timeout: 100_000 });
  const accuracy = Number.parseFloat(await page.getByTestId("accuracy-validation").textContent());
  assert.ok(accuracy > 20 && accuracy <= 100, `${accuracy} %`);
  for (const tab of ["Confusion", "Worst", "Images"]) await page.getByRole("tab", { name: tab }).click();
});

browserTest("the network that the page opens with learns Fashion-MNIST", { data: "beside", timeout: 600_000 }, async (world) => {
  const { page, url } = world;
  await open(page, address(url), /60,000/);
  await press(page, "run");
  await reach(page, 200, 500_000);
  await pause(page);
  const reached = await loss(page);
  assert.ok(reached < 0.6, `the training loss is ${reached} after 200 steps`);
});
