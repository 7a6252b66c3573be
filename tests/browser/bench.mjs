/** Speed in Chromium: `node bench.mjs URL` of the served folder; prints {"version", "simd", "relaxed"} as JSON. */
import { launch } from "./harness.mjs";
import { measure } from "./measure.mjs";

const cleanup = [];
try {
  const context = await launch({}, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(process.argv[2]);
  const result = { version: context.browser()?.version() ?? "" };
  for (const flavour of ["simd", "relaxed"]) {
    result[flavour] = await measure(page, { flavour });
  }
  console.log(JSON.stringify(result));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
