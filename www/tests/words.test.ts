import { describe as group, expect, it } from "vitest";
import * as f from "../src/core/format";
import type { Language } from "../src/core/hash";
import { describe, describeFlatten, placeIn, STEMS, voices, type Part } from "../src/core/step/words";
import type { Made } from "./step/made";
import { DEPTHWISE } from "./step/depthwise";
import { POINTWISE } from "./step/pointwise";
import { TRAINING } from "./step/training";
import { WINDOWS } from "./step/windows";

const CASES = [...WINDOWS, ...DEPTHWISE, ...POINTWISE, ...TRAINING];
const LANGUAGES: Language[] = ["en", "zh"];
const find = (title: string): Made => {
  const found = CASES.find((made) => made.title.startsWith(title));
  if (!found) throw new Error(`no case ${title}`);
  return found;
};
const told = (title: string, language: Language = "en") => describe({ ...find(title).telling, language });
const text = (formula: Part[]) => formula.map(({ text }) => text).join("");

/** Every way in which the numbers of a case may be written. */
function figures({ telling }: Made): Set<string> {
  const { walk, explanation, layer } = telling;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const counts = [walk.batch, walk.label + 1, 0, 1, 2, -1, ...Object.values(layer.layer).flatMap((value) => (typeof value === "object" ? JSON.stringify(value).match(/\d[\d.]*/g) ?? [] : [])).map(Number)];
  for (const { shape } of walk.outline.buffers) {
    const size = shape.reduce((product, length) => product * length, 1);
    const places = size / (shape.at(-1) ?? 1);
    counts.push(...shape, size, places, places * walk.batch, (shape[0] ?? 1) * (shape[1] ?? 1));
  }
  const real: number[] = [];
  if (explanation) {
    const lines = explanation.lines.map(({ value }) => value);
    const bias = explanation.lines.find(({ name }) => name === "bias")?.value ?? 0;
    real.push(explanation.value, ...lines, ...explanation.products, ...explanation.columns.flatMap(({ values }) => values));
    real.push(sum(explanation.products), sum(explanation.products) + bias, sum(explanation.products.slice(0, explanation.of_shown)));
    counts.push(explanation.products.length, explanation.of_shown, explanation.index + 1, ...explanation.columns.map(({ values }) => values.length));
    const channels = walk.outline.buffers[walk.outline.steps[0].operands.find(({ name }) => name === "kernel")?.buffer ?? -1]?.shape[2];
    if (channels) counts.push(explanation.products.length / channels);
    const shape = walk.outline.buffers[explanation.buffer].shape;
    const { in: _, ...places } = placeIn(shape, explanation.index);
    counts.push(...Object.values(places));
  }
  const texts = [...counts.flatMap((n) => [f.count(n), f.plain(n)]), ...real.flatMap((n) => [f.number(n), f.plain(n), f.exact(n)])];
  // Numbers that three digits do not tell apart are written with more.
  texts.push(...real.flatMap((n) => [4, 5, 6, 7, 8].map((digits) => f.typed(Number(n.toPrecision(digits))))));
  return new Set(texts);
}

/** The numerals of a text, without those that belong to names. */
function numerals(text: string): string[] {
  const named = text.replaceAll(/[A-Za-z_]+\d+\w*/g, "");
  return named.match(/−?\d+(,\d{3})*(\.\d+)?(e−?\d+)?/g) ?? [];
}

