/** A run that begins from the weights that come with the page, and one that begins from nothing. */
import assert from "node:assert/strict";
import { browserTest } from "./harness.mjs";
import { loss, open, press, reach, settled } from "./person.mjs";

const BEFORE = /trained before you came/;
const NOTHING = /learnt nothing yet/;
const says = (page, words) => page.getByTestId("voice").filter({ hasText: words }).waitFor();

/** A network that guesses has a loss of ln 10 = 2.30. */
const GUESS = Math.log(10);

browserTest("the page opens with a network that knows garments; after Reset, and a reload, it begins from nothing", { learnt: true, data: "beside" }, async ({ page, url }) => {
  await open(page, url, /60,000/);
  await says(page, BEFORE);
  await press(page, "one-batch");
  await reach(page, 1);
  await settled(page);
  assert.ok((await loss(page)) < GUESS / 3, `a loss of ${await loss(page)}`);

  await press(page, "reset");
  await says(page, NOTHING);
  await press(page, "one-batch");
  await reach(page, 1);
  await settled(page);
  assert.ok((await loss(page)) > GUESS / 2, `a loss of ${await loss(page)}`);
  assert.match(page.url(), /from=nothing/);
  await page.reload();
  await says(page, NOTHING);
});

for (const [what, answer] of Object.entries({
  "has no weights": { status: 404, body: "" },
  "answers its front page for what it does not have": { contentType: "text/html", body: "<!doctype html><title>Atelier</title>" },
})) {
  browserTest(`a site that ${what} begins from nothing, trains, and draws`, { learnt: true }, async (world) => {
    const { context, page, url } = world;
    await context.route(/garments\.safetensors/, (route) => route.fulfill(answer));
    await open(page, url);
    await says(page, NOTHING);
    await press(page, "one-batch");
    await reach(page, 1);
    await press(page, "view-draw");
    await page.getByTestId("sheet").waitFor();
    // The browser says that a file is missing; what is no weights is a warning.
    if (answer.status) assert.ok(world.expected(/404/) > 0);
  });
}
