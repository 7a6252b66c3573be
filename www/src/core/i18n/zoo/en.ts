/** What the Zoo view says. */
import type { Refusal } from "../../../engine/failure";
import * as f from "../../format";
import { plural } from "../pieces";
import { weightsMisfit } from "../refusal/en";

export const zoo = {
  opening: "Opening the zoo…",
  drop: "Drop weights (.safetensors), class names (.json)\nor a picture",
  bench: "A published network looks at your picture",
  network: "The network, folded into blocks",
  model: "Model",
  weights: "Weights…",
  weightsHint: "A safetensors file with Keras's names (layer/kernel) or PyTorch's (layer.weight)",
  random: "Random weights",
  randomAbout: (title: string) => `${title} has learnt nothing here yet: its weights are random numbers, and its answers mean nothing. Give it a file of weights (.safetensors).`,
  from: (file: string) => `Weights from ${file}`,
  about: (params: number, layers: number, bytes: number) => `${f.count(params)} parameters in ${plural(layers, "layer")}; takes ${f.bytes(bytes)} while it answers`,
  open: "Open a picture…",
  openHint: "You can also drop or paste one",
  camera: "Camera",
  crop: "Centre crop",
  cropHint: (side: number) => `The centre of the picture instead of the whole, drawn out to ${side} × ${side}`,
  picture: "Your picture",
  pictureEmpty: "Drop or paste a photograph here, or open one below. It stays on this machine.",
  answer: "The five likeliest of its classes",
  answerEmpty: "What the network takes the picture for will stand here.",
  class: (index: number) => `Class ${index}`,
  names: "Class names…",
  namesAbout: "Only numbers are known here. The names come as a file, imagenet_class_index.json as Keras publishes it.",
  time: (first: number, later: number) => `${f.number(first)} ms the first time, ${f.number(later)} ms after that`,
  block: (name: string, layers: number) => (layers > 1 ? `${name} · ${plural(layers, "layer")}` : name),
  layers: (name: string) => `The layers of ${name}`,
  name: "Name",
  kind: "Kind",
  shape: "Output",
  params: "Parameters",
  refused: "That was not taken",
  stays: "What was there stays as it was.",
  misfits: (count: number) => `The file is not this network's: ${plural(count, "thing does", "things do")} not fit.`,
  misfit: weightsMisfit,
  /** Null: the common words say it. */
  refusal: (refusal: Refusal | undefined): string | null => {
    if (refusal?.code === "too_big") return `It takes ${f.bytes(refusal.needed)} and there is room for ${f.bytes(refusal.room)}. Choose a smaller network.`;
    return null;
  },
  told: (name: string, probability: number) => `${name}, ${f.percent(probability)}`,
};
