/** The loss, where the way back begins, and what is counted. */
import type { Part } from "../parts";
import type { Told } from "../told";
import { given, indices, inner, listed, raised, result, row, symbol, value, when, type Formula } from "./build";

/** Which loss a step computes: told by what it is computed from. */
export type LossKind = "softmax_crossentropy" | "categorical_crossentropy" | "mean_squared_error";

export function lossKind({ walk, step, loss }: Told): LossKind {
  if (loss === "mean_squared_error") return "mean_squared_error";
  const prediction = step.operands.find(({ name }) => name === "prediction")?.buffer;
  const fromLogits = walk.outline.steps.some(({ stem, operands }) => {
    const at = (name: string) => operands.find((operand) => operand.name === name)?.buffer;
    return stem === "softmax" && at("x") === prediction && at("y") === walk.outline.output;
  });
  return fromLogits ? "softmax_crossentropy" : "categorical_crossentropy";
}

export const loss: Formula = (told) => {
  const kind = lossKind(told);
  const [t, y, p] = [symbol("t", "target", "k"), symbol("y", "prediction", "k"), symbol("p", "prediction", "k")];
  const symbols =
    kind === "mean_squared_error"
      ? row(symbol("Σ", "op", "k"), "(", t, " − ", y, ")", raised("2"), " / ", given(told.channels("prediction"), "op"))
      : row("−", symbol("Σ", "op", "k"), t, "·", "ln ", p);
  const right = told.tells("p");
  const numbers = right === undefined || kind === "mean_squared_error" ? [] : row(" = ", "−", "ln ", value(right, "p"));
  return row(symbol("L", "loss"), " = ", symbols, numbers, result(told));
};

export const lossGrad: Formula = (told) => {
  const i = told.explanation ? indices(told.place()) : "k";
  const [t, n] = [told.tells("t"), told.tells("n")];
  const dz = symbol("dz", "dprediction", i);
  const target = symbol("t", "target", i);
  const pictures = when(told.several, " / ", symbol("n", "n"));
  switch (lossKind(told)) {
    case "softmax_crossentropy": {
      const difference = (a: Part[], b: Part[]) => row(when(told.several, "("), a, " − ", b, when(told.several, ")"));
      const numbers =
        t === undefined ? [] : row(" = ", difference([value(told.line("p"), "p")], [given(t, "target")]), when(told.several && n !== undefined, " / ", given(n ?? 1, "n")));
      return row(dz, " = ", difference(symbol("p", "prediction", i), target), pictures, numbers, result(told));
    }
    case "categorical_crossentropy":
      return row(dz, " = ", "(", symbol("Σ", "op", "k"), symbol("t", "target", "k"), " − ", target, " / ", symbol("p", "prediction", i), ")", " / ", symbol("Σ", "op", "k"), symbol("y", "prediction", "k"), pictures, result(told));
    case "mean_squared_error": {
      const outputs = given(told.channels("prediction"), "op");
      const y = told.tells("y");
      const numbers = t === undefined || y === undefined ? [] : row(" = ", "2", "·", "(", value(y, "prediction"), " − ", inner(t, "target"), ")", " / ", outputs, when(told.several && n !== undefined, " / ", given(n ?? 1, "n")));
      return row(dz, " = ", "2", "·", "(", symbol("y", "prediction", i), " − ", target, ")", " / ", outputs, pictures, numbers, result(told));
    }
  }
};

export const metrics: Formula = (told) => {
  const losses = row(symbol("L", "metrics"), " = ", symbol("Σ", "op", "n"), symbol("L", "loss", "n"));
  const right = row(symbol("r", "metrics"), " = ", symbol("Σ", "op", "n"), "[", "argmax ", symbol("y", "output", "n"), " = ", "argmax ", symbol("t", "target", "n"), "]");
  if (!told.explanation) return row(losses, ";  ", right);
  if (told.explanation.index > 0) return row(right, " = ", given(told.value, "metrics"));
  return row(losses, when(told.values("loss").length > 1, " = ", listed(told.values("loss"), "loss")), result(told));
};
