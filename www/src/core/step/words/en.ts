import * as f from "../../format";
import { apart } from "./figures";
import { lossKind } from "./formula/scoring";
import type { Place, Told } from "./told";
import type { Voice } from "./voice";

const n = f.number;
const chosen = f.plain;
const count = f.count;

function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function place(at: Place): string {
  switch (at.in) {
    case "map":
      return `row ${at.row}, column ${at.column} of map ${at.channel}`;
    case "kernel":
      return `row ${at.row}, column ${at.column} of kernel ${at.filter}, channel ${at.channel}`;
    case "matrix":
      return `from number ${count(at.input)} to unit ${count(at.unit)}`;
    case "vector":
      return `number ${count(at.index)}`;
    case "scalar":
      return "the one number";
  }
}

const channelOf = (told: Told): number => {
  const at = told.place();
  return at.in === "map" ? at.channel : at.in === "kernel" ? at.filter : at.in === "vector" ? at.index : 1;
};

/** The maps that a kernel lies over. */
function maps(told: Told, each: boolean): string {
  const channels = told.channels("x");
  if (told.isPicture("x")) return channels === 1 ? "the picture" : `${each ? "each of " : ""}the picture’s ${channels} channels`;
  return channels === 1 ? "the map before it" : `${each ? "each of " : ""}the ${count(channels)} maps before it`;
}

/** What the layer's activation makes of a sum. */
function activated(told: Told): string {
  const { activation, value } = told;
  if (activation === "linear" || activation === "softmax") return "";
  if (Number.isNaN(value)) return " It is not a number, and no function makes one of it.";
  if (activation === "sigmoid") return ` The sigmoid squeezes it between 0 and 1: ${n(value)}.`;
  if (activation === "tanh") return ` Tanh squeezes it between −1 and 1: ${n(value)}.`;
  if (typeof activation === "object" && "clipped_relu" in activation) {
    const { max_value } = activation.clipped_relu;
    if (value >= max_value) return ` ReLU lets no more than ${chosen(max_value)} through.`;
    return value > 0 ? ` It lies between 0 and ${chosen(max_value)}, and ReLU lets it through.` : " It is not positive, so ReLU makes it 0.";
  }
  const name = activation === "relu" ? "ReLU" : "Leaky ReLU";
  if (value > 0) return ` It is positive, and ${name === "ReLU" ? name : "leaky ReLU"} lets it through.`;
  return activation === "relu" ? " It is not positive, so ReLU makes it 0." : ` Of what is not positive, leaky ReLU leaves ${chosen(activation.leaky_relu.negative_slope)} times as much: ${n(value)}.`;
}

/** The same of a whole layer. */
function thenActivated({ activation }: Told): string {
  if (activation === "linear" || activation === "softmax") return "";
  if (activation === "sigmoid") return " The sigmoid then squeezes every sum between 0 and 1.";
  if (activation === "tanh") return " Tanh then squeezes every sum between −1 and 1.";
  if (activation === "relu") return " ReLU then turns what is negative into 0.";
  if ("clipped_relu" in activation) return ` ReLU then turns what is negative into 0, and what is above ${chosen(activation.clipped_relu.max_value)} into ${chosen(activation.clipped_relu.max_value)}.`;
  return ` Leaky ReLU then leaves ${chosen(activation.leaky_relu.negative_slope)} times as much of what is negative.`;
}

function biased(told: Told): string {
  const bias = told.tells("bias");
  return bias === undefined ? "" : ` With the bias, ${n(bias)}, that is ${n(told.line("sum") + bias)}.`;
}

const lossOf = ({ several }: Told) => (several ? "the batch’s mean loss" : "the loss");

/** What a gradient says of its number. */
function lever(told: Told, it = "this number"): string {
  if (told.isShare) return " This came along one of the ways that part here; the others’ shares are added to it.";
  if (Number.isNaN(told.value)) return " It is not a number, and says nothing.";
  if (told.value === 0) return ` As far as slopes tell, ${lossOf(told)} does not change with ${it}.`;
  return ` If ${it} were a little larger, ${lossOf(told)} would ${told.value > 0 ? "rise" : "fall"}.`;
}

