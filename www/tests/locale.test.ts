import { afterEach, describe, expect, it, vi } from "vitest";
import { isLanguageTag, nearestTag } from "../src/core/locale";

const BAD = ["C", "en-US@posix", "en_US", "", "de_DE.UTF-8", null];

describe("the browser's language", () => {
  it.each(["en-US", "zh-Hant-TW", "de", undefined])("%s is a language tag", (tag) => expect(isLanguageTag(tag)).toBe(true));
  it.each(BAD)("%s is none", (tag) => expect(isLanguageTag(tag)).toBe(false));
  it.each([["en-US@posix", "en-US"], ["de_DE.UTF-8", "de-DE"], ["C", "en-US"], ["", "en-US"], [null, "en-US"], ["POSIX", "en-US"]])("%s becomes %s", (tag, nearest) => expect(nearestTag(tag)).toBe(nearest));
});

describe("uPlot", () => {
  afterEach(() => vi.unstubAllGlobals());

  // A module is run once: one language that it cannot stand for all.
  it("is imported where the browser's language is no tag", async () => {
    vi.resetModules();
    const nothing = () => ({});
    vi.stubGlobal("navigator", { language: "C" });
    vi.stubGlobal("devicePixelRatio", 1);
    vi.stubGlobal("addEventListener", nothing);
    vi.stubGlobal("dispatchEvent", nothing);
    vi.stubGlobal("matchMedia", () => ({ addEventListener: nothing }));
    vi.stubGlobal("window", globalThis);
    vi.stubGlobal("document", { addEventListener: nothing });
    await import("../src/core/locale");
    await expect(import("uplot")).resolves.toBeDefined();
  });
});
