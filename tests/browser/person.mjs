/** What a person does and reads in the Train view. */
import { deflateRawSync } from "node:zlib";

/** A network so small that a step takes milliseconds. */
export const SMALL = {
  name: "small",
  layers: [
    { name: "input", inbound: [], layer: { class_name: "InputLayer", shape: [28, 28, 1] } },
    {
      name: "conv2d",
      inbound: ["input"],
      layer: { class_name: "Conv2D", filters: 4, kernel_size: [5, 5], strides: [2, 2], activation: "relu" },
    },
    { name: "max_pooling2d", inbound: ["conv2d"], layer: { class_name: "MaxPooling2D" } },
    { name: "flatten", inbound: ["max_pooling2d"], layer: { class_name: "Flatten" } },
    { name: "dense", inbound: ["flatten"], layer: { class_name: "Dense", units: 10, activation: "softmax" } },
  ],
};

/** The address of the page with settings (`batch`, `epochs`, `seed`, `lr`, …) and perhaps another network. */
export function address(url, settings = {}, network = undefined) {
  const parts = new URLSearchParams(settings);
  if (network) parts.set("net", deflateRawSync(JSON.stringify(network)).toString("base64url"));
  return `${url}#${parts}`;
}

export const press = (page, testid) => page.getByTestId(testid).click();

/** Opens the page and waits until a run can begin on the data that are to come. */
export async function open(page, where, pictures = /12,000/) {
  await page.goto(where);
  await page.locator("[data-testid=run]:enabled").waitFor();
  await page.getByTestId("data-chip").filter({ hasText: pictures }).waitFor();
}

/** Batches trained so far, from the transport's words. */
export async function iteration(page) {
  return page.evaluate(readIteration);
}

/** Waits until so many batches were trained. */
export async function reach(page, batches, timeout = 100_000) {
  // A function: the page's policy lets no text be run as a script.
  await page.waitForFunction(readIteration, batches, { timeout, polling: 50 });
}

/** In the page: how many, or whether they are as many as wanted. */
function readIteration(wanted) {
  const text = document.querySelector("[data-testid=progress]")?.textContent ?? "";
  const found = /Epoch\s+(\d+)(?: of |\/)\d+ · batch\s+([\d,]+)(?: of |\/)([\d,]+)/.exec(text.replaceAll("\u202f", ""));
  const [epoch, batch, batches] = found ? found.slice(1).map((n) => Number(n.replaceAll(",", ""))) : [1, 0, 0];
  const done = (epoch - 1) * batches + batch;
  return wanted == null ? done : done >= wanted;
}

/** The training loss as it is shown. */
export async function loss(page) {
  return Number(await page.getByTestId("loss-training").textContent());
}

/** Waits until the engine has done what it was asked, and the page shows it: figures are drawn once a frame. */
export async function settled(page) {
  await page.locator("[data-testid=transport][aria-busy=false]").waitFor();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Pauses, and waits until the batch under way has ended. */
export async function pause(page) {
  await press(page, "run");
  await page.getByTestId("run").filter({ hasText: /Run|Continue|Resume/ }).waitFor();
  await settled(page);
}
