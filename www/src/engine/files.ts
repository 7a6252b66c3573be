/** Where the four files of the data set come from: beside the page, the official copy, or this browser's storage. */
import type { DataFile } from "./protocol";

const NAMES = [
  "train-images-idx3-ubyte.gz",
  "train-labels-idx1-ubyte.gz",
  "t10k-images-idx3-ubyte.gz",
  "t10k-labels-idx1-ubyte.gz",
];

/** The data set's repository (https://github.com/zalandoresearch/fashion-mnist), which allows other origins to read. */
const OFFICIAL = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";

/** Bytes of the four files together, for a progress that knows its end before all four have answered. */
const TOTAL = 26_421_880 + 29_515 + 4_422_102 + 5_148;

const STORE = "atelier-data-1";

export type Progress = (loaded: number, total: number) => void;

/** The folder of the page, wherever its scripts lie. */
let page = new URL("./", self.location.href);

/** `url`: of the page. Workers are served from a folder of their own. */
export function setPage(url: string): void {
  page = new URL("./", url);
}

/** The files beside the page, or undefined where there are none. */
export async function beside(progress: Progress): Promise<DataFile[] | undefined> {
  return (await areBeside()) ? download(new URL("data/", page), progress) : undefined;
}

/**
 * Whether the files lie beside the page. The site's builder lists what it put there: asking for the list costs no failed
 * request where there is nothing.
 */
export async function areBeside(): Promise<boolean> {
  try {
    const response = await fetch(new URL("data/index.json", page), { cache: "no-cache" });
    const { files } = (await response.json()) as { files: string[] };
    return NAMES.every((name) => files.includes(name));
  } catch {
    // No list, or a host's page in its place: nothing was put there.
    return false;
  }
}

/** The official copy. */
export function official(progress: Progress): Promise<DataFile[]> {
  return download(new URL(OFFICIAL), progress);
}

async function download(folder: URL, progress: Progress): Promise<DataFile[]> {
  let loaded = 0;
  const one = async (name: string): Promise<DataFile> => {
    const url = new URL(name, folder);
    const response = await fetch(url).catch((error: unknown) => {
      throw new Error(`${name} could not be fetched from ${url.host}: ${String(error)}`);
    });
    if (!response.ok || !response.body) throw new Error(`${name}: ${url.host} answered ${response.status}`);
    const more = (length: number) => progress(Math.min((loaded += length), TOTAL), TOTAL);
    return { name, bytes: await collect(response.body, Number(response.headers.get("content-length")), more) };
  };
  return Promise.all(NAMES.map(one));
}

/** The most that a header's word is taken for: what travels packed is larger when it has come, and the rest finds room as it comes. */
const MOST_EXPECTED = 64 << 20;

/** All that comes, in one buffer from the beginning. `more`: called with the length of what has come. */
async function collect(body: ReadableStream<Uint8Array>, expected: number, more: (length: number) => void): Promise<ArrayBuffer> {
  let bytes = new Uint8Array(Math.min(expected || 1 << 16, MOST_EXPECTED));
  let length = 0;
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > bytes.length) {
      const larger = new Uint8Array(Math.max(length + value.length, 2 * bytes.length));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(value, length);
    length += value.length;
    more(value.length);
  }
  return length === bytes.length ? bytes.buffer : bytes.buffer.slice(0, length);
}

const keptUrl = (name: string) => new URL(`data-kept/${encodeURIComponent(name)}`, page);

/** Keeps files for the next visit: all or none. A browser that has no storage for this page, or no room, forgets them. */
export async function keep(files: DataFile[]): Promise<void> {
  try {
    const store = await caches.open(STORE);
    for (const old of await store.keys()) await store.delete(old);
    for (const { name, bytes } of files) await store.put(keptUrl(name), new Response(bytes));
  } catch (error) {
    console.info("The data set is not kept for the next visit:", error);
    await forget();
  }
}

/** The files kept from an earlier visit, whatever they are called and however many lay beside the data, or undefined. */
export async function kept(): Promise<DataFile[] | undefined> {
  if (!("caches" in self)) return undefined;
  try {
    const store = await caches.open(STORE);
    const requests = (await store.keys()).filter((request) => request.url.startsWith(keptUrl("").href));
    if (requests.length === 0) return undefined;
    return await Promise.all(
      requests.map(async (request) => {
        const response = await store.match(request);
        const name = decodeURIComponent(request.url.slice(request.url.lastIndexOf("/") + 1));
        return { name, bytes: (await response?.arrayBuffer()) ?? new ArrayBuffer(0) };
      }),
    );
  } catch {
    // Storage that is switched off is no failure: nothing was kept.
    return undefined;
  }
}

/** Forgets what was kept. */
export async function forget(): Promise<void> {
  if ("caches" in self) await caches.delete(STORE).catch(() => false);
}
