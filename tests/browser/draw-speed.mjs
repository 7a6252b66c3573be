/**
 * How quickly the Draw view answers: `node draw-speed.mjs URL [STROKES]` of the served page. Prints as JSON, in milliseconds: from the
 * end of each stroke to the ten bars drawn and to Grad-CAM drawn, and the main thread's longest tasks while a hand draws without a pause.
 */
import { launch } from "./harness.mjs";
import { address } from "./person.mjs";

const [url, strokes = "100"] = process.argv.slice(2);

const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const told = (values) => ({ median: percentile(values, 0.5), p95: percentile(values, 0.95), most: Math.max(...values) });

/** In the page before anything else. */
function watch() {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
}

/** In the page: notes when the next stroke has ended, and when its answer and its Grad-CAM were drawn after that. */
function expect() {
  let drawer;
  dispatchEvent(new CustomEvent("atelier:hand-over-drawing", { detail: (it) => (drawer = it) }));
  const after = (cell, start, value) =>
    new Promise((resolve) => {
      const leave = cell.subscribe((now) => {
        if (now === value || now === null) return;
        requestAnimationFrame(() => {
          leave();
          resolve(performance.now() - start);
        });
      });
    });
  window.stroke = new Promise((resolve) => {
    addEventListener(
      "pointerup",
      async ({ timeStamp }) => {
        const [look, reason] = [drawer.sight.value, drawer.why.reason.value];
        const [bars, why] = await Promise.all([after(drawer.sight, timeStamp, look), after(drawer.why.reason, timeStamp, reason)]);
        resolve({ bars, why });
      },
      { once: true, capture: true },
    );
  });
}

/** Places along a stroke, another for each number. */
function path(number, box) {
  const [x, y] = [0.2 + 0.6 * ((number * 0.618) % 1), 0.2 + 0.6 * ((number * 0.414) % 1)];
  return Array.from({ length: 12 }, (_, i) => [box.x + box.width * (x + 0.012 * i * Math.cos(number)), box.y + box.height * (y + 0.012 * i * Math.sin(number))]);
}

const cleanup = [];
try {
  const context = await launch({}, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(watch);
  await page.goto(address(url, { view: "draw", executor: "cpu" }));
  await page.getByTestId("sheet").waitFor();
  await page.waitForTimeout(15_000);
  const box = await page.getByTestId("sheet").boundingBox();
  const draw = async (number) => {
    const [first, ...rest] = path(number, box);
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const place of rest) await page.mouse.move(...place);
    await page.mouse.up();
  };
  const found = [];
  for (let number = 0; number < Number(strokes); number++) {
    if (number % 20 === 0) await page.getByTestId("clear").click({ timeout: 1000 }).catch(() => {});
    await page.evaluate(expect);
    await draw(number);
    found.push(await page.evaluate(() => window.stroke));
  }
  await page.evaluate(() => (window.tasks = []));
  for (let number = 0; number < 60; number++) await draw(number);
  const tasks = await page.evaluate(() => window.tasks);
  console.log(JSON.stringify({ bars: told(found.map(({ bars }) => bars)), grad_cam: told(found.map(({ why }) => why)), tasks: { over_50: tasks.length, most: Math.max(0, ...tasks) } }));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
