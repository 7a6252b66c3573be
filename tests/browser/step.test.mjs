/** The Step view in use: what it shows is what the engine has, at every step of a walk, and explanations add up to it. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { faults, SCREENS, small } from "./accessible.mjs";
import { browserTest } from "./harness.mjs";
import { address, iteration, open, press, reach, SMALL } from "./person.mjs";

/** Every kind of layer and activation; two ways meet, one of them past a dropout. Names with a slash are addresses too. */
const EVERY = JSON.parse(await readFile(new URL("./networks/every.json", import.meta.url), "utf8"));

/** Opens the address and waits until the bench shows a number. */
async function openStep(page, where) {
  await page.goto(where);
  await page.getByTestId("data-chip").filter({ hasText: /12,000/ }).waitFor();
  await walked(page);
}

/** Waits until the walk stands and the bench shows its step. */
async function walked(page) {
  await page.locator("[data-testid=bench][aria-busy=false]").waitFor();
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=bench]").dataset.step) + 1 === Number(document.querySelector("[data-testid=timeline]").getAttribute("aria-valuenow")));
}

/** In the page: the walk's own account of the step at hand, beside what the page shows of it. */
function account() {
  let walker;
  dispatchEvent(new CustomEvent("atelier:hand-over-walk", { detail: (it) => (walker = it) }));
  const { step, buffer, index, explanation } = walker.moment.value;
  const { steps, buffers } = walker.made.value.walk.outline;
  const { value, products, lines, stem } = explanation;
  const exact = (text) => Number(text?.replaceAll("−", "-").replaceAll(",", "").replace("∞", "Infinity"));
  const shown = (id) => {
    const element = document.querySelector(`[data-testid=${id}]`);
    return element && { text: exact(element.textContent), exact: exact(element.title) };
  };
  // The cell in hand in a map: read from the buffer, not from the explanation.
  const canvas = [...document.querySelectorAll("[data-testid=bench] canvas[data-hand=true]")].find(({ dataset }) => dataset.buffer === buffers[buffer].name);
  const read = canvas?.getAttribute("aria-valuetext").split(": ").at(-1);
  return {
    step,
    stem,
    layer: steps[step].layer,
    phase: steps[step].phase,
    index,
    value,
    sum: products.reduce((total, product) => total + product, 0),
    size: products.reduce((total, product) => total + Math.abs(product), 0),
    count: products.length,
    lines: Object.fromEntries(lines.map(({ name, value }) => [name, value])),
    shown: shown("value"),
    shownSum: shown("sum"),
    read: read === undefined ? undefined : exact(read),
    told: document.querySelector("[data-testid=told]").textContent,
    sentence: document.querySelector("[data-testid=sentence]").textContent,
  };
}

/** Half a unit of the third digit, which is the last one printed. */
const printed = (value) => 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value) || 1e-38)) - (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4 ? 1 : 2)) * (1 + 1e-6);
/** The furthest that a sum of f32 products may be from the same in f64, whatever its order: n roundings of the sum of sizes, and one each. */
const slack = ({ count, size }) => (count + 2) * 2 ** -24 * size + 2 ** -149;

function check(found) {
  const at = `step ${found.step}, ${found.stem}`;
  const { value, lines } = found;
  assert.ok(Number.isFinite(value), `${at}: ${value}`);
  assert.ok(found.sentence.length > 10 && found.told.startsWith(found.sentence), `${at} says nothing`);
  if (found.shown) {
    assert.ok(Math.abs(found.shown.text - value) <= printed(value), `${at}: ${found.shown.text} is shown for ${value}`);
    assert.equal(Math.fround(found.shown.exact), Math.fround(value), `${at}: the exact number`);
  }
  // Before it is drawn a map says that its numbers have yet to come.
  if (found.read !== undefined && !Number.isNaN(found.read)) assert.equal(Math.fround(found.read), Math.fround(value), `${at}: the map has another number`);
  if (found.count > 0 && "sum" in lines) {
    assert.ok(Math.abs(found.sum - lines.sum) <= 1e-12 * (1 + found.size), `${at}: its products add to ${found.sum}, not ${lines.sum}`);
    if (found.shownSum) assert.ok(Math.abs(found.shownSum.text - lines.sum) <= printed(lines.sum), `${at}: the sum is shown as ${found.shownSum.text}`);
  }
  const linear = /_grad_(input|kernel)$|bias_grad|pool2d_grad$/.test(found.stem) && found.count > 0 && !/batch_norm/.test(found.stem);
  if (linear) assert.ok(Math.abs(found.sum - value) <= slack(found), `${at}: ${found.sum} made ${value}`);
  if (found.phase === "update") assert.ok(Math.abs(lines.after - value) <= 2 ** -20 * (Math.abs(value) + Math.abs(lines.before)), `${at}: ${lines.after} became ${value}`);
}

