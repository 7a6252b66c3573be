import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Editor } from "../src/core/editor";
import { freshLayer, insertAfter, remove, replaceLayer } from "../src/core/graph";
import { PRESETS } from "../src/core/catalogue";
import type { Engine } from "../src/engine/client";
import type { Network } from "../src/engine/protocol";

const preset = (name: string) => PRESETS.find((network) => network.name === name)!;

let frames: (() => void)[] = [];
let asked: { network: Network; answer: (analysis: unknown) => void; refuse: (error: Error) => void }[] = [];
const engine = {
  ask: (_: string, { network }: { network: Network }) => new Promise((answer, refuse) => asked.push({ network, answer, refuse })),
} as unknown as Engine;
const frame = () => frames.splice(0).forEach((job) => job());
const settled = () => new Promise((resolve) => setTimeout(resolve));
const analysis = { layers: [], problem: null };

beforeEach(() => {
  frames = [];
  asked = [];
  vi.stubGlobal("requestAnimationFrame", (job: () => void) => frames.push(job));
});

// A frame that is asked for is due before the next is asked for.
afterEach(frame);

describe("the editor", () => {
  const seed = preset("seed");
  const units = (network: Network, n: number) => replaceLayer(network, 10, { ...freshLayer("Dense"), units: n });

  it("takes edits back and makes them again", () => {
    const editor = new Editor(engine, seed);
    const first = insertAfter(seed, 1, freshLayer("Dropout"));
    const second = remove(first, 3);
    editor.edit(first);
    editor.edit(second);
    editor.undo();
    expect(editor.draft.value).toBe(first);
    editor.undo();
    expect(editor.draft.value).toBe(seed);
    expect(editor.canUndo.value).toBe(false);
    editor.redo();
    editor.redo();
    expect(editor.draft.value).toBe(second);
    expect(editor.canRedo.value).toBe(false);
  });

  it("takes a number that was typed back in one step", () => {
    const editor = new Editor(engine, seed);
    for (const n of [1, 12, 128]) editor.edit(units(seed, n), "10.units");
    editor.undo();
    expect(editor.draft.value).toBe(seed);
  });

  it("asks once a frame, and again where the draft has moved on", async () => {
    const editor = new Editor(engine, seed);
    editor.edit(units(seed, 1));
    editor.edit(units(seed, 2));
    frame();
    expect(asked).toHaveLength(1);
    const latest = units(seed, 3);
    editor.edit(latest);
    frame();
    expect(asked).toHaveLength(1);
    asked[0].answer(analysis);
    await settled();
    frame();
    expect(asked).toHaveLength(2);
    expect(asked[1].network).toBe(latest);
    asked[1].answer(analysis);
    await settled();
    expect(editor.view.value.network).toBe(latest);
  });

  it("says why a draft could not be looked at, and forgets it when it can", async () => {
    const editor = new Editor(engine, seed);
    editor.edit(units(seed, 1));
    frame();
    asked[0].refuse(new Error("unknown field"));
    await settled();
    expect(editor.refusal.value).toBe("unknown field");
    editor.undo();
    frame();
    asked[1].answer(analysis);
    await settled();
    expect(editor.refusal.value).toBeNull();
  });

  it("keeps a draft when the engine begins anew, and follows it when there is none", () => {
    const editor = new Editor(engine, seed);
    const other = preset("small");
    editor.begin();
    editor.edit(units(seed, 5));
    editor.adopt(seed, analysis);
    expect(editor.draft.value).not.toBe(seed);
    editor.discard();
    editor.adopt(other, analysis);
    expect(editor.draft.value).toBe(other);
  });
});
