/** The helper workers of the engine: made once, set up for each run, given shards and asked for their outcomes. */
import { Calibration, spin } from "./calibration";
import type { FromHelper, Job, ToHelper } from "./helper";
import type { Compiled } from "./module";
import type { RunId } from "./protocol";

/** Milliseconds that workers are measured for at a time: far more than the messages take that start them. */
const MEASURED = 30;
/** Milliseconds before, in which the browser optimises what is measured. */
const WARM_UP = 10;

interface Waiting {
  resolve: (answer: FromHelper) => void;
  reject: (error: Error) => void;
}

/** A helper stopped: it is replaced by `mend`, and what it was to do can be tried again. */
export class HelperStopped extends Error {}

class Member {
  readonly #worker: Worker;
  /** Runs whose weights it was never given. */
  readonly without = new Set<RunId>();
  /** What is asked is answered in its order. */
  readonly #waiting: Waiting[] = [];
  #failure: HelperStopped | undefined;

  constructor(compiled: Compiled) {
    this.#worker = new Worker(new URL("./helper.ts", import.meta.url), { type: "module", name: "helper" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromHelper>) => {
      if ("trap" in data) return this.#fail(data.trap);
      const waiting = this.#waiting.shift();
      if ("refusal" in data) waiting?.reject(new Error(data.refusal));
      else waiting?.resolve(data);
    };
    this.#worker.onerror = (event) => this.#fail(event.message || "it could not be started");
    this.post({ kind: "load", compiled });
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  setup(run: RunId, setup: unknown): void {
    this.without.add(run);
    this.post({ kind: "setup", run, setup });
  }

  perform(run: RunId, job: Job): Promise<FromHelper> {
    if (job.parameters !== null) this.without.delete(run);
    return this.ask({ kind: "job", run, job }, [job.numbers.buffer]);
  }

  ask(message: ToHelper, transfer: Transferable[] = []): Promise<FromHelper> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.post(message, transfer);
    });
  }

  post(message: ToHelper, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  stop(): void {
    this.#worker.terminate();
    this.#fail("it was stopped");
  }

  /** Kept, since it may fail before anything waits for it. */
  #fail(reason: string): void {
    this.#failure ??= new HelperStopped(`A helper worker stopped: ${reason}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

export class Crew {
  readonly #compiled: Compiled;
  readonly #members: Member[];
  /** What every run's helpers were made from, for those that take another's place. */
  readonly #setups = new Map<RunId, unknown>();
  /** Runs whose last batch was refused for the sake of a helper that is new to them. */
  readonly #refused = new Set<RunId>();

  constructor(compiled: Compiled, helpers: number) {
    this.#compiled = compiled;
    this.#members = Array.from({ length: helpers }, () => new Member(compiled));
  }

  /** The helpers and the engine's own worker. */
  get workers(): number {
    return this.#members.length + 1;
  }

  /** Keeps as many helpers as gain something, before there is any run: some tenths of a second where there are more than two workers. */
  async calibrate(): Promise<void> {
    const calibration = new Calibration(this.workers);
    if (calibration.next) await this.#spin(this.#members, WARM_UP);
    for (let next = calibration.next; next; next = calibration.next) {
      const rounds = await (next === "alone" ? this.#spin(this.#members.slice(0, 1), MEASURED) : this.#all());
      calibration.record(rounds);
    }
    for (const member of this.#members.splice(calibration.workers - 1)) member.stop();
  }

  /** What all workers do at once, this one among them. */
  async #all(): Promise<number[]> {
    const others = this.#spin(this.#members, MEASURED);
    const own = spin(MEASURED);
    return [own, ...(await others)];
  }

  /** What each gets done; nothing where it has stopped. */
  #spin(members: readonly Member[], milliseconds: number): Promise<number[]> {
    const rounds = (answer: FromHelper) => ("rounds" in answer ? answer.rounds : 0);
    return Promise.all(members.map((member) => member.ask({ kind: "spin", milliseconds }).then(rounds, () => 0)));
  }

  setup(run: RunId, setup: unknown): void {
    this.#setups.set(run, setup);
    for (const member of this.#members) member.setup(run, setup);
  }

  /** Job i goes to helper i; the outcomes come in the same order. */
  async perform(run: RunId, jobs: Job[]): Promise<Float32Array[]> {
    // Weights travel only where they are new; a run that does not know of a new helper is refused, and sends them again.
    if (jobs.some((job, i) => job.parameters === null && this.#members[i]?.without.has(run))) {
      this.#refused.add(run);
      throw new HelperStopped("A helper worker was replaced.");
    }
    const answers = await Promise.all(
      this.#members.slice(0, jobs.length).map((member, i) => member.perform(run, jobs[i] as Job)),
    );
    return answers.map((answer) => ("outcome" in answer ? answer.outcome : new Float32Array()));
  }

  /** Frees the run's networks. */
  drop(run: RunId): void {
    this.#setups.delete(run);
    this.#refused.delete(run);
    for (const member of this.#members) member.post({ kind: "drop", run });
  }

  /** Replaces the helpers that stopped, and sets the new ones up for every run: whether this run's work is worth another try. */
  mend(run: RunId): boolean {
    const failed = [...this.#members.keys()].filter((i) => this.#members[i]?.failed);
    for (const i of failed) {
      this.#members[i]?.stop();
      const member = new Member(this.#compiled);
      for (const [each, setup] of this.#setups) member.setup(each, setup);
      this.#members[i] = member;
    }
    return this.#refused.delete(run) || failed.length > 0;
  }

  /** Networks that each helper holds. */
  async replicas(): Promise<number[]> {
    const answers = await Promise.all(this.#members.map((member) => member.ask({ kind: "count" })));
    return answers.map((answer) => ("replicas" in answer ? answer.replicas : 0));
  }

  /** For trying out what happens: the first helper traps. */
  trap(): void {
    this.#members[0]?.post({ kind: "trap" });
  }

  stop(): void {
    for (const member of this.#members) member.stop();
  }
}
