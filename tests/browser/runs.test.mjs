/** Several runs on one page, in one engine; and what becomes of them when the engine or a helper traps. */
import assert from "node:assert/strict";
import { browserTest, WEBGPU } from "./harness.mjs";
import { address, iteration, loss, open, pause, press, reach, settled, SMALL } from "./person.mjs";

/** A software adapter takes seconds over what a GPU does in no time. */
const PATIENCE = 180_000;

/** The page's object, for what no button does yet. */
const handOver = (page) =>
  page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve }))));

/** Runs, workers, the networks that each helper holds, what is alive on the GPU. */
const inventory = (atelier) => atelier.evaluate(({ engine }) => engine.ask("inventory", {}));

const begin = (atelier, network, change, executor) =>
  atelier.evaluateHandle(
    (page, [network, change, executor]) => page.begin(network, { ...page.main.training.value, ...change }, executor),
    [network, change, executor],
  );

const trap = (page, where) => page.evaluate((detail) => window.dispatchEvent(new CustomEvent("atelier:trap", { detail })), where);

browserTest("a small network trains to its end while another goes on, and is dropped without a trace", { timeout: 300_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }));
  const atelier = await handOver(page);
  const alone = await inventory(atelier);
  assert.equal(alone.runs, 1);
  assert.deepEqual(alone.replicas, Array(alone.workers - 1).fill(1), "one network in each helper");
  await press(page, "run");
  await reach(page, 2);

  const second = await begin(atelier, SMALL, { batch_size: 500, epochs: 2 });
  const at = await iteration(page);
  await second.evaluate((run) => run.toggle());
  await page.waitForFunction((run) => run.history.state.value === "finished", second, { timeout: 200_000 });
  const [updates, accuracy] = await second.evaluate(({ history }) => [history.iteration, history.epochs.value.at(-1).val_accuracy]);
  assert.equal(updates, (2 * 12_000) / 500);
  assert.ok(accuracy > 0.3, `${accuracy} of the garments were told apart`);
  // Each does a batch, then the other does: neither waits for the other's end.
  const meanwhile = (await iteration(page)) - at;
  assert.ok(meanwhile >= updates / 2, `the other trained ${meanwhile} batches beside ${updates}`);

  const both = await inventory(atelier);
  assert.deepEqual(both, { ...alone, runs: 2, replicas: alone.replicas.map(() => 2) });
  await atelier.evaluate((page, run) => page.drop(run), second);
  assert.deepEqual(await inventory(atelier), alone);
  await reach(page, (await iteration(page)) + 3);
  await pause(page);
});

browserTest("runs on one GPU share its device, and a dropped one leaves no buffer", { flags: WEBGPU, timeout: 600_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 8, executor: "webgpu" }, SMALL));
  await page.getByTestId("executor-chip").filter({ hasText: "WebGPU" }).waitFor({ timeout: PATIENCE });
  const atelier = await handOver(page);
  await press(page, "run");
  await reach(page, 10, PATIENCE);
  await pause(page);
  const { gpu: alone } = await inventory(atelier);
  for (let time = 1; time <= 2; time++) {
    const second = await begin(atelier, SMALL, { batch_size: 8 }, "webgpu");
    await page.waitForFunction((run) => run.executor.info.value.kind === "webgpu", second, { timeout: PATIENCE });
    await second.evaluate((run) => run.step());
    const { gpu: both } = await inventory(atelier);
    assert.ok(both.buffers > alone.buffers && both.buffers <= 2 * alone.buffers, `${both.buffers} buffers, ${alone.buffers} alone`);
    await atelier.evaluate((page, run) => page.drop(run), second);
    assert.deepEqual((await inventory(atelier)).gpu, alone, `after run ${time} was dropped`);
  }
  const at = await iteration(page);
  await press(page, "one-batch");
  await reach(page, at + 1, PATIENCE);
});

/** Lets the engine trap, and waits until another has taken its place. */
async function replaced(page) {
  await trap(page, "engine");
  const notice = page.getByTestId("renewal");
  await notice.filter({ hasText: /started again.*unreachable, as asked/s }).waitFor();
  await notice.getByRole("button").click();
  await page.locator("[data-testid=run]:enabled").waitFor();
  await settled(page);
}

browserTest("an engine that traps is replaced, and the run stands where it was", { timeout: 300_000 }, async ({ page, url, expected }) => {
  await open(page, address(url, { batch: 64 }, SMALL));
  const atelier = await handOver(page);
  const before = await inventory(atelier);
  await press(page, "run");
  await reach(page, 40);
  await pause(page);
  const [stood, was] = [await iteration(page), await loss(page)];

  await replaced(page);
  assert.equal(await iteration(page), stood);
  assert.equal(await loss(page), was);
  await page.getByTestId("data-chip").filter({ hasText: /12,000/ }).waitFor();
  assert.deepEqual(await inventory(atelier), before);

  // A batch that was not saved yet is trained again.
  await press(page, "one-batch");
  await reach(page, stood + 1);
  await replaced(page);
  assert.equal(await iteration(page), stood);

  await press(page, "run");
  await reach(page, stood + 20);
  await pause(page);
  assert.ok((await loss(page)) < was + 0.3, "it goes on from what it had learnt");
  assert.ok(expected(/unreachable, as asked/) <= 2 * 2, "told once by the console, and once as uncaught");
});

browserTest("a helper that traps is replaced in mid-run, and the run loses nothing", { timeout: 300_000 }, async ({ page, url, skip }) => {
  await open(page, address(url, { batch: 64 }, SMALL));
  const atelier = await handOver(page);
  const before = await inventory(atelier);
  if (before.workers < 2) return skip("there is one core, and no helper");
  await press(page, "run");
  await reach(page, 10);
  for (let time = 1; time <= 3; time++) {
    await trap(page, "helper");
    await reach(page, (await iteration(page)) + 20);
  }
  await pause(page);
  assert.equal(await page.getByTestId("error").count(), 0);
  assert.deepEqual(await inventory(atelier), before);
});