/** Walks from the first step to the last by the arrow key, and looks at each. */
async function walkThrough(page) {
  const steps = Number(await page.getByTestId("timeline").getAttribute("aria-valuemax"));
  const stems = new Set();
  await page.keyboard.press("Home");
  for (let step = 0; step < steps; step++) {
    if (step > 0) await page.keyboard.press("ArrowRight");
    await page.waitForFunction((step) => Number(document.querySelector("[data-testid=bench]").dataset.step) === step, step);
    const found = await page.evaluate(account);
    assert.equal(found.step, step);
    check(found);
    stems.add(found.stem);
  }
  await page.keyboard.press("ArrowRight");
  assert.equal(Number(await page.getByTestId("timeline").getAttribute("aria-valuenow")), steps, "the walk ends at its last step");
  return stems;
}

browserTest("the opening network is walked whole by keyboard, and every number shown is the engine's", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step" }));
  const stems = await walkThrough(page);
  for (const stem of ["conv2d", "max_pool2d", "dense", "softmax", "loss", "loss_grad", "conv2d_grad_kernel", "max_pool2d_grad", "adam"]) assert.ok(stems.has(stem), stem);
});

for (const walk of ["alone.train.5", "batch.3"]) {
  browserTest(`a network of every kind of layer is walked whole, ${walk}`, {}, async ({ page, url }) => {
    await openStep(page, address(url, { view: "step", batch: 6, walk }, EVERY));
    const stems = await walkThrough(page);
    assert.ok(stems.size >= 27, `${[...stems]}`);
  });
}

browserTest("a link opens the same picture, step, cell and zoom; what it has wrong is told", {}, async ({ page, url }) => {
  const place = { view: "step", batch: 6, walk: "alone.test.4", at: "conv/2/backward/3", cell: "conv/2/kernel/gradient.7", zoom: "number" };
  await openStep(page, address(url, place, EVERY));
  await page.getByTestId("proof").waitFor();
  const found = await page.evaluate(account);
  assert.equal(found.phase, "backward");
  const hash = await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get("cell") && location.hash.slice(1));
  const said = new URLSearchParams(await hash.jsonValue());
  for (const [key, value] of Object.entries(place)) assert.equal(said.get(key), String(value), key);

  await openStep(page, `${address(url, { view: "step", at: "nowhere/forward", walk: "alone.test.one" })}#`.slice(0, -1));
  await page.reload();
  await walked(page);
  await page.getByTestId("address-refused").filter({ hasText: "walk=alone.test.one" }).filter({ hasText: "nowhere/forward" }).waitFor();
});

browserTest("the batch that is walked is the one that is trained: the run is bit-equal to one that trained it unseen", {}, async ({ page, url }) => {
  /** Every tensor of the run's file, and where the run stands; how long it took is its own affair. */
  const file = () =>
    page.evaluate(async () => {
      let atelier;
      dispatchEvent(new CustomEvent("atelier:hand-over", { detail: (it) => (atelier = it) }));
      const bytes = await atelier.main.checkpoint();
      const head = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
      const { progress } = JSON.parse(JSON.parse(new TextDecoder().decode(bytes.slice(8, head))).__metadata__.atelier);
      const digest = await crypto.subtle.digest("SHA-256", bytes.slice(head));
      return { ...progress, seconds: undefined, tensors: [...new Uint8Array(digest)].join() };
    });
  const settings = { batch: 16, seed: 5, workers: 1 };
  await open(page, address(url, settings, SMALL));
  await press(page, "one-batch");
  await reach(page, 1);
  await press(page, "one-batch");
  await reach(page, 2);
  const trained = await file();

  await page.goto("about:blank");
  await open(page, address(url, settings, SMALL));
  await press(page, "view-step");
  await walked(page);
  await press(page, "walk-batch");
  for (let step = 1; step <= 2; step++) {
    await page.getByTestId("walked").filter({ hasText: `Update ${step} of this run, exactly` }).waitFor();
    await walked(page);
    await press(page, "make-step");
  }
  await page.getByTestId("walked").filter({ hasText: "Update 3" }).waitFor();
  assert.deepEqual(await file(), trained);
});

