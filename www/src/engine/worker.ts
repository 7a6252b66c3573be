/** The engine worker: owns the wasm module, the data and the run. Requests come in, answers and events go out. */
import { breathe } from "./breathe";
import type { ToWorker } from "./client";
import { emit, fail, post, text } from "./events";
import * as files from "./files";
import type { Data } from "./generated/simd/engine";
import { type Atelier, compile, instantiate } from "./module";
import type { Analysis, DataChoice, DataFile, DataInfo, Requests, RequestType } from "./protocol";
import { Run } from "./run";

/** Garments that the engine draws itself where there are no files. */
const PROCEDURAL = { seed: 7, train: 12_000, test: 2_000 };
/** Garments drawn between two looks at the messages: some 20 ms on a phone. */
const SOME = 60;

/** How long a run that was asked for waits for files that are on their way, in milliseconds. */
const PATIENCE = 2000;

type Handlers = { [T in RequestType]: (ask: Requests[T]["ask"]) => Promise<Requests[T]["answer"]> };

interface Opened {
  atelier: Atelier;
  run: Run;
  /** The files that were looked for at the opening. */
  looking: Promise<Found | undefined>;
  /** Settles when the data of the opening are in place, or were kept for later. */
  coming: Promise<void>;
  /** Settles when there are data worth a run; made at the first run that is asked for. */
  ready?: Promise<void>;
}

interface Found {
  source: DataInfo["source"];
  files: DataFile[];
}

let opened: Promise<Opened> | undefined;
/** Real files that arrived while a run was going on other pictures. */
let arrived: Found | undefined;

async function engine(): Promise<Opened> {
  if (!opened) throw new Error("The engine was asked before it was opened.");
  return opened;
}

async function open(ask: Requests["open"]["ask"]): Promise<Opened> {
  files.setPage(ask.page);
  const looking = findFiles().catch((error: unknown) => {
    // Files that broke off on their way are told; garments take their place.
    fail(error);
    return undefined;
  });
  const compiled = await compile();
  const atelier = await instantiate(compiled);
  const run = new Run(atelier, compiled, ask);
  const coming = run.show().then(async () => settle(run, atelier, await looking)).catch(fail);
  void run.chooseExecutor();
  return { atelier, run, looking, coming };
}

/** Real files, from beside the page or from an earlier visit. */
async function findFiles(): Promise<Found | undefined> {
  const named = async (source: DataInfo["source"], wanted: Promise<DataFile[] | undefined>) => {
    const list = await wanted;
    return list && { source, files: list };
  };
  return (await named("beside", files.beside(progress))) ?? (await named("stored", files.kept()));
}

/** Takes the real files, or else draws garments, if no run has begun on the few garments of the opening. */
async function settle(run: Run, atelier: Atelier, found: Found | undefined): Promise<void> {
  if (!found) {
    const data = await drawGarments(atelier);
    if (run.state === "idle") await run.replace({ data, source: "procedural" });
    else data.free();
  } else if (run.state === "idle") {
    await take(run, atelier, found);
  } else {
    arrived = found;
    emit({ type: "data_ready", choice: { kind: "beside" } });
  }
}

async function drawGarments(atelier: Atelier): Promise<Data> {
  const garments = new atelier.Garments(PROCEDURAL.seed, PROCEDURAL.train, PROCEDURAL.test);
  while (garments.advance(SOME)) await breathe();
  return garments.finish();
}

/** Waits for the data that are on their way; where a slow network is in the way, draws garments to run on first. */
async function dataToRunOn({ atelier, run, looking, coming }: Opened): Promise<void> {
  const late = new Promise<"late">((resolve) => setTimeout(resolve, PATIENCE, "late"));
  if ((await Promise.race([looking, late])) !== "late") return coming;
  const data = await drawGarments(atelier);
  // The files may have come while the garments were drawn.
  if (run.dataInfo.source === "procedural") await run.replace({ data, source: "procedural" });
  else data.free();
}

async function whenReady(): Promise<Run> {
  const all = await engine();
  all.ready ??= dataToRunOn(all);
  await all.ready;
  return all.run;
}

function take(run: Run, atelier: Atelier, { source, files: list }: Found): Promise<void> {
  const data = atelier.Data.files(list.map((f) => f.name), list.map((f) => new Uint8Array(f.bytes)));
  if (source === "official" && data.source() !== "official") {
    data.free();
    throw new Error("The files that were fetched are not the published ones: their checksums differ.");
  }
  // Files of another set are never called Fashion-MNIST, wherever they lay.
  return run.replace({ data, source: data.source() === "official" ? source : "files" });
}

async function useData(choice: DataChoice): Promise<DataInfo> {
  const { run, atelier } = await engine();
  switch (choice.kind) {
    case "procedural": {
      await run.replace({ data: await drawGarments(atelier), source: "procedural" });
      await files.forget();
      break;
    }
    case "beside": {
      const found = arrived ?? (await findFiles());
      if (!found) throw new Error("There are no data files beside this page.");
      await take(run, atelier, found);
      arrived = undefined;
      break;
    }
    case "official": {
      const list = await files.official(progress);
      await take(run, atelier, { source: "official", files: list });
      await files.keep(list);
      break;
    }
    case "files":
      await take(run, atelier, { source: "files", files: choice.files });
      await files.keep(choice.files);
  }
  return run.dataInfo;
}

const handlers: Handlers = {
  async open(ask) {
    opened = open(ask);
    const { run } = await opened;
    return { analysis: run.analysis, data: run.dataInfo, executor: run.executor };
  },
  async analyze({ network }) {
    return (await engine()).atelier.analyze(network) as Analysis;
  },
  async configure({ network, training }) {
    const { run } = await engine();
    await run.replace({ network, training });
    return run.analysis;
  },
  learning_rate: async ({ value }) => (await engine()).run.setLearningRate(value),
  run: async () => (await whenReady()).run(),
  pause: async () => (await engine()).run.pause(),
  step: async () => (await whenReady()).step(),
  reset: async () => (await engine()).run.reset(),
  look: async ({ split, index }) => (await engine()).run.look(split, index),
  watch: async ({ indices }) => (await engine()).run.watch(indices),
  images: async ({ split, indices }) => (await engine()).run.images(split, indices),
  use_data: ({ choice }) => useData(choice),
  executor: async ({ wish }) => (await engine()).run.setExecutor(wish),
  lose_device: async () => (await engine()).run.loseDevice(),
  checkpoint: async () => (await engine()).run.checkpoint(),
  restore: async ({ bytes }) => (await engine()).run.restore(bytes),
};

self.onmessage = ({ data: { id, type, ask } }: MessageEvent<ToWorker>) => {
  const handler = handlers[type] as (ask: unknown) => Promise<unknown>;
  handler(ask).then(
    (answer) => post({ kind: "answer", id, answer }),
    (error: unknown) => post({ kind: "refusal", id, message: text(error) }),
  );
};

function progress(loaded: number, total: number): void {
  emit({ type: "data_progress", loaded, total });
}
