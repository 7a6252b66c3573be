/** 什么被拒绝了，该怎么办：引擎的各种拒绝，按代码写成中文。 */
import type { ExecutorReason, Refusal } from "../../../engine/protocol";
import type { WeightsMisfit } from "../../../engine/generated/types/WeightsMisfit";
import type { Fault } from "../../complaint";
import * as f from "../../format";
import { files } from "../data/zh";
import { draw } from "../draw/zh";

const dims = (shape: readonly number[]) => f.shape(shape);

export const browserSays = (message: string): string => (message ? `浏览器说：“${message}”` : "浏览器没有说原因。");

/** GPU 装不下的网络。 */
export const takes = ({ bytes, room }: { bytes: number; room: number | null }): string =>
  `它要占 ${f.bytes(bytes)}，${room === null ? "这里没有那么多" : `而能用的只有 ${f.bytes(room)}`}。减小批大小或少用些单元，占得就少。`;

/** The engine words what it allows in English; here in the reader's language. */
function translated(allowed: string): string {
  const number = "(-?[\\d,.e+-]+)";
  const patterns: [RegExp, string][] = [
    [new RegExp(`^(?:from|between) ${number} (?:to|and) ${number}$`), "$1 到 $2"],
    [new RegExp(`^at least ${number} and below ${number}$`), "不小于 $1，小于 $2"],
    [new RegExp(`^at least ${number} and at most ${number}$`), "不小于 $1，不大于 $2"],
    [new RegExp(`^above ${number} and below ${number}$`), "大于 $1，小于 $2"],
    [new RegExp(`^above ${number} and at most ${number}$`), "大于 $1，不大于 $2"],
    [new RegExp(`^at least ${number}$`), "不小于 $1"],
    [new RegExp(`^at most ${number}$`), "不大于 $1"],
    [new RegExp(`^above ${number}$`), "大于 $1"],
  ];
  const found = patterns.find(([pattern]) => pattern.test(allowed));
  return found ? allowed.replace(...found) : allowed;
}

export function problem(problem: Fault): string {
  switch (problem.kind) {
    case "duplicate_name":
      return "另有一层叫这个名字，请各取其名。";
    case "unknown_input":
      return `它接 “${problem.input}”，而前面没有这一层。`;
    case "input_count":
      return `它需要 ${problem.expected.replace("or more", "个或更多")} 个输入，现有 ${problem.got} 个。`.replace("更多 个", "更多");
    case "rank":
      return problem.got.length === 1
        ? `它需要特征图（高、宽、通道），得到的却是一行 ${f.count(problem.got[0])} 个数。请放到还有特征图的地方。`
        : `它需要一行数，得到的是 ${dims(problem.got)}。前面加一个 Flatten 或 GlobalAveragePooling2D。`;
    case "value":
      return `${problem.field} 是 ${problem.value}，不在允许的范围内（${translated(problem.allowed)}）。`;
    case "window_too_large":
      return `窗口有 ${dims(problem.window)} 格，输入只有 ${dims(problem.input)}。把窗口改小，用 “same” 补零，或前面少池化一次。`;
    case "shapes_differ":
      return `要合并的张量形状不同：${problem.shapes.map(dims).join(" 与 ")}。`;
    case "no_input":
      return "网络要从输入层开始。";
    case "second_input":
      return "网络只有一个输入层，在最前面。";
    case "unused":
      return "没有哪一层用它的输出。让后面的层接上它，或把它删除。";
    case "target_shape":
      return `网络最后输出 ${dims(problem.got)}，而类别有 ${dims(problem.expected)} 个。最后用 ${dims(problem.expected)} 个单元的 Dense。`;
    case "unknown_layer":
      return `要用到 “${problem.layer}” 层，而网络里没有这一层。`;
    case "no_loss":
      return "要求损失的梯度，却没有选损失函数。";
    case "update_without_gradients":
      return "要更新参数，却没有要求参数的梯度。";
    case "no_gradients":
      return "反向计算要从这里开始，却没有要求任何梯度。";
    case "no_activation":
      return "反向计算要从它的激活之前开始，而它没有激活函数。";
    case "not_upstream":
      return "要求它的梯度，而反向计算的起点并不依赖它。";
    case "not_differentiable":
      return `所求的梯度要经过它的 ${problem.operation}，而这个运算没有梯度。`;
    case "too_large":
      return `它要装 ${f.count(problem.numbers)} 个数，超过了 ${f.count(problem.limit)}。`;
  }
}

