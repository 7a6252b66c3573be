/** What the worker of the served measurements reports, asked for a `flavour` and perhaps a `batch` for the GPU. */
export function measure(page, ask) {
  return page.evaluate(
    (ask) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("./worker.mjs", { type: "module" });
        worker.onmessage = ({ data }) => {
          worker.terminate();
          if (data.error) reject(new Error(data.error));
          else resolve(JSON.parse(data.report));
        };
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(ask);
      }),
    ask,
  );
}
