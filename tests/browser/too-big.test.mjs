/** Networks that are too big are refused with the figures, and leave nothing behind; the page goes on. */
import assert from "node:assert/strict";
import { browserTest, WEBGPU } from "./harness.mjs";
import { address, iteration, open, press, reach, settled, SMALL } from "./person.mjs";

/** A software adapter takes seconds over what a GPU does in no time. */
const PATIENCE = 180_000;

const conv = (name, inbound) => ({
  name,
  inbound: [inbound],
  layer: { class_name: "Conv2D", filters: 4096, padding: "same", activation: "relu" },
});

/** Two convolutions of 4,096 filters: 604 MB of weights, five times that to train them, and 13 MB a map and picture. */
const HUGE = {
  name: "huge",
  layers: [
    { name: "input", inbound: [], layer: { class_name: "InputLayer", shape: [28, 28, 1] } },
    conv("conv2d", "input"),
    conv("conv2d_1", "conv2d"),
    { name: "global", inbound: ["conv2d_1"], layer: { class_name: "GlobalAveragePooling2D" } },
    { name: "dense", inbound: ["global"], layer: { class_name: "Dense", units: 10, activation: "softmax" } },
  ],
};

/** The page's object: a draft of this size is laid into the editor as pasting it would. */
const handOver = (page) =>
  page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve }))));

const inventory = (atelier) => atelier.evaluate(({ engine }) => engine.ask("inventory", {}));

for (const [executor, flags] of [
  ["cpu", []],
  ["webgpu", WEBGPU],
]) {
  browserTest(`a network too big is refused twenty times over, and a small one trains (${executor})`, { flags, timeout: 600_000 }, async (world) => {
    const { page, url } = world;
    await open(page, address(url, { batch: 32, executor }, SMALL));
    if (executor === "webgpu") await page.getByTestId("executor-chip").filter({ hasText: "WebGPU" }).waitFor({ timeout: PATIENCE });
    await press(page, "one-batch");
    await reach(page, 1, PATIENCE);
    const atelier = await handOver(page);
    const before = await inventory(atelier);
    await press(page, "edit");
    await atelier.evaluate(({ main }, network) => main.editor.edit(network), HUGE);
    await page.locator("[data-testid=apply]:enabled").waitFor();
    for (let time = 1; time <= 20; time++) {
      await press(page, "apply");
      await page.getByTestId("error").filter({ hasText: /\d [MG]B/ }).waitFor();
      await settled(page);
    }
    // What was there stays, and goes on.
    assert.deepEqual(await inventory(atelier), before);
    await page.getByTestId("error").getByRole("button").last().click();
    await press(page, "discard");
    await press(page, "one-batch");
    await reach(page, 2, PATIENCE);
    // And something that fits can be begun.
    const smaller = { ...SMALL, name: "smaller", layers: SMALL.layers.filter(({ name }) => name !== "max_pooling2d").map((node) => (node.name === "flatten" ? { ...node, inbound: ["conv2d"] } : node)) };
    assert.equal(await atelier.evaluate(({ main }, network) => main.configure(network), smaller), true);
    await settled(page);
    await press(page, "one-batch");
    await reach(page, 1, PATIENCE);
    assert.equal(await iteration(page), 1);
  });
}

/** Flatten, Dense, BatchNormalization, ReLU, Dense. */
const NORMALISED = {
  name: "normalised",
  layers: [
    { name: "input", inbound: [], layer: { class_name: "InputLayer", shape: [28, 28, 1] } },
    { name: "flatten", inbound: ["input"], layer: { class_name: "Flatten" } },
    { name: "dense", inbound: ["flatten"], layer: { class_name: "Dense", units: 16 } },
    { name: "norm", inbound: ["dense"], layer: { class_name: "BatchNormalization", momentum: 0.5 } },
    { name: "relu", inbound: ["norm"], layer: { class_name: "Activation", activation: "relu" } },
    { name: "out", inbound: ["relu"], layer: { class_name: "Dense", units: 10, activation: "softmax" } },
  ],
};

/** With moments of its own a worker of one picture has a variance of 0 and learns nothing. */
browserTest("batch normalisation learns as well on eight workers of one picture as on one", { timeout: 300_000 }, async ({ page, url }) => {
  const found = [];
  for (const workers of [1, 8]) {
    await page.goto("about:blank");
    await open(page, address(url, { batch: 8, epochs: 1, executor: "cpu", workers }, NORMALISED));
    const atelier = await handOver(page);
    const run = await atelier.evaluateHandle(({ main }) => main);
    assert.equal((await inventory(atelier)).workers, workers);
    await press(page, "run");
    await page.waitForFunction((run) => run.history.epochs.value.length > 0, run, { timeout: 200_000 });
    found.push(await run.evaluate(({ history }) => history.epochs.value[0].val_accuracy));
  }
  const [one, eight] = found;
  assert.ok(one > 0.6, `one worker: ${one}`);
  // Of 2,000 pictures near-equal networks differ by chance in some: three standard deviations of a share of 2,000.
  assert.ok(Math.abs(one - eight) <= 3 * Math.sqrt((one * (1 - one)) / 2000), `one worker ${one}, eight ${eight}`);
});
