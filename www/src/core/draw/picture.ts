/** Files that may be pictures or drawings, on their way to the sheet. */
import { RefusedError } from "../../engine/failure";

/** An SVG is drawn at so many pixels on its longer side. */
const SVG_SIDE = 768;
/** Larger than this is no drawing of garments. */
const MOST_SVG = 4e6;

export type Kind = "picture" | "svg" | "drawing";

/** What a file holds, by its first bytes rather than by its name. */
export async function kindOf(file: Blob): Promise<Kind> {
  const head = (await file.slice(0, 2048).text()).replace(/^\uFEFF/, "").trimStart();
  if (head.startsWith("{")) return "drawing";
  return /^<(\?xml|!--|!DOCTYPE svg|svg)/i.test(head) && /<svg[\s>]/i.test(head) ? "svg" : "picture";
}

/** An SVG as pixels. Inside an image no script of it runs, and nothing that it refers to is fetched. */
export async function rastered(file: Blob): Promise<Blob> {
  const undecoded = new RefusedError({ message: "The SVG cannot be drawn by this browser.", refusal: { code: "undecoded" } });
  if (file.size > MOST_SVG) throw undecoded;
  const image = new Image();
  image.src = await asAddress(new Blob([file], { type: "image/svg+xml" }));
  try {
    await image.decode();
    const [width, height] = [image.naturalWidth || SVG_SIDE, image.naturalHeight || SVG_SIDE];
    const scale = SVG_SIDE / Math.max(width, height);
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob();
  } catch {
    throw undecoded;
  }
}

function asAddress(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error("The file cannot be read."));
    reader.readAsDataURL(blob);
  });
}

/** The first picture among what was dropped or pasted, or a drawing. */
export function pictureIn(files: Iterable<File>): File | undefined {
  return [...files].find(({ type, name }) => type.startsWith("image/") || /\.(png|jpe?g|gif|webp|avif|bmp|svg|json|ndjson)$/i.test(name));
}
