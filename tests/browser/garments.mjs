/** The ten garments as a person draws them: an outline, grey inside, and what tells one from another. Places are shares of the sheet. */

/** The same again on the other side of the sheet's middle, and back: a closed outline from its left half. */
const closed = (half) => [...half, ...half.map(([x, y]) => [1 - x, y]).reverse(), half[0]];

/**
 * In the order of the classes. `outline`: one stroke, closed; `fill`: a place within it; `more`: strokes over it, `seams` in dark grey
 * thinly, `lines` in ink.
 */
export const GARMENTS = [
  { name: "T-shirt", outline: closed([[0.5, 0.24], [0.42, 0.22], [0.38, 0.16], [0.27, 0.2], [0.12, 0.36], [0.21, 0.46], [0.3, 0.4], [0.3, 0.86]]), fill: [0.5, 0.5] },
  { name: "Trouser", outline: closed([[0.5, 0.08], [0.34, 0.08], [0.3, 0.94], [0.46, 0.94], [0.5, 0.36]]), fill: [0.4, 0.3], fills: [[0.6, 0.3]] },
  {
    name: "Pullover",
    outline: closed([[0.5, 0.17], [0.43, 0.16], [0.38, 0.12], [0.28, 0.16], [0.2, 0.3], [0.13, 0.8], [0.24, 0.82], [0.3, 0.5], [0.3, 0.86]]),
    fill: [0.5, 0.5],
    seams: [[[0.31, 0.8], [0.69, 0.8]], [[0.15, 0.75], [0.24, 0.77]], [[0.85, 0.75], [0.76, 0.77]]],
  },
  { name: "Dress", outline: closed([[0.5, 0.16], [0.44, 0.14], [0.42, 0.06], [0.38, 0.06], [0.38, 0.22], [0.42, 0.4], [0.3, 0.94]]), fill: [0.5, 0.6] },
  {
    name: "Coat",
    outline: closed([[0.5, 0.14], [0.42, 0.1], [0.36, 0.1], [0.27, 0.15], [0.18, 0.32], [0.12, 0.78], [0.23, 0.8], [0.29, 0.46], [0.28, 0.95]]),
    fill: [0.4, 0.6],
    fills: [[0.6, 0.6]],
    lines: [[[0.5, 0.14], [0.5, 0.95]]],
    seams: [[[0.5, 0.34], [0.42, 0.12]], [[0.5, 0.34], [0.58, 0.12]]],
  },
  {
    name: "Sandal",
    outline: [[0.06, 0.78], [0.2, 0.74], [0.5, 0.8], [0.9, 0.8], [0.95, 0.84], [0.9, 0.87], [0.3, 0.86], [0.07, 0.86], [0.06, 0.78]],
    fill: [0.5, 0.835],
    lines: [[[0.6, 0.8], [0.68, 0.62], [0.82, 0.8]], [[0.12, 0.76], [0.14, 0.54], [0.3, 0.6], [0.42, 0.78]]],
  },
  {
    name: "Shirt",
    outline: closed([[0.5, 0.2], [0.43, 0.14], [0.39, 0.11], [0.28, 0.16], [0.19, 0.32], [0.14, 0.6], [0.24, 0.63], [0.3, 0.46], [0.3, 0.88]]),
    fill: [0.42, 0.5],
    fills: [[0.58, 0.5]],
    seams: [[[0.5, 0.2], [0.5, 0.88]], [[0.39, 0.12], [0.43, 0.26], [0.5, 0.2], [0.57, 0.26], [0.61, 0.12]]],
  },
  {
    name: "Sneaker",
    outline: [[0.05, 0.74], [0.06, 0.5], [0.14, 0.46], [0.24, 0.52], [0.34, 0.44], [0.58, 0.6], [0.86, 0.66], [0.95, 0.74], [0.95, 0.8], [0.05, 0.8], [0.05, 0.74]],
    fill: [0.3, 0.62],
    lines: [[[0.06, 0.76], [0.95, 0.76]]],
    seams: [[[0.4, 0.56], [0.47, 0.5]], [[0.46, 0.6], [0.53, 0.54]]],
  },
  { name: "Bag", outline: [[0.12, 0.4], [0.88, 0.4], [0.9, 0.86], [0.1, 0.86], [0.12, 0.4]], fill: [0.5, 0.75], lines: [[[0.32, 0.4], [0.34, 0.22], [0.5, 0.14], [0.66, 0.22], [0.68, 0.4]]], seams: [[[0.12, 0.54], [0.88, 0.54]]] },
  {
    name: "Ankle boot",
    outline: [[0.14, 0.12], [0.48, 0.12], [0.5, 0.46], [0.62, 0.6], [0.86, 0.68], [0.94, 0.78], [0.94, 0.86], [0.4, 0.86], [0.36, 0.9], [0.14, 0.9], [0.14, 0.12]],
    fill: [0.3, 0.4],
    lines: [[[0.15, 0.82], [0.94, 0.8]]],
  },
];

