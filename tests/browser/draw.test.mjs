/** The Draw view in use: what is drawn by hand, by key or given as a picture is answered, explained, kept, and taken apart in Step. */
import assert from "node:assert/strict";
import { faults, SCREENS, small } from "./accessible.mjs";
import { drawGarment, GARMENTS, HANDS } from "./garments.mjs";
import { browserTest, WEBGPU } from "./harness.mjs";
import { address, open, press } from "./person.mjs";
import { gif, onTrousers, oriented, png, SCRIPTED } from "./pictures.mjs";

const [, TROUSER] = GARMENTS;
const BOOT = GARMENTS[9];

/** Opens the view and waits until it can answer. */
async function openDraw(page, where) {
  await page.goto(where);
  await page.getByTestId("data-chip").filter({ hasText: /12,000|60,000/ }).waitFor();
  await page.getByTestId("sheet").waitFor();
  await answered(page);
}

/** Waits until nothing more is found out of the sheet. */
async function answered(page) {
  await page.locator("[data-testid=bench][aria-busy=false]").waitFor();
  await page.locator("[data-testid=transport][aria-busy=false]").waitFor();
}

/** The class that some weights say, −1 where they say none. */
const said = async (page, source = "shipped") => Number(await page.getByTestId(`answer-${source}`).getAttribute("data-said"));

/** What the view has of the drawing. */
function drawing(page) {
  return page.evaluate(() => {
    let drawer;
    dispatchEvent(new CustomEvent("atelier:hand-over-drawing", { detail: (it) => (drawer = it) }));
    const { marks, ground } = drawer.sheets.sheet.value;
    return { marks: marks.length, kinds: marks.map(({ kind }) => kind), ground: ground !== null, seen: drawer.sight.value && [...drawer.sight.value.seen] };
  });
}

/** Gives the page a file, as if it had been dropped. */
async function drop(page, bytes, name, type) {
  await page.evaluate(
    ({ text, name, type }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
      document.querySelector("[data-testid=sheet]").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
    },
    { text: Buffer.from(bytes).toString("base64"), name, type },
  );
}

/** One line across the sheet. */
/** What the network sees of the sheet when nothing changes any more: a mark is looked at while it grows, too. */
async function seenAtRest(page) {
  for (let before = null; ; ) {
    await answered(page);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const { seen } = await drawing(page);
    if (seen && String(seen) === before) return seen;
    before = String(seen);
  }
}

async function line(page, from = [0.3, 0.2], to = [0.7, 0.8]) {
  const box = await page.getByTestId("sheet").boundingBox();
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 8 });
  await page.mouse.up();
}

for (const [executor, flags] of [["cpu", []], ["webgpu", WEBGPU]]) {
  browserTest(`ten garments drawn by mouse, finger and pen are known on ${executor}`, { flags, timeout: 600_000, context: { hasTouch: true } }, async ({ page, url }) => {
    // A software adapter takes its time.
    page.setDefaultTimeout(180_000);
    await openDraw(page, address(url, { view: "draw", executor }));
    const wrong = [];
    for (const [label, garment] of GARMENTS.entries()) {
      const hand = Object.keys(HANDS)[label % 3];
      await drawGarment(page, garment, await HANDS[hand](page));
      await answered(page);
      const answer = await said(page);
      if (answer !== label) wrong.push(`${garment.name} by ${hand}: ${GARMENTS[answer]?.name}`);
      await press(page, "clear");
      await page.locator("[data-testid=seen]:not([data-seen])").waitFor();
    }
    assert.ok(wrong.length <= 1, wrong.join(", "));
    assert.equal(await page.getByTestId("answer-shipped").getAttribute("title"), { cpu: "CPU", webgpu: "WebGPU" }[executor]);
  });
}

