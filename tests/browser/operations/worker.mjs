/** Calls what `tests/web` exports, in the flavour that its own address names: [name, ...arguments] in, {value} or {error} out. */
const flavour = new URLSearchParams(self.location.search).get("flavour");
const module = import(`./${flavour}/operations.js`).then(async (module) => {
  await module.default({ module_or_path: new URL(`./${flavour}/operations_bg.wasm`, import.meta.url) });
  return module;
});

self.onmessage = async ({ data: [name, ...args] }) => {
  try {
    self.postMessage({ value: await (await module)[name](...args) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
