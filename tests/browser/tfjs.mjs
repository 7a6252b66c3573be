/**
 * Speed of TensorFlow.js's webgpu backend in Chromium: `node tfjs.mjs URL [BATCH…]`, by default for a batch of 16.
 * URL is any page that may use WebGPU (https or the loopback address). Prints {"adapter", "version", "rows"} as JSON; a row
 * has `batch`, `train_ms` of a training step, `infer_ms` of an inference, and the first and last loss.
 *
 * The environment: ATELIER_CHROMIUM, the browser; ATELIER_WEBGPU=real, the machine's own adapter instead of the software one.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, WEBGPU } from "./harness.mjs";

const [url, ...batches] = process.argv.slice(2);
if (!url) throw new Error("usage: node tfjs.mjs URL [BATCH…]");
const packages = createRequire(import.meta.url);
const dist = (name, file) => join(dirname(packages.resolve(`${name}/package.json`)), "dist", file);
const flags = process.env.ATELIER_WEBGPU === "real" ? ["--enable-unsafe-webgpu"] : WEBGPU;

const cleanup = [];
try {
  const context = await launch({ flags }, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(url);
  for (const path of [
    dist("@tensorflow/tfjs", "tf.es2017.min.js"),
    dist("@tensorflow/tfjs-backend-webgpu", "tf-backend-webgpu.es2017.min.js"),
    fileURLToPath(new URL("bench/tfjs.js", import.meta.url)),
  ]) {
    await page.addScriptTag({ path });
  }
  const result = { adapter: await page.evaluate(() => adapterName()), version: await page.evaluate(() => tf.version.tfjs), rows: [] };
  for (const batch of batches.length > 0 ? batches.map(Number) : [16]) {
    result.rows.push(await page.evaluate((batch) => measureTensorFlow(batch), batch));
  }
  console.log(JSON.stringify(result));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
