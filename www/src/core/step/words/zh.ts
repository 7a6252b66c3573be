import * as f from "../../format";
import { apart } from "./figures";
import { lossKind } from "./formula/scoring";
import type { Place, Told } from "./told";
import type { Voice } from "./voice";

const n = f.number;
const chosen = f.plain;
const count = f.count;

function place(at: Place): string {
  switch (at.in) {
    case "map":
      return `第 ${at.channel} 张图，第 ${at.row} 行，第 ${at.column} 列`;
    case "kernel":
      return `第 ${at.filter} 个卷积核，第 ${at.channel} 通道，第 ${at.row} 行，第 ${at.column} 列`;
    case "matrix":
      return `从第 ${count(at.input)} 个数到第 ${count(at.unit)} 个单元`;
    case "vector":
      return `第 ${count(at.index)} 个数`;
    case "scalar":
      return "唯一的一个数";
  }
}

const channelOf = (told: Told): number => {
  const at = told.place();
  return at.in === "map" ? at.channel : at.in === "kernel" ? at.filter : at.in === "vector" ? at.index : 1;
};

/** 卷积核盖住的是什么。 */
function maps(told: Told): string {
  const channels = told.channels("x");
  if (told.isPicture("x")) return channels === 1 ? "原图" : `原图的 ${channels} 个通道`;
  return channels === 1 ? "前一层的那张图" : `前一层的 ${count(channels)} 张图`;
}

/** 激活函数拿这个和怎么办。 */
function activated(told: Told): string {
  const { activation, value } = told;
  if (activation === "linear" || activation === "softmax") return "";
  if (Number.isNaN(value)) return "它已不是数，什么函数也救不回来。";
  if (activation === "sigmoid") return `sigmoid 再把它压到 0 和 1 之间：${n(value)}。`;
  if (activation === "tanh") return `tanh 再把它压到 −1 和 1 之间：${n(value)}。`;
  if (typeof activation === "object" && "clipped_relu" in activation) {
    const { max_value } = activation.clipped_relu;
    if (value >= max_value) return `ReLU 最多放行 ${chosen(max_value)}。`;
    return value > 0 ? `它在 0 和 ${chosen(max_value)} 之间，ReLU 放行。` : "它不是正数，ReLU 把它变成 0。";
  }
  const name = activation === "relu" ? "ReLU" : "leaky ReLU";
  if (value > 0) return `它是正的，${name} 放行。`;
  return activation === "relu" ? "它不是正数，ReLU 把它变成 0。" : `它不是正数，leaky ReLU 只留 ${chosen(activation.leaky_relu.negative_slope)} 倍：${n(value)}。`;
}

/** 整层的说法。 */
function thenActivated({ activation }: Told, what: string): string {
  if (activation === "linear" || activation === "softmax") return "";
  if (activation === "sigmoid") return `sigmoid 把${what}压到 0 和 1 之间。`;
  if (activation === "tanh") return `tanh 把${what}压到 −1 和 1 之间。`;
  if (activation === "relu") return "ReLU 把负的变成 0。";
  if ("clipped_relu" in activation) return `ReLU 把负的变成 0，超过 ${chosen(activation.clipped_relu.max_value)} 的变成 ${chosen(activation.clipped_relu.max_value)}。`;
  return `负的，leaky ReLU 只留 ${chosen(activation.leaky_relu.negative_slope)} 倍。`;
}

function biased(told: Told): string {
  const bias = told.tells("bias");
  return bias === undefined ? "" : `加上偏置 ${n(bias)}，是 ${n(told.line("sum") + bias)}。`;
}

const lossOf = ({ several }: Told) => (several ? "整批的平均损失" : "损失");

