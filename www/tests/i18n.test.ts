import { describe, expect, it } from "vitest";
import { fieldsOf } from "../src/core/fields";
import { freshLayer, INSERTABLE } from "../src/core/graph";
import { catalogues, preferredLanguage } from "../src/core/i18n";
import { PRESETS } from "../src/core/catalogue";
import type { ExecutorReason, Refusal } from "../src/engine/protocol";

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, path = ""): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? leaves(value as Tree, `${path}${key}.`) : [[`${path}${key}`, value] as [string, unknown]],
  );
}

const { en, zh } = catalogues;
/** Names that are theirs in every language, and class names that English needs no other word for. */
const SHARED = /^(draw\.ways\.grad_cam|data\.names|executor\.(cpu|webgpu)|settings\.(adam|sgd|nesterov)|edit\.presetNames|data\.(fetchSize|chip|progress)|(short)?[cC]lasses)/;

describe("the catalogues", () => {
  it("say the same things", () => {
    const keys = (tree: Tree) => leaves(tree).map(([key]) => key).filter((key) => !/^(short)?[cC]lasses(\.|$)/.test(key));
    expect(keys(zh as Tree)).toEqual(keys(en as Tree));
  });

  it("leave nothing empty and nothing untranslated", () => {
    const chinese = new Map(leaves(zh as Tree));
    for (const [key, value] of leaves(en as Tree)) {
      expect(value, key).not.toBe("");
      if (typeof value === "string" && !SHARED.test(key)) expect(chinese.get(key), key).not.toBe(value);
    }
  });

  it("use no exclamation marks", () => {
    for (const catalogue of [en, zh]) for (const [key, value] of leaves(catalogue as Tree)) {
      if (typeof value === "string") expect(value, key).not.toMatch(/[!！]/);
    }
  });

  it.each(["en", "zh"] as const)("explain every layer, field and preset in %s", (language) => {
    const { edit, kinds } = catalogues[language];
    for (const kind of INSERTABLE) {
      expect(kinds[kind]).toBeTruthy();
      expect(edit.layers[kind]).toBeTruthy();
      for (const field of fieldsOf(freshLayer(kind))) expect(edit.fields[field.name], field.name).toBeTruthy();
    }
    for (const { name } of PRESETS) expect(edit.presetNames[name]).toHaveLength(2);
  });

  it("say why each executor computes, in both languages, with the figures", () => {
    const reasons: [ExecutorReason, string][] = [
      [{ type: "starting" }, "GPU"],
      [{ type: "warming", ready: 0, of: 0 }, "GPU"],
      [{ type: "warming", ready: 24, of: 61 }, "61"],
      [{ type: "trial" }, "GPU"],
      [{ type: "faster", gpu: 4200, cpu: 676 }, "GPU"],
      [{ type: "slower", gpu: 31, cpu: 676 }, "CPU"],
      [{ type: "forced" }, "CPU"],
      [{ type: "no_webgpu" }, "WebGPU"],
      [{ type: "no_adapter" }, "GPU"],
      [{ type: "software", adapter: "SwiftShader" }, "SwiftShader"],
      [{ type: "wrong", operation: "conv2d", got: 1.5, expected: 0.25 }, "0.250"],
      [{ type: "too_big", bytes: 2e9, room: 1e9 }, "2.0 GB"],
      [{ type: "too_big", bytes: 3e9, room: null }, "3.0 GB"],
      [{ type: "lost", message: "destroyed" }, "destroyed"],
      [{ type: "failed", message: "no luck" }, "no luck"],
    ];
    for (const { executor } of [en, zh]) {
      const said = reasons.map(([reason, part]) => {
        const sentence = executor.reason({ kind: "cpu", reason, wish: "auto", isa: "relaxed", workers: 2, adapter: null, memory: { parameters: 0, optimizer: 0, gradients: 0, activations: 0, bytes: 0, workers: 2, buffers: 0 } });
        expect(sentence).toContain(part);
        return sentence;
      });
      expect(new Set(said).size).toBe(reasons.length);
    }
  });

  it("say why something was refused, in both languages, with the figures", () => {
    const refusals: [Refusal, string[]][] = [
      [{ code: "network", index: 1, layer: "pool", class_name: "MaxPooling2D", problem: { kind: "window_too_large", window: [5, 5], input: [3, 3] } }, ["pool", "5×5"]],
      [{ code: "setting", field: "batch_size", value: "5,000", allowed: "from 1 to 4,096" }, ["batch_size", "5,000", "4,096"]],
      [{ code: "input_shape", expected: [32, 32, 3], got: [28, 28, 1] }, ["32×32×3", "28×28×1"]],
      [{ code: "output_shape", classes: 26, got: [10] }, ["26", "10"]],
      [{ code: "no_pictures", part: "test" }, []],
      [{ code: "not_a_checkpoint", kind: "format", reason: "header too small" }, ["header too small"]],
      [{ code: "not_a_checkpoint", kind: "foreign" }, []],
      [{ code: "not_a_checkpoint", kind: "description", reason: "no `layers`" }, ["layers"]],
      [{ code: "not_a_checkpoint", kind: "updates", count: 4e9 }, ["4,000,000,000"]],
      [{ code: "not_a_checkpoint", kind: "numbers", tensor: "dense.kernel", numbers: "I64" }, ["dense.kernel", "I64"]],
      [{ code: "other_network", kind: "missing", tensor: "dense.kernel" }, ["dense.kernel"]],
      [{ code: "other_network", kind: "shape", tensor: "dense.kernel", got: [4, 2], expected: [2, 4] }, ["dense.kernel", "4×2", "2×4"]],
      [{ code: "other_network", kind: "too_few", tensor: "dense.kernel", got: 7 }, ["dense.kernel", "7"]],
      [{ code: "executor", bytes: 3e9 }, ["3.0 GB"]],
      [{ code: "format", kind: "read", reason: "gone" }, ["gone"]],
      [{ code: "format", kind: "unknown" }, ["safetensors", "HDF5"]],
      [{ code: "format", kind: "damaged", reason: "cut short" }, ["cut short"]],
      [{ code: "format", kind: "hdf5" }, ["HDF5", "safetensors"]],
      [{ code: "format", kind: "not_keras" }, ["layer_names"]],
      [{ code: "format", kind: "layer", layer: "lstm", why: "its class is not known" }, ["lstm", "not known"]],
      [{ code: "format", kind: "no_network" }, []],
      [{ code: "format", kind: "numbers", tensor: "conv/kernel", numbers: "I8" }, ["conv/kernel", "I8"]],
      [{ code: "weights", misfits: [{ kind: "missing", layer: "fc", name: "bias", expected: [10] }] }, ["fc", "bias", "10"]],
      [{ code: "weights", misfits: [{ kind: "shape", layer: "fc", name: "kernel", expected: [4, 10], tensor: "top/kernel", found: [4, 9] }] }, ["fc", "4×10", "top/kernel", "4×9"]],
      [{ code: "weights", misfits: [{ kind: "tensors", layer: "bn", expected: 4, in_file: "conv", found: 2 }] }, ["bn", "4", "conv", "2"]],
      [{ code: "weights", misfits: [{ kind: "layers", expected: 54, found: 53 }] }, ["54", "53"]],
      [{ code: "gpu", reason: { type: "no_webgpu" } }, ["WebGPU"]],
      [{ code: "gpu", reason: { type: "no_adapter" } }, ["GPU"]],
      [{ code: "gpu", reason: { type: "too_big", bytes: 3e9, room: 1e9 } }, ["3.0 GB", "1.0 GB"]],
      [{ code: "gpu", reason: { type: "lost", message: "destroyed" } }, ["destroyed"]],
      [{ code: "gpu", reason: { type: "failed", message: "no luck" } }, ["no luck"]],
      [{ code: "too_big", needed: 3e9, room: 1e9, batch: 128, fits: 0 }, ["3.0 GB", "1.0 GB", "128"]],
      [{ code: "too_big", needed: 3e9, room: 1e9, batch: 128, fits: 40 }, ["3.0 GB", "1.0 GB", "128", "40"]],
      [{ code: "wrong_gpu", operation: "conv2d", got: 1.5, expected: 0.25 }, ["conv2d", "1.50", "0.250"]],
    ];
    for (const { refusal: words } of [en, zh]) {
      const said = refusals.map(([refusal, parts]) => {
        const sentence = words(refusal);
        for (const part of parts) expect(sentence).toContain(part);
        return sentence;
      });
      expect(new Set(said).size).toBe(refusals.length);
      // What nobody meets by their own doing is told in the engine's words.
      expect(words({ code: "no_shard" })).toBeNull();
    }
    for (const [refusal] of refusals) expect(zh.refusal(refusal)).toMatch(/[\u4e00-\u9fff]/);
  });

  it("say of a saved run only what became of it", () => {
    const [plain, anew, fresh] = [
      { epochAnew: false, freshOptimizer: false },
      { epochAnew: true, freshOptimizer: false },
      { epochAnew: false, freshOptimizer: true },
    ].map((how) => [en, zh].map(({ say }) => say({ says: "restored", ...how })));
    expect(plain[0]).not.toMatch(/anew|afresh/);
    expect(anew[0]).toMatch(/epoch begins anew/);
    expect(anew[0]).not.toMatch(/from where it stood|afresh/);
    expect(fresh[0]).toMatch(/optimiser, which begins afresh/);
    expect(anew[1]).toContain("这一轮从头来过");
    expect(fresh[1]).toContain("优化器从头开始");
    expect(plain[1]).not.toMatch(/从头/);
  });

  it("say a sentence for every situation and every fault", () => {
    for (const { say, problem } of [en, zh]) {
      expect(say({ says: "finished", accuracy: 0.9132, right: 9132, of: 10_000 })).toContain("91.3");
      expect(say({ says: "epoch", epoch: 2, accuracy: 0.9, change: -0.01 })).toContain("1.0");
      expect(problem({ kind: "window_too_large", window: [5, 5], input: [3, 3] })).toContain("5×5");
      expect(problem({ kind: "input_count", expected: "2 or more", got: 1 })).not.toContain("undefined");
    }
  });
});

