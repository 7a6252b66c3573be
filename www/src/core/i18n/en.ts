import * as f from "../format";
import type { ExecutorInfo } from "../../engine/protocol";
import type { Fault } from "../complaint";
import { shortName } from "../executor";
import type { Saying } from "../voice";

const pad = f.padded;
const dims = (shape: readonly number[]) => f.shape(shape);
const plural = (n: number, one: string, many = `${one}s`) => `${f.count(n)} ${n === 1 ? one : many}`;

function tenths(share: number): string {
  const n = Math.round(10 * share);
  return n <= 0 ? "hardly a picture" : n >= 10 ? "nearly every picture" : `${n} picture${n === 1 ? "" : "s"} in ten`;
}

export const en = {
  tagline: "A convolutional network you can take apart",
  loading: "Loading",
  close: "Close",
  dismiss: "Dismiss",
  skip: "Skip to the transport",

  modes: "Modes",
  train: "Train",

  data: {
    open: "Where the pictures are from",
    chip: (train: number, test: number) => `${f.count(train)} + ${f.count(test)}`,
    counts: (train: number, test: number) => `${plural(train, "picture")} to train on, ${f.count(test)} to test with, ten classes, 28×28 grey pixels each.`,
    names: {
      beside: "Fashion-MNIST",
      official: "Fashion-MNIST",
      files: "Your files",
      stored: "Fashion-MNIST",
      procedural: "Drawn garments",
    },
    from: {
      beside: "The official files, found beside this page.",
      official: "The official files, fetched from the data set's public repository.",
      files: "The four files you gave.",
      stored: "Files kept in this browser from an earlier visit.",
      procedural: "Drawn by Atelier itself from a seed, so that it works without a network. They are easier than photographs of real garments.",
    },
    ready: "Fashion-MNIST has arrived",
    readyUse: "Use it",
    readyAbout: "The run on the drawn garments goes on until you do.",
    fetch: "Fetch Fashion-MNIST",
    fetchSize: "30 MB",
    fetchAbout: "Asks github.com for the four official files and keeps them in this browser.",
    choose: "Choose the four files",
    drop: "or drop them here",
    chooseAbout: "The IDX files of Fashion-MNIST, MNIST or any set in the same form, gzipped or plain.",
    procedural: "Use drawn garments",
    proceduralAbout: "Ten classes, drawn from the seed.",
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
      relaxed: "Four numbers at a time by WebAssembly's relaxed SIMD, whose multiply-add is one instruction on this processor.",
    },
    workers: (n: number) =>
      n === 1
        ? "One thread computes."
        : `Every batch is split among ${n} threads, each with its own copy of the module; their gradients are added in a fixed order, so the same seed and as many workers give the same losses. Batch normalisation takes the mean and variance of each thread's own share.`,
    shaders: "Where it fits, a batch goes to the GPU in one piece, so that batch normalisation sees all of it. Every operation is a small program in WGSL, a compute shader, and thousands of the GPU's threads run it at once, each for a few numbers of the result. The losses come back a few batches later, so that neither waits for the other.",
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
    memoryOf: (bytes: number, buffers: number) => `${f.bytes(bytes)} in ${plural(buffers, "buffer")}`,
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
          return `The CPU computes: the only adapter, ${shortName(reason.adapter)}, is software, a GPU played by the processor.`;
        case "wrong":
          return `The CPU computes: the GPU failed its test. In ${reason.operation} it gave ${f.number(reason.got)} where the CPU has ${f.number(reason.expected)}.`;
        case "too_big":
          return `The CPU computes: this network does not fit the GPU (${reason.message}).`;
        case "lost":
          return `The CPU computes: the GPU was lost. ${en.executor.browserSays(reason.message)}`;
        case "failed":
          return `The CPU computes: the GPU could not be used (${reason.message}).`;
      }
    },
    browserSays: (message: string): string => (message ? `The browser says: “${message}”` : "The browser gives no reason."),
    lost: "The GPU was lost",
    goesOn: (back: number) =>
      back === 0 ? "The CPU goes on from where the run stood." : `The CPU goes on from ${plural(back, "batch", "batches")} back, where the weights were last safe.`,
    goBack: "Back to WebGPU",
  },

  language: "中文",
  languageLabel: "Switch to Chinese",
  theme: { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },

  file: {
    menu: "Save and open",
    run: "The run",
    save: "Save weights and progress",
    saveAbout: ".safetensors, with the network in its metadata",
    open: "Open a saved run",
    openAbout: "Must fit the network as it stands",
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

  spine: {
    label: "The network, from the picture to the ten classes",
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
    smoothed: "Smoothed over some twenty batches",
    lossEmpty: "The loss of every batch will be drawn here, and that of the test pictures after each epoch. Ten classes guessed at random cost ln 10 = 2.30.",
    accuracyEmpty: "The share of right answers will be drawn here. Guessing at random gets one in ten.",
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
    imagesEmpty: "Test pictures and what the network says of them will stand here.",
    confusionTooMany: "A table of all classes is kept for up to 256 of them; this data set has more.",
    confusionEmpty: "After the first epoch: how often each class is taken for which other.",
    worstEmpty: "After the first epoch: the test pictures that the network was most wrong about.",
    noAnswer: "no answer",
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
    resetHint: "Fresh weights from the seed",
    resetApplies: "Fresh weights with the new settings",
    at: (epoch: number, epochs: number, batch: number, batches: number, compact: boolean) =>
      compact ? ["Epoch ", `${epoch}`, `/${epochs} · batch `, pad(batch, batches), `/${batches}`] : ["Epoch ", `${epoch}`, ` of ${epochs} · batch `, pad(batch, batches), ` of ${batches}`],
    ahead: (epochs: number, batches: number, size: number) => `${plural(epochs, "epoch")} of ${plural(batches, "batch", "batches")}, ${f.count(size)} pictures each`,
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
      seed: "The same seed gives the same first weights, order and losses.",
      beta_1: "How slowly Adam forgets old gradients.",
      beta_2: "How slowly it forgets their squares.",
      epsilon: "Keeps it from dividing by zero.",
      momentum: "Share of the last change that is made again.",
      nesterov: "Looks ahead along the momentum before it turns.",
    },
    waits: "Takes effect at the next reset.",
    invalid: (least: string, most: string) => `From ${least} to ${most}.`,
  },

  edit: {
    open: "Edit network",
    done: "Done",
    bar: "Editing the network",
    undo: "Undo",
    redo: "Redo",
    presets: "Presets",
    presetNames: {
      seed: ["Fashion-MNIST CNN", "the network this page opens with, 287,402 parameters"],
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
    inbound: "fed by",
    inboundAbout: "The layers whose outputs this one takes, all of one shape.",
    moveLeft: "Move left",
    moveRight: "Move right",
    remove: "Remove",
    output: "output",
    parameters: "parameters",
    default: "pool's size",
    layers: {
      InputLayer: "Where the picture enters.",
      Conv2D: "Slides small kernels over its input and adds up what lies beneath each.",
      MaxPooling2D: "Keeps the largest number of each window.",
      AveragePooling2D: "Keeps the mean of each window.",
      GlobalAveragePooling2D: "Keeps one number a map: its mean.",
      Dense: "Joins every number that comes in with every one that goes out.",
      Flatten: "Lays all maps out as one row of numbers.",
      Activation: "A function applied to each number by itself.",
      BatchNormalization: "Shifts and scales each channel to mean 0 and variance 1 over the batch, then to what it learns.",
      Dropout: "Zeroes a random share of its input while training.",
      Add: "Adds tensors of one shape, number by number.",
      Concatenate: "Puts the channels of several tensors side by side.",
      ZeroPadding2D: "Surrounds each map with zeros.",
    } as Record<string, string>,
    fields: {
      filters: "How many kernels, and so how many maps come out.",
      kernel_size: "Rows and columns of each kernel.",
      strides: "How far the window moves between two cells.",
      padding: "valid: only windows wholly inside. same: zeros around, so that stride 1 keeps the size.",
      dilation_rate: "Distance between the kernel's cells; 1 leaves no holes.",
      use_bias: "Adds a learnt number to each channel.",
      activation: "The function applied to each sum.",
      negative_slope: "Slope of leaky ReLU for what is negative.",
      kernel_initializer: "How the weights begin.",
      bias_initializer: "How the biases begin.",
      pool_size: "Rows and columns of the window.",
      units: "How many numbers come out.",
      momentum: "How slowly the running mean and variance follow the batch's.",
      epsilon: "Added to the variance, so that nothing is divided by zero.",
      center: "Adds a learnt offset, beta.",
      scale: "Multiplies by a learnt factor, gamma.",
      rate: "The share that is zeroed.",
      shape: "Height, width and channels.",
      top_bottom: "Rows of zeros above and below.",
      left_right: "Columns of zeros on either side.",
    } as Record<string, string>,
  },

  problem(problem: Fault): string {
    switch (problem.kind) {
      case "duplicate_name":
        return "Another layer has this name. Give each its own.";
      case "unknown_input":
        return `It is fed by “${problem.input}”, and no layer before it is called that.`;
      case "input_count":
        return `It takes ${problem.expected} input${problem.expected === "1" ? "" : "s"} and has ${problem.got}.`;
      case "rank":
        return problem.got.length === 1
          ? `It needs maps (height, width, channels) and gets a row of ${f.count(problem.got[0])} numbers. Put it before the Flatten.`
          : `It needs one row of numbers and gets ${dims(problem.got)}. Put a Flatten or a GlobalAveragePooling2D before it.`;
      case "value":
        return `${problem.field} is ${problem.value}; it must be ${problem.allowed}.`;
      case "window_too_large":
        return `Its window covers ${dims(problem.window)} cells and its input has only ${dims(problem.input)}. Make the window smaller, pad with “same”, or pool less before it.`;
      case "shapes_differ":
        return `It joins tensors of different shapes: ${problem.shapes.map(dims).join(" and ")}.`;
      case "no_input":
        return "A network begins with an input layer.";
      case "second_input":
        return "A network has one input layer, at its beginning.";
      case "unused":
        return "Nothing uses its output. Let a later layer take it, or remove it.";
      case "target_shape":
        return `The network ends in ${dims(problem.got)}, and there are ${dims(problem.expected)} classes. End in a Dense of ${dims(problem.expected)} units.`;
      case "unknown_layer":
        return `The layer “${problem.layer}” is asked for, and the network has none of that name.`;
      case "no_loss":
        return "Gradients of the loss are asked for, and no loss is chosen.";
      case "update_without_gradients":
        return "An update is asked for without the gradients that it is made of.";
      case "no_gradients":
        return "The way back is to begin here, and no gradient is asked for.";
      case "no_activation":
        return "The way back is to begin before its activation, and it has none.";
      case "not_upstream":
        return "Its gradient is asked for, and what the way back begins from does not depend on it.";
      case "not_differentiable":
        return `A gradient is asked for that would pass its ${problem.operation}, which has none.`;
      case "too_large":
        return `It would hold ${f.count(problem.numbers)} numbers, more than ${f.count(problem.limit)}.`;
    }
  },

  say(saying: Saying): string {
    switch (saying.says) {
      case "opening":
        return "The engine is being loaded; the network appears in a moment.";
      case "fresh":
        return "This network has learnt nothing yet: its weights are random, and so is its answer. Press Run.";
      case "restored":
        return "The saved run is back, weights and all; Run goes on from where it stood.";
      case "editing":
        return "Change a layer at its name, or put one between two others; the shapes follow.";
      case "settings":
        return "The new settings need fresh weights: press Reset to begin with them.";
      case "starting":
        return "The pictures are being shuffled; the first batch is on its way.";
      case "dataReady":
        return "Fashion-MNIST has arrived; this run goes on with drawn garments. Change over at the data set's name above.";
      case "begun":
        return "The first corrections are being made; the loss falls fast while there is much to put right.";
      case "learning":
        return `Of the last batches the network gets ${tenths(saying.accuracy)} right; every batch moves all its weights a little.`;
      case "validating":
        return "The epoch is over. Now the test pictures are shown, which it never learns from.";
      case "epoch":
        return saying.change === null
          ? `After the first epoch it gets ${f.percent(saying.accuracy)} of the test pictures right.`
          : saying.change >= 0.0005
            ? `Epoch ${saying.epoch} brought it to ${f.percent(saying.accuracy)} on the test pictures, ${f.points(saying.change)} points more than before.`
            : saying.change <= -0.0005
              ? `Epoch ${saying.epoch} left it at ${f.percent(saying.accuracy)} on the test pictures, ${f.points(saying.change)} points less than before.`
              : `Epoch ${saying.epoch} changed little: ${f.percent(saying.accuracy)} of the test pictures are right.`;
      case "overfitting":
        return "Training loss still falls, validation loss rises: it learns these pictures by heart. Stop here, or try dropout.";
      case "notFinite":
        return "The loss is no longer a number: the steps were too large. Lower the rate to a tenth and reset.";
      case "paused":
        return "Paused. Everything stands as it was after the last batch.";
      case "finished":
        return `Done. It gets ${f.percent(saying.accuracy)} of the test pictures right; about one in ${f.count(saying.oneIn)} is wrong. Reset begins anew.`;
      case "failed":
        return "The engine stopped. What it said stands below; Reset begins again.";
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

  error: {
    title: "Something went wrong",
    engine: "Reset begins again with fresh weights; if that fails, reload the page. Settings and network are kept in the address.",
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
    MaxPooling2D: "MaxPool",
    AveragePooling2D: "AvgPool",
    GlobalAveragePooling2D: "GlobalAvg",
    Dense: "Dense",
    Flatten: "Flatten",
    Activation: "Activation",
    BatchNormalization: "BatchNorm",
    Dropout: "Dropout",
    Add: "Add",
    Concatenate: "Concat",
    ZeroPadding2D: "ZeroPad",
  } as Record<string, string>,
};

export type Messages = typeof en;