/** 梯度的意思：这个数动一动，损失会怎样。 */
function lever(told: Told, it = "这个数"): string {
  if (told.isShare) return "这只是其中一路送回来的，其余各路的还要加上。";
  if (Number.isNaN(told.value)) return "它已不是数，说明不了什么。";
  if (told.value === 0) return `单看斜率，${it}在这里稍稍一动，${lossOf(told)}不变。`;
  return `${it}若大一点点，${lossOf(told)}会${told.value > 0 ? "上升" : "下降"}。`;
}

/** 参数的梯度：这张图怎么说，整批合起来又怎么说。 */
function together(told: Told, who: string, what: string): string {
  if (!told.several) return `${what} ${n(told.value)}，这就是它的梯度。${lever(told, who)}`;
  return `在眼前这张图里，${what} ${n(told.shown.sum)}；整批 ${count(told.batch)} 张合起来是 ${n(told.value)}，这就是它的梯度。${lever(told, who)}`;
}

/** 均值和方差取自哪里。 */
function overBatch(told: Told, operand: string): string {
  const places = told.positions(operand);
  const pictures = told.several ? `这一批 ${count(told.batch)} 张图片` : "只有这一张图片";
  return places > 1 ? `${pictures}的全部 ${count(places)} 个位置` : pictures;
}

/** 正在更新的参数叫什么。 */
function parameter(told: Told): string {
  const name = told.buffer("parameter")?.name ?? "";
  const found = ([["bias", "偏置"], ["gamma", "gamma "], ["beta", "beta "]] as const).find(([what]) => name.endsWith(`/${what}`));
  return found?.[1] ?? "权重";
}

function moved(told: Told): string {
  const [before, after] = [told.line("before"), told.value];
  if (Number.isNaN(before) || Number.isNaN(after)) return `这个${parameter(told)}从 ${n(before)} 变为 ${n(after)}。`;
  if (after === before) return `这个${parameter(told)}不变，还是 ${n(after)}。`;
  const [from, to] = apart(before, after);
  return `这个${parameter(told)}从 ${from} ${after > before ? "升" : "降"}到 ${to}。`;
}

