import { describe, expect, it } from "vitest";
import type { FilesError } from "../src/engine/generated/types/FilesError";
import type { Reason } from "../src/engine/generated/types/Reason";
import { catalogues } from "../src/core/i18n";

const { zh } = catalogues;

/** One of every kind: the type says that none is missing. */
const REASONS: { [Code in Reason["code"]]: Extract<Reason, { code: Code }> } = {
  empty: { code: "empty" },
  unfinished: { code: "unfinished" },
  gzip: { code: "gzip", detail: "bad checksum" },
  nested: { code: "nested" },
  foreign: { code: "foreign", what: "web-page" },
  "not-idx": { code: "not-idx", found: [1, 171] },
  element: { code: "element", element: "float", axes: [3, 28, 28] },
  axes: { code: "axes", axes: [3, 4, 5, 6, 7] },
  "no-examples": { code: "no-examples" },
  "too-big": { code: "too-big", bytes: 3e9, limit: 2 ** 30 },
  "no-memory": { code: "no-memory", bytes: 3e8 },
  truncated: { code: "truncated", expected: 100, got: 7 },
  trailing: { code: "trailing", expected: 100 },
  label: { code: "label", index: 4, label: -1 },
  counts: { code: "counts", labels: 5, images_file: "pictures", images: 6 },
};

const REFUSALS: { [Code in FilesError["code"]]: Extract<FilesError, { code: Code }> } = {
  file: { code: "file", file: "one.gz", reason: REASONS.empty },
  twice: { code: "twice", part: "training", content: "images", first: "one.gz", second: "two.gz" },
  missing: { code: "missing", part: "test", content: "labels", aside: Array.from({ length: 5 }, () => ({ file: "one.gz", reason: REASONS.gzip })) },
  unclear: { code: "unclear", file: "one.gz", count: 12, content: "labels" },
  shapes: { code: "shapes", train_file: "one.gz", train: [28, 28, 1], test_file: "two.gz", test: [32, 32, 3] },
  gaps: { code: "gaps", file: "one.gz", label: 900, classes: 901, seen: 3 },
};

describe("files that are refused", () => {
  it.each(Object.values(REFUSALS))("are told of in Chinese: $code", (refusal) => {
    const words = zh.refusal(refusal);
    expect(words).toMatch(/\p{Script=Han}.*。$/u);
    expect(words).not.toMatch(/undefined|NaN|\[object/);
    if (refusal.code !== "missing") expect(words).toContain(refusal.code === "shapes" ? "two.gz" : "one.gz");
  });

  it("name three of the files that were left aside, and count the others", () => {
    expect(zh.refusal(REFUSALS.missing)?.match(/one\.gz/g)).toHaveLength(3);
    expect(zh.refusal(REFUSALS.missing)).toContain("还有 2 个");
  });

  it.each(Object.values(REASONS))("say why: $code", (reason) => {
    const words = zh.refusal({ code: "file", file: "one.gz", reason });
    expect(words).toMatch(/^one\.gz：.*\p{Script=Han}.*。$/u);
    expect(words).not.toMatch(/undefined|NaN|\[object/);
  });
});
