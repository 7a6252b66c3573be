/** Pictures that were given: decoded by the browser, upright, and no larger than is of use. */
import { RefusedError } from "../failure";

/** Pixels of the sheet's raster, on either side. */
export const SIDE = 448;
/** Pixels of what the network sees, on either side. */
export const SEEN_SIDE = 28;
/** A picture is read at no more than this on its longer side: 36 times what the network sees of it. */
const MOST = 1024;
/** A file of so many bytes holds a picture so large that it is made smaller while it is decoded. */
const LARGE = 3e6;

export async function pixelsOf(blob: Blob): Promise<ImageData> {
  const bitmap = await decoded(blob);
  try {
    const { width, height } = bitmap;
    const shrink = Math.min(1, MOST / Math.max(width, height));
    const [w, h] = [Math.max(1, Math.round(shrink * width)), Math.max(1, Math.round(shrink * height))];
    const context = brush(w, h);
    context.drawImage(bitmap, 0, 0, w, h);
    return context.getImageData(0, 0, w, h);
  } finally {
    bitmap.close();
  }
}

async function decoded(blob: Blob): Promise<ImageBitmap> {
  const upright: ImageBitmapOptions = { imageOrientation: "from-image", premultiplyAlpha: "none" };
  try {
    return await createImageBitmap(blob, blob.size > LARGE ? { ...upright, resizeWidth: MOST, resizeQuality: "high" } : upright);
  } catch {
    throw new RefusedError({ message: "The browser cannot read this as a picture.", refusal: { code: "undecoded" } });
  }
}

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

function brush(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser paints no pictures in a worker.");
  context.imageSmoothingQuality = "high";
  return context;
}
