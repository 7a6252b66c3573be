/**
 * The Step view against the f64 reference: the whole timeline of the opening network and of one with every kind of layer, on three
 * pictures each, on both executors. `tests/examples/walked.rs` computes the same updates without the page, without wasm and in double
 * precision.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { browserTest, WEBGPU } from "./harness.mjs";
import { address } from "./person.mjs";

const EVERY = JSON.parse(await readFile(new URL("./networks/every.json", import.meta.url), "utf8"));
const PICTURES = [0, 1, 2];

/** All numbers of an update, by the name of their buffer. */
async function reference(name, picture) {
  const path = `${process.env.ATELIER_WALKED}/${name}-${picture}`;
  const { buffers } = JSON.parse(await readFile(`${path}.json`, "utf8"));
  const bytes = await readFile(`${path}.bin`);
  const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  let end = 0;
  return new Map(buffers.map(({ name, length }) => [name, all.subarray(end, (end += length))]));
}

/** A number as the page writes it, and how far the one that it stands for may be away. */
function read(text) {
  const value = Number(text.replaceAll("−", "-").replaceAll(",", ""));
  const [digits, power = "0"] = text.replaceAll("−", "-").split("e");
  const decimals = /\.(\d+)/.exec(digits)?.[1].length ?? 0;
  return { value, half: 0.5 * 10 ** (Number(power) - decimals) };
}

/**
 * f32 sums of some hundred terms, layer behind layer, lie within a hundred thousandth of the layer's largest number, where no ReLU and no
 * window's winner changes over; what is printed has three digits.
 */
const DRIFT = 1e-5;

const handOver = (page) =>
  page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve }))));

async function holds(page, url, name, network, settings, pictures = PICTURES) {
  let steps = 0;
  for (const picture of pictures) {
    await page.goto("about:blank");
    await page.goto(address(url, { ...settings, view: "step", walk: `alone.test.${picture}` }, network));
    await page.getByTestId("data-chip").filter({ hasText: "12,000" }).waitFor();
    const expected = await reference(name, picture);
    const atelier = await handOver(page);
    const bench = page.getByTestId("bench");
    await page.locator("[data-testid=bench][data-step='0'][aria-busy=false]").waitFor({ timeout: 90_000 });
    // The walk that was begun on the garments of the opening is made anew on those that took their place.
    await page.waitForFunction((atelier) => atelier.place.value?.cell, atelier);
    await page.locator("body").press("Home");
    for (let step = 0; ; step++) {
      await page.locator(`[data-testid=bench][data-step='${step}']`).waitFor();
      const { cell } = await page.waitForFunction((atelier) => atelier.place.value?.cell && atelier.place.value, atelier).then((handle) => handle.jsonValue());
      const told = (await bench.getByTestId("told").textContent()).replaceAll("\u202f", "");
      const numbers = expected.get(cell.buffer);
      const exact = numbers[cell.index];
      const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const said = [...told.matchAll(/[−-]?\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?/g)].map(([text]) => read(text));
      const fits = ({ value, half }) => Math.abs(value - exact) <= half + DRIFT * largest;
      assert.ok(said.some(fits), `${name}, picture ${picture}, step ${step}: ${cell.buffer} at ${cell.index} is ${exact}, and the page says: ${told}`);
      steps++;
      if (await page.getByTestId("step-forward").isDisabled()) break;
      await page.locator("body").press("ArrowRight");
    }
  }
  return steps;
}

browserTest("every step of the opening network says what the reference computes", { timeout: 300_000 }, async ({ page, url }) => {
  assert.ok((await holds(page, url, "seed", undefined, {})) > 3 * 40);
});

browserTest("every step of a network with every kind of layer says what the reference computes", { timeout: 300_000 }, async ({ page, url }) => {
  assert.ok((await holds(page, url, "every", EVERY, {})) > 3 * 40);
});

browserTest("every step on the GPU says what the reference computes", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  assert.ok((await holds(page, url, "every", EVERY, { executor: "webgpu" })) > 3 * 40);
});

browserTest("every step of the opening network on the GPU says what the reference computes", { flags: WEBGPU, timeout: 300_000 }, async ({ page, url }) => {
  assert.ok((await holds(page, url, "seed", undefined, { executor: "webgpu" }, [0])) > 40);
});
