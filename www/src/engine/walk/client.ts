/** The page's end of the walk's worker, which ends when the Step view is left. */
import { Aside } from "../aside/client";
import type { Compiled } from "../module";
import type { WalkRequests } from "./protocol";

export class WalkEngine extends Aside<WalkRequests> {
  constructor(module: () => Promise<Compiled>) {
    super("walk", module, () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "walk" }));
  }
}