browserTest("the run trains on while it is walked, the newest is offered, and leaving ends the walk's worker", {}, async ({ page, url }) => {
  await open(page, address(url, { batch: 32 }, SMALL));
  const before = page.workers().length;
  await press(page, "run");
  await reach(page, 3);
  await press(page, "view-step");
  await walked(page);
  assert.equal(page.workers().length, before + 1);
  const first = await page.getByTestId("walked").textContent();
  await press(page, "newest");
  await page.waitForFunction((first) => document.querySelector("[data-testid=walked]").textContent !== first, first);
  await press(page, "view-train");
  await page.getByTestId("run").filter({ hasText: "Pause" }).waitFor();
  await page.waitForFunction(() => document.querySelector("[data-testid=bench]") === null);
  const now = await iteration(page);
  await reach(page, now + 3);
  assert.equal(page.workers().length, before);
});

browserTest("a cell that is pointed at lights what it is made of, and a press takes it in hand", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step", at: "dense/forward" }, SMALL));
  const maps = page.locator("li.layer").nth(2).locator("canvas");
  await maps.hover({ position: { x: 6, y: 6 } });
  const lit = () =>
    page.evaluate(() => {
      let walker;
      dispatchEvent(new CustomEvent("atelier:hand-over-walk", { detail: (it) => (walker = it) }));
      return [...walker.lit.value].map(([layer, indices]) => [layer, indices.length]);
    });
  await page.waitForFunction(() => {
    let walker;
    dispatchEvent(new CustomEvent("atelier:hand-over-walk", { detail: (it) => (walker = it) }));
    return walker.lit.value.size >= 3;
  });
  // Two by two numbers of one map, each of them of five by five pixels two apart; flattened it is the same number.
  assert.deepEqual(new Map(await lit()), new Map([[0, 49], [1, 4], [2, 1], [3, 1]]));
  await maps.click({ position: { x: 6, y: 6 } });
  await page.waitForFunction(() => document.querySelector("[data-testid=timeline]").getAttribute("aria-valuetext").includes("max_pooling2d"));
});

browserTest("a weight's gradient is met by moving the weight", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step", at: "dense/backward/3", zoom: "number" }, SMALL));
  await page.getByTestId("nudged").filter({ hasText: /\d/ }).waitFor();
  const proof = await page.evaluate(() => {
    let walker;
    dispatchEvent(new CustomEvent("atelier:hand-over-walk", { detail: (it) => (walker = it) }));
    return walker.number.proof.value;
  });
  const near = proof.points.find(({ epsilon }) => Math.abs(Math.log10(epsilon) + 2) < 0.2);
  // Of a logit's weight the loss is smooth: rounding, and the third derivative (below x³) times ε²/6.
  assert.ok(Math.abs(near.quotient - proof.gradient) <= near.worst + near.epsilon ** 2, `${near.quotient} and ${proof.gradient}, rounding ${near.worst}`);
  assert.ok(near.likely < near.worst);
});

/** In the page: the walk, as it is handed to whoever asks. */
function theWalk() {
  dispatchEvent(new CustomEvent("atelier:hand-over-walk", { detail: (it) => (window.walk = it) }));
}

/** Trains so many batches where it is walked, and walks there. */
async function trainOn(page, batches) {
  await page.evaluate(theWalk);
  await page.evaluate(async (batches) => {
    for (let batch = 0; batch < batches; batch++) await window.walk.run.step();
    await window.walk.walk();
  }, batches);
  await walked(page);
}

