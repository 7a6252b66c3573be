/** Pictures that were given: decoded by the browser, upright, and no larger than is of use. */

/** Pixels of the sheet's raster, on either side. */
export const SIDE = 448;
/** A picture is read at no more than this on its longer side: 16 times what the network sees of it. */
const MOST = 1024;

/** Refused by its code, for which the page has words. */
export class PictureError extends Error {
  readonly code: "unreadable" | "large" | "empty";

  constructor(code: PictureError["code"]) {
    super(code);
    this.code = code;
  }
}

export async function pixelsOf(blob: Blob): Promise<ImageData> {
  const bitmap = await decoded(blob);
  try {
    const { width, height } = bitmap;
    const shrink = Math.min(1, MOST / Math.max(width, height));
    const [w, h] = [Math.max(1, Math.round(shrink * width)), Math.max(1, Math.round(shrink * height))];
    const context = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
    if (!context) throw new PictureError("unreadable");
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, w, h);
    return context.getImageData(0, 0, w, h);
  } finally {
    bitmap.close();
  }
}

async function decoded(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image", colorSpaceConversion: "default", premultiplyAlpha: "none" });
  } catch {
    throw new PictureError("unreadable");
  }
}

/** The picture in the middle of a square sheet, as shades from paper to ink. */
export function inkOf(pixels: ImageData, side: number): Uint8Array<ArrayBuffer> {
  const { data } = fitted(pixels, side);
  return Uint8Array.from({ length: side * side }, (_, at) => 255 - Math.round(0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2]));
}

/** The picture in the middle of a square sheet of paper. */
export function fitted(pixels: ImageData, side: number): ImageData {
  const own = new OffscreenCanvas(pixels.width, pixels.height);
  own.getContext("2d")?.putImageData(pixels, 0, 0);
  const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  if (!context) throw new PictureError("unreadable");
  const scale = side / Math.max(pixels.width, pixels.height);
  const [w, h] = [pixels.width * scale, pixels.height * scale];
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  context.drawImage(own, (side - w) / 2, (side - h) / 2, w, h);
  return context.getImageData(0, 0, side, side);
}
