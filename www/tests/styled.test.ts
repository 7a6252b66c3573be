import { describe, expect, it } from "vitest";
import { styled } from "../src/core/styled";

/** A link element as far as it matters here. */
class Link extends EventTarget {
  sheet: object | null = null;
  finish(how: "load" | "error"): void {
    if (how === "load") this.sheet = {};
    this.dispatchEvent(new Event(how));
  }
}

const wait = (links: Link[]) => styled(links as unknown as HTMLLinkElement[]);

describe("the page", () => {
  it("does not wait for style sheets that are there", async () => {
    const link = new Link();
    link.sheet = {};
    expect(await wait([link])).toBe(true);
    expect(await wait([])).toBe(true);
  });

  it("waits for the last of those that are not", async () => {
    const links = [new Link(), new Link()];
    let done = false;
    const waiting = wait(links).then((result) => ((done = true), result));
    links[1].finish("load");
    await Promise.resolve();
    await Promise.resolve();
    expect(done).toBe(false);
    links[0].finish("load");
    expect(await waiting).toBe(true);
  });

  it("knows when one does not come", async () => {
    const link = new Link();
    const waiting = wait([link]);
    link.finish("error");
    expect(await waiting).toBe(false);
  });
});
