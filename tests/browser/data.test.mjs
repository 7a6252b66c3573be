/** Where the pictures come from: the public copy (played here by a route), a person's own files, the browser's storage. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { browserTest } from "./harness.mjs";
import { address, open, press, reach, SMALL } from "./person.mjs";

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
