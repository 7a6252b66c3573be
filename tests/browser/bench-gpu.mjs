/**
 * Speed on WebGPU in Chromium beside TensorFlow.js's webgpu backend, in one browser on one adapter:
 * `node bench-gpu.mjs URL BATCH` with the URL of the served folder; prints {"adapter", "atelier", "tensorflow"} as JSON.
 * ATELIER_WEBGPU=real: the machine's own adapter instead of the software one.
 */
import { launch, WEBGPU } from "./harness.mjs";
import { measure } from "./measure.mjs";
import { adapterName, tensorFlow } from "./tfjs.mjs";

const [url, batch] = process.argv.slice(2);
const flags = process.env.ATELIER_WEBGPU === "real" ? ["--enable-unsafe-webgpu"] : WEBGPU;

const cleanup = [];
try {
  // TensorFlow.js is put into the page as an inline script.
  const context = await launch({ flags, context: { bypassCSP: true } }, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(0);
  await page.goto(url);
  const atelier = await measure(page, { flavour: "simd", batch: Number(batch) });
  console.log(JSON.stringify({ adapter: await adapterName(page), atelier, tensorflow: await tensorFlow(page, [Number(batch)]) }));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
