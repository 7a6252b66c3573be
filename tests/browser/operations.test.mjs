/**
 * The operation cases in Chromium: the kernels of each build of the module, and the shaders on a software adapter, against the
 * f64 reference that is compiled into the same module (`tests/web`).
 */
import assert from "node:assert/strict";
import { browserTest, WEBGPU } from "./harness.mjs";

/** Cases of an operation in every run: a GPU's take a compilation each. In a full run there are as many of each executor. */
const CASES = { cpu: 100, gpu: 40 };
const FULL = 500;
/** Cases in which the slips of each kind are made. */
const SLIPS = { cpu: 40, gpu: 24 };

const options = { site: process.env.ATELIER_OPERATIONS ?? "", flags: WEBGPU, timeout: 600_000 };
const slow = { ...options, slow: true, timeout: 3_600_000 };

// `cargo xtask` looks for names in this file: each is spelt out.
browserTest("operations on the CPU, SIMD", options, (world) => agree(world, "simd", "cpu", CASES.cpu));
browserTest("operations on the CPU, relaxed SIMD", options, (world) => agree(world, "relaxed", "cpu", CASES.cpu));
browserTest("operations on the GPU, SIMD", options, (world) => agree(world, "simd", "gpu", CASES.gpu));
browserTest("operations on the GPU, relaxed SIMD", options, (world) => agree(world, "relaxed", "gpu", CASES.gpu));

browserTest("operations in full on the CPU, SIMD", slow, (world) => agree(world, "simd", "cpu", FULL));
browserTest("operations in full on the CPU, relaxed SIMD", slow, (world) => agree(world, "relaxed", "cpu", FULL));
browserTest("operations in full on the GPU, SIMD", slow, (world) => agree(world, "simd", "gpu", FULL));
browserTest("operations in full on the GPU, relaxed SIMD", slow, (world) => agree(world, "relaxed", "gpu", FULL));

browserTest("slips in operations on the CPU, SIMD", options, (world) => notice(world, "simd", "cpu"));
browserTest("slips in operations on the CPU, relaxed SIMD", options, (world) => notice(world, "relaxed", "cpu"));
browserTest("slips in operations on the GPU, SIMD", options, (world) => notice(world, "simd", "gpu"));

browserTest("pictures are prepared to the bit as natively, SIMD", options, (world) => prepare(world, "simd"));
browserTest("pictures are prepared to the bit as natively, relaxed SIMD", options, (world) => prepare(world, "relaxed"));

/** Drawn, rasterised, cropped, scaled and read in several ways: `tests/suite/drawings` holds the native program to the same number. */
async function prepare(world, flavour) {
  await open(world, flavour, "cpu");
  const [here, elsewhere] = JSON.parse(await ask(world.page, "prepared"));
  assert.equal(here, elsewhere);
}

/** Every case of every operation is within its bounds. */
async function agree(world, flavour, executor, count) {
  const operations = await open(world, flavour, executor);
  if (!operations) return;
  const failures = [];
  for (const operation of operations) {
    const tally = JSON.parse(await ask(world.page, "cases", executor, operation, 0, count));
    // A build with vectors leaves the scalar kernels out.
    const vectors = { simd: "Simd128", relaxed: "RelaxedSimd" }[flavour];
    assert.deepEqual(tally.on, executor === "cpu" ? [vectors] : ["GPU"]);
    assert.equal(tally.cases, count * tally.on.length, operation);
    failures.push(...tally.failures);
  }
  assert.equal(failures.length, 0, `${failures.length} cases failed, of which\n${failures.slice(0, 10).join("\n")}`);
}

/** Every kind of slip in every operation is noticed wherever it changes a number, and that is in enough cases. */
async function notice(world, flavour, executor) {
  const operations = await open(world, flavour, executor);
  if (!operations) return;
  for (const operation of operations) {
    const kinds = Object.entries(JSON.parse(await ask(world.page, "slips", executor, operation, SLIPS[executor])));
    assert.notEqual(kinds.length, 0, `${operation}: no slip to make`);
    for (const [kind, { made, noticed, missed, enough }] of kinds) {
      assert.ok(enough, `${operation}: ${kind} was noticed in ${noticed} of ${made} cases, and missed in ${missed}`);
    }
  }
}

/** Starts the worker: the names of all operations, or nothing where there is no adapter for them. */
async function open({ page, url, skip }, flavour, executor) {
  // A full run's operations take minutes each.
  page.setDefaultTimeout(0);
  await page.goto(url);
  if (executor === "gpu" && !(await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter())))) {
    assert.ok(!process.env.CI, "this Chromium has no software adapter for WebGPU");
    return skip("this Chromium has no software adapter for WebGPU");
  }
  await page.evaluate((flavour) => {
    globalThis.worker = new Worker(`./worker.mjs?flavour=${flavour}`, { type: "module" });
  }, flavour);
  return ask(page, "operations");
}

/** What the worker answers to a call. */
function ask(page, ...call) {
  return page.evaluate(
    (call) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(call);
      }),
    call,
  );
}
