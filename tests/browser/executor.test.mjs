/** Which executor computes: the choice, its reason in words, a switch in the middle of a run, a GPU that is lost. */
import assert from "node:assert/strict";
import { browserTest, WEBGPU } from "./harness.mjs";
import { address, iteration, loss, open, pause, press, reach, settled, SMALL } from "./person.mjs";

/** A software adapter takes seconds over what a GPU does in no time. */
const PATIENCE = 180_000;
/** Updates that a lost device may cost. */
const MOST_BACK = 20;
/** Batches of 8 after which the small network has learnt enough for its loss to be told from a fresh network's. */
const ENOUGH = 250;
const LEARNT = 1.6;

const chip = (page) => page.getByTestId("executor-chip");
const computes = (page, kind) => chip(page).filter({ hasText: kind }).waitFor({ timeout: PATIENCE });

async function panel(page) {
  await chip(page).click();
  await page.getByTestId("executor-reason").waitFor();
}

const close = (page) => page.keyboard.press("Escape");

/** Chooses in the panel, and waits until it is done. */
async function choose(page, wish) {
  await panel(page);
  await page.getByTestId(`executor-${wish}`).check();
  await page.locator("[data-testid=transport][aria-busy=false]").waitFor({ timeout: PATIENCE });
  await close(page);
}

/** What stands in the panel of the memory alive on the device, to the byte. */
async function memory(page) {
  await panel(page);
  const figure = page.getByTestId("executor-memory");
  const text = await figure.textContent();
  await close(page);
  return text;
}

/**
 * Twenty batches and more after a change of the executor the figure shown, the mean of the last 20, holds none from before, and stands
 * no higher: batches of 8 spread by some 0.4, two means of 20 differ by some 0.13, and 0.4 is three times that. A network that had
 * begun anew would be near ln 10.
 */
function continuous(before, after) {
  assert.ok(before < LEARNT, `the loss was still ${before}`);
  assert.ok(after < before + 0.4, `the loss went from ${before} to ${after}`);
}

browserTest("what a worker holds is told by kind, to the byte", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await press(page, "one-batch");
  await reach(page, 1);
  await panel(page);
  await page.getByTestId("executor-memory").filter({ hasText: /in one worker/ }).waitFor();
  const bytes = (locator) => locator.evaluateAll((all) => all.map((e) => Number(e.dataset.bytes)));
  const [whole] = await bytes(page.getByTestId("executor-memory"));
  const kinds = await bytes(page.locator("[data-kind]"));
  assert.equal(kinds.length, 4);
  assert.equal(kinds.reduce((a, b) => a + b), whole);
  // Of the convolution and the dense layer, 4 bytes each; Adam has two moments of each.
  const weights = 4 * (5 * 5 * 4 + 4 + 6 * 6 * 4 * 10 + 10);
  // Each of the four begins where a cache line of 64 bytes does.
  const [packed, optimizer, gradients] = kinds;
  assert.ok(packed >= weights, `${kinds} of ${weights}`);
  for (const [bytes, copies] of [[optimizer, 2], [gradients, 1]]) assert.ok(bytes >= copies * weights && bytes <= copies * (weights + 4 * 64), `${kinds} of ${weights}`);
});

browserTest("without an adapter the CPU trains, and the page says why", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await panel(page);
  await page.getByTestId("executor-reason").filter({ hasText: /CPU computes: this browser has (no WebGPU|WebGPU, but found no GPU)/ }).waitFor();
  assert.ok(await page.getByTestId("executor-webgpu").isDisabled());
  assert.ok(await page.getByTestId("executor-auto").isChecked());
  await close(page);
  await computes(page, "CPU");
  await press(page, "run");
  await reach(page, 20);
});

