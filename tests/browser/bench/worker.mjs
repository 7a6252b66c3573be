/**
 * Measures in a worker, as the page trains: asked for a `flavour` (`simd` or `relaxed`), and with a `batch` for the GPU, answers
 * with the report as JSON.
 */
self.onmessage = async ({ data: { flavour, batch } }) => {
  try {
    const module = await import(`./${flavour}/bench.js`);
    await module.default({ module_or_path: new URL(`./${flavour}/bench_bg.wasm`, import.meta.url) });
    self.postMessage({ report: batch ? await module.measure_gpu(batch) : module.measure() });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
