/** TensorFlow.js's webgpu backend in a page, the peer that Atelier's own executor is measured against. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = createRequire(import.meta.url);
const dist = (name, file) => join(dirname(packages.resolve(`${name}/package.json`)), "dist", file);

/** What the adapter of a page calls itself. */
export function adapterName(page) {
  return page.evaluate(async () => {
    const { vendor, architecture, device, description } = (await navigator.gpu.requestAdapter()).info;
    return [vendor, architecture, device, description].filter(Boolean).join(" ");
  });
}

/**
 * Measures the seed network: {version, rows}, a row for each batch with `train_ms` of a training step, `infer_ms` of an
 * inference, and the first and last loss.
 */
export async function tensorFlow(page, batches) {
  for (const path of [
    dist("@tensorflow/tfjs", "tf.es2017.min.js"),
    dist("@tensorflow/tfjs-backend-webgpu", "tf-backend-webgpu.es2017.min.js"),
    fileURLToPath(new URL("bench/tfjs.js", import.meta.url)),
  ]) {
    await page.addScriptTag({ path });
  }
  const rows = [];
  for (const batch of batches) rows.push(await page.evaluate((batch) => measureTensorFlow(batch), batch));
  return { version: await page.evaluate(() => tf.version.tfjs), rows };
}
