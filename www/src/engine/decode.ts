/** Pictures that were given: decoded by the browser, upright, and no larger than is of use. */
import { RefusedError } from "./failure";

/** A file larger than the pixels that are of use is made smaller while it is decoded: three bytes each. */
const isLarge = (blob: Blob, most: number) => blob.size > 3 * most * most;

/** At most `most` pixels on the longer side. `opaque`: what is transparent lies on white. */
export async function pixelsOf(blob: Blob, most: number, opaque = false): Promise<ImageData> {
  const bitmap = await decoded(blob, most);
  try {
    const { width, height } = bitmap;
    const shrink = Math.min(1, most / Math.max(width, height));
    const [w, h] = [Math.max(1, Math.round(shrink * width)), Math.max(1, Math.round(shrink * height))];
    const context = brush(w, h);
    if (opaque) {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, w, h);
    }
    context.drawImage(bitmap, 0, 0, w, h);
    return context.getImageData(0, 0, w, h);
  } finally {
    bitmap.close();
  }
}

async function decoded(blob: Blob, most: number): Promise<ImageBitmap> {
  const upright: ImageBitmapOptions = { imageOrientation: "from-image", premultiplyAlpha: "none" };
  try {
    return await createImageBitmap(blob, isLarge(blob, most) ? { ...upright, resizeWidth: most, resizeQuality: "high" } : upright);
  } catch {
    throw new RefusedError({ message: "The browser cannot read this as a picture.", refusal: { code: "undecoded" } });
  }
}

export function brush(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser paints no pictures in a worker.");
  context.imageSmoothingQuality = "high";
  return context;
}