describe("the reader's language", () => {
  it.each([
    [["zh-CN", "en"], "zh"],
    [["zh-Hant-TW"], "zh"],
    [["de-DE", "en-GB", "zh"], "en"],
    [["de-DE"], "en"],
    [[], "en"],
  ])("%j reads %s", (languages, expected) => expect(preferredLanguage(languages as string[])).toBe(expected));
});

describe("figures and causes", () => {
  it.each([
    [10, 94, 128, 12_000, "up to 128 pictures each", "每批至多 128 张"],
    [10, 100, 100, 10_000, "100 pictures each", "每批 100 张"],
    [10, 1, 4096, 600, "1 batch, 600 pictures", "共 600 张"],
    [1, 600, 1, 600, "1 picture each", "每批 1 张"],
  ])("say how many pictures a batch of %s epochs, %s batches of %s has", (epochs, batches, size, pictures, english, chinese) => {
    expect(en.transport.ahead(epochs, batches, size, pictures)).toContain(english);
    expect(zh.transport.ahead(epochs, batches, size, pictures)).toContain(chinese);
  });

  it.each([2, 10, 26, 100])("know what a guess among %s classes costs", (classes) => {
    for (const { curves } of [en, zh]) {
      expect(curves.lossEmpty(classes)).toContain(`ln ${classes} = ${Math.log(classes).toFixed(2)}`);
      expect(curves.accuracyEmpty(classes)).toContain(` ${classes} `);
    }
  });

  it("name the size of the download as it is", () => {
    // The four files of the data set's repository.
    const bytes = 26_421_880 + 29_515 + 4_422_102 + 5_148;
    for (const { data } of [en, zh]) expect(data.fetchSize).toBe(`${Math.round(bytes / 1e6)} MB`);
  });

  it.each(["above 0", "at least 1", "at most 4,096", "from 1 to 4,096", "between 0 and 1", "at least 0 and below 1", "at least 0 and at most 1"])("put into Chinese what the engine allows: %s", (allowed) =>
    expect(zh.problem({ kind: "value", field: "rate", value: "2", allowed })).not.toMatch(/above|least|most|from|between|below|and/),
  );

  it("hold the button's words in its name", () => {
    expect(en.languageLabel).toContain("中");
    expect(zh.languageLabel).toContain("EN");
  });
});
