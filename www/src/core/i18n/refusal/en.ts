/** What was refused, and what to do, in English: the engine's refusals by their codes. */
import type { ExecutorReason, Refusal } from "../../../engine/protocol";
import type { WeightsMisfit } from "../../../engine/generated/types/WeightsMisfit";
import type { Fault } from "../../complaint";
import * as f from "../../format";
import { draw } from "../draw/en";
import { plural } from "../pieces";

const dims = (shape: readonly number[]) => f.shape(shape);

export const browserSays = (message: string): string => (message ? `The browser says: “${message}”` : "The browser gives no reason.");

/** Of a network that a GPU has no room for. */
export const takes = ({ bytes, room }: { bytes: number; room: number | null }): string =>
  `It takes ${f.bytes(bytes)}${room === null ? ", more than there is" : `, and there is room for ${f.bytes(room)}`}. A smaller batch or fewer units take less.`;

export function problem(problem: Fault): string {
  switch (problem.kind) {
    case "duplicate_name":
      return "Another layer has this name. Give each its own.";
    case "unknown_input":
      return `It is fed by “${problem.input}”, and no layer before it is called that.`;
    case "input_count":
      return `It takes ${problem.expected} input${problem.expected === "1" ? "" : "s"} and has ${problem.got}.`;
    case "rank":
      return problem.got.length === 1
        ? `It needs maps (height, width, channels) and gets a row of ${f.count(problem.got[0])} numbers. Put it where there are still maps.`
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
}

/** Null: the engine's own words say it. */
export function refusal(refusal: Refusal): string | null {
  switch (refusal.code) {
    case "network":
      return `Layer “${refusal.layer}”: ${problem(refusal.problem)}`;
    case "setting":
      return problem({ kind: "value", ...refusal });
    case "input_shape":
      return `The network takes ${dims(refusal.got)}, and the pictures are ${dims(refusal.expected)}. Give its input layer their shape, or choose pictures of the network's.`;
    case "output_shape":
      return `The network ends in ${dims(refusal.got)}, and the pictures have ${plural(refusal.classes, "class", "classes")}. End it in a Dense of ${plural(refusal.classes, "unit")}, or choose pictures of as many classes as the network knows.`;
    case "no_pictures":
      return `The data set has no pictures to ${refusal.part === "test" ? "test with" : "train on"}. Choose another.`;
    case "not_a_checkpoint":
      return `This is not a run that Atelier saved, or the file is damaged: ${unreadable(refusal)}`;
    case "other_network":
      return `The weights in the file do not fit its network: ${misfit(refusal)}`;
    case "format":
      return format(refusal);
    case "weights":
      return refusal.misfits.map(weightsMisfit).join(" ");
    case "executor":
      return `The network takes ${f.bytes(refusal.bytes)} of memory, and there is less. A smaller batch or fewer filters take less.`;
    case "gpu":
      return gpuRefusal(refusal.reason);
    case "too_big":
      return `This network takes ${f.bytes(refusal.needed)} with batches of ${f.count(refusal.batch)}, and there is room for ${f.bytes(refusal.room)}. ${
        refusal.fits === 0 ? "Not even one picture at a time fits: give it fewer filters or units, or pool earlier." : `Batches of ${f.count(refusal.fits)} fit.`
      }`;
    case "wrong_gpu":
      return `The GPU computes wrongly: in ${refusal.operation} it gave ${f.number(refusal.got)} where the CPU has ${f.number(refusal.expected)}.`;
    default:
      return draw.refused(refusal);
  }
}

function unreadable(refusal: Extract<Refusal, { code: "not_a_checkpoint" }>): string {
  switch (refusal.kind) {
    case "format":
      return `it is no sound safetensors file (${refusal.reason}).`;
    case "foreign":
      return "something else wrote it.";
    case "description":
      return `its description of the run is damaged (${refusal.reason}).`;
    case "updates":
      return `it tells of ${f.count(refusal.count)} updates, more than any run does.`;
    case "numbers":
      return `its tensor “${refusal.tensor}” holds ${refusal.numbers}, neither F32 nor F16.`;
  }
}

function misfit(refusal: Extract<Refusal, { code: "other_network" }>): string {
  switch (refusal.kind) {
    case "missing":
      return `it has no “${refusal.tensor}”.`;
    case "shape":
      return `“${refusal.tensor}” is ${dims(refusal.got)} in the file and ${dims(refusal.expected)} in the network.`;
    case "too_few":
      return `there are too few numbers (${f.count(refusal.got)}) for “${refusal.tensor}”.`;
    case "none":
      return "there are none.";
  }
}

/** A file that holds no weights that can be read. */
function format(refusal: Extract<Refusal, { code: "format" }>): string {
  switch (refusal.kind) {
    case "read":
      return `The file cannot be read (${refusal.reason}).`;
    case "unknown":
      return "This is neither a safetensors file nor HDF5 as Keras writes it. Give the file that holds the weights.";
    case "damaged":
      return `The file is damaged (${refusal.reason}).`;
    case "hdf5":
      return "This is HDF5, as Keras writes it, which the page does not read. Give the weights as safetensors; `cargo xtask recognise` reads both.";
    case "not_keras":
      return "This is HDF5, and not what Keras writes: there is neither “layer_names” nor a group “layers”.";
    case "layer":
      return `Its layer “${refusal.layer}” cannot be built: ${refusal.why}.`;
    case "no_network":
      return "It holds weights, and no description of their network. Choose the network.";
    case "numbers":
      return `Its tensor “${refusal.tensor}” holds ${refusal.numbers}; float16, bfloat16, float32 and float64 can be read.`;
  }
}

/** A tensor of a file, or a layer, that is not the network's. */
export function weightsMisfit(one: WeightsMisfit): string {
  switch (one.kind) {
    case "missing":
      return `Layer “${one.layer}”: its ${one.name}, ${dims(one.expected)}, is not in the file.`;
    case "shape":
      return `Layer “${one.layer}”: its ${one.name} is ${dims(one.expected)}, and “${one.tensor}” in the file is ${dims(one.found)}.`;
    case "tensors":
      return `Layer “${one.layer}” has ${plural(one.expected, "tensor")}, and “${one.in_file}” in the file has ${f.count(one.found)}.`;
    case "layers":
      return `The network has ${plural(one.expected, "layer")} with weights, and the file has ${f.count(one.found)}.`;
  }
}

/** What a GPU did not do, where it was not training that asked. */
function gpuRefusal(reason: ExecutorReason): string | null {
  switch (reason.type) {
    case "no_webgpu":
      return "This browser has no WebGPU, or keeps it for pages opened over https.";
    case "no_adapter":
      return "This browser has WebGPU, but found no GPU for it.";
    case "too_big":
      return `The network does not fit the GPU. ${takes(reason)}`;
    case "lost":
      return `The GPU was lost. ${browserSays(reason.message)}`;
    case "failed":
      return `The GPU could not be used. ${browserSays(reason.message)}`;
    default:
      return null;
  }
}