browserTest("trousers drawn by key are known, and every key does what it says", {}, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  await page.getByTestId("sheet").focus();
  const keys = async (key, times = 1) => {
    for (let i = 0; i < times; i++) await page.keyboard.press(key);
  };
  // From the middle to the waist's left end; a step is 1/28 of the sheet with Shift.
  await keys("l");
  await keys("Shift+ArrowUp", 12);
  await keys("Shift+ArrowLeft", 4);
  const leg = async (moves) => {
    for (const [key, times] of moves) {
      await keys(" ");
      await keys(`Shift+${key}`, times);
      await keys(" ");
    }
  };
  await leg([["ArrowDown", 24], ["ArrowRight", 3], ["ArrowUp", 15], ["ArrowRight", 2], ["ArrowDown", 15], ["ArrowRight", 3], ["ArrowUp", 24], ["ArrowLeft", 8]]);
  await keys("3");
  await keys("f");
  await keys("Shift+ArrowDown", 4);
  await keys("Shift+ArrowRight", 4);
  await keys("Enter");
  await answered(page);
  assert.deepEqual((await drawing(page)).kinds, [...Array(8).fill("line"), "fill"]);
  assert.equal(await said(page), 1);
  await keys("z", 2);
  assert.equal((await drawing(page)).marks, 7);
  await keys("y");
  assert.equal((await drawing(page)).marks, 8);
  await page.keyboard.press("Control+z");
  assert.equal((await drawing(page)).marks, 7);
});

browserTest("a hand that rests beside the pen draws nothing", { context: { hasTouch: true } }, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  const box = await page.getByTestId("sheet").boundingBox();
  const [pen, touch] = [await HANDS.pen(page), await HANDS.touch(page)];
  await pen.down(box.x + 100, box.y + 100);
  await pen.move(box.x + 150, box.y + 150);
  await touch.down(box.x + 200, box.y + 200);
  await touch.move(box.x + 220, box.y + 220);
  await touch.up();
  await pen.up();
  assert.equal((await drawing(page)).marks, 1);
  await touch.down(box.x + 200, box.y + 200);
  await touch.up();
  assert.equal((await drawing(page)).marks, 1, "nor shortly after");
});

browserTest("the answer is told, explained in three ways, and every number of it opens in Step", {}, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  await drawGarment(page, BOOT, await HANDS.mouse(page));
  await answered(page);
  const bars = page.locator("section.spine li.said");
  await bars.filter({ hasText: GARMENTS[await said(page)].name }).waitFor();
  for (const way of ["grad_cam", "input_gradient", "occlusion"]) {
    await press(page, `way-${way}`);
    await page.locator(`[data-testid=reason][data-way=${way}]`).waitFor();
    assert.match(await page.getByTestId("because").textContent(), /^[A-Z].*\.$/);
  }
  await page.getByTestId("why-class").selectOption("7");
  await page.locator("[data-testid=reason][data-target='7']").waitFor();
  await page.locator("[data-testid=nearest] li").nth(9).waitFor();
  // The run's own weights have learnt nothing; the spine shows whichever are chosen.
  await press(page, "answer-own");
  await answered(page);
  await bars.filter({ hasText: GARMENTS[await said(page, "own")].name }).waitFor();
  await press(page, "answer-shipped");
  await answered(page);
  await page.getByTestId("toward-class").selectOption("8");
  await page.getByTestId("toward-probability").waitFor();
  const last = await page.getByTestId("toward-frame").getAttribute("max");
  const at = async (frame) => {
    await page.getByTestId("toward-frame").fill(frame);
    return Number(await page.getByTestId("toward-probability").textContent());
  };
  assert.ok((await at(last)) > (await at("0")), "the steps lead toward the class");
  await answered(page);
  const { seen } = await drawing(page);
  await press(page, "take-apart");
  await page.locator("[data-testid=bench][data-step='0']").waitFor();
  // The same numbers stand in the walk, whose picture is the address's.
  const pixels = await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("walk"));
  const walked = await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get("walk")?.startsWith("given."));
  assert.ok(walked, pixels);
  const [, , text] = (await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("walk"))).split(".");
  assert.deepEqual([...Buffer.from(text, "base64url")], seen);
  await page.reload();
  await page.locator("[data-testid=bench][data-step='0']").waitFor();
});

