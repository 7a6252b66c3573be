/**
 * How quickly the Step view answers: `node step-speed.mjs URL [SECONDS]` of the served page. Prints as JSON, in milliseconds: from
 * the press on its tab, the pointer having come there before as a hand's does, to the first picture of the walk; from 200 keys to the step
 * in the page (`work`) and to the frame behind it (`keys`, which waits for the display: up to 16.7 ms at 60 frames a second); from 200
 * moves of the pointer to the lit field; and the main thread's longest tasks in so many seconds while the run trains and the walk plays.
 */
import { launch } from "./harness.mjs";
import { address, open, press } from "./person.mjs";

const [url, seconds = "60"] = process.argv.slice(2);

/** In the page before anything else: what is asked of the walk's worker, and when it was answered. */
function watch() {
  window.answered = [];
  window.fields = 0;
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(from, options) {
      super(from, options);
      if (options?.name !== "walk") return;
      const asked = new Map();
      const post = this.postMessage.bind(this);
      this.postMessage = (message, transfer) => {
        asked.set(message.id, message.type);
        if (message.type === "field") window.fields++;
        post(message, transfer);
      };
      this.addEventListener("message", ({ data }) => window.answered.push({ type: asked.get(data.id), at: performance.now() }));
    }
  };
}

const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const told = (values) => ({ median: percentile(values, 0.5), p95: percentile(values, 0.95), most: Math.max(...values) });

/** In the page: does something and waits until the bench stands at a step, and is drawn. */
function stepped(key) {
  const bench = document.querySelector("[data-testid=bench]");
  const before = bench.dataset.step;
  return new Promise((resolve) => {
    const start = performance.now();
    const observer = new MutationObserver(() => {
      if (bench.dataset.step === before) return;
      observer.disconnect();
      const work = performance.now() - start;
      requestAnimationFrame(() => resolve({ work, frame: performance.now() - start }));
    });
    observer.observe(bench, { attributes: true, attributeFilter: ["data-step"] });
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}

/**
 * In the page: moves the pointer to a place on a layer's maps, and waits for the field's answer and the frame behind it; nothing comes of
 * a place between two maps.
 */
async function pointed([layer, x, y]) {
  const canvas = document.querySelectorAll("canvas[data-testid=maps]")[layer];
  const box = canvas.getBoundingClientRect();
  const start = performance.now();
  const [count, fields] = [window.answered.length, window.fields];
  canvas.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX: box.left + x * box.width, clientY: box.top + y * box.height, pointerType: "mouse" }));
  await Promise.resolve();
  if (window.fields === fields) return null;
  while (!window.answered.slice(count).some(({ type }) => type === "field")) await new Promise((resolve) => setTimeout(resolve, 0));
  return new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now() - start)));
}

const cleanup = [];
try {
  const context = await launch({}, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(watch);
  await open(page, address(url), /[16][02],000/);
  // What the opening still does, such as measuring its workers, is over.
  await page.waitForTimeout(5000);
  await page.evaluate(() => {
    const tab = document.querySelector("[data-testid=view-step]");
    tab.addEventListener("click", () => {
      const start = performance.now();
      const look = () => (document.querySelector("[data-testid=bench][data-step='0']") ? (window.first = performance.now() - start) : requestAnimationFrame(look));
      look();
    }, { capture: true, once: true });
  });
  await page.getByTestId("view-step").hover();
  // As long as a hand takes from arriving to pressing.
  await page.waitForTimeout(150);
  await page.getByTestId("view-step").click();
  const first = await page.waitForFunction(() => window.first).then((handle) => handle.jsonValue());
  await page.waitForTimeout(2000);
  const keys = [];
  for (let i = 0; i < 200; i++) keys.push(await page.evaluate(stepped, i % 100 < 50 ? "ArrowRight" : "ArrowLeft"));
  const moves = [];
  // To the loss: every map is there.
  for (let i = 0; i < 17; i++) await page.evaluate(stepped, "ArrowRight");
  for (let i = 0; moves.length < 200; i++) {
    const took = await page.evaluate(pointed, [1 + (i % 8), 0.05 + 0.9 * Math.random(), 0.05 + 0.9 * Math.random()]);
    if (took !== null) moves.push(took);
  }
  await page.getByRole("link", { name: /^train$/i }).or(page.getByRole("button", { name: /^train$/i })).first().click();
  await press(page, "run");
  await page.evaluate(() => [...document.querySelectorAll("header nav a, header nav button")].find((tab) => /step/i.test(tab.textContent)).click());
  await page.locator("[data-testid=bench][data-step='0']").waitFor();
  await press(page, "play");
  await page.evaluate(() => (window.tasks = []));
  await page.waitForTimeout(1000 * Number(seconds));
  const tasks = await page.evaluate(() => window.tasks);
  console.log(JSON.stringify({ first, work: told(keys.map(({ work }) => work)), keys: told(keys.map(({ frame }) => frame)), moves: told(moves), tasks: { over_50: tasks.length, most: Math.max(0, ...tasks) } }));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
