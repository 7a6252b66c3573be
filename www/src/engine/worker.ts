/** The engine worker: owns the wasm module, the helpers, the data sets and the runs. Requests come in, answers and events go out. */
import type { ToWorker } from "./client";
import { Crew } from "./crew";
import { DataSets, findFiles } from "./datasets";
import { Driver, type Shared } from "./driver";
import { emit, post, text, trapped } from "./events";
import { failureOf } from "./failure";
import * as files from "./files";
import { Devices } from "./gpu";
import { Learnt } from "./learnt";
import { compile, instantiate } from "./module";
import type { Analysis, DataInfo, Requests, RequestType, RunId } from "./protocol";
import { release } from "./release";
import { Turns } from "./turns";

/** More workers than this gain little on one batch, and each has its own copy of the network's memory. */
const MOST_WORKERS = 8;

/** How long the data of the opening wait for the first maps to be shown: reading them takes the worker's whole attention. */
const FIRST_SIGHT = 1000;

type Handlers = { [T in RequestType]: (ask: Requests[T]["ask"]) => Promise<Requests[T]["answer"]> };

interface Opened extends Shared {
  sets: DataSets;
  runs: Map<RunId, Driver>;
  /** Called when the first maps are shown. */
  seen: () => void;
}

let opened: Promise<Opened> | undefined;

function engine(): Promise<Opened> {
  return opened ?? Promise.reject(new Error("The engine was asked before it was opened."));
}

async function driver(run: RunId): Promise<Driver> {
  const found = (await engine()).runs.get(run);
  if (!found) throw new Error("There is no such run.");
  return found;
}

async function open({ page, workers, source }: Requests["open"]["ask"]): Promise<Opened> {
  files.setPage(page);
  const looking = findFiles(source);
  // Heard where it is waited for; the module may fail first.
  looking.catch(() => undefined);
  const compiled = await compile();
  const wasm = await instantiate(compiled);
  const runs = new Map<RunId, Driver>();
  const sets = new DataSets(wasm, (set) => Promise.all([...runs.values()].map((run) => run.offer(set))));
  const devices = new Devices(wasm, () => runs.forEach((run) => void run.checkGpu()));
  let seen = () => {};
  const shown = new Promise<void>((resolve) => (seen = resolve));
  const cores = navigator.hardwareConcurrency || 1;
  const crew = new Crew(compiled, Math.min(workers ?? cores, MOST_WORKERS) - 1);
  try {
    if (workers === undefined) await crew.calibrate();
    if (source) await sets.settle(looking, Promise.resolve());
    else void sets.settle(looking, Promise.race([shown, new Promise((resolve) => setTimeout(resolve, FIRST_SIGHT))])).catch(fail);
  } catch (error) {
    crew.stop();
    throw error;
  }
  return { wasm, compiled, crew, devices, turns: new Turns(), learnt: new Learnt(wasm, page), sets, runs, seen };
}

/** The run, when there are data worth beginning it on. */
async function whenReady(run: RunId): Promise<Driver> {
  const { sets } = await engine();
  const found = await driver(run);
  await sets.ready(found.set);
  await found.learning;
  return found;
}

async function useData({ run, choice }: Requests["use_data"]["ask"]): Promise<DataInfo> {
  const { sets } = await engine();
  const found = await driver(run);
  const { set, keep } = await sets.choose(choice);
  try {
    await found.useData(set);
  } catch (error) {
    set.data.free();
    throw error;
  }
  // Otherwise a later choice has overtaken this one.
  const taken = found.set.choice === set.choice;
  sets.take(set);
  if (taken && choice.kind === "procedural") await files.forget();
  if (taken && keep.length > 0) await files.keep(keep);
  for (const { bytes } of keep) release(bytes);
  return found.dataInfo;
}

const handlers: Handlers = {
  async open(ask) {
    opened = open(ask);
    opened.catch(() => (opened = undefined));
    return (await opened).sets.current.info;
  },
  module: async () => (await engine()).compiled,
  async inventory() {
    const { crew, devices, runs } = await engine();
    return { runs: runs.size, workers: crew.workers, replicas: await crew.replicas(), gpu: await devices.memory() };
  },
  async analyze({ network }) {
    return (await engine()).wasm.analyze(network) as Analysis;
  },
  async begin(ask) {
    const all = await engine();
    if (all.runs.has(ask.run)) throw new Error("This run has begun already.");
    const begun = await Driver.begin(all, all.sets.current, ask);
    all.runs.set(ask.run, begun);
    void begun.chooseExecutor();
    void begun.learn();
    return { analysis: begun.analysis, data: begun.dataInfo, executor: begun.executor, restored: begun.restored };
  },
  async drop({ run }) {
    const found = await driver(run);
    (await engine()).runs.delete(run);
    await found.drop();
  },
  configure: async ({ run, network, training, learnt }) => (await driver(run)).replace(network, training, learnt),
  learning_rate: async ({ run, value }) => (await driver(run)).setLearningRate(value),
  run: async ({ run }) => (await whenReady(run)).run(),
  pause: async ({ run }) => (await driver(run)).pause(),
  step: async ({ run }) => (await whenReady(run)).step(),
  reset: async ({ run, learnt }) => (await driver(run)).reset(learnt),
  async look({ run, split, index, layers }) {
    await (await driver(run)).look({ split, index, layers });
    if (layers.length > 0) (await engine()).seen();
  },
  give_back: async ({ run, buffers }) => (await driver(run)).giveBack(buffers),
  watch: async ({ run, indices }) => (await driver(run)).watch(indices),
  images: async ({ run, split, indices }) => (await driver(run)).images(split, indices),
  use_data: useData,
  executor: async ({ run, wish }) => (await driver(run)).setExecutor(wish),
  lose_device: async () => (await engine()).devices.lose(),
  async trap({ where }) {
    if (where === "helper") return (await engine()).crew.trap();
    setTimeout(() => {
      throw new WebAssembly.RuntimeError("unreachable, as asked");
    });
  },
  checkpoint: async ({ run }) => (await driver(run)).checkpoint(),
  snapshot: async ({ run }) => (await driver(run)).snapshot(),
  inspect: async ({ run, bytes }) => (await driver(run)).inspect(bytes),
  restore: async ({ run, bytes }) => (await driver(run)).restore(bytes),
};

self.onmessage = ({ data: { id, type, ask } }: MessageEvent<ToWorker>) => {
  const handler = handlers[type] as (ask: unknown) => Promise<unknown>;
  handler(ask).then(
    (answer) => post({ kind: "answer", id, answer }),
    (error: unknown) => (trapped(error) ? fail(error) : post({ kind: "refusal", id, ...failureOf(error) })),
  );
};

/** An error that no request can be refused for. */
function fail(error: unknown): void {
  emit(trapped(error) ? { type: "stopped", message: text(error) } : { type: "error", ...failureOf(error) });
}
