/** Files that may be pictures or drawings, on their way to the sheet. */
import type { DrawEngine } from "../../engine/draw/client";
import { RefusedError } from "../../engine/failure";
import type { Sheet } from "./sheet";

/** An SVG is drawn at so many pixels on its longer side. */
const SVG_SIDE = 768;
/** Larger than this no SVG and no drawing of a garment is. */
const MOST_SVG = 4e6;
const MOST_DRAWING = 2e7;
/** A picture becomes a mark of so many shades on either side when something is drawn on it. */
const GARMENT_SIDE = 192;

type Kind = "picture" | "svg" | "drawing";

const undecoded = (message: string) => new RefusedError({ message, refusal: { code: "undecoded" } });

/** The sheet that a file makes. Rejects with the reason where it makes none. `id`: tells it from other pictures. */
export async function sheetOf(file: Blob, id: number, engine: DrawEngine): Promise<Sheet> {
  const kind = await kindOf(file);
  if (kind === "drawing") {
    if (file.size > MOST_DRAWING) throw undecoded("The file is larger than any drawing.");
    const [{ marks }] = await engine.ask("drawings", await file.arrayBuffer());
    return { marks, ground: null };
  }
  const blob = kind === "svg" ? await rastered(file) : file;
  const { ink } = await engine.ask("picture", { id, blob, side: GARMENT_SIDE });
  return { marks: [], ground: { id, blob, garment: { kind: "garment", side: GARMENT_SIDE, ink: Array.from(ink) } } };
}

/** What a file holds, by its first bytes rather than by its name. */
async function kindOf(file: Blob): Promise<Kind> {
  const head = (await file.slice(0, 2048).text()).replace(/^\uFEFF/, "").trimStart();
  if (head.startsWith("{")) return "drawing";
  return /^<(\?xml|!--|!DOCTYPE svg|svg)/i.test(head) && /<svg[\s>]/i.test(head) ? "svg" : "picture";
}

/** An SVG as pixels. Inside an image no script of it runs, and nothing that it refers to is fetched. */
async function rastered(file: Blob): Promise<Blob> {
  const refused = undecoded("The SVG cannot be drawn by this browser.");
  if (file.size > MOST_SVG) throw refused;
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
    throw refused;
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