browserTest("the drawing is there after a reload, and leaving the view ends its worker", {}, async ({ page, url }) => {
  await open(page, address(url, {}));
  const before = page.workers().length;
  await press(page, "view-draw");
  await page.getByTestId("sheet").waitFor();
  await drawGarment(page, TROUSER, await HANDS.mouse(page));
  await answered(page);
  assert.equal(page.workers().length, before + 1);
  const { marks, seen } = await drawing(page);
  await page.waitForFunction(() => location.hash.includes("view=draw"));
  await page.reload();
  await page.locator("[data-testid=seen][data-seen]").waitFor();
  await answered(page);
  const after = await drawing(page);
  assert.deepEqual([after.marks, after.seen], [marks, seen]);
  await press(page, "view-train");
  await page.getByTestId("run").waitFor();
  await page.waitForFunction(() => !document.querySelector("[data-testid=sheet]"));
  for (let i = 0; page.workers().length > before && i < 100; i++) await page.waitForTimeout(50);
  assert.equal(page.workers().length, before);
});

browserTest("pictures of every kind are taken or refused in words, and a refusal leaves the drawing as it was", { timeout: 240_000 }, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  await line(page);
  const seen = await seenAtRest(page);
  const trousers = (side, dark = 0, light = 255) => png(side, side, (x, y) => (onTrousers(x / side, y / side) ? dark : light));
  const photograph = await page.evaluate(async (text) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(90, 120);
    const context = canvas.getContext("2d");
    // Lying on its side, as its orientation says.
    context.translate(90, 0);
    context.rotate(Math.PI / 2);
    context.drawImage(bitmap, 0, 0, 120, 90);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  }, trousers(128).toString("base64"));
  const refused = [
    ["one pixel", png(1, 1, () => 7), "one.png", "image/png"],
    ["one colour", png(40, 40, () => 99), "even.png", "image/png"],
    ["a picture cut short", trousers(64).subarray(0, 60), "short.png", "image/png"],
    ["a text called a picture", Buffer.from("This is no picture."), "text.png", "image/png"],
    ["an empty file", Buffer.alloc(0), "empty.png", "image/png"],
    ["JSON that is no drawing", Buffer.from('{"layers": []}'), "network.svg", "image/svg+xml"],
    ["a drawing of a version to come", Buffer.from('{"version": 9, "marks": []}'), "drawing.json", "application/json"],
    ["a drawing with a mark that no hand draws", Buffer.from('{"version": 1, "marks": [{"kind": "fill", "at": [900, 0], "shade": 1}]}'), "drawing.json", "application/json"],
  ];
  for (const [what, bytes, name, type] of refused) {
    await drop(page, bytes, name, type);
    await page.getByTestId("draw-refused").waitFor();
    await answered(page);
    assert.deepEqual((await drawing(page)).seen, seen, what);
    await page.getByTestId("draw-refused").getByRole("button").click();
    await page.getByTestId("draw-refused").waitFor({ state: "detached" });
  }
  const taken = [
    ["dark on light", trousers(64), "a.png", "image/png"],
    ["light on dark", trousers(64, 255, 0), "b.png", "image/png"],
    ["through a transparent ground", png(64, 64, (x, y) => (onTrousers(x / 64, y / 64) ? [200, 30, 30, 255] : [0, 0, 0, 0])), "c.png", "image/png"],
    ["an animated GIF", gif(), "d.gif", "image/gif"],
    ["an SVG with a script", Buffer.from(SCRIPTED), "e.svg", "image/svg+xml"],
    ["a JPEG that lies on its side", oriented(Buffer.from(photograph, "base64"), 8), "f.jpg", "image/jpeg"],
    ["50 megapixels", png(10_000, 5_000, (x, y) => (onTrousers((x - 2500) / 5000, y / 5000) ? 20 : 240)), "g.png", "image/png"],
    ["a drawing", Buffer.from(JSON.stringify({ version: 1, marks: [{ kind: "line", points: [[0.2, 0.2], [0.8, 0.8]], width: 0.1, shade: 1 }] })), "h.json", "application/json"],
  ];
  let before = seen;
  for (const [what, bytes, name, type] of taken) {
    await drop(page, bytes, name, type);
    await page.waitForFunction(
      (before) => {
        let drawer;
        dispatchEvent(new CustomEvent("atelier:hand-over-drawing", { detail: (it) => (drawer = it) }));
        return drawer.trouble.value || (drawer.sight.value && String(drawer.sight.value.seen) !== before);
      },
      String(before),
    );
    assert.equal(await page.getByTestId("draw-refused").count(), 0, what);
    await answered(page);
    if (name !== "h.json") assert.equal(await said(page), 1, what);
    before = (await drawing(page)).seen;
    // And one can go on.
    await line(page);
    await answered(page);
    await press(page, "clear");
    await page.locator("[data-testid=seen]:not([data-seen])").waitFor();
    before = [];
  }
  assert.equal(await page.evaluate(() => window.ran), undefined, "no script ran");
});

