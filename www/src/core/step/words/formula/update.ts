/** The optimisers. */
import type { Told } from "../told";
import { given, indices, inner, raised, result, row, symbol, value, when, type Formula } from "./build";

/** What the reader set: written as short as it can be. */
const CHOSEN = new Set(["learning_rate", "momentum", "beta_1", "beta_2"]);

/** A parameter's letter and its indices. */
function parameter(told: Told) {
  const name = told.buffer("parameter")?.name ?? "";
  const letter = [["/bias", "b"], ["/gamma", "γ"], ["/beta", "β"]].find(([end]) => name.endsWith(end))?.[1] ?? "w";
  return symbol(letter, "parameter", told.explanation ? indices(told.place(told.explanation.index, "parameter")) : "");
}

export const sgd: Formula = (told) => {
  const w = parameter(told);
  const line = (name: string) => (CHOSEN.has(name) ? [given(told.line(name), name)] : inner(told.line(name), name));
  const rate = symbol("η", "learning_rate");
  const g = symbol("g", "gradient");
  const cell = told.explanation !== null;
  if (!told.has("velocity")) {
    const numbers = when(cell, " = ", value(told.line("before"), "before"), " − ", line("learning_rate"), "·", line("gradient"));
    return row(w, " ← ", w, " − ", rate, "·", g, numbers, result(told));
  }
  const v = symbol("v", "velocity");
  const momentum = symbol("μ", "momentum");
  const velocity = row(v, " ← ", momentum, "·", v, " − ", rate, "·", g);
  if (told.result === "velocity") {
    const numbers = when(cell, " = ", line("momentum"), "·", line("velocity_before"), " − ", line("learning_rate"), "·", line("gradient"));
    return row(velocity, numbers, result(told));
  }
  const moved = told.nesterov ? row(w, " ← ", w, " + ", momentum, "·", v, " − ", rate, "·", g) : row(w, " ← ", w, " + ", v);
  const numbers = when(cell, " = ", value(told.line("before"), "before"), " − ", line("step"));
  return row(velocity, ";  ", moved, numbers, result(told));
};

export const adam: Formula = (told) => {
  const line = (name: string) => (CHOSEN.has(name) ? [given(told.line(name), name)] : inner(told.line(name), name));
  const cell = told.explanation !== null;
  const g = symbol("g", "gradient");
  const beta = (n: "1" | "2") => symbol("β", `beta_${n}`, n);
  const m = symbol("m", "m");
  const v = symbol("v", "v");
  const kept = (n: "1" | "2", what: typeof m, square: boolean) =>
    row(what, " ← ", beta(n), "·", what, " + ", "(", "1", " − ", beta(n), ")", "·", g, when(square, raised("2")));
  const filled = (n: "1" | "2", name: "m" | "v") =>
    when(
      cell,
      " = ",
      line(`beta_${n}`),
      "·",
      line(`${name}_before`),
      " + ",
      "(",
      "1",
      " − ",
      line(`beta_${n}`),
      ")",
      "·",
      line("gradient"),
      when(name === "v", raised("2")),
    );
  if (told.result === "m") return row(kept("1", m, false), filled("1", "m"), result(told));
  if (told.result === "v") return row(kept("2", v, true), filled("2", "v"), result(told));
  const w = parameter(told);
  // The bias corrections, of both means.
  const corrected = (n: "1" | "2") => row("1", " − ", beta(n), raised("t"));
  const rate = row(symbol("η", "learning_rate"), "·", "√(", corrected("2"), ")", " / ", "(", corrected("1"), ")");
  const step = row(rate, "·", m, " / ", "(", "√", v, " + ", symbol("ε", "epsilon"), ")");
  const numbers = when(cell, " = ", value(told.line("before"), "before"), " − ", line("step"));
  return row(w, " ← ", w, " − ", step, numbers, result(told));
};