browserTest("a weight's last updates are made again, and end in the weight of the run", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step", batch: 16, workers: 1, at: "dense/backward/3", zoom: "number" }, SMALL));
  await page.getByTestId("history").filter({ hasText: "no update yet" }).waitFor();
  await trainOn(page, 5);
  await page.getByTestId("replay").filter({ hasText: "last 5 updates" }).click();
  await page.getByTestId("replay-met").filter({ hasText: "bit for bit" }).waitFor();
  const { updates, weight } = await page.evaluate(() => {
    const { history, ledger } = window.walk.number;
    return { updates: history.value.updates, weight: ledger.value.update.lines.find(({ name }) => name === "before").value };
  });
  assert.deepEqual(updates.map(({ iteration }) => iteration), [1, 2, 3, 4, 5]);
  assert.equal(updates.at(-1).after, weight);
  const said = await page.getByTestId("history").getByRole("listitem").allTextContents();
  for (const [i, { iteration, before, gradient, after }] of updates.entries()) {
    const numbers = [...said[i].replaceAll("−", "-").matchAll(/-?\d[\d.]*(?:e-?\d+)?/g)].map(Number);
    for (const [told, value] of numbers.map((told, at) => [told, [iteration, before, gradient, after][at]])) assert.ok(Math.abs(told - value) <= printed(value), `${said[i]}: ${value}`);
  }
  // Another run's history is another one: of this run nothing is left.
  await page.evaluate(() => window.walk.run.reset());
  await page.getByTestId("history").filter({ hasText: "no update yet" }).waitFor();
});

browserTest("so are those of a run that began from the weights that come with the page", { learnt: true }, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step", batch: 8, workers: 1, at: "dense/backward/3", zoom: "number" }));
  await trainOn(page, 2);
  await page.getByTestId("replay").filter({ hasText: "last 2 updates" }).click();
  await page.getByTestId("replay-met").filter({ hasText: "bit for bit" }).waitFor();
});

browserTest("batch normalisation and dropout stand beside themselves in inference", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step", batch: 6, walk: "batch.0", at: "norm/forward/2" }, EVERY));
  const inference = page.getByTestId("inference");
  await inference.getByText("moving mean").waitFor();
  const line = async (name) => Number((await inference.locator(`[data-line=${name}] dd`).getAttribute("title")).replaceAll("−", "-"));
  // A run that has trained nothing has moved nothing: mean 0, variance 1.
  assert.deepEqual([await line("moving_mean"), await line("moving_variance")], [0, 1]);
  const [x, y] = [await line("x"), await line("y")];
  assert.ok(Math.abs(y - x / Math.sqrt(1.001)) <= 1e-6 * Math.abs(x), `${x} became ${y}`);
  await page.evaluate(theWalk);
  const layers = await page.evaluate(() => window.walk.made.value.network.layers.map(({ name }) => name));
  await page.evaluate((layer) => window.walk.enter(layer), layers.indexOf("drop"));
  await page.waitForFunction(() => document.querySelector("[data-testid=timeline]").getAttribute("aria-valuetext").includes("drop"));
  await walked(page);
  await inference.locator("[data-line=x]").waitFor();
  assert.equal(await line("x"), await line("y"));
});

browserTest("the whole network stands in a table: how large, how much is nothing, and what its weights are told", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step", batch: 6, walk: "alone.test.0", zoom: "network" }, EVERY));
  const rows = page.getByTestId("layers").locator("tbody tr");
  assert.equal(await rows.count(), EVERY.layers.length);
  await page.keyboard.press("End");
  await page.waitForFunction(() => ![...document.querySelectorAll("[data-testid=layers] tbody tr")].slice(1).some((row) => /not yet/.test(row.textContent)));
  await page.evaluate(theWalk);
  const { own, told } = await page.evaluate(async () => {
    const { outline } = window.walk.made.value.walk;
    const at = outline.buffers.findIndex(({ name }) => name === "dense/kernel/gradient");
    const bias = outline.buffers.findIndex(({ name }) => name === "dense/bias/gradient");
    const read = async (buffer) => {
      for (;;) {
        const found = window.walk.values(buffer);
        if (found) return [...found];
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    };
    const all = [...(await read(at)), ...(await read(bias))];
    const cells = [...document.querySelectorAll("[data-testid=layers] tbody tr:last-child td")];
    return { own: Math.sqrt(all.reduce((sum, value) => sum + value * value, 0)), told: cells.map(({ title }) => title) };
  });
  const norm = Number(told.filter(Boolean).at(-1));
  assert.ok(Math.abs(norm - own) <= 1e-6 * own, `${norm} for ${own}`);
  await rows.nth(2).getByRole("button").click();
  await page.waitForFunction(() => document.querySelector("[data-testid=timeline]").getAttribute("aria-valuetext").includes("conv/1"));
});

