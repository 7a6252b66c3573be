/** Picture files for the tests, written byte by byte: small, hostile, turned. */
import { crc32, deflateSync } from "node:zlib";

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG of `width` by `height`, whose pixels `shade(x, y)` gives: a grey, or four numbers with transparency. */
export function png(width, height, shade) {
  const alpha = Array.isArray(shade(0, 0));
  const channels = alpha ? 4 : 1;
  const rows = Buffer.alloc(height * (1 + width * channels));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * channels) + 1 + x * channels;
      const value = shade(x, y);
      if (alpha) rows.set(value, at);
      else rows[at] = value;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, alpha ? 6 : 0, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 1 })), chunk("IEND", Buffer.alloc(0))]);
}

/** Whether a place of a unit square is on a pair of trousers. */
export function onTrousers(x, y) {
  if (y < 0.06 || y > 0.94 || x < 0.28 || x > 0.72) return false;
  return y < 0.36 || Math.abs(x - 0.5) > 0.03 + 0.05 * (y - 0.36);
}

/** The JPEG with an EXIF orientation, 1 to 8. */
export function oriented(jpeg, orientation) {
  const exif = Buffer.from([0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

/** A GIF of two frames, black trousers on white and then white alone, by uncompressed codes. */
export function gif(side = 32) {
  const frame = (shade) => {
    // Codes of 8 bits, and a clear code before the table grows by one more bit.
    const codes = [];
    for (let at = 0; at < side * side; at++) {
      if (at % 120 === 0) codes.push(128);
      codes.push(shade((at % side) / side, Math.floor(at / side) / side));
    }
    codes.push(129);
    const data = Buffer.from(codes);
    const blocks = [];
    for (let at = 0; at < data.length; at += 255) blocks.push(Buffer.from([Math.min(255, data.length - at)]), data.subarray(at, at + 255));
    const place = Buffer.alloc(10);
    place.set([0x2c], 0);
    place.writeUInt16LE(side, 5);
    place.writeUInt16LE(side, 7);
    return Buffer.concat([Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]), place, Buffer.from([7]), ...blocks, Buffer.from([0])]);
  };
  const head = Buffer.alloc(13);
  head.write("GIF89a", "latin1");
  head.writeUInt16LE(side, 6);
  head.writeUInt16LE(side, 8);
  head[10] = 0xf6;
  const palette = Buffer.alloc(3 * 128);
  palette.fill(255, 3, 6);
  return Buffer.concat([head, palette, frame((x, y) => (onTrousers(x, y) ? 0 : 1)), frame(() => 1), Buffer.from([0x3b])]);
}

/** An SVG of trousers, that would run a script and fetch a picture if it could. */
export const SCRIPTED = `<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" onload="window.ran = true">
  <script>window.ran = true; top.ran = true; fetch("/ran");</script>
  <image href="/ran.png" width="10" height="10"/>
  <path d="M28 6h44l2 88H55L50 36l-5 58H26z"/>
</svg>`;
