import * as f from "../format";
import type { ExecutorInfo, Split } from "../../engine/protocol";
import { shortName } from "../executor";
import type { Refused } from "../hash";
import { F32_MAX, narrowed, type Range } from "../ranges";
import type { Saying } from "../voice";
import { plural } from "./pieces";
import { draw } from "./draw/en";
import { browserSays, problem, refusal, takes } from "./refusal/en";
import { step } from "./step/en";

const pad = f.padded;
const dims = (shape: readonly number[]) => f.shape(shape);

function tenths(share: number): string {
  if (share === 0 || share === 1) return share === 0 ? "not one picture" : "every picture";
  const n = Math.round(10 * share);
  return n <= 0 ? "hardly a picture" : n >= 10 ? "nearly every picture" : `${n} picture${n === 1 ? "" : "s"} in ten`;
}

function allowed(range: Range): string {
  if (range.kind === "whole") return `a whole number from ${f.count(range.least)} to ${f.count(range.most)}`;
  const lower = `${range.above_least ? "above" : "at least"} ${f.plain(range.least)}`;
  return range.most === F32_MAX ? lower : `${lower} and ${range.below_most ? "below" : "at most"} ${f.plain(range.most)}`;
}

/** What the engine makes of a number that would fit but for its 32 bits. */
function inF32(value: number, range: Range): string {
  const held = narrowed(value, range);
  return held === undefined ? "" : ` The engine counts in 32 bits, where ${f.typed(value)} is ${f.plain(held)}.`;
}

/** "91.3 % of the test pictures right; about one in 12 is wrong." and its edges. */
function outcome({ accuracy, right, of }: Extract<Saying, { says: "finished" }>): string {
  if (right === of) return `all ${plural(of, "test picture")} right.`;
  if (right === 0) return `none of the ${plural(of, "test picture")} right.`;
  const wrong = of - right;
  const [few, what] = wrong <= right ? [wrong, "wrong"] : [right, "right"];
  return `${f.percent(accuracy)} of the test pictures right; about one in ${f.count(Math.round(of / few))} is ${what}.`;
}

