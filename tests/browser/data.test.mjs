/** Where the pictures come from: the public copy (played here by a route), a person's own files, the browser's storage. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { browserTest } from "./harness.mjs";
import { address, loss, open, press, reach, SMALL } from "./person.mjs";

/** An IDX file of bytes (http://yann.lecun.com/exdb/mnist/ describes the form). */
function idx(shape, value) {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([head, Buffer.from(Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i)))]);
}

/** A small set, each picture as bright as its class; classes count from `first`. */
function smallSet(train, test, shape = [28, 28], classes = 10, first = 0) {
  const size = shape.reduce((a, b) => a * b);
  const part = (name, count) => [
    [`${name}-images-idx${1 + shape.length}-ubyte`, idx([count, ...shape], (i) => Math.floor(250 / classes) * (Math.floor(i / size) % classes))],
    [`${name}-labels-idx1-ubyte`, idx([count], (i) => first + (i % classes))],
  ];
  return [...part("train", train), ...part("t10k", test)];
}

/** Lets files fall onto the page, as early as it takes any. */
async function drop(page, files) {
  await page.evaluate((files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, files.map(([name, bytes]) => [name, bytes.toString("base64")]));
}

const FILES = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];

const chip = (page, text) => page.getByTestId("data-chip").filter({ hasText: text });

browserTest("the public copy is fetched on request, checked, and kept for the next visit", { data: "at hand" }, async (world) => {
  const { page, context, url, data } = world;
  const asked = [];
  await context.route("https://raw.githubusercontent.com/**", async (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    asked.push(name);
    await route.fulfill({ body: await readFile(join(data, name)), headers: { "access-control-allow-origin": "*" } });
  });
  await open(page, address(url, { batch: 64 }, SMALL));
  assert.deepEqual(asked, [], "nothing is fetched from elsewhere before it is asked for");
  await press(page, "data-chip");
  await page.getByRole("button", { name: /Fetch Fashion-MNIST/ }).click();
  await chip(page, /60,000 \+ 10,000/).waitFor();
  assert.deepEqual([...asked].sort(), [...FILES].sort());
  // The panel closes when all is done, the keeping included.
  await page.getByTestId("data-files").waitFor({ state: "detached" });
  await page.reload();
  await chip(page, /60,000 \+ 10,000/).waitFor();
  assert.equal(asked.length, FILES.length, "the second visit fetched nothing");
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("a public copy that was tampered with is refused, and what was there stays", { data: "at hand" }, async (world) => {
  const { page, context, url, data } = world;
  await context.route("https://raw.githubusercontent.com/**", async (route) => {
    // The test labels in the place of the training labels: sound files, not the published ones.
    const name = basename(new URL(route.request().url()).pathname).replace("train-labels", "t10k-labels");
    await route.fulfill({ body: await readFile(join(data, name)), headers: { "access-control-allow-origin": "*" } });
  });
  await open(page, address(url, { batch: 64 }, SMALL));
  await press(page, "data-chip");
  await page.getByRole("button", { name: /Fetch Fashion-MNIST/ }).click();
  await page.getByText(/train-labels-idx1-ubyte\.gz/).first().waitFor();
  await chip(page, /12,000/).waitFor();
});

browserTest("four files of one's own, in any order", { data: "at hand" }, async ({ page, url, data }) => {
  await open(page, address(url, { batch: 64 }, SMALL));
  await press(page, "data-chip");
  await page.getByTestId("data-files").setInputFiles([...FILES].reverse().map((name) => join(data, name)));
  await chip(page, /60,000 \+ 10,000/).waitFor();
  await page.keyboard.press("Escape");
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("files dropped in the first seconds stay, whatever comes later", {}, async ({ page, url }) => {
  await page.goto(address(url, { batch: 32 }, SMALL));
  await drop(page, smallSet(300, 100));
  await chip(page, /300 \+ 100/).waitFor();
  // A second run asks for the garments that the opening draws: when it has them, they have come.
  const atelier = await page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve }))));
  const drawn = await atelier.evaluate(async (page) => {
    const second = await page.begin(page.main.network.value, page.main.training.value);
    const before = second.data.value.train;
    await second.useData({ kind: "procedural" });
    return [before, second.data.value.train];
  });
  assert.deepEqual(drawn, [300, 12_000]);
  await chip(page, /300 \+ 100/).waitFor();
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("damaged files beside the page are told, and the garments come all the same", {}, async ({ page, context, url }) => {
  await context.route("**/data/index.json", (route) => route.fulfill({ json: { files: FILES } }));
  await context.route("**/data/*.gz", (route) => route.fulfill({ body: "not what it was" }));
  await open(page, address(url, { batch: 32 }, SMALL), /12,000 \+ 2,000/);
  await page.getByTestId("error").filter({ hasText: /idx\d-ubyte\.gz/ }).waitFor();
  await press(page, "one-batch");
  await reach(page, 1);
});

browserTest("pictures of another shape and other classes take the network along", { timeout: 300_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 16, epochs: 6 }));
  await drop(page, smallSet(64, 32, [32, 32, 3], 4));
  await chip(page, /64 \+ 32/).waitFor();
  await page.getByText("32×32×3").first().waitFor();
  await press(page, "one-batch");
  await reach(page, 1);
  const first = await loss(page);
  assert.ok(Math.abs(first - Math.log(4)) < 0.8, `four classes, and the first loss is ${first}`);
  await press(page, "run");
  await page.getByTestId("accuracy-validation").filter({ hasText: /\d/ }).waitFor({ timeout: 200_000 });
  // What the page shows of it is the network that it opens with on these pictures: nothing for an address to say.
  assert.ok(!(await page.evaluate(() => location.hash)).includes("net="));
});

browserTest("letters, whose classes begin at 1, are twenty-six classes by their names", { timeout: 300_000 }, async ({ page, url }) => {
  await open(page, address(url, { batch: 26, epochs: 4 }));
  await drop(page, smallSet(260, 52, [28, 28], 26, 1));
  await chip(page, /260 \+ 52/).waitFor();
  const atelier = await page.evaluateHandle(() => new Promise((resolve) => window.dispatchEvent(new CustomEvent("atelier:hand-over", { detail: resolve }))));
  const names = await atelier.evaluate(({ main }) => main.data.value.class_names);
  assert.deepEqual(names, Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i)));
  await press(page, "one-batch");
  await reach(page, 1);
  const first = await loss(page);
  assert.ok(Math.abs(first - Math.log(26)) < 0.8, `twenty-six classes, and the first loss is ${first}`);
  await press(page, "run");
  await page.getByTestId("accuracy-validation").filter({ hasText: /\d/ }).waitFor({ timeout: 200_000 });
});
