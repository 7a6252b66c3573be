/** What the Draw view says. */
import type { Refusal } from "../../../engine/failure";
import * as f from "../../format";
import type { PartName } from "../../draw/parts";
import { plural } from "../pieces";

/** Parts that there are two or more of. */
const PLURAL = new Set(["the straps"]);
const both = (parts: string[]) => parts.join(" and ");

/** Why kept drawings cannot be read or taught. */
function refusedKept(refusal: Extract<Refusal, { code: "kept" }>): string {
  switch (refusal.kind) {
    case "not_kept":
      return `This is no file of kept drawings (${refusal.reason}). Open one that was saved here.`;
    case "empty":
      return "Nothing is kept yet: keep a drawing with its class first.";
    case "other_classes":
      return `These drawings were kept for another network: what they call “${refusal.kept}” is called “${refusal.network}” here.`;
    case "too_many":
      return `The file has ${f.count(refusal.count)} ${refusal.what}, and at most ${f.count(refusal.most)} can be read.`;
    case "name":
      return `Class ${refusal.index + 1} (“${refusal.name}”) needs a name of its own, and no longer one than 80 characters.`;
    case "shape":
      return `Its drawings are ${f.shape(refusal.shape)}, which no network takes.`;
    case "pixels":
    case "label":
    case "marks":
      return `Drawing ${refusal.index + 1} of the file is damaged.`;
  }
}

/** Why a picture, a drawing or a file was not taken; null: the engine's own words say it. */
function refused(refusal: Refusal): string | null {
  switch (refusal.code) {
    case "undecoded":
      return "This browser cannot read it as a picture. It reads PNG, JPEG, WebP, GIF and SVG, where the file is whole and not too large for it.";
    case "empty":
      return "Nothing on this picture stands out: it has one colour from edge to edge, so there is nothing to see for the network.";
    case "sheet_full":
      return "The sheet is full: it holds no more marks. Clear it, or undo some.";
    case "other_pictures":
      return "The pictures of this data set are no garments of 28 by 28 greys: none of them can be laid on the sheet.";
    case "no_weights":
      return "The weights that were taught are gone with the visit in which they were.";
    case "picture_length":
      return `The network takes ${f.count(refusal.expected)} numbers, and a drawing is 28 by 28 greys: it is seen by networks that take ${f.count(784)}.`;
    case "kept":
      return refusedKept(refusal);
    case "no_maps":
      return "The network keeps no maps on the way to its answer. Look at another of the three.";
    case "unreadable":
      return `This is no drawing (${refusal.reason}). Give one as it is saved here, or lines of “Quick, Draw!”.`;
    case "version":
      return `This drawing is of version ${refusal.version}, which a newer Atelier wrote.`;
    case "too-many":
      return `This drawing has ${f.count(refusal.count)} ${refusal.what}, and a sheet holds ${f.count(refusal.most)}.`;
    case "number":
    case "no-points":
    case "not-square":
      return `Mark ${refusal.mark + 1} of this drawing is damaged.`;
    default:
      return null;
  }
}