export const en = {
  tagline: "A convolutional network you can take apart",
  loading: "Loading",
  close: "Close",
  dismiss: "Dismiss",
  skip: "Skip to the transport",

  modes: "Modes",
  train: "Train",
  stepTab: "Step",
  drawTab: "Draw",

  step,
  draw,

  data: {
    open: "Where the pictures are from",
    chip: (train: number, test: number) => `${f.count(train)} + ${f.count(test)}`,
    counts: (train: number, test: number, classes: number) => `${plural(train, "picture")} to train on, ${f.count(test)} to test with, ${plural(classes, "class", "classes")}.`,
    names: {
      beside: "Fashion-MNIST",
      official: "Fashion-MNIST",
      files: "Other pictures",
      stored: "Fashion-MNIST",
      procedural: "Drawn garments",
    },
    from: {
      beside: "The official files, found beside this page.",
      official: "The official files, fetched from the data set's public repository.",
      files: "Files in the same form that are not the published Fashion-MNIST: given by you, kept from an earlier visit, or found beside this page.",
      stored: "The official files, kept in this browser from an earlier visit.",
      procedural: "Drawn by Atelier itself from a seed, so that it works without a network. They are easier than photographs of real garments.",
    },
    ready: "The data files have arrived",
    readyUse: "Use them",
    readyAbout: "The run goes on with the pictures it began with until you do.",
    fetch: "Fetch Fashion-MNIST",
    fetchSize: "31 MB",
    fetchAbout: "Asks github.com for the four official files and keeps them in this browser.",
    choose: "Choose the four files",
    drop: "or drop them here",
    chooseAbout: "The IDX files of Fashion-MNIST, MNIST or any set in the same form, gzipped or plain.",
    procedural: "Use drawn garments",
    proceduralAbout: "Ten classes, drawn by Atelier itself; no network needed.",
    progress: (loaded: number, total: number) => `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`,
    reading: "Reading",
    kept: "What was loaded before stays in use.",
    restarts: "Other data starts the run anew.",
  },

  executor: {
    open: "What computes, and why",
    chip: (isa: "simd128" | "relaxed", workers: number) => `${isa === "relaxed" ? "relaxed SIMD" : "SIMD"} · ${plural(workers, "worker")}`,
    cpu: "CPU",
    webgpu: "WebGPU",
    isa: {
      simd128: "Four numbers at a time by WebAssembly SIMD. This browser has no fused multiply-add (relaxed SIMD), so each product and sum is two instructions.",
      relaxed: "Four numbers at a time by WebAssembly's relaxed SIMD, whose multiply-add is one instruction where the processor has one.",
    },
    workers: (n: number) =>
      n === 1
        ? "One thread computes."
        : `Every batch is split among ${n} threads, each with its own copy of the module; their gradients are added in a fixed order, so the same seed and as many threads give the same losses. Batch normalisation takes the mean and variance of the whole batch, however many share it.`,
    shaders: "A batch goes to the GPU in one piece where it fits, else in parts. Every operation is a small program in WGSL, a compute shader, that many threads of the GPU run at once, each for a few numbers of the result. The losses come back a few batches later, so that neither waits for the other.",
    agree: "Both run the same plan, operation by operation, from the same seed. Before a GPU is trusted, its numbers are compared with the CPU's; the two agree but for rounding, since a GPU adds up in another order.",
    starting: "Starting",
    moving: { auto: "choosing", cpu: "moving to the CPU", webgpu: "moving to WebGPU" },
    gpuChip: (adapter: string, bytes: number, buffers: number) => [shortName(adapter), `${f.bytes(bytes)} · ${plural(buffers, "buffer")}`],
    choose: "Compute on",
    auto: "Auto",
    choices: {
      auto: "The faster one, once it has given the right numbers.",
      webgpu: "The graphics processor.",
    },
    hindrance: {
      no_webgpu: "Not in this browser, or only over https.",
      no_adapter: "No GPU was found for it.",
    },
    slow: "The adapter is software: the processor plays the GPU. That works, and is slow.",
    adapter: "Adapter",
    software: "software",
    memory: "Memory",
    memoryOf: ({ bytes, buffers, workers }: ExecutorInfo["memory"]) =>
      buffers > 0
        ? `${f.bytes(bytes)} in ${plural(buffers, "buffer")}`
        : workers <= 1
          ? `${f.bytes(bytes)} in one worker`
          : `${f.bytes(bytes)} in one worker; ${workers === 2 ? "another holds" : `${workers - 1} others hold`} as much, but for the optimiser's state`,
    kinds: { parameters: "weights", optimizer: "optimiser", gradients: "gradients", activations: "activations" },
    bytes: (n: number) => `${f.count(n)} bytes`,
    rate: "images a second",
    reason({ kind, reason }: ExecutorInfo): string {
      switch (reason.type) {
        case "starting":
          return "The CPU computes; whether there is a GPU is still being looked at.";
        case "warming":
          return reason.of === 0
            ? "There is a GPU. When the run begins, its shaders are compiled while the CPU trains."
            : `The CPU trains while the GPU's shaders are compiled: ${reason.ready} of ${reason.of} are ready.`;
        case "trial":
          return "The GPU gives the CPU's numbers. Now a few batches show how fast it is.";
        case "faster":
          return "The GPU computes: on this network and batch it is the faster one.";
        case "slower":
          return "The CPU computes: on this network and batch it is the faster one.";
        case "forced":
          return kind === "cpu" ? "The CPU computes, because you chose it." : "The GPU computes, because you chose it.";
        case "no_webgpu":
          return "The CPU computes: this browser has no WebGPU, or keeps it for pages opened over https.";
        case "no_adapter":
          return "The CPU computes: this browser has WebGPU, but found no GPU for it.";
        case "software":
          return `The CPU computes: the adapter that the browser offers, ${shortName(reason.adapter)}, is software: a GPU played by the processor.`;
        case "wrong":
          return `The CPU computes: the GPU failed its test. In ${reason.operation} it gave ${f.number(reason.got)} where the CPU has ${f.number(reason.expected)}.`;
        case "too_big":
          return `The CPU computes: this network does not fit the GPU. ${takes(reason)}`;
        case "lost":
          return `The CPU computes: the GPU was lost. ${browserSays(reason.message)}`;
        case "failed":
          return `The CPU computes: the GPU could not be used. ${browserSays(reason.message)}`;
      }
    },
    browserSays,
    lost: "The GPU was lost",
    goesOn: (back: number) =>
      back === 0 ? "The CPU goes on from where the run stood." : `The CPU goes on from ${plural(back, "batch", "batches")} back, where the weights were last safe.`,
    goBack: "Back to WebGPU",
  },

  language: "中文",
  languageLabel: "中文: switch to Chinese",
  address: {
    title: "Left out of the address",
    because({ key, text, reason }: Refused): string {
      const said = `“${key}=${text.length > 24 ? `${text.slice(0, 23)}…` : text}”`;
      switch (reason.type) {
        case "range":
          return `${said}: ${reason.name} must be ${allowed(reason.range)}.${inF32(reason.value, reason.range)}`;
        case "number":
          return `${said}: ${reason.name} must be a number, such as 12, 0.5 or 1e-3.`;
        case "choice":
          return `${said}: must be one of ${reason.choices.join(", ")}.`;
        case "place":
          return `${said}: there is no such place in this walk.`;
        case "network":
          return `${said}: the network in it is damaged or cut short${reason.message && ` (${reason.message})`}.`;
      }
    },
    stands: "What is usual stands in its place.",
  },
  theme: { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },

  file: {
    menu: "Save and open",
    run: "The run",
    save: "Save weights and progress",
    saveAbout: ".safetensors, with the network in its metadata",
    open: "Open a saved run",
    openAbout: "Comes back whole: its network, settings, weights and progress",
    network: "The network",
    copy: "Copy as JSON",
    download: "Download JSON",
    paste: "Open JSON",
    pasteAbout: "From a file; or drop it here, or paste it anywhere",
    link: "Copy a link to this page",
    linkAbout: "Settings, network and picture; not the weights",
    copied: "Copied",
    notCopied: "This browser does not let the page copy.",
    drop: "Drop the four data files,\na saved run or a network",
    badNetwork: (what: string) => `That is no network: ${what}. It needs "layers", each with "name", "inbound" and a "layer" whose class_name Atelier knows.`,
  },

  offer: {
    title: "Open a run of another network?",
    holds: (found: string, layers: number) => `The file holds a run of “${found}”, a network of ${plural(layers, "layer")}.`,
    replaces: (here: string, layers: number) => `It takes the place of “${here}” with its ${plural(layers, "layer")}, and brings its own settings along.`,
    trained: (batches: number) => `What was trained here, ${plural(batches, "batch", "batches")}, will be gone unless you save it first.`,
    draft: "So will the changes to the network that were not applied.",
    draftAlone: "Changes to the network that were not applied will be gone.",
    open: "Open it",
    keep: "Keep what is here",
  },

  spine: {
    label: "The network, from the picture to its class",
    input: "Choose a picture",
    layer: (name: string, kind: string, shape: readonly number[]) => `${name}, ${kind}, output ${dims(shape)}`,
    mapsHint: "Arrow keys move the cell, Page Up and Page Down the map",
    edit: (name: string) => `Edit ${name}`,
    params: (n: number) => plural(n, "parameter"),
    macs: (n: number) => `${f.count(n)} multiply-adds a picture`,
    cell: (channel: number, channels: number, y: number, x: number) => `map ${channel + 1} of ${channels} · row ${y + 1}, column ${x + 1}`,
    element: (i: number, n: number) => `number ${i + 1} of ${f.count(n)}`,
    pixel: (y: number, x: number) => `row ${y + 1}, column ${x + 1}`,
    sees: (rows: number, columns: number) => `sees ${rows}×${columns} pixels of the picture`,
    seesAll: "sees the whole picture",
    empty: "no value yet",
    truth: "the right answer",
    insert: (before: string) => `Insert a layer after ${before}`,
    insertTitle: "Insert a layer",
  },

  picker: {
    title: "A picture to look at",
    about: "From the test set: the network never trains on these.",
    aboutTraining: "From the training set: the network learns from these.",
    trainingPicture: (index: number, label: string) => `Training picture ${index}: ${label}`,
    splits: { test: "Test", train: "Training" } satisfies Record<Split, string>,
    more: "More",
    back: "Earlier",
    random: "Any",
  },

  curves: {
    loss: "Loss",
    accuracy: "Accuracy",
    training: "training",
    validation: "validation",
    epochs: "epochs",
    smoothed: (batches: number) => (batches <= 1 ? "Of the last batch" : `Mean of the last ${f.count(batches)} batches`),
    lossEmpty: (classes: number) =>
      `The loss of every batch will be drawn here, and that of the test pictures after each epoch. An answer that gives all ${f.count(classes)} classes the same chance costs ln ${f.count(classes)} = ${Math.log(classes).toFixed(2)}.`,
    accuracyEmpty: (classes: number) => `The share of right answers will be drawn here. Guessing among ${f.count(classes)} classes gets about one in ${f.count(classes)}.`,
    lossSummary: (steps: number, loss: string, val: string) => `Loss curve over ${plural(steps, "batch", "batches")}; training ${loss}, validation ${val}.`,
    accuracySummary: (steps: number, acc: string, val: string) => `Accuracy curve over ${plural(steps, "batch", "batches")}; training ${acc}, validation ${val}.`,
  },

  results: {
    tabs: "Validation",
    images: "Images",
    confusion: "Confusion",
    worst: "Worst",
    right: (right: number, of: number) => `${f.count(right)} of ${f.count(of)} right`,
    rightAbout: "Of all test pictures, at the end of the last epoch",
    picture: (index: number, label: string) => `Test picture ${index}: ${label}`,
    said: (label: string) => `said ${label}`,
    noAnswer: "no answer",
    unanswered: (n: number) => `To ${plural(n, "test picture")} the network gave no answer: its outputs were not numbers.`,
    imagesEmpty: "Test pictures and what the network says of them will stand here.",
    confusionTooMany: (classes: number) => `Which class is taken for which other is counted for up to 256 classes; this data set has ${f.count(classes)}. The worst mistakes stand beside.`,
    confusionEmpty: "After the first epoch: how often each class is taken for which other.",
    worstEmpty: "After the first epoch: the test pictures that the network was most wrong about.",
    noMistakes: "No mistakes at all on the test pictures.",
    actual: "is",
    predicted: "said",
    cellTitle: (actual: string, predicted: string, n: number) => (actual === predicted ? `${actual}: ${f.count(n)} right` : `${actual} taken for ${predicted}: ${f.count(n)}`),
    listTitle: (actual: string, predicted: string, n: number) => (actual === predicted ? `${actual}, rightly: ${f.count(n)}` : `${actual}, said ${predicted}: ${f.count(n)}`),
    back: "Back",
    none: "No picture.",
    lossOf: (loss: string) => `loss ${loss}`,
  },

  transport: {
    label: "Transport",
    run: "Run",
    pause: "Pause",
    step: "One batch",
    reset: "Reset",
    runHint: "Space bar",
    stepHint: "Right arrow key",
    resetHint: "Begins from nothing: fresh weights from the seed",
    resetApplies: "Fresh weights with the new settings",
    at: (epoch: number, epochs: number, batch: number, batches: number, compact: boolean) =>
      compact ? ["Epoch ", `${epoch}`, `/${epochs} · batch `, pad(batch, batches), `/${batches}`] : ["Epoch ", `${epoch}`, ` of ${epochs} · batch `, pad(batch, batches), ` of ${batches}`],
    ahead: (epochs: number, batches: number, size: number, pictures: number) => {
      const each = pictures % size === 0 ? `${plural(size, "picture")} each` : batches === 1 ? plural(pictures, "picture") : `up to ${plural(size, "picture")} each`;
      return `${plural(epochs, "epoch")} of ${plural(batches, "batch", "batches")}, ${each}`;
    },
    keys: "Space runs and pauses",
    speed: (rate: number) => `${f.speed(rate)} images/s`,
    left: (seconds: number) => `${f.duration(seconds)} left`,
    validating: (share: number) => `validating ${Math.round(100 * share)} %`,
    done: "done",
    progress: "Progress of the epoch",
  },

  settings: {
    open: "Settings of the training",
    optimizer: "Optimiser",
    rate: "Rate",
    batch: "Batch",
    epochs: "Epochs",
    seed: "Seed",
    adam: "Adam",
    sgd: "SGD",
    momentum: "Momentum",
    nesterov: "Nesterov",
    about: {
      optimizer: "How a gradient becomes a change of the weights.",
      learning_rate: "How large the changes are. May be turned while it runs.",
      batch_size: "Pictures that one change of the weights is computed from.",
      epochs: "How often all training pictures are seen.",
      seed: "The same seed gives the same first weights and the same order of pictures.",
      beta_1: "How slowly Adam forgets old gradients.",
      beta_2: "How slowly it forgets their squares.",
      epsilon: "Keeps it from dividing by zero.",
      momentum: "Share of the last change that is made again.",
      nesterov: "Looks ahead along the momentum before it turns.",
    },
    waits: "Takes effect at the next reset.",
    invalid: (range: Range, value: number) => (Number.isNaN(value) ? `Must be ${allowed(range)}.` : `Left out: it must be ${allowed(range)}.${inF32(value, range)}`),
  },

  edit: {
    open: "Edit network",
    done: "Done",
    bar: "Editing the network",
    undo: "Undo",
    redo: "Redo",
    presets: "Presets",
    presetNames: {
      seed: ["Fashion-MNIST CNN", "five convolutions; the one that Atelier begins with"],
      small: ["Small", "two convolutions; quick on a phone"],
      lenet: ["LeNet", "LeCun et al. 1998, as courses teach it"],
      normalized: ["Batch norm and dropout", "two blocks, normalised and thinned out"],
      residual: ["Residual", "two blocks with a shortcut, He et al. 2015"],
    } as Record<string, [string, string]>,
    apply: "Apply",
    applyHint: "Builds the network, with fresh weights",
    discard: "Discard",
    total: (n: number) => `${f.count(n)} parameters`,
    impossible: "Cannot be built",
    name: "name",
    nameAbout: "Takes effect when you press Enter or leave the field. The wires stay with the layer.",
    nameTaken: (name: string) => `Another layer is called “${name}”. Each needs a name of its own; this one keeps its old name until then.`,
    nameEmpty: "A layer needs a name; this one keeps its old name until then.",
    inbound: "fed by",
    inboundAbout: { Add: "The layers whose outputs this one takes, all of one shape.", Concatenate: "The layers whose outputs this one takes, all of one height and width." } as Record<string, string>,
    noSoftmax: (units: number) =>
      `It does not end in softmax, so its ${f.count(units)} numbers are no probabilities; the loss only divides them by their sum. To have it choose among ${f.count(units)} classes, give it the activation softmax.`,
    moveLeft: "Move left",
    moveRight: "Move right",
    remove: "Remove",
    output: "output",
    parameters: "parameters",
    macs: "multiply-adds",
    frozen: "frozen",
    default: "pool's size",
    layers: {
      InputLayer: "Where the picture enters.",
      Conv2D: "Slides small kernels over its input and adds up what lies beneath each.",
      DepthwiseConv2D: "Slides a kernel of its own over each map, and mixes none.",
      MaxPooling2D: "Keeps the largest number of each window.",
      AveragePooling2D: "Keeps the mean of each window.",
      GlobalAveragePooling2D: "Keeps one number a map: its mean.",
      Dense: "Joins every number that comes in with every one that goes out.",
      Flatten: "Lays all maps out as one row of numbers.",
      Activation: "A function applied to each number by itself; softmax, to all numbers of a cell together.",
      ReLU: "Turns what is negative into 0; with a maximum, nothing goes beyond it.",
      BatchNormalization: "Shifts and scales each channel to mean 0 and variance 1 over the batch, then to what it learns.",
      Dropout: "Zeroes a random share of its input while training, and makes the rest larger by as much.",
      Add: "Adds tensors of one shape, number by number.",
      Concatenate: "Puts the channels of several tensors side by side.",
      ZeroPadding2D: "Surrounds each map with zeros.",
    } as Record<string, string>,
    fields: {
      filters: "How many kernels, and so how many maps come out.",
      kernel_size: "Rows and columns of each kernel.",
      strides: "How far the window moves between two cells.",
      padding: "valid: only windows wholly inside. same: zeros around, so that stride 1 keeps the size.",
      pool_padding: "valid: only windows wholly inside. same: windows may reach over the edge; what lies outside does not count.",
      own_activation: "The function applied to each number.",
      dilation_rate: "Distance between the kernel's cells; 1 leaves no holes.",
      use_bias: "Adds a learnt number to each channel.",
      activation: "The function applied to each sum.",
      negative_slope: "Slope of leaky ReLU for what is negative.",
      max_value: "The most that comes out; empty: no limit.",
      depth_multiplier: "How many maps each map makes.",
      depthwise_initializer: "How the weights begin.",
      kernel_initializer: "How the weights begin.",
      bias_initializer: "How the biases begin.",
      pool_size: "Rows and columns of the window.",
      units: "How many numbers come out.",
      momentum: "How slowly the running mean and variance follow the batch's.",
      epsilon: "Added to the variance, so that nothing is divided by zero.",
      center: "Adds a learnt offset, beta.",
      scale: "Multiplies by a learnt factor, gamma.",
      rate: "The share that is zeroed.",
      trainable: "Off: the layer is frozen, and training leaves its weights as they are.",
      trainable_moments: "Off: the layer is frozen. It normalises by its running mean and variance in training too, and learns nothing.",
      shape: "Height, width and channels.",
      top_bottom: "Rows of zeros above and below.",
      left_right: "Columns of zeros on either side.",
    } as Record<string, string>,
  },

  problem,
  refusal,

  say(saying: Saying): string {
    switch (saying.says) {
      case "opening":
        return "The engine is being loaded; the network appears in a moment.";
      case "unopened":
        return "The engine could not be opened, so there is no network to show.";
      case "fresh":
        return "This network has learnt nothing yet; its answer is no better than a guess. Press Run.";
      case "learnt":
        return "This network was trained before you came, and knows garments. Run trains it on from here; Reset lets it begin from nothing.";
      case "restored": {
        const back = saying.epochAnew
          ? "The saved run is back, weights and all. It was saved in the middle of an epoch, and its file does not say that it was over these pictures: the epoch begins anew."
          : "The saved run is back, weights and all; Run goes on from where it stood.";
        return saying.freshOptimizer ? `${back} Its file holds no state for the optimiser, which begins afresh.` : back;
      }
      case "editing":
        return "Change a layer at its name, or put one between two others; the shapes follow.";
      case "settings":
        return "The new settings need fresh weights: press Reset to begin with them.";
      case "starting":
        return "The pictures are being made ready; the first batch is on its way.";
      case "dataReady":
        return "The data files have arrived; this run goes on with the pictures it began with. Change over at the data set's name above.";
      case "begun":
        return saying.falls
          ? "The first corrections are being made; the loss falls fast while there is much to put right."
          : "The first corrections are being made; the loss has not begun to fall yet.";
      case "learning":
        return `Of the last batches the network gets ${tenths(saying.accuracy)} right; every batch moves its weights a little.`;
      case "validating":
        return "The epoch is over. Now the test pictures are shown, which it never learns from.";
      case "epoch":
        return saying.change === null
          ? `After ${saying.epoch === 1 ? "the first epoch" : `epoch ${saying.epoch}`} it gets ${f.percent(saying.accuracy)} of the test pictures right.`
          : saying.change >= 0.0005
            ? `Epoch ${saying.epoch} brought it to ${f.percent(saying.accuracy)} on the test pictures, ${f.points(saying.change)} points more than before.`
            : saying.change <= -0.0005
              ? `Epoch ${saying.epoch} left it at ${f.percent(saying.accuracy)} on the test pictures, ${f.points(saying.change)} points less than before.`
              : `Epoch ${saying.epoch} changed little: ${f.percent(saying.accuracy)} of the test pictures are right.`;
      case "overfitting":
        return "Training loss still falls, validation loss rises: it begins to learn these pictures by heart. Stop here, or try a smaller network or more dropout.";
      case "notFinite":
        return saying.first
          ? "The loss of the first batch is not a finite number: what this network computes outgrows 32 bits before anything is learnt. Begin with smaller weights, or normalise between the layers."
          : "The loss is no longer a finite number, most often because the steps were too large. Try a tenth of the rate, and reset.";
      case "paused":
        return "Paused. Everything stands as it was after the last batch.";
      case "finished":
        return `Done. It gets ${outcome(saying)} Reset begins anew.`;
      case "failed":
        return "The engine stopped; Reset begins again.";
    }
  },

  readout: {
    layerScale: "colours of this layer",
  },

  live: {
    epoch: (epoch: number, loss: string, accuracy: string, valLoss: string, valAccuracy: string) =>
      `Epoch ${epoch}: training loss ${loss}, accuracy ${accuracy}; validation loss ${valLoss}, accuracy ${valAccuracy}.`,
    finished: "Training has finished",
  },

  renewal: {
    title: "The engine stopped, and was started again",
    anew: "The pictures are not those that it was trained on: its epoch begins anew.",
    stands: (iteration: number) =>
      iteration === 0 ? "Nothing had been trained that could be kept: the run stands at its beginning." : `The run stands at update ${f.count(iteration)}, where it was last safe, and is paused. What came after it is trained again.`,
    reason: (message: string) => `The browser says: “${message}”. If it happens again: a smaller network or batch takes less memory.`,
  },
  error: {
    title: "Something went wrong",
    engine: "Reset begins again with fresh weights; if that fails, reload the page. Settings and network are kept in the address.",
    unopenedTitle: "Atelier could not be opened",
    unopened: "Reload the page. If that does not help, a file of this site is missing or damaged, or the browser is out of memory: close other pages, or use another copy of the site.",
    refused: "Nothing was changed.",
    refusedTitle: "That could not be done",
    reload: "Reload",
  },

  /** Class names as the data set's authors write them, and as they are shown. */
  shortClasses: { "Ankle boot": "Boot" } as Record<string, string>,
  classes: { "T-shirt/top": "T-shirt" } as Record<string, string>,

  kinds: {
    InputLayer: "Input",
    Conv2D: "Conv2D",
    DepthwiseConv2D: "Depthwise",
    MaxPooling2D: "MaxPool",
    AveragePooling2D: "AvgPool",
    GlobalAveragePooling2D: "GlobalAvg",
    Dense: "Dense",
    Flatten: "Flatten",
    Activation: "Activation",
    ReLU: "ReLU",
    BatchNormalization: "BatchNorm",
    Dropout: "Dropout",
    Add: "Add",
    Concatenate: "Concat",
    ZeroPadding2D: "ZeroPad",
  } as Record<string, string>,
};

export type Messages = typeof en;
