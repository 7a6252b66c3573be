/** The helper workers of the engine: made once, set up for each run, given shards and asked for their outcomes. */
import type { FromHelper, Job, ToHelper } from "./helper";
import type { Compiled } from "./module";

interface Waiting {
  resolve: (outcome: Float32Array) => void;
  reject: (error: Error) => void;
}

class Member {
  readonly #worker: Worker;
  /** Jobs are answered in their order. */
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor(compiled: Compiled) {
    this.#worker = new Worker(new URL("./helper.ts", import.meta.url), { type: "module", name: "helper" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromHelper>) => {
      if ("refusal" in data) this.#fail(new Error(data.refusal));
      else this.#waiting.shift()?.resolve(data.outcome);
    };
    this.#worker.onerror = (event) => this.#fail(new Error(event.message || "a helper worker stopped"));
    this.#post({ kind: "load", compiled });
  }

  setup(setup: unknown): void {
    this.#failure = undefined;
    this.#post({ kind: "setup", setup });
  }

  perform(job: Job): Promise<Float32Array> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const { parameters, inputs, targets } = job;
      this.#post({ kind: "job", job }, [parameters, inputs, targets].flatMap((numbers) => (numbers ? [numbers.buffer] : [])));
    });
  }

  stop(): void {
    this.#worker.terminate();
    this.#fail(new Error("the helper was stopped"));
  }

  /** Kept, since a set-up may fail before any job waits for it. */
  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #post(message: ToHelper, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

export class Crew {
  readonly #members: Member[];

  constructor(compiled: Compiled, helpers: number) {
    this.#members = Array.from({ length: helpers }, () => new Member(compiled));
  }

  /** The helpers and the engine's own worker. */
  get workers(): number {
    return this.#members.length + 1;
  }

  setup(setup: unknown): void {
    for (const member of this.#members) member.setup(setup);
  }

  /** Job i goes to helper i; the outcomes come in the same order. */
  perform(jobs: Job[]): Promise<Float32Array[]> {
    return Promise.all(this.#members.slice(0, jobs.length).map((member, i) => member.perform(jobs[i] as Job)));
  }

  stop(): void {
    for (const member of this.#members) member.stop();
  }
}