/** Of a parameter: what the picture shown says, and what all say together. */
function together(told: Told, who: string, what: string): string {
  if (!told.several) return `${capital(what)} its gradient, ${n(told.value)}.${lever(told, who)}`;
  return `In the picture shown ${what} ${n(told.shown.sum)}; all ${count(told.batch)} pictures together say ${n(told.value)}.${lever(told, who)}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Over what the moments of a normalisation are taken. */
function overBatch(told: Told, operand: string): string {
  const places = told.positions(operand);
  const pictures = told.several ? `the ${count(told.batch)} pictures of the batch` : "this picture alone";
  return places > 1 ? `all ${count(places)} places of ${pictures}` : pictures;
}

/** The parameter that is updated, as people call it. */
function parameter(told: Told): string {
  const name = told.buffer("parameter")?.name ?? "";
  return ["bias", "gamma", "beta"].find((what) => name.endsWith(`/${what}`)) ?? "weight";
}

function moved(told: Told): string {
  const [before, after] = [told.line("before"), told.value];
  if (Number.isNaN(before) || Number.isNaN(after)) return `The ${parameter(told)} goes from ${n(before)} to ${n(after)}.`;
  if (after === before) return `The ${parameter(told)} stays ${n(after)}.`;
  const [from, to] = apart(before, after);
  return `The ${parameter(told)} goes ${after > before ? "up" : "down"} from ${from} to ${to}.`;
}

const steps: Voice["steps"] = {
  conv2d: (told) => {
    const [rows = 1, columns = 1, channels = 1, filters = 1] = told.shape("kernel");
    const weights = rows * columns;
    if (!told.explanation) {
      const who = filters === 1 ? "The kernel" : `Each of the ${count(filters)} kernels`;
      return `${who} slides over ${maps(told, false)}; at every place it multiplies the numbers under it by its weights and adds them into one cell of its map.${thenActivated(told)}`;
    }
    const met = told.products.length / channels;
    const lays =
      met < weights
        ? `Kernel ${channelOf(told)} hangs over the edge here: ${count(met)} of its ${plural(weights, "weight")} lie over numbers of ${maps(told, true)}. It multiplies`
        : `Kernel ${channelOf(told)} lays its ${plural(weights, "weight")} over ${plural(weights, "number")} of ${maps(told, true)}, multiplies`;
    return `${lays} and adds: ${n(told.line("sum"))}.${biased(told)}${activated(told)}`;
  },
  depthwise_conv2d: (told) => {
    const [rows = 1, columns = 1] = told.shape("kernel");
    const weights = rows * columns;
    if (!told.explanation) {
      return `Every map has a kernel of its own, which slides over that map alone; at every place it multiplies the numbers under it by its weights and adds them into one cell.${thenActivated(told)}`;
    }
    const met = told.products.length;
    const lays =
      met < weights
        ? `The kernel of map ${channelOf(told)} hangs over the edge here: ${count(met)} of its ${plural(weights, "weight")} lie over numbers. It multiplies`
        : `The kernel of map ${channelOf(told)} lays its ${plural(weights, "weight")} over ${plural(weights, "number")} of one map before it, multiplies`;
    return `${lays} and adds: ${n(told.line("sum"))}.${biased(told)}${activated(told)}`;
  },
  depthwise_conv2d_grad_input: (told) => {
    if (!told.explanation) return "Every number that went in collects, from each product of its map’s kernel that it was part of, what came back there times the weight that it met.";
    if (told.products.length === 0) return `No kernel ever lay over this number, so nothing comes back to it.${lever(told)}`;
    return `This number was part of ${plural(told.products.length, "product")} of its own map’s kernel. From each it collects what came back there times the weight that it met: ${n(told.value)} in all.${lever(told)}`;
  },
  depthwise_conv2d_grad_kernel: (told) => {
    if (!told.explanation) return "Every weight looks at what it saw in its one map, and at what came back there; all the products together are its gradient.";
    const at = told.place();
    const seen = at.in === "kernel" ? `map ${at.channel}` : "its map";
    const every = told.several ? " in every picture" : "";
    const places = told.several ? told.shown.count : told.products.length;
    return `This weight met ${plural(places, "number")} of ${seen}${every}. ${together(told, "this weight", "these numbers, each times what came back there, add to")}`;
  },
  conv2d_grad_input: (told) => {
    if (!told.explanation) return "Every number that went in collects, from each product that it was part of, what came back there times the weight that it met.";
    if (told.products.length === 0) return `No kernel ever lay over this number, so nothing comes back to it.${lever(told)}`;
    return `This number was part of ${plural(told.products.length, "product")} on the way forward. From each it collects what came back there times the weight that it met: ${n(told.value)} in all.${lever(told)}`;
  },
  conv2d_grad_kernel: (told) => {
    if (!told.explanation) return "Every weight looks at what it saw, and at what came back there. Where both are large it is charged most; all the products together are its gradient.";
    const at = told.place();
    const seen = told.isPicture("x") ? "the picture" : at.in === "kernel" ? `map ${at.channel}` : "the map";
    const every = told.several ? " in every picture" : "";
    const places = told.several ? told.shown.count : told.products.length;
    return `This weight met ${plural(places, "number")} of ${seen}${every}. ${together(told, "this weight", "these numbers, each times what came back there, add to")}`;
  },
  dense: (told) => {
    const inputs = told.channels("x");
    if (!told.explanation) return `Each of the ${plural(told.channels("y"), "unit")} weighs all ${plural(inputs, "number")} before it, by weights of its own, and adds.${thenActivated(told)}`;
    return `Unit ${channelOf(told)} weighs all ${plural(inputs, "number")} before it, by weights of its own, and adds: ${n(told.line("sum"))}.${biased(told)}${activated(told)}`;
  },
  dense_grad_input: (told) => {
    if (!told.explanation) return "Every number that went in collects from all units: what came back to each, times the weight between the two.";
    return `This number went to ${plural(told.products.length, "unit")}. From each it collects what came back there times the weight between the two: ${n(told.value)} in all.${lever(told)}`;
  },
  dense_grad_kernel: (told) => {
    if (!told.explanation) return "What a weight carried forward, times what came back to its unit, is its gradient.";
    const [x, dy] = [told.values("x")[0] ?? NaN, told.values("dy")[0] ?? NaN];
    const shown = `${told.several ? "In the picture shown this" : "This"} weight carried ${n(x)} forward, and ${n(dy)} came back to its unit.`;
    if (!told.several) return `${shown} Their product is its gradient: ${n(told.value)}.${lever(told, "this weight")}`;
    return `${shown} Their product is ${n(told.shown.sum)}; those of all ${count(told.batch)} pictures add to ${n(told.value)}, its gradient.${lever(told, "this weight")}`;
  },
  bias_grad: (told) => {
    if (!told.explanation) return "A bias is added everywhere, so what came back everywhere adds up to its gradient.";
    const places = told.positions("dy");
    if (places > 1) return `This bias was added in all ${count(places)} places of map ${channelOf(told)}${told.several ? ", in every picture" : ""}. ${together(told, "this bias", "what came back there adds to")}`;
    if (told.several) return `This bias was added to unit ${channelOf(told)} in every picture. ${together(told, "this bias", "what came back is")}`;
    return `This bias was added once, so what came back to unit ${channelOf(told)} is its gradient as it stands: ${n(told.value)}.${lever(told, "this bias")}`;
  },
  max_pool2d: (told) => {
    if (!told.explanation) return "A window moves over every map, and of the numbers under it only the largest goes on.";
    const under = told.values("x").length;
    if (Number.isNaN(told.value)) return "Something under the window is not a number, so no largest can be told.";
    if (under === 1) return `The window lies over one number, ${n(told.value)}, which goes on as it is.`;
    return `Of the ${count(under)} numbers under the window the largest goes on, ${n(told.value)}; where it stood is remembered for the way back.`;
  },
  max_pool2d_grad: (told) => {
    if (!told.explanation) return "What came back to a window goes to the number that won it; the others get nothing.";
    const won = told.values("dy");
    if (won.length === 0) return `This number won no window, so nothing comes back to it.${lever(told)}`;
    if (won.length === 1) return `This number won its window, so all that came back there is handed to it: ${n(told.value)}.${lever(told)}`;
    return `This number won ${count(won.length)} windows, so what came back to each of them is added: ${n(told.value)}.${lever(told)}`;
  },
  average_pool2d: (told) => {
    if (!told.explanation) return "A window moves over every map, and the mean of the numbers under it goes on.";
    const under = told.values("x").length;
    if (under === 1) return `The window lies over one number, ${n(told.value)}, which goes on as it is.`;
    return `The window lies over ${plural(under, "number")}: added, and divided by ${count(under)}, they make ${n(told.value)}.`;
  },
  average_pool2d_grad: (told) => {
    if (!told.explanation) return "What came back to a window is shared out equally among the numbers that lay under it.";
    const lay = told.values("dy").length;
    if (lay === 0) return `This number lay under no window, so nothing comes back to it.${lever(told)}`;
    return `This number lay under ${plural(lay, "window")}, and gets an equal share of what came back there: ${n(told.value)}.${lever(told)}`;
  },
  global_average_pool2d: (told) => {
    if (!told.explanation) return `Of every map one number is left: the mean of its ${plural(told.positions("x"), "cell")}.`;
    return `Of map ${channelOf(told)} one number is left: the mean of its ${plural(told.positions("x"), "cell")}, ${n(told.value)}.`;
  },
  global_average_pool2d_grad: (told) => {
    const cells = plural(told.positions("dx"), "cell");
    if (!told.explanation) return `All ${cells} of a map had the same part in its mean, so what came back is shared out equally.`;
    return `All ${cells} of map ${channelOf(told)} had the same part in its mean, so each gets an equal share of what came back: ${n(told.value)}.${lever(told)}`;
  },
  activate: (told) => {
    const { activation, value } = told;
    if (!told.explanation) return `The same function is applied to every number.${thenActivated(told).replace("then ", "").replace("every sum", "it")}`;
    const x = told.line("x");
    if (activation === "linear" || activation === "softmax") return `${n(x)} goes on as it is.`;
    if (Number.isNaN(x)) return "What comes in is not a number, and no function makes one of it.";
    if (activation === "sigmoid") return `The sigmoid squeezes ${n(x)} between 0 and 1: ${n(value)}.`;
    if (activation === "tanh") return `Tanh squeezes ${n(x)} between −1 and 1: ${n(value)}.`;
    if (typeof activation === "object" && "clipped_relu" in activation) {
      const { max_value } = activation.clipped_relu;
      if (x > max_value) return `${n(x)} is more than ${chosen(max_value)}, the most that this ReLU lets through.`;
      return x > 0 ? `${n(x)} lies between 0 and ${chosen(max_value)}, and ReLU lets it through.` : `${n(x)} is not positive, so ReLU makes it 0.`;
    }
    if (x > 0) return `${n(x)} is positive, and ${activation === "relu" ? "ReLU" : "leaky ReLU"} lets it through.`;
    return activation === "relu" ? `${n(x)} is not positive, so ReLU makes it 0.` : `${n(x)} is not positive, so leaky ReLU leaves ${chosen(activation.leaky_relu.negative_slope)} times as much: ${n(value)}.`;
  },
  activate_grad: (told) => {
    const { activation } = told;
    if (!told.explanation) {
      return activation === "relu" ? "Where ReLU was on, what came back passes unchanged; where it was off, nothing passes." : "What came back is multiplied by the slope that the function had at each number.";
    }
    if (activation === "linear" || activation === "softmax") return `Nothing was changed on the way forward, so ${n(told.value)} passes as it came back.${lever(told)}`;
    const name = activation === "relu" ? "ReLU" : "Leaky ReLU";
    const [slope, dy] = [told.line("slope"), told.line("dy")];
    const smooth = activation === "sigmoid" || activation === "tanh";
    const back = ` ${n(dy)} came back, and ${n(told.value)} goes on.${lever(told)}`;
    if (activation === "relu" && slope === 0) return `ReLU gave 0 here and was flat, so of ${n(dy)} that came back nothing passes.${lever(told)}`;
    if (!smooth && slope === 1) return `${name} let this number through, so what came back passes unchanged: ${n(told.value)}.${lever(told)}`;
    const flat = smooth && slope < 0.01 ? ", almost flat" : "";
    return `The function’s slope at this number is ${n(slope)}${flat}.${back}`;
  },
  softmax: (told) => {
    if (!told.explanation) return "The exponential makes every number positive, and dividing by their sum makes them add to 1: they can be read as probabilities.";
    return `The exponential of this number, divided by the sum of all ${plural(told.channels("y"), "exponential")}, makes ${n(told.value)}. The largest, ${n(told.line("max"))}, is taken off first: that changes no result, and keeps the exponentials small.`;
  },
  softmax_grad: (told) => {
    if (!told.explanation) return "One probability can only grow at the others’ cost, so each gets what came back to it less the mean of what came back to all, weighed by the probabilities.";
    return `${n(told.line("dy"))} came back to this probability, and ${n(told.sum)} is the mean over all, weighed by the probabilities. The difference times the probability ${n(told.line("y"))} is ${n(told.value)}.${lever(told)}`;
  },
  batch_moments: (told) => {
    if (!told.explanation) return `The mean and the variance of every ${told.isMap("x") ? "map" : "number"} are taken over ${overBatch(told, "x")}.`;
    const which = `${told.isMap("x") ? "map" : "number"} ${channelOf(told)} over ${overBatch(told, "x")}`;
    if (told.result === "mean") return `The mean of ${which} is ${n(told.value)}.`;
    return `The variance of ${which} is ${n(told.value)}: the mean of the squared distances from the mean.`;
  },
  batch_norm: (told) => {
    const whose = told.ownMoments ? "of the batch" : "kept from training, since the layer is frozen";
    if (!told.explanation) {
      const after = [told.has("gamma") ? "scaled by gamma" : "", told.has("beta") ? "shifted by beta" : ""].filter(Boolean).join(" and ");
      return `Every number becomes its distance from ${told.isMap("x") ? "its map’s" : "its"} mean, measured by the spread ${whose}${after ? `; then it is ${after}, which ${told.has("gamma") && told.has("beta") ? "are" : "is"} learnt` : ""}.`;
    }
    const [gamma, beta] = [told.tells("gamma"), told.tells("beta")];
    const parts = [gamma === undefined ? "" : `times gamma, ${n(gamma)}`, beta === undefined ? "" : `plus beta, ${n(beta)}`].filter(Boolean).join(", ");
    const then = parts ? ` ${capital(parts)}, it is ${n(told.value)}.` : "";
    const both = told.ownMoments ? "both are the batch’s own" : "both were kept from training, since the layer is frozen";
    return `Less the mean, ${n(told.line("mean"))}, and divided by the root of the variance, ${n(told.line("variance"))} (and a small ε), this number becomes ${n(told.line("normalised"))}; ${both}.${then}`;
  },
  batch_norm_grad_parameters: (told) => {
    if (!told.explanation) return "Gamma collects what came back times the normalised numbers, and beta what came back as it is.";
    const which = told.isMap("x") ? `every number of map ${channelOf(told)}` : `number ${channelOf(told)}${told.several ? " of every picture" : ""}`;
    if (!told.isLearnt) return `What came back to ${which}${told.result === "dbeta" ? "" : ", times what it was once normalised,"} adds to ${n(told.value)}: the way back through mean and variance needs this sum.`;
    if (told.result === "dbeta") return `Beta was added to ${which}. ${together(told, "beta", "what came back adds to")}`;
    return `Gamma multiplied ${which}, once normalised. ${together(told, "gamma", "what came back times what gamma multiplied adds to")}`;
  },
  batch_norm_grad_input: (told) => {
    if (!told.explanation) return "A number that moves also moves the batch’s mean and variance. What comes back therefore loses its own mean, and the part that goes along with the normalised numbers.";
    return `${n(told.line("dy"))} came back. Since this number also moves the batch’s mean and variance, the mean of what came back and the part along the normalised number are taken off; scaled, ${n(told.value)} is left.${lever(told)}`;
  },
  batch_norm_grad_fixed: (told) => {
    if (!told.explanation) return "Mean and variance stand still here, so what came back is only scaled.";
    return `Mean and variance stand still here, so ${n(told.line("dy"))} that came back is only scaled: ${n(told.value)}.${lever(told)}`;
  },
  moving_average: (told) => {
    if (!told.explanation) return "For the time when there is no batch to measure, running averages are kept: most of the old, a little of this batch’s.";
    return `Of the old average, ${n(told.line("before"))}, ${chosen(told.line("momentum"))} times as much is kept, and the rest is made up from this batch’s ${n(told.line("value"))}: ${n(told.value)}.`;
  },
  dropout: (told) => {
    const back = told.backward;
    if (!told.explanation) return back ? "What was left out on the way forward gets nothing back; what was kept is scaled as it was then." : "Some numbers, drawn by chance, are left out of this update; the others are scaled up, so that on average as much goes on.";
    const [x, scale] = [n(told.line("x")), n(told.line("scale"))];
    if (told.line("kept") === 0) return back ? `This number was left out on the way forward, so of ${x} that came back it gets nothing.${lever(told)}` : `This number was drawn to be left out: instead of ${x}, 0 goes on in this update.`;
    return back ? `This number was kept and scaled by ${scale}, and so is what came back: ${n(told.value)}.${lever(told)}` : `This number was drawn to stay: ${x} times ${scale}, which makes up for those left out, is ${n(told.value)}.`;
  },
  add: (told) => {
    const ways = told.step.operands.filter(({ name }) => name === "x").length;
    if (told.backward) {
      if (!told.explanation) return `This output went ${count(ways)} ways, so what came back along each of them is added.`;
      return `This number went ${count(ways)} ways; what came back along them adds to ${n(told.value)}.${lever(told)}`;
    }
    if (!told.explanation) return `The ${count(ways)} inputs are added, each number to those in the same place.`;
    return `The numbers that stand in this place in the ${count(ways)} inputs add to ${n(told.value)}.`;
  },
  concatenate: (told) => {
    const what = told.isMap("y") ? "maps are laid side by side" : "the inputs are laid end to end";
    if (!told.explanation) return `${capital(what)}; no number changes.`;
    const [column] = told.columns("x");
    return column ? `This number is ${n(told.value)} as it came from ${told.sender(column)}: ${what}, and nothing is computed.` : `This number is ${n(told.value)} as it came: ${what}, and nothing is computed.`;
  },
  concatenate_grad: (told) => {
    if (!told.explanation) return "What came back to the part of one input goes back to it; no number changes.";
    return `What came back to this number beside the others goes back to where it came from: ${n(told.value)}.${lever(told)}`;
  },
  zero_pad2d: (told) => {
    if (!told.explanation) return "Rows and columns of zeros are laid around every map.";
    return told.values("x").length > 0 ? `This number is ${n(told.value)} as it came; zeros were only laid around it.` : "This cell lies in the border that was added: 0.";
  },
  zero_pad2d_grad: (told) => {
    if (!told.explanation) return "What came back to the border is dropped; all else goes back to where it came from.";
    return `What came back to this number goes on as it is: ${n(told.value)}. Only what came back to the border is dropped.${lever(told)}`;
  },
  loss: (told) => {
    const kind = lossKind(told);
    const right = told.className(told.walk.label);
    if (!told.explanation) {
      return kind === "mean_squared_error" ? "The loss is the mean of the squared distances between the answer and what was wanted." : "The loss asks one thing: how probable did the network think the right class? It is minus the logarithm of that.";
    }
    if (kind === "mean_squared_error") return `The squared distances between the ${plural(told.channels("prediction"), "number")} and what was wanted have the mean ${n(told.value)}.`;
    const p = told.tells("p");
    const gave = p === undefined ? "" : `The network gave the right class${right ? `, ${right},` : ""} the probability ${n(p)}. `;
    return `${gave}The loss is minus the logarithm of that probability: ${n(told.value)}.`;
  },
  loss_grad: (told) => {
    const kind = lossKind(told);
    const mean = told.several ? ` Since the batch’s loss is a mean, it is divided by ${count(told.batch)}.` : "";
    if (!told.explanation) {
      if (kind === "mean_squared_error") return `The way back begins: the further an answer lies from what was wanted, the harder it is pulled back.${mean}`;
      if (kind === "softmax_crossentropy") return `The way back begins: every class gets its probability less what it should have been, 1 for the right one, 0 for the others.${mean}`;
      return `The way back begins at the answer itself: how the loss would change with each number.${mean}`;
    }
    const at = told.place();
    const index = at.in === "vector" ? at.index - 1 : 0;
    const who = told.className(index) ?? `class ${index + 1}`;
    const [p, t, value] = [told.tells("p"), told.tells("t"), told.value];
    if (kind === "softmax_crossentropy" && p !== undefined && t !== undefined) {
      const left = told.several ? `The difference, divided by the ${count(told.batch)} pictures of the batch,` : "The difference";
      const wish = value < 0 ? ": this logit should rise" : value > 0 ? ": this logit should fall" : "";
      return `${capital(who)} got the probability ${n(p)} and should have ${chosen(t)}. ${left} is ${n(value)}${wish}.`;
    }
    return `The way back begins: the gradient of ${who} is ${n(told.value)}.${mean}${lever(told, "this answer")}`;
  },
  metrics: (told) => {
    const sum = told.several ? `The losses of the ${count(told.batch)} pictures are added, and the right answers counted` : "The loss is noted, and whether the answer was right";
    if (!told.explanation) return `${sum}: for the curves, not for the update.`;
    return told.explanation.index === 0 ? `The losses add to ${n(told.value)}: for the curves, not for the update.` : `${plural(told.value, "answer is", "answers are")} right, of ${count(told.batch)}: for the curves, not for the update.`;
  },
  sgd: (told) => {
    const velocity = told.has("velocity");
    if (!told.explanation) return velocity ? "Every weight keeps some of its last movement and goes a step against its gradient." : "Every weight goes a step against its gradient: the rate times the gradient.";
    if (told.result === "velocity") return `Of the last movement, ${n(told.line("velocity_before"))}, ${chosen(told.line("momentum"))} times as much goes on; the rate times the gradient ${n(told.line("gradient"))} is taken off: ${n(told.value)}.`;
    const how = velocity ? `It keeps some of its last movement and goes against the gradient ${n(told.line("gradient"))}.` : `It goes against the gradient ${n(told.line("gradient"))}, by ${chosen(told.line("learning_rate"))} times as much.`;
    return `${moved(told)} ${how}`;
  },
  adam: (told) => {
    if (!told.explanation) return "Adam keeps two running means for every weight, of its gradient and of its square. The step goes against the first, and is measured by the root of the second.";
    const g = n(told.line("gradient"));
    if (told.result === "m") return `The running mean of the gradients takes in ${g} and goes from ${apart(told.line("m_before"), told.value).join(" to ")}.`;
    if (told.result === "v") return `The running mean of the squared gradients takes in ${g} squared and goes from ${apart(told.line("v_before"), told.value).join(" to ")}.`;
    return `${moved(told)} Adam goes against the running mean of the gradients, ${n(told.line("m_hat"))}, and divides by the root of that of their squares, ${n(told.line("v_hat"))}: a weight whose gradients are small goes about as far as one whose are large.`;
  },
};

export const en: Voice = {
  steps,
  flatten: {
    forward: "All maps are laid out as one row of numbers, cell by cell, in each cell all its channels; nothing is computed.",
    backward: "What came back to the row is folded into maps again; nothing is computed.",
  },
  place,
  signs: {
    "=": "equals",
    "←": "becomes",
    "·": "times",
    "/": "divided by",
    "+": "plus",
    "−": "minus",
    "(": "open bracket",
    ")": "close bracket",
    "[": "1 where",
    "]": "else 0",
    ",": "and",
    ";": "and",
    "+ …": "and so on",
    ", …": "and so on",
    "…": "and so on",
    Σ: "the sum",
    "√": "the square root of",
    "√(": "the square root of, open bracket",
    "max(": "the larger of, open bracket",
    max: "the largest",
    argmax: "the place of the largest",
    "σ(": "the sigmoid of, open bracket",
    leaky: "leaky ReLU",
    "tanh(": "the hyperbolic tangent of, open bracket",
    "exp(": "the exponential of, open bracket",
    ln: "the logarithm of",
    "> 0": "is above 0",
    "≤ 0": "is at most 0",
    β: "beta",
    γ: "gamma",
    ε: "epsilon",
    η: "the rate",
    μ: "mu",
    "σ²": "sigma squared",
    dβ: "d beta",
    dγ: "d gamma",
    "x̂": "x hat",
  },
  below: (indices) => `at ${indices}`,
  over: (sign, indices) => `${sign} over ${indices} of`,
  power: (exponent) => (exponent === "2" ? "squared" : `to the power ${exponent}`),
  minus: "minus",
  scientific: (digits, power) => `${digits} times ten to the power ${power}`,
};
