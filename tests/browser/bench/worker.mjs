/** Measures in a worker, as the page trains: asked for `simd` or `relaxed`, answers with the report as JSON. */
self.onmessage = async ({ data: flavour }) => {
  try {
    const module = await import(`./${flavour}/bench.js`);
    await module.default({ module_or_path: new URL(`./${flavour}/bench_bg.wasm`, import.meta.url) });
    self.postMessage({ report: module.measure() });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