/** What each is drawn with. */
const SHADES = { outline: 4, fill: 2, seams: 3, lines: 4 };
const WIDTHS = { outline: 2, fill: 2, seams: 1, lines: 2 };

/** Strokes of a garment in their order: `{ tool, shade, width, points }`. */
export function strokes({ outline, fill, fills = [], lines = [], seams = [] }) {
  const all = (kind, tool, paths) => paths.map((points) => ({ tool, shade: SHADES[kind], width: WIDTHS[kind], points }));
  return [...all("outline", "brush", [outline]), ...all("lines", "brush", lines), ...all("fill", "fill", [fill, ...fills].map((place) => [place])), ...all("seams", "brush", seams)];
}

/** Places between two, so that a stroke has as many as a hand makes. */
function along(points, apart = 0.02) {
  return points.flatMap(([x, y], i) => {
    if (i === 0) return [[x, y]];
    const [u, v] = points[i - 1];
    const steps = Math.max(1, Math.round(Math.hypot(x - u, y - v) / apart));
    return Array.from({ length: steps }, (_, step) => [u + ((x - u) * (step + 1)) / steps, v + ((y - v) * (step + 1)) / steps]);
  });
}

/** Hands by which a stroke is drawn, with the browser's own pointer events. */
export const HANDS = {
  async mouse(page) {
    return { down: (x, y) => page.mouse.move(x, y).then(() => page.mouse.down()), move: (x, y) => page.mouse.move(x, y), up: () => page.mouse.up() };
  },
  async touch(page) {
    const session = await page.context().newCDPSession(page);
    const send = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    return { down: (x, y) => send("touchStart", [[x, y]]), move: (x, y) => send("touchMove", [[x, y]]), up: () => send("touchEnd", []) };
  },
  async pen(page) {
    const session = await page.context().newCDPSession(page);
    const send = (type, x, y, buttons, force) => session.send("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons, clickCount: type === "mouseMoved" ? 0 : 1, pointerType: "pen", force });
    let last = [0, 0];
    const at = (x, y) => (last = [x, y]);
    return {
      down: async (x, y) => (await send("mouseMoved", x, y, 0, 0), await send("mousePressed", ...at(x, y), 1, 0.5)),
      move: (x, y) => send("mouseMoved", ...at(x, y), 1, 0.45 + 0.1 * Math.abs(Math.sin(x / 30))),
      up: () => send("mouseReleased", ...last, 0, 0),
    };
  },
};

/** Draws a garment on the sheet by a hand. */
export async function drawGarment(page, garment, hand) {
  for (const { tool, shade, width, points } of strokes(garment)) {
    await page.getByTestId(`tool-${tool}`).click();
    await page.getByTestId(`shade-${shade}`).click();
    await page.getByTestId(`width-${width}`).click();
    // On a small screen the tools may have scrolled it.
    await page.getByTestId("sheet").scrollIntoViewIfNeeded();
    const sheet = await page.getByTestId("sheet").boundingBox();
    const at = ([x, y]) => [sheet.x + x * sheet.width, sheet.y + y * sheet.height];
    const [first, ...rest] = along(points);
    await hand.down(...at(first));
    for (const point of rest) await hand.move(...at(point));
    await hand.up();
  }
}
