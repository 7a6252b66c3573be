import { beforeEach, describe, expect, it, vi } from "vitest";

/** The browser's storage: one store, by address. */
const stored = new Map<string, Response>();
let fullAfter = Infinity;
const store = {
  keys: async () => [...stored.keys()].map((url) => ({ url })),
  match: async ({ url }: { url: string }) => stored.get(url)?.clone(),
  delete: async ({ url }: { url: string }) => stored.delete(url),
  put: async (url: URL, response: Response) => {
    if (stored.size >= fullAfter) throw new DOMException("no room", "QuotaExceededError");
    stored.set(url.href, response);
  },
};
const caches = { open: async () => store, delete: async () => stored.clear() };
vi.stubGlobal("self", { location: { href: "https://atelier.test/" }, caches });
vi.stubGlobal("caches", caches);
const files = await import("../src/engine/files");

const file = (name: string, byte: number) => ({ name, bytes: Uint8Array.of(byte).buffer });
const names = async () => (await files.kept())?.map(({ name }) => name);

beforeEach(() => {
  stored.clear();
  fullAfter = Infinity;
});

describe("files that are kept for the next visit", () => {
  it.each([
    ["with what lay beside them in their folder", ["a.gz", "b.gz", "c.gz", "d.gz", "LICENSE"]],
    ["whatever signs are in their names", ["my train-images #1?.gz", "my train-images #2?.gz", "ü%20/labels"]],
  ])("are found again %s", async (_, given) => {
    await files.keep(given.map(file));
    expect(await names()).toEqual(given);
    expect((await files.kept())?.map(({ bytes }) => new Uint8Array(bytes)[0])).toEqual(given.map((_, i) => i));
  });

  it("take the place of those from before", async () => {
    await files.keep(["a", "b"].map(file));
    await files.keep(["c"].map(file));
    expect(await names()).toEqual(["c"]);
  });

  it("are none where there was no room for all", async () => {
    vi.spyOn(console, "info").mockImplementation(() => {});
    fullAfter = 2;
    await files.keep(["a", "b", "c"].map(file));
    expect(await names()).toBeUndefined();
  });

  it("are none where none were kept", async () => {
    expect(await names()).toBeUndefined();
  });
});