const steps: Voice["steps"] = {
  conv2d: (told) => {
    const [rows = 1, columns = 1, channels = 1, filters = 1] = told.shape("kernel");
    const weights = rows * columns;
    if (!told.explanation) {
      const who = filters === 1 ? "卷积核" : `${count(filters)} 个卷积核各自`;
      return `${who}在${maps(told)}上滑动，每到一处，就把盖住的数与自己的权重相乘、加起来，写进自己那张图的一格。${thenActivated(told, "每个和")}`;
    }
    const met = told.products.length / channels;
    const each = channels === 1 ? "" : "每一张上都";
    const lays =
      met < weights
        ? `第 ${channelOf(told)} 个卷积核在这里伸出了边缘：${count(weights)} 个权重里，只有 ${count(met)} 个在${maps(told)}上盖着数。相乘`
        : `第 ${channelOf(told)} 个卷积核盖在${maps(told)}上，${each}用 ${count(weights)} 个权重乘 ${count(weights)} 个数`;
    return `${lays}，全加起来是 ${n(told.line("sum"))}。${biased(told)}${activated(told)}`;
  },
  depthwise_conv2d: (told) => {
    const [rows = 1, columns = 1] = told.shape("kernel");
    const weights = rows * columns;
    if (!told.explanation) {
      return `每张图有自己的卷积核，只在这一张图上滑动，每到一处，就把盖住的数与自己的权重相乘、加起来，写进一格。${thenActivated(told, "每个和")}`;
    }
    const met = told.products.length;
    const lays =
      met < weights
        ? `第 ${channelOf(told)} 张图的卷积核在这里伸出了边缘：${count(weights)} 个权重里，只有 ${count(met)} 个盖着数。相乘`
        : `第 ${channelOf(told)} 张图的卷积核只盖在前一层的一张图上，用 ${count(weights)} 个权重乘 ${count(weights)} 个数`;
    return `${lays}，全加起来是 ${n(told.line("sum"))}。${biased(told)}${activated(told)}`;
  },
  depthwise_conv2d_grad_input: (told) => {
    if (!told.explanation) return "前向时每个数只参与过自己那张图的卷积核的乘积。现在它从每个乘积那里收回：那里传回的梯度，乘以当时遇到的权重。";
    if (told.products.length === 0) return `没有卷积核盖过这个数，所以什么也没有传回来。${lever(told)}`;
    return `前向时这个数参与过自己那张图的卷积核的 ${count(told.products.length)} 个乘积。它从每个乘积那里收回传到那里的梯度，乘以当时遇到的权重，总共 ${n(told.value)}。${lever(told)}`;
  },
  depthwise_conv2d_grad_kernel: (told) => {
    if (!told.explanation) return "每个权重都回头看：在自己那一张图里看到的数，和那里传回的梯度；所有乘积加起来就是它的梯度。";
    const at = told.place();
    const seen = at.in === "kernel" ? `第 ${at.channel} 张图` : "那张图";
    const places = told.several ? told.shown.count : told.products.length;
    return `这个权重${told.several ? "在每张图片里都" : ""}遇到过${seen}的 ${count(places)} 个数。${together(told, "这个权重", "每个数乘以那里传回的梯度，加起来是")}`;
  },
  conv2d_grad_input: (told) => {
    if (!told.explanation) return "前向时每个数参与过许多乘积。现在它从每个乘积那里收回：那里传回的梯度，乘以当时遇到的权重。";
    if (told.products.length === 0) return `没有卷积核盖过这个数，所以什么也没有传回来。${lever(told)}`;
    return `前向时这个数参与过 ${count(told.products.length)} 个乘积。它从每个乘积那里收回传到那里的梯度，乘以当时遇到的权重，总共 ${n(told.value)}。${lever(told)}`;
  },
  conv2d_grad_kernel: (told) => {
    if (!told.explanation) return "每个权重都回头看：当时看到的数，和那里传回的梯度。两者都大的地方，它的责任最大；所有乘积加起来就是它的梯度。";
    const at = told.place();
    const seen = told.isPicture("x") ? "原图" : at.in === "kernel" ? `第 ${at.channel} 张图` : "那张图";
    const places = told.several ? told.shown.count : told.products.length;
    return `这个权重${told.several ? "在每张图片里都" : ""}遇到过${seen}的 ${count(places)} 个数。${together(told, "这个权重", "每个数乘以那里传回的梯度，加起来是")}`;
  },
  dense: (told) => {
    const inputs = count(told.channels("x"));
    if (!told.explanation) return `${count(told.channels("y"))} 个单元，每个都用自己的一套权重把前面的 ${inputs} 个数加权求和。${thenActivated(told, "每个和")}`;
    return `第 ${channelOf(told)} 个单元用自己的一套权重把前面的 ${inputs} 个数加权求和，得 ${n(told.line("sum"))}。${biased(told)}${activated(told)}`;
  },
  dense_grad_input: (told) => {
    if (!told.explanation) return "每个数都向所有单元收回：传到那个单元的梯度，乘以两者之间的权重。";
    return `这个数去过 ${count(told.products.length)} 个单元。它从每个单元收回传到那里的梯度，乘以两者之间的权重，总共 ${n(told.value)}。${lever(told)}`;
  },
  dense_grad_kernel: (told) => {
    if (!told.explanation) return "一个权重前向时带过去的数，乘以传回那个单元的梯度，就是它的梯度。";
    const [x, dy] = [told.values("x")[0] ?? NaN, told.values("dy")[0] ?? NaN];
    const shown = `${told.several ? "在眼前这张图里，" : ""}这个权重前向时带过去 ${n(x)}，传回那个单元的是 ${n(dy)}。`;
    if (!told.several) return `${shown}两者的积就是它的梯度：${n(told.value)}。${lever(told, "这个权重")}`;
    return `${shown}两者的积是 ${n(told.shown.sum)}；整批 ${count(told.batch)} 张的加起来是 ${n(told.value)}，这就是它的梯度。${lever(told, "这个权重")}`;
  },
  bias_grad: (told) => {
    if (!told.explanation) return "偏置在每一处都加了一次，所以各处传回的全加起来，就是它的梯度。";
    const places = told.positions("dy");
    if (places > 1) return `${told.several ? "在每张图片里，" : ""}这个偏置在第 ${channelOf(told)} 张图的 ${count(places)} 处都加过。${together(told, "这个偏置", "各处传回的加起来是")}`;
    if (told.several) return `在每张图片里，这个偏置都加给了第 ${channelOf(told)} 个单元。${together(told, "这个偏置", "传回的是")}`;
    return `这个偏置只加过一次，传回第 ${channelOf(told)} 个单元的 ${n(told.value)} 就是它的梯度。${lever(told, "这个偏置")}`;
  },
  max_pool2d: (told) => {
    if (!told.explanation) return "窗口在每张图上移动，盖住的数里只有最大的往前走。";
    const under = told.values("x").length;
    if (Number.isNaN(told.value)) return "窗口里有的已不是数，最大的也就无从说起。";
    if (under === 1) return `窗口里只有一个数 ${n(told.value)}，它照原样往前走。`;
    return `窗口里的 ${count(under)} 个数，最大的 ${n(told.value)} 往前走；它原来的位置要记住，回来时用。`;
  },
  max_pool2d_grad: (told) => {
    if (!told.explanation) return "传回一个窗口的梯度，全给当时最大的那个数，别的数得不到。";
    const won = told.values("dy");
    if (won.length === 0) return `这个数在哪个窗口里都不是当选的最大值，所以什么也没有传回来。${lever(told)}`;
    if (won.length === 1) return `这个数当时在窗口里最大，传回那里的梯度全归它：${n(told.value)}。${lever(told)}`;
    return `这个数在 ${count(won.length)} 个窗口里都最大，传回各处的梯度加起来：${n(told.value)}。${lever(told)}`;
  },
  average_pool2d: (told) => {
    if (!told.explanation) return "窗口在每张图上移动，盖住的数取平均，往前走。";
    const under = told.values("x").length;
    if (under === 1) return `窗口里只有一个数 ${n(told.value)}，它照原样往前走。`;
    return `窗口里有 ${under} 个数，加起来除以 ${under}，得 ${n(told.value)}。`;
  },
  average_pool2d_grad: (told) => {
    if (!told.explanation) return "传回一个窗口的梯度，由盖住的数平分。";
    const lay = told.values("dy").length;
    if (lay === 0) return `没有窗口盖过这个数，所以什么也没有传回来。${lever(told)}`;
    return `盖过这个数的窗口有 ${count(lay)} 个，传回那里的由盖住的数平分，它得 ${n(told.value)}。${lever(told)}`;
  },
  global_average_pool2d: (told) => {
    const cells = count(told.positions("x"));
    if (!told.explanation) return `每张图只留下一个数：${cells} 格的平均。`;
    return `第 ${channelOf(told)} 张图只留下一个数：${cells} 格的平均，${n(told.value)}。`;
  },
  global_average_pool2d_grad: (told) => {
    const cells = count(told.positions("dx"));
    if (!told.explanation) return `一张图的 ${cells} 格在平均里分量相同，传回的梯度也就平分。`;
    return `第 ${channelOf(told)} 张图的 ${cells} 格在平均里分量相同，传回的梯度平分，每格得 ${n(told.value)}。${lever(told)}`;
  },
  activate: (told) => {
    const { activation, value } = told;
    if (!told.explanation) return `每个数都单独经过同一个函数。${thenActivated(told, "它")}`;
    const x = told.line("x");
    if (activation === "linear" || activation === "softmax") return `${n(x)} 照原样往前走。`;
    if (Number.isNaN(x)) return "进来的已不是数，什么函数也救不回来。";
    if (activation === "sigmoid") return `sigmoid 把 ${n(x)} 压到 0 和 1 之间：${n(value)}。`;
    if (activation === "tanh") return `tanh 把 ${n(x)} 压到 −1 和 1 之间：${n(value)}。`;
    if (typeof activation === "object" && "clipped_relu" in activation) {
      const { max_value } = activation.clipped_relu;
      if (x > max_value) return `${n(x)} 超过了 ${chosen(max_value)}，这个 ReLU 最多放行这么多。`;
      return x > 0 ? `${n(x)} 在 0 和 ${chosen(max_value)} 之间，ReLU 放行。` : `${n(x)} 不是正数，ReLU 把它变成 0。`;
    }
    const name = activation === "relu" ? "ReLU" : "leaky ReLU";
    if (x > 0) return `${n(x)} 是正的，${name} 放行。`;
    return activation === "relu" ? `${n(x)} 不是正数，ReLU 把它变成 0。` : `${n(x)} 不是正数，leaky ReLU 只留 ${chosen(activation.leaky_relu.negative_slope)} 倍：${n(value)}。`;
  },
  activate_grad: (told) => {
    const { activation } = told;
    if (!told.explanation) return activation === "relu" ? "ReLU 放行过的地方，传回的梯度原样通过；被它变成 0 的地方，一点也过不去。" : "传回的梯度，乘以函数在每个数那里的斜率。";
    if (activation === "linear" || activation === "softmax") return `前向时什么也没变，传回的 ${n(told.value)} 也照原样通过。${lever(told)}`;
    const name = activation === "relu" ? "ReLU" : "Leaky ReLU";
    const smooth = activation === "sigmoid" || activation === "tanh";
    const [slope, dy] = [told.line("slope"), told.line("dy")];
    if (activation === "relu" && slope === 0) return `ReLU 在这里给出 0，曲线是平的，传回的 ${n(dy)} 一点也过不去。${lever(told)}`;
    if (!smooth && slope === 1) return `${name} 放行过这个数，传回的梯度原样通过：${n(told.value)}。${lever(told)}`;
    const flat = smooth && slope < 0.01 ? "，几乎是平的" : "";
    return `函数在这个数那里的斜率是 ${n(slope)}${flat}。传回 ${n(dy)}，过去的是 ${n(told.value)}。${lever(told)}`;
  },
  softmax: (told) => {
    if (!told.explanation) return "取指数，每个数就都是正的；再除以它们的和，加起来就是 1，可以当作概率来读。";
    return `这个数的指数，除以全部 ${count(told.channels("y"))} 个指数的和，得 ${n(told.value)}。取指数之前都先减去最大的 ${n(told.line("max"))}：结果不变，指数也不会太大。`;
  },
  softmax_grad: (told) => {
    if (!told.explanation) return "一个概率变大，别的就得变小。所以每个数得到的，是传回它的梯度减去按概率加权的平均。";
    return `传回这个概率的是 ${n(told.line("dy"))}，全体按概率加权的平均是 ${n(told.sum)}。两者之差乘以概率 ${n(told.line("y"))}，得 ${n(told.value)}。${lever(told)}`;
  },
  batch_moments: (told) => {
    if (!told.explanation) return `每${told.isMap("x") ? "张图" : "个数"}的均值和方差，取自${overBatch(told, "x")}。`;
    const which = `第 ${channelOf(told)} ${told.isMap("x") ? "张图" : "个数"}，取${overBatch(told, "x")}`;
    if (told.result === "mean") return `${which}，均值是 ${n(told.value)}。`;
    return `${which}，方差是 ${n(told.value)}，也就是离均值的距离平方后的平均。`;
  },
  batch_norm: (told) => {
    const whose = told.ownMoments ? "这一批的" : "训练中留下的（这一层已冻结）";
    if (!told.explanation) {
      const after = [told.has("gamma") ? "乘以 gamma" : "", told.has("beta") ? "加上 beta" : ""].filter(Boolean).join("，");
      return `每个数换成它离均值有几个标准差，均值和方差用${whose}${after ? `；然后${after}，这是学来的` : ""}。`;
    }
    const [gamma, beta] = [told.tells("gamma"), told.tells("beta")];
    const after = [gamma === undefined ? "" : `乘以 gamma ${n(gamma)}`, beta === undefined ? "" : `加上 beta ${n(beta)}`].filter(Boolean).join("，");
    const then = after ? `再${after}，得 ${n(told.value)}。` : "";
    return `这个数减去均值 ${n(told.line("mean"))}，除以方差 ${n(told.line("variance"))}（加一个很小的 ε）的平方根，得 ${n(told.line("normalised"))}；均值和方差用${whose}。${then}`;
  },
  batch_norm_grad_parameters: (told) => {
    if (!told.explanation) return "gamma 收回的，是传回的梯度乘以归一化后的数；beta 收回的，就是传回的梯度。";
    const beta = told.result === "dbeta";
    const which = told.isMap("x") ? `第 ${channelOf(told)} 张图的每个数` : `${told.several ? "每张图片的" : ""}第 ${channelOf(told)} 个数`;
    if (!told.isLearnt) return `传回${which}的梯度${beta ? "" : "乘以归一化后的数，"}加起来是 ${n(told.value)}：经过均值和方差往回走时要用。`;
    if (beta) return `beta 加给了${which}。${together(told, "beta ", "传回的梯度加起来是")}`;
    return `gamma 乘过归一化后的${which}。${together(told, "gamma ", "传回的梯度乘以 gamma 乘过的数，加起来是")}`;
  },
  batch_norm_grad_input: (told) => {
    if (!told.explanation) return "一个数动了，整批的均值和方差也跟着动。所以传回的梯度要减去自己的平均，再减去顺着归一化后的数的那一份。";
    return `传回来的是 ${n(told.line("dy"))}。这个数一动，整批的均值和方差也跟着动，所以要减去梯度的平均，和顺着归一化后的数的那一份；再缩放，剩下 ${n(told.value)}。${lever(told)}`;
  },
  batch_norm_grad_fixed: (told) => {
    if (!told.explanation) return "均值和方差在这里不动，传回的梯度只是缩放。";
    return `均值和方差在这里不动，传回的 ${n(told.line("dy"))} 只是缩放成 ${n(told.value)}。${lever(told)}`;
  },
  moving_average: (told) => {
    if (!told.explanation) return "以后单看一张图片时没有整批可量，所以留一份滑动平均：旧的占大部分，这一批的添一点。";
    return `旧的平均 ${n(told.line("before"))} 留下 ${chosen(told.line("momentum"))} 倍，其余由这一批的 ${n(told.line("value"))} 补上，得 ${n(told.value)}。`;
  },
  dropout: (told) => {
    const back = told.backward;
    if (!told.explanation) return back ? "前向时被舍去的，什么也收不回；留下的，按当时的倍数放大。" : "这次更新里，抽签舍去一部分数；其余的放大，平均下来总量不变。";
    const [x, scale] = [n(told.line("x")), n(told.line("scale"))];
    if (told.line("kept") === 0) return back ? `这个数前向时被舍去，传回的 ${x} 它一点也得不到。${lever(told)}` : `抽签舍去了这个数：这次更新里往前走的不是 ${x}，是 0。`;
    return back ? `这个数前向时留下并放大到 ${scale} 倍，传回的梯度也一样：${n(told.value)}。${lever(told)}` : `抽签留下了这个数：${x} 放大到 ${scale} 倍，补上舍去的，得 ${n(told.value)}。`;
  },
  add: (told) => {
    const ways = count(told.step.operands.filter(({ name }) => name === "x").length);
    if (told.backward) {
      if (!told.explanation) return `这里的输出分 ${ways} 路往前走，所以各路传回的梯度要加起来。`;
      return `这个数分 ${ways} 路往前走，各路传回的加起来是 ${n(told.value)}。${lever(told)}`;
    }
    if (!told.explanation) return `${ways} 个输入相加，位置相同的数加在一起。`;
    return `${ways} 个输入里位置相同的数，加起来是 ${n(told.value)}。`;
  },
  concatenate: (told) => {
    if (!told.explanation) return `把几个输入${told.isMap("y") ? "的图并排" : "首尾相接"}放在一起，一个数也不变。`;
    const [column] = told.columns("x");
    return column ? `这个数是从 ${told.sender(column)} 照原样来的：${n(told.value)}。这里只是把几个输入放在一起，什么也不算。` : `这个数是照原样来的：${n(told.value)}。这里只是把几个输入放在一起，什么也不算。`;
  },
  concatenate_grad: (told) => {
    if (!told.explanation) return "属于哪个输入的，传回的梯度就还给哪个输入，一个数也不变。";
    return `传回这个数的，取出来照原样还回去：${n(told.value)}。${lever(told)}`;
  },
  zero_pad2d: (told) => {
    if (!told.explanation) return "在每张图四周补上几行几列零。";
    return told.values("x").length > 0 ? `这个数照原样：${n(told.value)}，只是四周补了零。` : "这一格在补上的边里：0。";
  },
  zero_pad2d_grad: (told) => {
    if (!told.explanation) return "传回补零处的梯度丢掉，其余的照原样还回去。";
    return `传回这个数的照原样还回去：${n(told.value)}。丢掉的只是传回补零处的。${lever(told)}`;
  },
  loss: (told) => {
    const kind = lossKind(told);
    if (!told.explanation) return kind === "mean_squared_error" ? "损失是答案与目标之差平方后的平均。" : "损失只问一件事：网络给正确的那一类多大的概率？取它的对数，再变号。";
    if (kind === "mean_squared_error") return `${count(told.channels("prediction"))} 个数与目标之差，平方后的平均是 ${n(told.value)}。`;
    const right = told.className(told.walk.label);
    const p = told.tells("p");
    const gave = p === undefined ? "" : `网络给正确的那一类${right ? `（${right}）` : ""}的概率是 ${n(p)}。`;
    return `${gave}这个概率的对数变号，就是损失：${n(told.value)}。`;
  },
  loss_grad: (told) => {
    const kind = lossKind(told);
    const mean = told.several ? `整批的损失是平均值，所以还要除以 ${count(told.batch)}。` : "";
    if (!told.explanation) {
      if (kind === "mean_squared_error") return `从这里往回走：答案离目标越远，往回拉得越用力。${mean}`;
      if (kind === "softmax_crossentropy") return `从这里往回走：每一类的概率减去应有的值，正确的那类该是 1，别的该是 0。${mean}`;
      return `从答案本身往回走：每个数动一动，损失会怎样变。${mean}`;
    }
    const at = told.place();
    const index = at.in === "vector" ? at.index - 1 : 0;
    const who = told.className(index);
    const [p, t, value] = [told.tells("p"), told.tells("t"), told.value];
    if (kind === "softmax_crossentropy" && p !== undefined && t !== undefined) {
      const wish = value < 0 ? "，所以这个 logit 该升" : value > 0 ? "，所以这个 logit 该降" : "";
      return `${who ? `“${who}”` : `第 ${index + 1} 类`}的概率是 ${n(p)}，应该是 ${chosen(t)}；相减${told.several ? `，再除以整批的 ${count(told.batch)} 张` : ""}，得 ${n(value)}${wish}。`;
    }
    return `从这里往回走：${who ? `“${who}”` : `第 ${index + 1} 个答案`}的梯度是 ${n(value)}。${mean}${lever(told, "这个答案")}`;
  },
  metrics: (told) => {
    const purpose = "这是给曲线看的，不参与更新。";
    if (!told.explanation) return told.several ? `把 ${count(told.batch)} 张图片的损失加起来，数一数对了几张。${purpose}` : `记下损失，和答得对不对。${purpose}`;
    return told.explanation.index === 0 ? `损失加起来是 ${n(told.value)}。${purpose}` : `${count(told.batch)} 张里对了 ${count(told.value)} 张。${purpose}`;
  },
  sgd: (told) => {
    const velocity = told.has("velocity");
    if (!told.explanation) return velocity ? "每个权重先顺着上一次的势头走一段，再逆着梯度走一步。" : "每个权重逆着梯度走一步，步子是学习率乘以梯度。";
    const g = n(told.line("gradient"));
    if (told.result === "velocity") return `上一次的势头 ${n(told.line("velocity_before"))} 留下 ${chosen(told.line("momentum"))} 倍，再减去学习率乘以梯度 ${g}，得 ${n(told.value)}。`;
    return `${moved(told)}${velocity ? `它带着上一次的势头，再逆着梯度 ${g} 走一步。` : `它逆着梯度 ${g} 走，步子是梯度的 ${chosen(told.line("learning_rate"))} 倍。`}`;
  },
  adam: (told) => {
    if (!told.explanation) return "Adam 替每个权重记两个滑动平均：梯度的，和梯度平方的。逆着前一个走，步子用后一个的平方根来量。";
    const g = n(told.line("gradient"));
    if (told.result === "m") return `梯度的滑动平均添进 ${g}，从 ${apart(told.line("m_before"), told.value).join(" 变为 ")}。`;
    if (told.result === "v") return `梯度平方的滑动平均添进 ${g} 的平方，从 ${apart(told.line("v_before"), told.value).join(" 变为 ")}。`;
    return `${moved(told)}Adam 逆着梯度的滑动平均 ${n(told.line("m_hat"))} 走，再除以平方的滑动平均 ${n(told.line("v_hat"))} 的平方根：梯度一向小的权重，和梯度一向大的走得差不多远。`;
  },
};

