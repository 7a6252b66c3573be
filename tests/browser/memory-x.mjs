/**
 * The page's memory in training: `node memory.mjs URL [BATCH] [BATCHES]` of the served page with its data beside it; prints the
 * resident bytes of the renderer, which holds the page and its workers, as JSON. Linux only: it reads /proc.
 */
import { readdir, readFile } from "node:fs/promises";
import { launch } from "./harness.mjs";
import { address, iteration, open, press, reach } from "./person.mjs";

const [url, batch = "8", batches = "600"] = process.argv.slice(2);

/** Resident bytes of the largest renderer among the descendants of this process: others are spare ones that hold no page. */
async function resident() {
  const processes = new Map();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number)) {
    // A process may end while it is read.
    const read = (file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [status, line] = [await read("status"), await read("cmdline")];
    const number = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    processes.set(pid, { parent: number("PPid"), bytes: 1024 * number("VmRSS"), anonymous: 1024 * number("RssAnon"), renderer: line.includes("--type=renderer") });
  }
  const descends = (pid) => pid === process.pid || (processes.has(pid) && descends(processes.get(pid).parent));
  const renderers = [...processes].filter(([pid, { renderer }]) => renderer && descends(pid)).map(([, { bytes, anonymous }]) => ({ bytes, anonymous }));
  return renderers.reduce((most, one) => (one.bytes > most.bytes ? one : most), { bytes: 0, anonymous: 0 });
}

const cleanup = [];
try {
  const context = await launch({}, cleanup);
  const page = context.pages()[0] ?? (await context.newPage());
  await open(page, address(url, { batch }), /60,000/);
  const result = { opened: await resident(), training: [] };
  if (process.env.NOLOOK) { const a = await page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve })))); await a.evaluate(({ engine }) => engine.ask("look", { run: 1, split: "test", index: 0, layers: [] })); }
  await press(page, "run");
  while ((await iteration(page)) < Number(batches)) {
    await reach(page, Math.min(Number(batches), (await iteration(page)) + 50), 600_000);
    result.training.push(await resident());
  }
  const bytes = result.training.map((moment) => moment.bytes);
  console.log(JSON.stringify({ opened: result.opened, most: Math.max(...bytes), last: result.training.at(-1), bytes }));
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
