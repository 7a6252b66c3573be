/** The page as a stranger meets it: opened, nothing clicked. */
import assert from "node:assert/strict";
import { browserTest, budgets } from "./harness.mjs";

for (const base of ["/", "/a/b/"]) {
  browserTest(`opens under ${base} with little to transfer and nothing to complain about`, { base }, async (world) => {
    const { page, url } = world;
    assert.equal(new URL(url).pathname, base);
    await page.goto(url, { waitUntil: "networkidle" });
    // Data, engine and network are there: the first thing that a person can do is to run.
    await page.locator("[data-testid=run]:enabled").waitFor();
    const bytes = world.transferred();
    assert.ok(bytes < budgets.first_visit, `${bytes} bytes were transferred, the budget is ${budgets.first_visit}`);
    assert.ok(bytes > 10_000, `${bytes} bytes cannot be the whole page`);
  });
}