group("the sentences", () => {
  it("are there for every operation, forward and backward", () => {
    expect(new Set(CASES.map(({ telling }) => telling.walk.outline.steps[0].stem))).toEqual(new Set(STEMS));
    for (const language of LANGUAGES) expect(Object.keys(voices[language].steps).sort()).toEqual([...STEMS].sort());
  });

  it.each(LANGUAGES)("lack no word in %s, of a cell or of a layer", (language) => {
    for (const { title, telling } of CASES)
      for (const explanation of [telling.explanation, null]) {
        const { sentence, accessible, formula } = describe({ ...telling, language, explanation });
        for (const said of [sentence, accessible, text(formula)]) {
          expect(said, title).not.toMatch(/undefined|null|NaN|\[object|  .*[.。]$|\.\.|。。|[!！]/);
          expect(said.trim(), title).not.toBe("");
        }
        expect(sentence, title).toMatch(language === "en" ? /^[A-Z−\d].*\.$/ : /[\u4e00-\u9fff].*。$/);
        expect(accessible.startsWith(sentence), title).toBe(true);
      }
  });

  it.each(LANGUAGES)("name no figure in %s that was not given", (language) => {
    for (const made of CASES) {
      const known = figures(made);
      const { sentence, formula } = describe({ ...made.telling, language });
      const parts = formula.filter(({ place }) => place === undefined).map((part) => part.text);
      const filled = parts.filter((part) => /^[−\d]/.test(part) && !/^\d+,\d+$/.test(part)).flatMap(numerals);
      for (const numeral of [...numerals(sentence), ...filled]) expect(known, `${made.title}: ${numeral} in “${sentence}” or ${text(formula)}`).toContain(numeral);
    }
  });

  it.each(LANGUAGES)("say in %s what is not a number, without a panic", (language) => {
    for (const { title, telling } of CASES) {
      const lost = structuredClone(telling.explanation)!;
      lost.value = NaN;
      lost.lines = lost.lines.map(({ name }) => ({ name, value: NaN }));
      lost.products = lost.products.map(() => NaN);
      lost.columns = lost.columns.map((column) => ({ ...column, values: column.values.map(() => NaN) }));
      expect(describe({ ...telling, language, explanation: lost }).sentence, title).not.toMatch(/undefined|would (rise|fall)|会(上升|下降)/);
    }
  });

  it("say why a gradient is what it is only where it is so", () => {
    expect(told('activate_grad: "relu" at -0.75').sentence).toMatch(/ReLU gave 0 here.*nothing passes/);
    expect(told('activate_grad: "relu" at 0.75').sentence).toMatch(/let this number through/);
    expect(told("activate_grad: \"tanh\" at 8").sentence).toContain("almost flat");
    expect(told('activate_grad: "tanh" at 0.75').sentence).not.toContain("flat");
    expect(told("max_pool2d_grad: won none").sentence).toContain("won no window");
    expect(told("max_pool2d_grad: won one").sentence).toContain("won its window");
    expect(told("max_pool2d_grad: won two").sentence).toContain("won 4 windows");
    expect(told("conv2d: inside").sentence).toMatch(/lays its 9 weights over 9 numbers.*is positive, and ReLU lets it through/);
    expect(told("conv2d: off").sentence).toContain("not positive, so ReLU makes it 0");
    expect(told("conv2d: at the border").sentence).toContain("hangs over the edge here: 6 of its 9 weights");
    expect(told("dropout: left out").sentence).toContain("left out");
    expect(told("zero_pad2d: in the border", "zh").sentence).toContain("补上的边里");
  });

  it("say which way the loss would go, and of what", () => {
    for (const made of CASES.filter(({ telling }) => telling.walk.outline.steps[0].phase === "backward")) {
      const { sentence } = describe({ ...made.telling, language: "en" });
      const ways = { raise: /would rise|should fall/, lower: /would fall|should rise/ };
      const share = made.title.startsWith("concatenate_grad");
      expect(ways.raise.test(sentence), `${made.title}: ${sentence}`).toBe(!share && made.exact > 0);
      expect(ways.lower.test(sentence), `${made.title}: ${sentence}`).toBe(!share && made.exact < 0);
    }
    expect(told("concatenate_grad").sentence).toContain("one of the ways that part here");
    expect(told("conv2d_grad_kernel: of one").sentence).not.toMatch(/batch|pictures/);
    expect(told("conv2d_grad_kernel: of three").sentence).toMatch(/In the picture shown .* all 3 pictures together/);
  });

  it("call a sum no gradient that is none: of a normalisation that has no gamma or does not learn it", () => {
    for (const title of ["batch_norm_grad_parameters: gamma", "batch_norm_grad_parameters: beta"])
      for (const language of LANGUAGES) {
        const telling = structuredClone(find(title).telling);
        const { sentence } = describe({ ...telling, language });
        telling.walk.outline.buffers[telling.explanation!.buffer].role = "batch_statistic";
        expect(sentence).toMatch(/the batch’s mean loss would|整批的平均损失会/);
        expect(describe({ ...telling, language }).sentence).not.toMatch(/loss would|Gamma|Beta|gamma 乘|beta 加|损失/);
      }
  });

  it("call the classes by their names, where they have any", () => {
    expect(told("loss: of logits").sentence).toContain("the right class, Trouser,");
    expect(told("loss_grad: of logits, the right").sentence).toMatch(/^Trouser got.*should rise\.$/);
    expect(told("loss_grad: of logits, a wrong").sentence).toMatch(/^Class 3 got.*divided by the 8 pictures.*should fall\.$/);
  });

  it("write numbers apart that an update moves by little", () => {
    const { telling } = find("adam: weight");
    const explanation = structuredClone(telling.explanation)!;
    explanation.value = Math.fround(0.0221882);
    explanation.lines = explanation.lines.map((line) => (line.name === "before" ? { ...line, value: Math.fround(0.0221891) } : line));
    expect(describe({ ...telling, explanation, language: "en" }).sentence).toMatch(/^The weight goes down from 0\.022189 to 0\.022188\./);
  });

  it("are there for flatten, which is no step", () => {
    for (const language of LANGUAGES) expect(describeFlatten(language, "forward")).not.toBe(describeFlatten(language, "backward"));
  });
});

/** 2i−1 at i = 3 is 5. */
function evaluate(expression: string, at: Record<string, number>): number {
  const script = expression.replaceAll("−", "-").replaceAll(/(\d)([a-z])/g, "$1*$2");
  return new Function(...Object.keys(at), `return ${script}`)(...Object.values(at));
}

group("the formulas", () => {
  it("end in the number of the cell in hand", () => {
    for (const { title, telling } of CASES) {
      const last = describe({ ...telling, language: "en" }).formula.at(-1)?.text ?? "";
      const value = telling.explanation?.value ?? NaN;
      expect([f.number(value), f.plain(value)], title).toContain(last);
    }
  });

  it("fill in the first three products and say that there are more", () => {
    const formula = text(told("conv2d: inside").formula);
    expect(formula).toMatch(/= max\(0, −0\.191·0\.606 \+ 0\.810·0\.367 \+ 0\.0222·0\.677 \+ … \+ 2\.50\) = 3\.06$/);
  });

  it("are said aloud without a sign that nobody says", () => {
    for (const language of LANGUAGES)
      for (const { title, telling } of CASES) {
        const { sentence, accessible } = describe({ ...telling, language });
        expect(accessible.slice(sentence.length), title).not.toMatch(/[−·√Σ←…σμγβεη²≤>[\]=]/);
      }
  });

  it("name operands or lines, so that each symbol is found in the picture", () => {
    // What a formula may name though no line of this cell does: what the reader set, and what stands only in the symbols.
    const symbols = ["op", "epsilon", "momentum", "learning_rate", "rate", "p", "n", "normalised", "step"];
    for (const { title, telling } of CASES) {
      const { formula } = describe({ ...telling, language: "en" });
      const operands = telling.walk.outline.steps[0].operands.map(({ name }) => name);
      const { buffer, columns, lines } = telling.explanation!;
      const known = [...operands, ...lines.map(({ name }) => name), ...symbols];
      for (const { means, text } of formula) expect(known, `${title}: ${text}`).toContain(means);
      // The sum of the momentum's movement comes before the parameter's.
      if (!title.startsWith("sgd")) expect(formula[0].means, title).toBe(operands[buffer]);
      const named = new Set(formula.map(({ means }) => means));
      for (const { name } of columns.filter(({ name, values }) => values.length > 0 && operands.includes(name))) expect(named, `${title}: ${name}`).toContain(name);
    }
  });

  it.each(WINDOWS.filter(({ title }) => title.startsWith("conv2d:")))("index the input as the kernel lies: $title", ({ telling }) => {
    const { formula } = describe({ ...telling, language: "en" });
    const sub = formula.find(({ means, place }) => means === "x" && place === "sub")?.text.split(",") ?? [];
    const [x, kernel] = telling.explanation!.columns;
    const shape = (column: typeof x) => telling.walk.outline.buffers[column.buffer].shape;
    x.indices.forEach((index, n) => {
      const [met, tap] = [placeIn(shape(x), index), placeIn(shape(kernel), kernel.indices[n])];
      if (met.in !== "map" || tap.in !== "kernel") throw new Error("no map or no kernel");
      expect([evaluate(sub[0], { i: tap.row }), evaluate(sub[1], { j: tap.column }), tap.channel]).toEqual([met.row, met.column, met.channel]);
    });
  });

  it.each(WINDOWS.filter(({ title }) => title.startsWith("conv2d_grad")))("index the way back as the kernel lay: $title", ({ telling }) => {
    const { formula } = describe({ ...telling, language: "en" });
    const { columns, index, buffer, stem } = telling.explanation!;
    const own = placeIn(telling.walk.outline.buffers[buffer].shape, index);
    const [from, with_] = columns;
    const first = stem === "conv2d_grad_input" ? "dy" : "x";
    const sub = formula.find(({ means, place }) => means === first && place === "sub")?.text.split(",") ?? [];
    from.indices.forEach((cell, n) => {
      const met = placeIn(telling.walk.outline.buffers[from.buffer].shape, cell);
      const other = placeIn(telling.walk.outline.buffers[with_.buffer].shape, with_.indices[n]);
      if (met.in !== "map" || (other.in !== "map" && other.in !== "kernel")) throw new Error("no map or no kernel");
      const at = { i: other.row, j: other.column, p: other.row, q: other.column };
      expect([evaluate(sub[0], at), evaluate(sub[1], at)]).toEqual([met.row, met.column]);
      if (own.in === "kernel") expect(Number(sub[2])).toBe(own.channel);
    });
  });
});
