/** A session, with what it was made from: what is put in the place of another, whole or not at all. */
import { breathe } from "./breathe";
import type { Crew } from "./crew";
import type { DataSet } from "./datasets";
import type { Session } from "./generated/simd/engine";
import type { Job } from "./helper";
import type { Wasm } from "./module";
import type { Network, RunId, Training } from "./protocol";

export class Holding {
  readonly session: Session;
  #set: DataSet;
  readonly network: Network;
  /** The rate changes as the session goes on. */
  training: Training;
  readonly #crew: Crew;
  readonly #run: RunId;

  /** At its beginning, with every helper set up for it. `set` stays the caller's. */
  constructor({ wasm, crew }: { wasm: Wasm; crew: Crew }, run: RunId, set: DataSet, network: Network, training: Training) {
    this.#crew = crew;
    this.#run = run;
    this.network = network;
    this.training = training;
    this.#set = shareOf(set);
    const post = (jobs: Job[]) => crew.perform(run, jobs);
    try {
      this.session = new wasm.Session(this.#set.data, this.#setup, post, breathe);
    } catch (error) {
      this.#set.data.free();
      throw error;
    }
    this.setUp();
  }

  /** A share of its own of the pictures. */
  get set(): DataSet {
    return this.#set;
  }

  /** The session begins anew on other pictures of the same shape and as many classes; where they are not nothing changes. `set` stays the caller's. */
  async takeUp(set: DataSet): Promise<void> {
    await this.session.use_data(set.data);
    this.#set.data.free();
    this.#set = shareOf(set);
  }

  get #setup() {
    return { network: this.network, training: this.training, workers: this.#crew.workers };
  }

  /** Sets the helpers up, which another one may have been given to meanwhile. */
  setUp(): void {
    this.#crew.setup(this.#run, this.#setup);
  }

  free(): void {
    this.session.free();
    this.#set.data.free();
  }
}

/** A handle of one's own on the same pictures. */
function shareOf(set: DataSet): DataSet {
  return { ...set, data: set.data.share() };
}
