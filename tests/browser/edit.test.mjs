/** Editing the network in place: shapes follow, the impossible is explained where it is, what is applied trains. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
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

browserTest("a frozen layer is named so, keeps its weights in training, and stays frozen through the address", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "edit");
  await layer(page, 1).click();
  await page.getByRole("dialog").getByLabel("trainable", { exact: true }).uncheck();
  await page.locator(".frozen").filter({ hasText: "frozen" }).waitFor();
  await page.keyboard.press("Escape");
  await press(page, "apply");
  await settled(page);
  await page.getByRole("button", { name: /^Edit conv2d:.*frozen/ }).waitFor();
  const read = async () => {
    await press(page, "file-menu");
    const saved = page.waitForEvent("download");
    await press(page, "save");
    const bytes = await readFile(await (await saved).path());
    const length = Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
    const of = (stem) => Object.keys(header).filter((name) => name.startsWith(stem) && !name.includes("adam")).map((name) => bytes.subarray(...header[name].data_offsets.map((at) => 8 + length + at)).toString("hex"));
    return { conv: of("conv2d"), dense: of("dense") };
  };
  await press(page, "one-batch");
  await reach(page, 1);
  const before = await read();
  await press(page, "one-batch");
  await reach(page, 2);
  const after = await read();
  assert.deepEqual(after.conv, before.conv, "frozen");
  assert.notDeepEqual(after.dense, before.dense, "the others learn");
  await page.reload();
  await open(page, page.url());
  await page.getByRole("button", { name: /^Edit conv2d:.*frozen/ }).waitFor();
});
