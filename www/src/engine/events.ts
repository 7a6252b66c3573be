/** What the engine worker says. */
import type { FromWorker } from "./client";
import type { EngineEvent } from "./protocol";

export function emit(event: EngineEvent, transfer: Transferable[] = []): void {
  post({ kind: "event", event }, transfer);
}

export function post(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

/** An error that no request can be refused for. */
export function fail(error: unknown): void {
  emit({ type: "error", message: text(error) });
}

export function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