/** 为 null 时，就用引擎自己的话。 */
export function refusal(refusal: Refusal): string | null {
  switch (refusal.code) {
    case "network":
      return `“${refusal.layer}” 层：${problem(refusal.problem)}`;
    case "setting":
      return problem({ kind: "value", ...refusal });
    case "input_shape":
      return `网络的输入是 ${dims(refusal.got)}，图片却是 ${dims(refusal.expected)}。把输入层改成图片的形状，或换用形状与网络相符的图片。`;
    case "output_shape":
      return `网络最后输出 ${dims(refusal.got)}，而图片分 ${f.count(refusal.classes)} 类。最后用 ${f.count(refusal.classes)} 个单元的 Dense，或换用类别数与网络相符的图片。`;
    case "no_pictures":
      return `这个数据集没有${refusal.part === "test" ? "测试" : "训练"}用的图片，请换一个。`;
    case "not_a_checkpoint":
      return `这不是 Atelier 保存的训练，或者文件已损坏：${unreadable(refusal)}`;
    case "other_network":
      return `文件里的权重与它的网络不符：${misfit(refusal)}`;
    case "format":
      return format(refusal);
    case "weights":
      return refusal.misfits.map(weightsMisfit).join("");
    case "executor":
      return `这个网络要占 ${f.bytes(refusal.bytes)} 内存，这里没有那么多。减小批大小或少用些卷积核，占得就少。`;
    case "gpu":
      return gpuRefusal(refusal.reason);
    case "too_big":
      return `每批 ${f.count(refusal.batch)} 张时，这个网络要占 ${f.bytes(refusal.needed)}，而能用的只有 ${f.bytes(refusal.room)}。${
        refusal.fits === 0 ? "连一张一批也装不下：少用些卷积核或单元，或早些池化。" : `每批 ${f.count(refusal.fits)} 张装得下。`
      }`;
    case "wrong_gpu":
      return `GPU 算得不对：${refusal.operation} 算出 ${f.number(refusal.got)}，CPU 是 ${f.number(refusal.expected)}。`;
    case "no_maps":
      return "这个网络在通往答案的路上没有特征图；加一层 Conv2D，或者看另一种解释。";
    case "file":
    case "twice":
    case "missing":
    case "unclear":
    case "shapes":
    case "gaps":
      return files(refusal);
    default:
      return draw.refused(refusal);
  }
}

function unreadable(refusal: Extract<Refusal, { code: "not_a_checkpoint" }>): string {
  switch (refusal.kind) {
    case "format":
      return `它不是完好的 safetensors 文件（${refusal.reason}）。`;
    case "foreign":
      return "它是别的程序写的。";
    case "description":
      return `里面对这次训练的描述坏了（${refusal.reason}）。`;
    case "updates":
      return `它说更新过 ${f.count(refusal.count)} 次，没有哪次训练会有这么多。`;
    case "numbers":
      return `张量“${refusal.tensor}”里是 ${refusal.numbers}，既不是 F32 也不是 F16。`;
  }
}

function misfit(refusal: Extract<Refusal, { code: "other_network" }>): string {
  switch (refusal.kind) {
    case "missing":
      return `里面没有“${refusal.tensor}”。`;
    case "shape":
      return `“${refusal.tensor}”在文件里是 ${dims(refusal.got)}，在网络里是 ${dims(refusal.expected)}。`;
    case "too_few":
      return `给“${refusal.tensor}”的数不够（只有 ${f.count(refusal.got)} 个）。`;
    case "none":
      return "一个也没有。";
  }
}

/** 读不出权重的文件。 */
function format(refusal: Extract<Refusal, { code: "format" }>): string {
  switch (refusal.kind) {
    case "read":
      return `这个文件读不出来（${refusal.reason}）。`;
    case "unknown":
      return "这既不是 safetensors 文件，也不是 Keras 写的 HDF5。请给存有权重的文件。";
    case "damaged":
      return `文件已损坏（${refusal.reason}）。`;
    case "hdf5":
      return "这是 Keras 写的 HDF5，本页不读这种文件。请给 safetensors 格式的权重；`cargo xtask recognise` 两种都读。";
    case "not_keras":
      return "这是 HDF5，但不是 Keras 写的：里面既没有 “layer_names”，也没有名为 “layers” 的组。";
    case "layer":
      return `其中的层“${refusal.layer}”建不起来：${refusal.why}。`;
    case "no_network":
      return "里面只有权重，没有网络的描述。请选好是哪个网络。";
    case "numbers":
      return `张量“${refusal.tensor}”里是 ${refusal.numbers}；能读的是 float16、bfloat16、float32 和 float64。`;
  }
}

/** 文件里与网络对不上的张量或层。 */
export function weightsMisfit(one: WeightsMisfit): string {
  switch (one.kind) {
    case "missing":
      return `层“${one.layer}”的 ${one.name}（${dims(one.expected)}）文件里没有。`;
    case "shape":
      return `层“${one.layer}”的 ${one.name} 是 ${dims(one.expected)}，文件里的“${one.tensor}”却是 ${dims(one.found)}。`;
    case "tensors":
      return `层“${one.layer}”有 ${f.count(one.expected)} 个张量，文件里的“${one.in_file}”有 ${f.count(one.found)} 个。`;
    case "layers":
      return `网络有 ${f.count(one.expected)} 个带权重的层，文件里有 ${f.count(one.found)} 个。`;
  }
}

/** GPU 没有做成的事；问它的不是训练。 */
function gpuRefusal(reason: ExecutorReason): string | null {
  switch (reason.type) {
    case "no_webgpu":
      return "这个浏览器没有 WebGPU，或只对 https 网页开放。";
    case "no_adapter":
      return "这个浏览器有 WebGPU，但没有找到可用的 GPU。";
    case "too_big":
      return `这个网络 GPU 装不下。${takes(reason)}`;
    case "lost":
      return `GPU 丢失了。${browserSays(reason.message)}`;
    case "failed":
      return `GPU 用不了。${browserSays(reason.message)}`;
    default:
      return null;
  }
}
