/** The worker's end: one request at a time, in their order. */
import { trapped } from "../events";
import { failureOf } from "../failure";
import type { Asks, FromAside, Handlers, ToAside } from "./protocol";

function post(message: FromAside, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

const own = (value: unknown): Transferable[] => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []);

/** Tensors that are an answer, or stand in it by themselves or in a list, change hands. */
function buffers(answer: unknown): Transferable[] {
  if (typeof answer !== "object" || answer === null) return [];
  if (ArrayBuffer.isView(answer)) return own(answer);
  return Object.values(answer).flatMap((value) => (ArrayBuffer.isView((value as unknown[] | null)?.[0]) ? (value as unknown[]).flatMap(own) : own(value)));
}

/** `told`: the error as the page is to be told it. */
export function serve<R extends Asks<R>>(handlers: Handlers<R>, told = (error: unknown) => error): void {
  let last: Promise<unknown> = Promise.resolve();
  self.onmessage = ({ data: { id, type, ask } }: MessageEvent<ToAside>) => {
    const handler = handlers[type as keyof R] as (ask: unknown) => unknown;
    last = last.then(() => handler(ask)).then(
      (answer) => post({ id, answer }, buffers(answer)),
      (error: unknown) => post({ id, stopped: trapped(error), ...failureOf(told(error)) }),
    );
  };
}