export const draw = {
  refused,
  bench: "Your drawing",
  opening: "The sheet is being laid out",
  sheet: "The sheet: draw a garment",
  help: "Arrow keys move the point, with Shift further; space puts the brush down and takes it up.",
  keys: "B brush, E eraser, F fill, L line, C curve; [ and ] width, 1 to 5 shade, T texture, M mirror; Z undo, Y redo.",
  invite: "Draw a garment here,\nor drop a picture",
  drop: "Drop a picture or a drawing",
  cursor: (x: number, y: number, down: boolean) => `${down ? "drawing, " : ""}${x} across, ${y} down`,
  tools: "Tools",
  toolHint: {
    brush: "Brush (B)",
    eraser: "Eraser (E)",
    fill: "Fill what lines close in (F)",
    line: "Straight line (L)",
    curve: "Curve: draw its ends, then bend it (C)",
  },
  mirror: "Mirror: what you draw on one side is drawn on the other (M)",
  width: "Width",
  widths: ["finest", "fine", "middle", "broad", "broadest"],
  shade: "Shade",
  shades: ["paper", "light grey", "grey", "dark grey", "ink"],
  texture: "Texture",
  textures: { plain: "plain", stripes: "stripes", checks: "checks", dots: "dots", knit: "knit" },
  undo: "Undo (Z)",
  redo: "Redo (Y)",
  templates: "Templates to trace",
  noTemplate: "No template",
  templateOf: (name: string) => `Template: ${name}`,
  sees: "What it sees",
  seesEmpty: "What the network sees of your drawing will stand here, live: 28 by 28 greys.",
  ground: { dark: "found: dark on light", light: "found: light on dark" },
  wished: { dark: "as dark on light", light: "as light on dark" },
  invert: "Invert",
  background: "Background",
  backgroundHint: "Take the background away",
  turn: "Turn",
  turned: (quarters: number) => ["upright", "a quarter to the right", "upside down", "a quarter to the left"][quarters],
  answer: "The answer",
  sources: {
    shipped: "Comes with Atelier",
    own: (updates: number) => (updates > 0 ? `Yours, after ${plural(updates, "update")}` : "Yours, untrained"),
    taught: "Taught by you",
  },
  spine: "The spine shows",
  newest: "Take the newest",
  newestHint: "Your training has gone on since these weights were taken.",
  told: (name: string, probability: number) => `It says ${name}, ${f.percent(probability)}.`,
  why: "Why",
  ways: { grad_cam: "Grad-CAM", input_gradient: "Input gradient", occlusion: "Occlusion" },
  whyEmpty: "Why the network answers as it does will be shown here, over the garment.",
  whyClass: "The class that is asked about",
  theSaid: "Of its answer",
  looking: "Being found out",
  mapOf: {
    grad_cam: (layer: string) => `Of the maps of ${layer}, those that this class grows with, added up.`,
    input_gradient: () => "How the class's sum changes with each pixel.",
    occlusion: () => "How much of the class's probability is lost where a patch is covered.",
  },
  nearest: "Nearest in the training set",
  nearestAmong: (n: number) => `among ${f.count(n)}`,
  nearestEmpty: "The training pictures that the last hidden layer finds most like yours.",
  nearTo: (index: number, label: string, distance: number) => `Training picture ${index}: ${label}, distance ${f.number(distance)}`,
  toward: "What would make it a",
  towardAbout: "Steps along the class's gradient on the picture.",
  towardPlay: "Play",
  towardPause: "Pause",
  towardStep: (step: number, steps: number) => `step ${step} of ${steps}`,
  choose: "…",
  clear: "Clear",
  clearHint: "An empty sheet; Undo brings this one back",
  open: "Open picture",
  openHint: "A photograph, an SVG or a drawing saved here; or drop or paste it",
  camera: "Camera",
  cameraHint: "Hold a garment or a drawing before the camera",
  cameraTake: "Take the picture",
  cameraRefused: "There is no camera here, or this page may not use it. Allow it in the browser's site settings, or open a picture instead.",
  cameraWaits: "The browser asks whether this page may use the camera.",
  garment: "A garment",
  garmentHint: "Start from a picture of the data set",
  more: "More",
  save: "Save drawing",
  savePng: "Save as PNG",
  copy: "Copy as PNG",
  copied: "Copied",
  notCopied: "This browser does not let the page copy.",
  step: "Take apart in Step",
  stepHint: "Every number behind this answer, one by one",
  itIs: "It is a",
  keep: "Keep & teach",
  teach: {
    about: "Drawings that you keep with their class stay in this browser; the network can learn from them in a few seconds.",
    newClass: "A new class",
    keepAs: (name: string) => `Keep as ${name}`,
    keepNothing: "Keep",
    empty: "Nothing is kept yet. Say what your drawing is, and keep it; two or three of a class are a beginning.",
    remove: (name: string) => `Remove this ${name}`,
    out: "Save them as a file",
    in: "Open such a file",
    scope: "What learns",
    scopes: { last_layer: "The last layer", last_block: "The last block" },
    teach: "Teach",
    teaching: "Teaching",
    kept: "Kept drawings right",
    validation: "Test pictures right",
    change: (before: number, after: number, of: number) => `${f.count(before)} → ${f.count(after)} of ${f.count(of)}`,
  },
  troubleTitle: "That was not taken",
  stays: "Your drawing stands as it was.",
  because: {
    between: " ",
    grad_cam: {
      parts: (name: string, parts: string[]) => `${both(parts)} ${parts.length > 1 || PLURAL.has(parts[0]) ? "speak" : "speaks"} for ${name}.`,
      spread: (name: string) => `No single part speaks for ${name}: the whole of it does.`,
      around: (name: string) => `What speaks for ${name} lies beside the garment: it is the outline that counts.`,
      nothing: (name: string) => `Nothing in these maps speaks for ${name}.`,
    },
    input_gradient: {
      parts: (name: string, parts: string[], against: string[]) => `More cloth at ${both(parts)} would raise ${name}${against.length > 0 ? `; more at ${both(against)} would lower it` : ""}.`,
      spread: (name: string) => `No single part decides: small changes all over it raise ${name}.`,
      around: (name: string) => `Cloth where there is none now, around the garment, would raise ${name}.`,
      nothing: (name: string) => `No pixel raises ${name}: its sum no longer moves with the picture.`,
    },
    occlusion: {
      parts: (name: string, parts: string[], against: string[]) => `Covered, ${both(parts)} ${parts.length > 1 || PLURAL.has(parts[0]) ? "cost" : "costs"} ${name} the most${against.length > 0 ? `; with ${both(against)} covered it would be surer` : ""}.`,
      spread: (name: string) => `No single part is missed much when it is covered: all of it says ${name}.`,
      around: (name: string) => `What is covered beside the garment costs ${name} more than any of its parts.`,
      nothing: (name: string) => `Whatever is covered, ${name} loses next to nothing.`,
    },
    without: (part: string, name: string) => `Without ${part} it would say ${name}.`,
    still: (part: string, name: string) => `Even without ${part} it says ${name}.`,
  },
  parts: {
    collar: "the collar", neckline: "the neckline", leftShoulder: "the left shoulder", rightShoulder: "the right shoulder",
    leftSleeve: "the upper left sleeve", rightSleeve: "the upper right sleeve", leftCuff: "the lower left sleeve", rightCuff: "the lower right sleeve",
    chest: "the chest", front: "the front", hem: "the hem", waist: "the waist", leftLeg: "the left leg", rightLeg: "the right leg", gap: "the gap between the legs",
    skirt: "the skirt", sole: "the sole", heel: "the heel", toe: "the toe", shaft: "the shaft", instep: "the instep", opening: "the opening",
    straps: "the straps", handle: "the handle", flap: "the flap", body: "the body", bottom: "the bottom",
  } satisfies Record<PartName, string>,
};
