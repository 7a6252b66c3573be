/** The page's end of the zoo's worker, which ends when the Zoo view is left. */
import { Aside } from "../aside/client";
import type { Compiled } from "../module";
import type { ZooRequests } from "./protocol";

export class ZooEngine extends Aside<ZooRequests> {
  constructor(module: () => Promise<Compiled>) {
    super("zoo", module, () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "zoo" }));
  }
}
