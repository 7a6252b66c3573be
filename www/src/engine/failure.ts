/** Errors on their way from the engine to the page: in their own words, and with what a page can say in its reader's language. */
import type { DrawingError } from "./generated/types/DrawingError";
import type { FilesError } from "./generated/types/FilesError";
import type { PictureError } from "./generated/types/PictureError";
import type { SessionError } from "./generated/types/SessionError";

/**
 * Of the page itself. `undecoded`: a file is no picture that the browser reads; `sheet_full`: it holds no more marks; `other_pictures`:
 * those of the data set are no garments of 28 by 28 greys; `no_weights`: those that
 * were taught in another visit; `gpu_lost`: the drawing's GPU.
 */
type PageError = { code: "undecoded" } | { code: "sheet_full" } | { code: "other_pictures" } | { code: "no_weights" } | { code: "gpu_lost" };

/** Told apart by their codes, of which no two are alike. */
export type Refusal = SessionError | FilesError | DrawingError | PictureError | PageError;

export interface Failure {
  message: string;
  refusal?: Refusal;
}

/** Of an error that was caught, in the page or in the engine. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  return "refusal" in error && error.refusal ? { message, refusal: error.refusal as Refusal } : { message };
}

/** A request that the engine refused. */
export class RefusedError extends Error {
  readonly refusal?: Refusal;

  constructor({ message, refusal }: Failure) {
    super(message);
    if (refusal) this.refusal = refusal;
  }
}
