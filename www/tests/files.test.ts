import { describe, expect, it } from "vitest";
import { droppedFiles } from "../src/core/files";

const file = (name: string) => ({ name, isFile: true, isDirectory: false, file: (take: (f: File) => void) => take({ name } as File) }) as unknown as FileSystemEntry;

/** A folder whose reader gives two entries at a time. */
function folder(name: string, entries: FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    let at = 0;
    return { readEntries: (take: (some: FileSystemEntry[]) => void) => take(entries.slice(at, (at += 2))) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

const drop = (...entries: FileSystemEntry[]) =>
  ({ items: entries.map((entry) => ({ kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => ({ name: entry.name }) })) }) as unknown as DataTransfer;

const names = async (transfer: DataTransfer) => (await droppedFiles(transfer)).map(({ name }) => name).sort();

const FOUR = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"];

describe("what is dropped", () => {
  it("is taken as it is where it is files", async () => {
    expect(await names(drop(file("notes.txt"), file("run.safetensors")))).toEqual(["notes.txt", "run.safetensors"]);
  });

  it("is the data files of a folder, and of the folders in it", async () => {
    const raw = folder("raw", [...FOUR.map(file), file("README.md"), file(".DS_Store")]);
    expect(await names(drop(folder("MNIST", [file("checksums.txt"), raw])))).toEqual(FOUR);
  });

  it("leaves an archive whose content lies beside it", async () => {
    const both = FOUR.flatMap((name) => [file(name), file(name.slice(0, -3))]);
    expect(await names(drop(folder("raw", both)))).toEqual(FOUR.map((name) => name.slice(0, -3)));
  });

  it("is a few files of a folder without any such, so that they can be refused by name", async () => {
    const photographs = Array.from({ length: 500 }, (_, i) => file(`${i}.jpeg`));
    expect(await names(drop(folder("photographs", photographs)))).toHaveLength(4);
  });

  it("is nothing where it is no file", async () => {
    expect(await droppedFiles(null)).toEqual([]);
    expect(await droppedFiles({ items: [{ kind: "string" }] } as unknown as DataTransfer)).toEqual([]);
  });
});
