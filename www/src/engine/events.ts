/** What the engine worker says. */
import type { FromWorker } from "./client";
import type { EngineEvent, RunEvent, RunId } from "./protocol";

export function emit(event: EngineEvent): void {
  post({ kind: "event", event });
}

/** An event of a run. */
export function tell(run: RunId, event: RunEvent, transfer: Transferable[] = []): void {
  post({ kind: "told", run, event }, transfer);
}

export function post(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

export function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A trap leaves the wasm module in no state to go on with: this worker's end, and the page makes another. */
export function trapped(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}