browserTest("drawings that are kept survive a reload, go out and come in as a file, and teach the network a class of its own", { timeout: 300_000 }, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  await drawGarment(page, TROUSER, await HANDS.mouse(page));
  await answered(page);
  await press(page, "teach");
  await page.getByTestId("new-class").fill("hat");
  await press(page, "keep");
  await press(page, "keep");
  await page.locator("[data-testid=kept] li").nth(1).waitFor();
  await page.reload();
  await page.getByTestId("teach").click();
  await page.locator("[data-testid=kept] li").nth(1).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), press(page, "kept-out")]);
  await page.locator("[data-testid=kept] li button").first().click();
  await page.locator("[data-testid=kept] li button").first().click();
  await page.getByTestId("kept").waitFor({ state: "detached" });
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press(page, "kept-in")]);
  await chooser.setFiles(await file.path());
  await page.locator("[data-testid=kept] li").nth(1).waitFor();
  await press(page, "teach-now");
  await page.getByTestId("taught").waitFor({ timeout: 150_000 });
  assert.match(await page.getByTestId("taught").textContent(), /0 → 2 of 2/);
  await page.keyboard.press("Escape");
  await answered(page);
  // The head has grown: the spine shows one class more, and says it.
  assert.equal(await said(page, "taught"), 10);
  await page.locator("section.spine li.said").filter({ hasText: "hat" }).waitFor();
  assert.equal(await said(page, "shipped"), 1, "what comes with the page stands beside it");
});

browserTest("a camera that is refused is told of in a plain sentence", {}, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  await press(page, "camera");
  await page.getByTestId("camera-refused").waitFor();
});

browserTest("a picture from the camera is laid on the sheet, and the camera is let go of", { flags: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] }, async ({ page, url }) => {
  await openDraw(page, address(url, { view: "draw" }));
  await press(page, "camera");
  await page.waitForFunction(() => document.querySelector("video")?.videoWidth > 0);
  const track = await page.evaluateHandle(() => document.querySelector("video").srcObject.getTracks()[0]);
  await press(page, "camera-take");
  await page.locator("[data-testid=seen][data-seen]").waitFor();
  assert.equal((await drawing(page)).ground, true);
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
});

for (const [name, context] of Object.entries(SCREENS)) {
  for (const [locale, colorScheme] of [["en-US", "light"], ["zh-CN", "dark"]]) {
    browserTest(`axe finds nothing in the Draw view on a ${name}, ${locale}, ${colorScheme}`, { context: { ...context, locale, colorScheme } }, async ({ page, url }) => {
      await openDraw(page, address(url, { view: "draw" }));
      assert.deepEqual(await faults(page), [], "an empty sheet");
      await drawGarment(page, BOOT, await HANDS.mouse(page));
      await page.getByTestId("toward-class").selectOption("7");
      await page.getByTestId("toward-probability").waitFor();
      await answered(page);
      assert.deepEqual(await faults(page), [], "an answer");
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than the screen");
      if (name === "phone") assert.deepEqual(await page.evaluate(small), []);
      else assert.ok(await page.evaluate(() => document.querySelector("[data-testid=bench]").scrollHeight <= document.querySelector("[data-testid=bench]").clientHeight), "the bench scrolls");
      for (const panel of ["templates", "texture", "draw-more", "teach"]) {
        await press(page, panel);
        assert.deepEqual(await faults(page), [], panel);
        await page.keyboard.press("Escape");
      }
    });
  }
}
