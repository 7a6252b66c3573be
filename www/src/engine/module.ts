/** Loading the wasm module: the build with fused multiply-add where the browser has relaxed SIMD, else plain SIMD128. */
import { relaxedSimd } from "wasm-feature-detect";
import relaxedUrl from "./generated/relaxed/engine_bg.wasm?url";
import simdUrl from "./generated/simd/engine_bg.wasm?url";
import type { ExecutorInfo } from "./protocol";

export type Isa = ExecutorInfo["isa"];
/** The module, instantiated. */
export type Wasm = typeof import("./generated/simd/engine");

/** The module, compiled but not yet instantiated: it can be posted to other workers. */
export interface Compiled {
  isa: Isa;
  module: WebAssembly.Module;
}

export async function compile(): Promise<Compiled> {
  const isa: Isa = (await relaxedSimd()) ? "relaxed" : "simd128";
  const response = await fetch(isa === "relaxed" ? relaxedUrl : simdUrl);
  if (!response.ok) throw new Error(`The engine could not be fetched: ${response.status} ${response.statusText}`);
  // Some static hosts serve wasm as octet-stream, which compileStreaming refuses.
  const module = await WebAssembly.compile(await response.arrayBuffer());
  return { isa, module };
}

export async function instantiate({ isa, module }: Compiled): Promise<Wasm> {
  const wasm: Wasm =
    isa === "relaxed" ? await import("./generated/relaxed/engine") : await import("./generated/simd/engine");
  await wasm.default({ module_or_path: module });
  return wasm;
}