export const zh: Voice = {
  steps,
  flatten: {
    forward: "把所有图排成一行数：一格接一格，每格里各通道挨着。什么也不算。",
    backward: "把传回这一行数的梯度重新折成一张张图。什么也不算。",
  },
  place,
  signs: {
    "=": "等于",
    "←": "变为",
    "·": "乘以",
    "/": "除以",
    "+": "加",
    "−": "减",
    "(": "左括号",
    ")": "右括号",
    "[": "若",
    "]": "则为 1，否则为 0",
    ",": "与",
    ";": "；",
    "+ …": "等等",
    ", …": "等等",
    "…": "等等",
    Σ: "求和",
    "√": "平方根",
    "√(": "平方根，左括号",
    "max(": "较大者，左括号",
    max: "最大者",
    argmax: "最大者的位置",
    "σ(": "sigmoid，左括号",
    leaky: "leaky ReLU",
    "tanh(": "双曲正切，左括号",
    "exp(": "指数，左括号",
    ln: "自然对数",
    "> 0": "大于 0",
    "≤ 0": "不大于 0",
    β: "beta",
    γ: "gamma",
    ε: "epsilon",
    η: "学习率",
    μ: "mu",
    "σ²": "sigma 平方",
    dβ: "d beta",
    dγ: "d gamma",
    "x̂": "x 尖",
  },
  below: (indices) => `下标 ${indices}`,
  over: (sign, indices) => `对 ${indices} ${sign}，`,
  power: (exponent) => (exponent === "2" ? "的平方" : `的 ${exponent} 次方`),
  minus: "负",
  scientific: (digits, power) => `${digits} 乘以十的 ${power} 次方`,
};
