import { describe, expect, it } from "vitest";
import { Pictures } from "../src/core/pictures";
import type { Engine } from "../src/engine/client";
import type { DataInfo, Images } from "../src/engine/protocol";

const info = (id: number, test: number) => ({ id, test }) as DataInfo;

/** Sets of one pixel a picture, which says the set and the index. */
function engine() {
  const asked: { indices: number[]; answer: (images: Images) => void }[] = [];
  const ask = (_: string, { indices }: { indices: number[] }) => new Promise<Images>((answer) => asked.push({ indices, answer }));
  /** Answers as the engine does that holds so many pictures of this set. */
  const answer = (data: number, test: number) => {
    const { indices, answer } = asked.shift()!;
    const there = Uint32Array.from(indices.filter((index) => index < test));
    answer({ data, indices: there, pixels: Uint8Array.from(there, (index) => 100 * data + index), labels: Uint16Array.from(there) });
  };
  return { pictures: new Pictures({ ask } as unknown as Engine, 1), asked, answer };
}

const shown = (found: { index: number; pixels: Uint8Array }[]) => found.map(({ index, pixels }) => [index, ...pixels]);

describe("pictures", () => {
  it("are fetched once", async () => {
    const { pictures, asked, answer } = engine();
    pictures.show(info(1, 50));
    const first = pictures.get([3, 4]);
    answer(1, 50);
    expect(shown(await first)).toEqual([[3, 103], [4, 104]]);
    expect(shown(await pictures.get([4, 3]))).toEqual([[4, 104], [3, 103]]);
    expect(asked).toEqual([]);
  });

  it("of a set that shrank under the request are those that there are, each under its own index", async () => {
    const { pictures, answer } = engine();
    pictures.show(info(1, 50));
    const wanted = pictures.get([40, 2, 30, 5]);
    pictures.show(info(2, 10));
    answer(2, 10);
    expect(shown(await wanted)).toEqual([[2, 202], [5, 205]]);
    expect(shown(await pictures.get([2, 5]))).toEqual([[2, 202], [5, 205]]);
  });

  it("of the set before, on their way when another came, are not kept", async () => {
    const { pictures, asked, answer } = engine();
    pictures.show(info(1, 50));
    const wanted = pictures.get([2, 30]);
    const late = asked[0];
    pictures.show(info(2, 10));
    answer(1, 50);
    expect(late.indices).toEqual([2, 30]);
    await Promise.resolve();
    await Promise.resolve();
    answer(2, 10);
    expect(shown(await wanted)).toEqual([[2, 202]]);
  });
});
