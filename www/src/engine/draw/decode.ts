/** Pictures on the sheet, and as marks on it. */
import { brush, pixelsOf as decode } from "../decode";

/** Pixels of the sheet's raster, on either side. */
export const SIDE = 448;
/** Pixels of what the network sees, on either side. */
export const SEEN_SIDE = 28;
/** A picture is read at no more than this on its longer side: 36 times what the network sees of it. */
const MOST = 1024;

/** Pixels of a picture for the sheet. */
export const pixelsOf = (blob: Blob): Promise<ImageData> => decode(blob, MOST);

/** The picture in the middle of a square sheet, as shades from paper, 0, to ink, 255. */
export function inkOf(pixels: ImageData, side: number): Uint8Array<ArrayBuffer> {
  const { data } = fitted(pixels, side);
  return Uint8Array.from({ length: side * side }, (_, at) => 255 - Math.round(0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2]));
}

/** The picture in the middle of a square sheet of paper. */
export function fitted(pixels: ImageData, side: number): ImageData {
  const own = brush(pixels.width, pixels.height);
  own.putImageData(pixels, 0, 0);
  const scale = side / Math.max(pixels.width, pixels.height);
  const [w, h] = [pixels.width * scale, pixels.height * scale];
  const context = brush(side, side);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.drawImage(own.canvas, (side - w) / 2, (side - h) / 2, w, h);
  return context.getImageData(0, 0, side, side);
}