browserTest("without an adapter a wish for one is refused, and the CPU trains", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32, executor: "webgpu" }, SMALL));
  const notice = page.getByTestId("error").filter({ hasText: /could not be done.*(found no GPU|no WebGPU).*Nothing was changed/s });
  await notice.waitFor();
  await notice.getByRole("button").click();
  await panel(page);
  await page.getByTestId("executor-reason").filter({ hasText: /found no GPU|no WebGPU/ }).waitFor();
  await close(page);
  await press(page, "run");
  await reach(page, 20);
  await computes(page, "CPU");
});

browserTest("a software adapter is not taken unless it is asked for", { flags: WEBGPU }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  await panel(page);
  const reason = page.getByTestId("executor-reason").filter({ hasText: /swiftshader.*software/i });
  await reason.waitFor();
  assert.ok(await page.getByTestId("executor-webgpu").isEnabled());
  await close(page);
  await computes(page, "CPU");
  await press(page, "run");
  await reach(page, 20);
  await computes(page, "CPU");
});

browserTest("WebGPU by the address trains, in memory that stays the same", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "webgpu" }, SMALL));
  await computes(page, "WebGPU");
  await press(page, "one-batch");
  await reach(page, 1, PATIENCE);
  await settled(page);
  const first = await loss(page);
  assert.ok(Math.abs(first - Math.log(10)) < 0.5, `the first loss is ${first}`);

  const alive = [];
  for (const batches of [10, 60]) {
    await press(page, "run");
    await reach(page, batches, PATIENCE);
    await pause(page);
    alive.push(await memory(page));
  }
  assert.match(alive[0], /[1-9][\d.,]* [kMG]B in [1-9][\d,]* buffers [1-9][\d,]* bytes/);
  assert.equal(alive[1], alive[0]);
  const later = await loss(page);
  assert.ok(later < first - 0.05, `the loss went from ${first} to ${later}`);

  await page.reload();
  await open(page, page.url());
  await computes(page, "WebGPU");
  await panel(page);
  assert.ok(await page.getByTestId("executor-webgpu").isChecked());
});

browserTest("the executor changes in the middle of a run and back", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "cpu" }, SMALL));
  await press(page, "run");
  await reach(page, ENOUGH);
  for (const [wish, kind] of [
    ["webgpu", "WebGPU"],
    ["cpu", "CPU"],
  ]) {
    await page.getByTestId("run").filter({ hasText: "Pause" }).waitFor();
    const [before, at] = [await loss(page), await iteration(page)];
    await choose(page, wish);
    await computes(page, kind);
    const moved = await iteration(page);
    assert.ok(moved >= at, `from batch ${at} to ${moved}`);
    await reach(page, moved + 20, PATIENCE);
    continuous(before, await loss(page));
    await page.waitForFunction((wish) => location.hash.includes(`executor=${wish}`), wish);
  }
  await pause(page);
});

browserTest("a run goes on when the GPU is lost, and goes back to it", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "webgpu" }, SMALL));
  await computes(page, "WebGPU");
  await press(page, "run");
  await reach(page, ENOUGH, PATIENCE);
  await watchProgress(page);
  const before = await loss(page);
  await page.evaluate(() => window.dispatchEvent(new CustomEvent("atelier:lose-device")));
  const notice = page.getByTestId("device-lost");
  await notice.waitFor({ timeout: PATIENCE });
  await computes(page, "CPU");
  await notice.filter({ hasText: /The browser (says|gives)/ }).waitFor();
  const lost = await iteration(page);
  await reach(page, lost + 20, PATIENCE);
  continuous(before, await loss(page));
  const back = await page.evaluate(() => window.furthestBack);
  assert.ok(back <= MOST_BACK, `the run went ${back} batches back`);
  assert.equal(await page.getByTestId("run").textContent().then((text) => text.trim()), "Pause");

  const resumed = await iteration(page);
  const then = await loss(page);
  await press(page, "executor-return");
  await computes(page, "WebGPU");
  await notice.waitFor({ state: "detached" });
  await reach(page, (await iteration(page)) + 20, PATIENCE);
  continuous(then, await loss(page));
  assert.ok((await iteration(page)) > resumed);
  await pause(page);
});