browserTest("a link says at which update it was made, and the same seed leads there", {}, async ({ page, url }) => {
  const place = { view: "step", batch: 16, workers: 1, seed: 5, walk: "alone.test.3" };
  await openStep(page, address(url, place, SMALL));
  await trainOn(page, 3);
  const loss = await page.getByTestId("walked-loss").getAttribute("title");
  const hash = await page.waitForFunction(() => /update=3\./.test(location.hash) && location.hash).then((handle) => handle.jsonValue());
  await page.goto("about:blank");
  await openStep(page, `${url}${hash}`);
  await page.getByTestId("linked").filter({ hasText: "made at update 3" }).waitFor();
  await press(page, "train-to");
  await page.waitForFunction(() => !document.querySelector("[data-testid=linked]") && /update=3\./.test(location.hash));
  assert.equal(await page.getByTestId("walked-loss").getAttribute("title"), loss);

  await page.goto("about:blank");
  await openStep(page, `${url}${hash.replace(/update=3\.[0-9a-f]{8}/, "update=3.00000000")}`);
  await page.getByTestId("linked").filter({ hasText: "other pictures" }).waitFor();
  assert.equal(await page.getByTestId("train-to").count(), 0);
});

browserTest("a training picture is picked on the spine", {}, async ({ page, url }) => {
  await openStep(page, address(url, { view: "step" }, SMALL));
  await press(page, "picker");
  await press(page, "pictures-train");
  await page.getByRole("button", { name: /^Training picture 7:/ }).click();
  await page.waitForFunction(() => location.hash.includes("walk=alone.train.7"));
  await walked(page);
  check(await page.evaluate(account));
});

browserTest("a batch that does not fit is refused with its figures, and its picture can be walked alone", {}, async ({ page, url }) => {
  await page.goto(address(url, { view: "step", batch: 4096, walk: "batch.7" }));
  await page.getByTestId("data-chip").filter({ hasText: /12,000/ }).waitFor();
  await page.getByTestId("walk-refused").filter({ hasText: /GB with batches of 4,096/ }).waitFor();
  await page.getByRole("button", { name: "Walk this picture alone" }).click();
  await walked(page);
  check(await page.evaluate(account));
  assert.equal(await page.getByTestId("walk-refused").count(), 0);
});

for (const [name, context] of Object.entries(SCREENS)) {
  for (const [locale, colorScheme] of [["en-US", "light"], ["zh-CN", "dark"]]) {
    browserTest(`axe finds nothing in a walk on a ${name}, ${locale}, ${colorScheme}`, { context: { ...context, locale, colorScheme } }, async ({ page, url }) => {
      await openStep(page, address(url, { view: "step", batch: 6, walk: "batch.1" }, EVERY));
      for (const at of ["conv/2/forward", "norm/forward/2", "drop/forward", "dense/forward/2", "dense/backward", "conv/3/backward/3", "dense/update"]) {
        await page.evaluate((at) => {
          const parts = new URLSearchParams(location.hash.slice(1));
          parts.set("at", at);
          parts.delete("cell");
          location.hash = parts;
        }, at);
        await page.waitForFunction((at) => {
          const [layer] = at.split(/\/(?=forward|backward|update)/);
          return document.querySelector("[data-testid=timeline]").getAttribute("aria-valuetext").includes(layer);
        }, at);
        await walked(page);
        assert.deepEqual(await faults(page), [], at);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${at}: wider than the screen`);
        if (name === "phone") assert.deepEqual(await page.evaluate(small), [], at);
      }
      await press(page, "zoom-number");
      await page.getByTestId("proof").waitFor();
      assert.deepEqual(await faults(page), [], "one number");
      if (name === "phone") assert.deepEqual(await page.evaluate(small), [], "one number");
      await page.locator("summary").click();
      await page.getByTestId("code").waitFor();
      assert.deepEqual(await faults(page), [], "code");
      await press(page, "zoom-network");
      assert.deepEqual(await faults(page), [], "network");
    });
  }
}
