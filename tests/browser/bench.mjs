/** Speed in Chromium: `node bench.mjs URL` of the served folder; prints {"version", "simd", "relaxed"} as JSON. */
import { launch } from "./harness.mjs";

const cleanup = [];
try {
  const context = await launch({}, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(process.argv[2]);
  const result = { version: context.browser()?.version() ?? "" };
  for (const flavour of ["simd", "relaxed"]) {
    result[flavour] = await page.evaluate(
      (flavour) =>
        new Promise((resolve, reject) => {
          const worker = new Worker("./worker.mjs", { type: "module" });
          worker.onmessage = ({ data }) => {
            worker.terminate();
            if (data.error) reject(new Error(data.error));
            else resolve(JSON.parse(data.report));
          };
          worker.onerror = (event) => reject(new Error(event.message));
          worker.postMessage({ flavour });
        }),
      flavour,
    );
  }
  console.log(JSON.stringify(result));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
