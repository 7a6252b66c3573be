/** Files that leave the page and come back. */

export function download(name: string, parts: BlobPart, type: string): void {
  const address = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the address up by the next turn of its loop.
  setTimeout(() => URL.revokeObjectURL(address));
}

export function chooseFile(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.onchange = () => resolve(input.files?.[0]);
    input.oncancel = () => resolve(undefined);
    input.click();
  });
}

/** Names of IDX files, as data sets are published. */
const IDX = /idx\d|ubyte/i;
/** Of a folder without any such file so many are read, so that the refusal can name one. */
const SAMPLE = 4;

/**
 * What was dropped; of a folder the data files in it, however deep. What is on offer is taken up at once: when the event is over it
 * is gone.
 */
export async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  const items = [...(transfer?.items ?? [])].filter((item) => item.kind === "file");
  const offered = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(offered.map(({ entry, file }) => (entry?.isDirectory ? folderFiles(entry) : file ? [file] : [])));
  return found.flat();
}

async function folderFiles(folder: FileSystemEntry): Promise<File[]> {
  const all = (await entriesIn(folder)).filter(({ name }) => !name.startsWith("."));
  const data = all.filter(({ name }) => IDX.test(name));
  const names = new Set(data.map(({ name }) => name));
  // Some tools leave a file beside its archive: one of them is enough.
  const once = data.filter(({ name }) => !name.endsWith(".gz") || !names.has(name.slice(0, -3)));
  return Promise.all((data.length > 0 ? once : all.slice(0, SAMPLE)).map(fileOf));
}

/** All files below a folder. */
async function entriesIn(folder: FileSystemEntry): Promise<FileSystemFileEntry[]> {
  const reader = (folder as FileSystemDirectoryEntry).createReader();
  const found: FileSystemFileEntry[] = [];
  for (;;) {
    // It gives some at a time (100 in Chromium), and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const entry of some) {
      if (entry.isFile) found.push(entry as FileSystemFileEntry);
      else found.push(...(await entriesIn(entry)));
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