browserTest("a GPU that is lost while the run stands still is noticed, and the run goes on", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "webgpu" }, SMALL));
  await computes(page, "WebGPU");
  await press(page, "run");
  await reach(page, 16, PATIENCE);
  await pause(page);
  const stood = await iteration(page);
  await page.evaluate(() => window.dispatchEvent(new CustomEvent("atelier:lose-device")));
  await page.getByTestId("device-lost").waitFor({ timeout: PATIENCE });
  await computes(page, "CPU");
  await settled(page);
  const now = await iteration(page);
  assert.ok(now <= stood && now >= stood - MOST_BACK, `from batch ${stood} to ${now}`);
  await press(page, "one-batch");
  await reach(page, now + 1);
  assert.equal(await iteration(page), now + 1);
});

browserTest("the executor is chosen with the keyboard alone", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "cpu" }, SMALL));
  await chip(page).focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("executor-reason").waitFor();
  await page.keyboard.press("Tab");
  assert.ok(await page.getByTestId("executor-cpu").evaluate((radio) => radio === document.activeElement));
  await page.keyboard.press("ArrowDown");
  await computes(page, "WebGPU");
  await settled(page);
  assert.ok(await page.getByTestId("executor-webgpu").isChecked());
  await page.keyboard.press("Escape");
  assert.ok(await chip(page).evaluate((button) => button === document.activeElement));
});

browserTest("WebGPU trains the network that the page opens with on Fashion-MNIST, and draws its maps", { flags: WEBGPU, data: "beside", timeout: 900_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "webgpu" }), /60,000/);
  await computes(page, "WebGPU");
  const drawn = () => page.getByTestId("maps").nth(1).evaluate((canvas) => canvas.toDataURL());
  const alive = [];
  const maps = [];
  for (const batches of [10, 60]) {
    await press(page, "run");
    await reach(page, batches, 600_000);
    await pause(page);
    await computes(page, "WebGPU");
    alive.push(await memory(page));
    maps.push(await drawn());
  }
  assert.equal(alive[1], alive[0]);
  assert.notEqual(maps[1], maps[0], "the first layer's maps move");
  const reached = await loss(page);
  assert.ok(reached < 2.0, `the training loss is ${reached} after 60 steps`);
});

/** Keeps in the page by how many batches its progress ever fell behind itself. */
async function watchProgress(page) {
  await page.evaluate(() => {
    const progress = document.querySelector("[data-testid=progress]");
    const read = () => {
      const [epoch, , batch, batches] = progress.textContent.replaceAll(",", "").match(/\d+/g).map(Number);
      return (epoch - 1) * batches + batch;
    };
    let furthest = read();
    window.furthestBack = 0;
    new MutationObserver(() => {
      const now = read();
      furthest = Math.max(furthest, now);
      window.furthestBack = Math.max(window.furthestBack, furthest - now);
    }).observe(progress, { subtree: true, characterData: true, childList: true });
  });
}

/** The software adapter passes for a real one, so that it is made ready, tried and judged as one. */
async function passAsReal(context) {
  await context.route(/\/assets\/worker-.*\.js$/, async (route) => {
    const response = await route.fetch();
    const patch = "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });";
    await route.fulfill({ response, body: `${patch}\n${await response.text()}` });
  });
}

browserTest("a GPU is made ready while the CPU trains, is tried, and the faster one stays", { flags: WEBGPU, timeout: PATIENCE }, async (world) => {
  const { page, url, context } = world;
  await passAsReal(context);
  await open(page, address(url, { batch: 32 }, SMALL));
  await panel(page);
  const reason = page.getByTestId("executor-reason");
  await reason.filter({ hasText: /There is a GPU. When the run begins/ }).waitFor();
  await close(page);
  await press(page, "run");
  await panel(page);
  await reason.filter({ hasText: /on this network and batch it is the faster one/ }).waitFor({ timeout: PATIENCE });
  await close(page);
  const at = await iteration(page);
  await reach(page, at + 20);
});
