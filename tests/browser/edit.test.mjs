/** Editing the network in place: shapes follow, the impossible is explained where it is, what is applied trains. */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { address, open, press, reach, settled, SMALL } from "./person.mjs";

const layer = (page, index) => page.locator(`[data-layer="${index}"]`);

browserTest("a layer changed at its name changes every shape behind it, and the new network trains", {}, async (world) => {
  const { page, url } = world;
  await open(page, address(url, { batch: 32 }, SMALL));
  await layer(page, 1).filter({ hasText: "12×12×4" }).waitFor();
  await press(page, "edit");
  await layer(page, 1).click();
  const inspector = page.getByRole("dialog");
  await inspector.getByLabel("filters", { exact: true }).fill("6");
  await layer(page, 1).filter({ hasText: "12×12×6" }).waitFor();
  await layer(page, 2).filter({ hasText: "6×6×6" }).waitFor();
  await layer(page, 3).filter({ hasText: "216" }).waitFor();
  // 5·5·1·6 + 6 for the convolution, 216·10 + 10 for the dense layer.
  await page.getByText("2,326 parameters").waitFor();
  await page.keyboard.press("Escape");
  await press(page, "apply");
  await settled(page);
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("an impossible network is explained at its layer, cannot be applied, and undo leads back", {}, async (world) => {
  const { page, url } = world;
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "edit");
  await layer(page, 2).click();
  const inspector = page.getByRole("dialog");
  await inspector.getByLabel("pool_size 1").fill("30");
  await inspector.getByText(/covers 30×\d+ cells and its input has only 12×12/).waitFor();
  assert.ok(await page.getByTestId("apply").isDisabled());
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await layer(page, 2).filter({ hasText: "6×6×4" }).waitFor();
  await press(page, "discard");
  await press(page, "one-batch");
  await reach(page, 1);
});
