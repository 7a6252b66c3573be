/** What cannot be used is left out, told beside its control and never remembered, however it came in. */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { address, open, press, reach, settled, SMALL } from "./person.mjs";

const layer = (page, index) => page.locator(`[data-layer="${index}"]`);

/** The first two are in range until they are narrowed to f32. */
const ADDRESSES = [
  ["lr=1e-50", "learning_rate", /lr=1e-50.*above 0.*32 bits/],
  ["opt=adam_0.99999999999_0.999_1e-7", "beta_1", /beta_1 must be at least 0 and below 1.*32 bits/],
  ["batch=5000", "batch_size", /from 1 to 4,096/],
  ["epochs=abc", "epochs", /must be a number/],
];

for (const [part, setting, words] of ADDRESSES) {
  browserTest(`an address with ${part} trains, says what was left out at its control, and forgets it`, {}, async ({ page, url }) => {
    await open(page, `${url}#${part}`);
    await page.getByTestId("address-refused").filter({ hasText: words }).waitFor();
    await page.waitForFunction((text) => !location.hash.includes(text), part);
    await press(page, "settings");
    const about = page.locator(`[data-setting=${setting}] + small`);
    await about.filter({ hasText: words }).waitFor();
    await page.keyboard.press("Escape");
    await press(page, "one-batch");
    await reach(page, 1);
    // The address is mended by hand, with the page open: the page takes it, and the complaint goes.
    await page.evaluate(() => (location.hash = "#lr=0.002&batch=32"));
    await page.getByTestId("settings").filter({ hasText: "0.002" }).waitFor();
    await page.getByTestId("address-refused").waitFor({ state: "detached" });
    await settled(page);
    await press(page, "one-batch");
    await reach(page, 1);
  });
}

browserTest("a bad address that is typed into an open page leaves it as usual, and training", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await page.evaluate(() => (location.hash = `${location.hash}&lr=1e-50`));
  await page.getByTestId("address-refused").waitFor();
  await page.waitForFunction(() => !location.hash.includes("1e-50"));
  await settled(page);
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("a number typed that f32 makes 0 is explained in its field, and neither used nor remembered", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "settings");
  await page.locator("[data-setting=learning_rate]").fill("1e-50");
  await page.locator("[data-setting=learning_rate] + small").filter({ hasText: /above 0.*1e−50 is 0/ }).waitFor();
  await page.locator("[data-setting=beta_1]").fill("0.99999999999");
  await page.locator("[data-setting=beta_1] + small").filter({ hasText: /below 1.*0.99999999999 is 1/ }).waitFor();
  // A number that f32 holds, with more digits than are usually shown, is used and kept as it is.
  await page.locator("[data-setting=beta_2]").fill("0.9999999");
  await page.waitForFunction(() => location.hash.includes("adam_0.9_0.9999999_"));
  await page.keyboard.press("Escape");
  assert.ok(!/1e-50|0\.99999999999/.test(await page.evaluate(() => location.hash)));
  await page.reload();
  await open(page, page.url());
  await press(page, "one-batch");
  await reach(page, 1);
  assert.equal(await page.getByTestId("address-refused").count(), 0);
});

browserTest("a network in the address with a number that f32 makes 0 is laid open for mending, and the page trains", {}, async ({ page, url }) => {
  const odd = structuredClone(SMALL);
  odd.layers.splice(2, 0, { name: "norm", inbound: ["conv2d"], layer: { class_name: "BatchNormalization", epsilon: 1e-50 } });
  odd.layers[3].inbound = ["norm"];
  await open(page, address(url, { batch: 32 }, odd));
  await page.getByText(/epsilon is 0; it must be above 0/).first().waitFor();
  await press(page, "discard");
  await press(page, "one-batch");
  await reach(page, 1);
});

/** `add` joins two ways; `conv2d_1` is fed by `activation`. */
const TWO_WAYS = {
  name: "two ways",
  layers: [
    { name: "input", inbound: [], layer: { class_name: "InputLayer", shape: [28, 28, 1] } },
    { name: "conv2d", inbound: ["input"], layer: { class_name: "Conv2D", filters: 2, kernel_size: [3, 3], padding: "same" } },
    { name: "activation", inbound: ["conv2d"], layer: { class_name: "Activation", activation: "relu" } },
    { name: "conv2d_1", inbound: ["activation"], layer: { class_name: "Conv2D", filters: 2, kernel_size: [3, 3], padding: "same" } },
    { name: "add", inbound: ["conv2d_1", "activation"], layer: { class_name: "Add" } },
    { name: "pool", inbound: ["add"], layer: { class_name: "GlobalAveragePooling2D" } },
    { name: "dense", inbound: ["pool"], layer: { class_name: "Dense", units: 10, activation: "softmax" } },
  ],
};

browserTest("a layer renamed by typing over another's name keeps its wires, and a double name is explained where it is typed", {}, async ({ page, context, url }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, address(url, { batch: 32 }, TWO_WAYS));
  await press(page, "edit");
  await layer(page, 3).click();
  const name = page.getByRole("dialog").getByLabel("name", { exact: true });
  await name.selectText();
  await name.pressSequentially("activation");
  await page.getByRole("dialog").getByText(/Another layer is called “activation”/).waitFor();
  await name.pressSequentially("2");
  await page.getByRole("dialog").getByText(/Another layer is called/).waitFor({ state: "detached" });
  await name.press("Enter");
  await page.keyboard.press("Escape");
  await layer(page, 4).click();
  const fed = page.getByRole("dialog").getByRole("checkbox", { checked: true });
  assert.deepEqual(await fed.evaluateAll((boxes) => boxes.map((box) => box.closest("label").textContent.trim())), ["activation", "activation2"]);
  await page.keyboard.press("Escape");
  await press(page, "apply");
  await settled(page);
  await press(page, "file-menu");
  await page.getByRole("button", { name: "Copy as JSON" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const built = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual(built.layers[4].inbound, ["activation2", "activation"]);
});

browserTest("a name that was typed takes effect when Apply is pressed next", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "edit");
  await layer(page, 1).click();
  await page.getByRole("dialog").getByLabel("name", { exact: true }).fill("eyes");
  await press(page, "apply");
  await settled(page);
  await page.getByRole("button", { name: /^Edit eyes:/ }).waitFor();
});

browserTest("a network that ends without softmax gets a hint", {}, async ({ page, url }) => {
  const odd = structuredClone(SMALL);
  delete odd.layers.at(-1).layer.activation;
  await open(page, address(url, { batch: 32 }, odd));
  await page.getByTestId("hint").filter({ hasText: "softmax" }).waitFor();
});
