/** The page's end of the drawing's worker, which ends when the Draw view is left. */
import { Aside } from "../aside/client";
import type { Compiled } from "../module";
import type { DrawRequests } from "./protocol";

export class DrawEngine extends Aside<DrawRequests> {
  constructor(module: () => Promise<Compiled>) {
    super("drawing", module, () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "draw" }));
  }
}
