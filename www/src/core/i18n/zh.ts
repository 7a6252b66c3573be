import * as f from "../format";
import { shortName } from "../executor";
import { F32_MAX, narrowed, type Range } from "../ranges";
import type { Saying } from "../voice";
import type { Messages } from "./en";
import { spaced } from "./pieces";
import { draw } from "./draw/zh";
import { browserSays, problem, refusal, takes } from "./refusal/zh";
import { step } from "./step/zh";

const pad = f.padded;
const dims = (shape: readonly number[]) => f.shape(shape);

function tenths(share: number): string {
  if (share === 0 || share === 1) return share === 0 ? "一张也没有答对" : "全答对了";
  const n = Math.round(10 * share);
  return n <= 0 ? "几乎没有答对的" : n >= 10 ? "差不多全答对了" : `十张大约答对 ${n} 张`;
}

function allowed(range: Range): string {
  if (range.kind === "whole") return `须是 ${f.count(range.least)} 到 ${f.count(range.most)} 的整数`;
  const lower = `须${range.above_least ? "大于" : "不小于"} ${f.plain(range.least)}`;
  return range.most === F32_MAX ? lower : `${lower}，${range.below_most ? "小于" : "不大于"} ${f.plain(range.most)}`;
}

/** 若不是只有 32 位就能用的数，引擎会把它当成什么。 */
function inF32(value: number, range: Range): string {
  const held = narrowed(value, range);
  return held === undefined ? "" : `引擎用 32 位计算，${f.typed(value)} 在那里就是 ${f.plain(held)}。`;
}

function outcome({ accuracy, right, of }: Extract<Saying, { says: "finished" }>): string {
  if (right === of) return `测试图 ${f.count(of)} 张全部答对。`;
  if (right === 0) return `测试图 ${f.count(of)} 张，一张也没有答对。`;
  const wrong = of - right;
  const [few, what] = wrong <= right ? [wrong, "错"] : [right, "对"];
  return `测试图答对 ${f.percent(accuracy)}，大约每 ${f.count(Math.round(of / few))} 张${what} 1 张。`;
}

export const zh: Messages = {
  tagline: "一个可以拆开来看的卷积网络",
  loading: "载入中",
  close: "关闭",
  dismiss: "知道了",
  skip: "跳到训练控制",

  modes: "模式",
  train: "训练",
  stepTab: "逐步",
  drawTab: "画图",

  step,
  draw,

  data: {
    open: "图片从哪里来",
    chip: (train, test) => `${f.count(train)} + ${f.count(test)}`,
    counts: (train, test, classes) => `训练图 ${f.count(train)} 张，测试图 ${f.count(test)} 张，共 ${f.count(classes)} 类。`,
    names: {
      beside: "Fashion-MNIST",
      official: "Fashion-MNIST",
      files: "其他图片",
      stored: "Fashion-MNIST",
      procedural: "程序绘制的服装",
    },
    from: {
      beside: "官方文件，就放在本页旁边。",
      official: "官方文件，取自数据集的公开仓库。",
      files: "格式相同、但不是官方 Fashion-MNIST 的文件：你给的、上次访问时存下的，或放在本页旁边的。",
      stored: "官方文件，上次访问时存在这个浏览器里。",
      procedural: "由 Atelier 按种子自己画出来，不联网也能用。比真实服装的照片容易认。",
    },
    ready: "数据文件到了",
    readyUse: "换上",
    readyAbout: "在换之前，这次训练仍用开始时的图片。",
    fetch: "获取 Fashion-MNIST",
    fetchSize: "31 MB",
    fetchAbout: "向 github.com 取四个官方文件，存在这个浏览器里。",
    choose: "选择四个文件",
    drop: "或拖到这里",
    chooseAbout: "Fashion-MNIST、MNIST 或同样格式的 IDX 文件，压缩与否都行。",
    procedural: "改用程序绘制的服装",
    proceduralAbout: "十类，由 Atelier 自己画，不用联网。",
    progress: (loaded, total) => `${(loaded / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB`,
    reading: "读取中",
    kept: "原来的数据仍在使用。",
    restarts: "换数据会从头训练。",
  },

  executor: {
    open: "由什么计算，为什么",
    chip: (isa, workers) => `${isa === "relaxed" ? "宽松 SIMD" : "SIMD"} · ${workers} 个线程`,
    cpu: "CPU",
    webgpu: "WebGPU",
    isa: {
      simd128: "WebAssembly SIMD 一次算四个数。这个浏览器没有融合乘加（宽松 SIMD），乘和加各占一条指令。",
      relaxed: "WebAssembly 宽松 SIMD 一次算四个数，处理器有乘加指令时，一次乘加只用一条。",
    },
    workers: (n) =>
      n === 1 ? "一个线程计算。" : `每一批图片分给 ${n} 个线程，各有一份模块；梯度按固定顺序相加，所以种子和线程数相同，损失就相同。不管分给几个线程，批归一化用的都是整批的均值和方差。`,
    shaders: "装得下时，整批图片一次交给 GPU，装不下就分几次。每种运算是一小段 WGSL 程序，叫计算着色器；GPU 上许多线程同时执行它，每个线程只算结果里的几个数。损失晚几批才读回来，谁也不用等谁。",
    agree: "两者从同一个种子出发，按同一份计划逐个运算。采用 GPU 之前，先拿它的数与 CPU 的比对；GPU 求和的次序不同，除了舍入误差，结果一致。",
    starting: "启动中",
    moving: { auto: "选择中", cpu: "正在换到 CPU", webgpu: "正在换到 WebGPU" },
    gpuChip: (adapter, bytes, buffers) => [shortName(adapter), `${f.bytes(bytes)} · ${f.count(buffers)} 个缓冲区`],
    choose: "用什么计算",
    auto: "自动",
    choices: {
      auto: "数算得对的当中，用快的那个。",
      webgpu: "图形处理器。",
    },
    hindrance: {
      no_webgpu: "这个浏览器没有，或只在 https 下才有。",
      no_adapter: "没有找到可用的 GPU。",
    },
    slow: "这个适配器是软件：由处理器来充当 GPU。能用，但很慢。",
    adapter: "适配器",
    software: "软件",
    memory: "内存",
    memoryOf: ({ bytes, buffers, workers }) =>
      buffers > 0
        ? `${f.bytes(bytes)}，${f.count(buffers)} 个缓冲区`
        : workers <= 1
          ? `一个线程占 ${f.bytes(bytes)}`
          : `一个线程占 ${f.bytes(bytes)}；另外 ${f.count(workers - 1)} 个少一份优化器状态，其余一样`,
    kinds: { parameters: "权重", optimizer: "优化器", gradients: "梯度", activations: "激活值" },
    bytes: (n) => `${f.count(n)} 字节`,
    rate: "张/秒",
    reason({ kind, reason }) {
      switch (reason.type) {
        case "starting":
          return "现在由 CPU 计算，还在看有没有 GPU。";
        case "warming":
          return reason.of === 0 ? "这里有 GPU。训练一开始，CPU 先算着，同时编译 GPU 的着色器。" : `CPU 先训练，GPU 的着色器正在编译：${reason.of} 个里好了 ${reason.ready} 个。`;
        case "trial":
          return "GPU 算出的数与 CPU 一致，再用几批看看它有多快。";
        case "faster":
          return "由 GPU 计算：这个网络、这样的批大小，它更快。";
        case "slower":
          return "由 CPU 计算：这个网络、这样的批大小，它更快。";
        case "forced":
          return kind === "cpu" ? "由 CPU 计算，这是你选的。" : "由 GPU 计算，这是你选的。";
        case "no_webgpu":
          return "由 CPU 计算：这个浏览器没有 WebGPU，或只对 https 网页开放。";
        case "no_adapter":
          return "由 CPU 计算：这个浏览器有 WebGPU，但没有找到可用的 GPU。";
        case "software":
          return `由 CPU 计算：浏览器给出的适配器 ${shortName(reason.adapter)} 是软件，由处理器来充当 GPU。`;
        case "wrong":
          return `由 CPU 计算：GPU 没有通过自检。${reason.operation} 算出 ${f.number(reason.got)}，CPU 是 ${f.number(reason.expected)}。`;
        case "too_big":
          return `由 CPU 计算：这个网络 GPU 装不下。${takes(reason)}`;
        case "lost":
          return `由 CPU 计算：GPU 丢失了。${browserSays(reason.message)}`;
        case "failed":
          return `由 CPU 计算：GPU 用不了。${browserSays(reason.message)}`;
      }
    },
    browserSays,
    lost: "GPU 丢失了",
    goesOn: (back) => (back === 0 ? "CPU 从原处接着算。" : `CPU 从 ${f.count(back)} 批之前接着算，那时的权重是保存好的。`),
    goBack: "换回 WebGPU",
  },

  language: "EN",
  languageLabel: "EN：切换到英文",
  address: {
    title: "网址里有些内容没有采用",
    because({ key, text, reason }) {
      const said = `“${key}=${text.length > 24 ? `${text.slice(0, 23)}…` : text}”`;
      switch (reason.type) {
        case "range":
          return `${said}：${reason.name} ${allowed(reason.range)}。${inF32(reason.value, reason.range)}`;
        case "number":
          return `${said}：${reason.name} 须是一个数，例如 12、0.5 或 1e-3。`;
        case "choice":
          return `${said}：只能是 ${reason.choices.join("、")} 之一。`;
        case "place":
          return `${said}：这次演算里没有这个位置。`;
        case "network":
          return `${said}：其中的网络已损坏，或不完整${reason.message && `（${reason.message}）`}。`;
      }
    },
    stands: "这些地方用的是默认值。",
  },
  theme: { auto: "配色：跟随系统", light: "配色：浅色", dark: "配色：深色" },

  file: {
    menu: "保存与打开",
    run: "这次训练",
    save: "保存权重与进度",
    saveAbout: ".safetensors，网络结构写在元数据里",
    open: "打开保存过的训练",
    openAbout: "网络、设置、权重和进度一并恢复",
    network: "网络",
    copy: "复制为 JSON",
    download: "下载 JSON",
    paste: "打开 JSON",
    pasteAbout: "从文件打开，也可以拖进来，或随处粘贴",
    link: "复制本页链接",
    linkAbout: "含设置、网络和图片，不含权重",
    copied: "已复制",
    notCopied: "这个浏览器不让网页复制。",
    drop: "把四个数据文件、\n保存的训练或网络放在这里",
    badNetwork: (what) => `这不是一个网络：${what}。需要 “layers”，每层有 “name”、“inbound” 和 class_name 为 Atelier 所知的 “layer”。`,
  },

  offer: {
    title: "打开另一个网络的训练？",
    holds: (found, layers) => `文件里是网络 “${found}” 的训练，共 ${f.count(layers)} 层。`,
    replaces: (here, layers) => `它会取代现在的 “${here}”（${f.count(layers)} 层），设置也换成它自己的。`,
    trained: (batches) => `这里已经训练的 ${f.count(batches)} 批会丢失，除非先保存。`,
    draft: "还没有应用的网络改动也会丢失。",
    draftAlone: "还没有应用的网络改动会丢失。",
    open: "打开",
    keep: "保留现在的",
  },

  spine: {
    label: "网络，从图片到类别",
    input: "选一张图片",
    layer: (name, kind, shape) => `${name}，${kind}，输出 ${dims(shape)}`,
    mapsHint: "方向键移动格子，Page Up 和 Page Down 换特征图",
    edit: (name) => `修改 ${name}`,
    params: (n) => `${f.count(n)} 个参数`,
    macs: (n) => `每张图 ${f.count(n)} 次乘加`,
    cell: (channel, channels, y, x) => `第 ${channel + 1} 张图，共 ${channels} 张 · 第 ${y + 1} 行，第 ${x + 1} 列`,
    element: (i, n) => `第 ${i + 1} 个数，共 ${f.count(n)} 个`,
    pixel: (y, x) => `第 ${y + 1} 行，第 ${x + 1} 列`,
    sees: (rows, columns) => `看到原图的 ${rows}×${columns} 个像素`,
    seesAll: "看到整张原图",
    empty: "还没有数值",
    truth: "正确答案",
    insert: (before) => `在 ${before} 之后插入一层`,
    insertTitle: "插入一层",
  },

  picker: {
    title: "选一张图片来看",
    about: "取自测试集：网络从不用它们训练。",
    aboutTraining: "取自训练集：网络就是从它们学的。",
    trainingPicture: (index, label) => `训练图片 ${index}：${label}`,
    splits: { test: "测试", train: "训练" },
    more: "下一页",
    back: "上一页",
    random: "随机",
  },

  curves: {
    loss: "损失",
    accuracy: "准确率",
    training: "训练",
    validation: "验证",
    epochs: "轮",
    smoothed: (batches) => (batches <= 1 ? "最后一批的值" : `最近 ${f.count(batches)} 批的平均`),
    lossEmpty: (classes) =>
      `每一批的损失画在这里，每轮结束再加上测试图的损失。若给 ${f.count(classes)} 类同样的概率，损失是 ln ${f.count(classes)} = ${Math.log(classes).toFixed(2)}。`,
    accuracyEmpty: (classes) => `答对的比例画在这里。在 ${f.count(classes)} 类里瞎猜，大约每 ${f.count(classes)} 张对一张。`,
    lossSummary: (steps, loss, val) => `损失曲线，共 ${f.count(steps)} 批；训练 ${loss}，验证 ${val}。`,
    accuracySummary: (steps, acc, val) => `准确率曲线，共 ${f.count(steps)} 批；训练 ${acc}，验证 ${val}。`,
  },

  results: {
    tabs: "验证",
    images: "图片",
    confusion: "混淆矩阵",
    worst: "错得最远",
    right: (right, of) => `${f.count(of)} 张对 ${f.count(right)} 张`,
    rightAbout: "上一轮结束时的全部测试图",
    picture: (index, label) => `测试图 ${index}：${label}`,
    said: (label) => `认作${spaced(label)}`,
    noAnswer: "没有答案",
    unanswered: (n) => `有 ${f.count(n)} 张测试图没有答案：网络算出的不是数。`,
    imagesEmpty: "测试图和网络对它们的判断会出现在这里。",
    confusionTooMany: (classes) => `类别不超过 256 个时，才统计哪一类被认成哪一类；这个数据集有 ${f.count(classes)} 类。错得最厉害的在旁边一栏。`,
    confusionEmpty: "第一轮之后：每一类被认成别的类各有多少次。",
    worstEmpty: "第一轮之后：网络错得最远的测试图。",
    noMistakes: "测试图全部答对。",
    actual: "实",
    predicted: "认",
    cellTitle: (actual, predicted, n) => (actual === predicted ? `${actual}：答对 ${f.count(n)} 张` : `${actual}认作${spaced(predicted)}：${f.count(n)} 张`),
    listTitle: (actual, predicted, n) => (actual === predicted ? `${actual}，答对 ${f.count(n)} 张` : `${actual}，认作${spaced(predicted)}，${f.count(n)} 张`),
    back: "返回",
    none: "没有这样的图片。",
    lossOf: (loss) => `损失 ${loss}`,
  },

  transport: {
    label: "训练控制",
    run: "运行",
    pause: "暂停",
    step: "走一批",
    reset: "重置",
    runHint: "空格键",
    stepHint: "右方向键",
    resetHint: "从零开始：按种子重新取初始权重",
    resetApplies: "用新设置重新开始",
    at: (epoch, epochs, batch, batches) => ["第 ", `${epoch}`, `/${epochs} 轮 · 第 `, pad(batch, batches), `/${batches} 批`],
    ahead: (epochs, batches, size, pictures) => {
      const each = pictures % size === 0 ? `每批 ${f.count(size)} 张` : batches === 1 ? `共 ${f.count(pictures)} 张` : `每批至多 ${f.count(size)} 张`;
      return `共 ${f.count(epochs)} 轮，每轮 ${f.count(batches)} 批，${each}`;
    },
    keys: "空格键运行或暂停",
    speed: (rate) => `${f.speed(rate)} 张/秒`,
    left: (seconds) => `还需 ${f.duration(seconds)}`,
    validating: (share) => `验证中 ${Math.round(100 * share)} %`,
    done: "完成",
    progress: "本轮进度",
  },

  settings: {
    open: "训练设置",
    optimizer: "优化器",
    rate: "学习率",
    batch: "批大小",
    epochs: "轮数",
    seed: "种子",
    adam: "Adam",
    sgd: "SGD",
    momentum: "动量",
    nesterov: "Nesterov",
    about: {
      optimizer: "怎样由梯度得出权重的改动。",
      learning_rate: "每次改动多大。运行中也能调。",
      batch_size: "每改一次权重，用多少张图片来算。",
      epochs: "全部训练图看几遍。",
      seed: "种子相同，初始权重和图片的次序就相同。",
      beta_1: "Adam 忘记旧梯度的快慢。",
      beta_2: "忘记梯度平方的快慢。",
      epsilon: "避免除以零。",
      momentum: "上一次改动有多少再做一遍。",
      nesterov: "先顺着动量往前看一步再拐弯。",
    },
    waits: "重置后生效。",
    invalid: (range, value) => (Number.isNaN(value) ? `${allowed(range)}。` : `没有采用：${allowed(range)}。${inF32(value, range)}`),
  },

  edit: {
    open: "修改网络",
    done: "完成",
    bar: "正在修改网络",
    undo: "撤销",
    redo: "重做",
    presets: "现成的网络",
    presetNames: {
      seed: ["Fashion-MNIST CNN", "五层卷积，Atelier 一开始用的就是它"],
      small: ["小网络", "两层卷积，手机上也快"],
      lenet: ["LeNet", "LeCun 等 1998，课堂上的讲法"],
      normalized: ["批归一化与随机失活", "两段，归一化并随机失活"],
      residual: ["残差网络", "两段带捷径，何恺明等 2015"],
    },
    apply: "应用",
    applyHint: "建成网络，重新取初始权重",
    discard: "放弃",
    total: (n) => `${f.count(n)} 个参数`,
    impossible: "建不成",
    name: "名称",
    nameAbout: "按回车或离开这一格时生效；连线跟着层走。",
    nameTaken: (name) => `另有一层叫“${name}”。每层要有自己的名字；在此之前它仍用原名。`,
    nameEmpty: "层要有名字；在此之前它仍用原名。",
    inbound: "来自",
    inboundAbout: { Add: "这一层接哪些层的输出，形状须相同。", Concatenate: "这一层接哪些层的输出，高和宽须相同。" },
    noSoftmax: (units) => `它最后不是 softmax，所以这 ${f.count(units)} 个数不是概率，损失只拿它们除以总和。要让它在 ${f.count(units)} 类里选，就把激活函数设为 softmax。`,
    moveLeft: "左移",
    moveRight: "右移",
    remove: "删除",
    output: "输出",
    parameters: "参数",
    macs: "每图乘加",
    frozen: "已冻结",
    default: "同窗口",
    layers: {
      InputLayer: "图片从这里进入。",
      Conv2D: "小卷积核在输入上滑动，把盖住的数加权求和。",
      DepthwiseConv2D: "每张图用自己的卷积核滑动，互不相混。",
      MaxPooling2D: "每个窗口只留最大的数。",
      AveragePooling2D: "每个窗口取平均。",
      GlobalAveragePooling2D: "每张特征图只留一个数：它的平均。",
      Dense: "每个输入都连到每个输出。",
      Flatten: "把所有特征图排成一行数。",
      Activation: "对每个数单独作用的函数；softmax 则作用于一格里的所有数。",
      ReLU: "把负数变成 0；设了上限，就不会超过它。",
      BatchNormalization: "按批把每个通道调成均值 0、方差 1，再乘加学来的数。",
      Dropout: "训练时随机把一部分输入置零，其余按比例放大。",
      Add: "把形状相同的张量逐个相加。",
      Concatenate: "把几个张量的通道并排放在一起。",
      ZeroPadding2D: "在每张特征图四周补零。",
    },
    fields: {
      filters: "卷积核的个数，也就是输出几张特征图。",
      kernel_size: "卷积核的行数与列数。",
      strides: "窗口每次移动多远。",
      padding: "valid：窗口须全在里面。same：四周补零，步长为 1 时大小不变。",
      pool_padding: "valid：窗口须全在里面。same：窗口可以伸出边缘，外面的不算。",
      own_activation: "对每个数作用的函数。",
      dilation_rate: "卷积核各格之间的距离；1 就是没有空隙。",
      use_bias: "每个通道加一个学来的数。",
      activation: "对每个和再作用的函数。",
      negative_slope: "leaky ReLU 在负数一侧的斜率。",
      max_value: "输出的上限；空着就没有上限。",
      depth_multiplier: "每张图变成几张。",
      depthwise_initializer: "权重的初始值怎么取。",
      kernel_initializer: "权重的初始值怎么取。",
      bias_initializer: "偏置的初始值怎么取。",
      pool_size: "窗口的行数与列数。",
      units: "输出多少个数。",
      momentum: "滑动均值和方差跟随每一批的快慢。",
      epsilon: "加在方差上，避免除以零。",
      center: "加一个学来的偏移 beta。",
      scale: "乘一个学来的系数 gamma。",
      rate: "被置零的比例。",
      trainable: "关掉就冻结这一层：训练不改它的权重。",
      trainable_moments: "关掉就冻结这一层：训练时也用滑动平均的均值和方差来归一化，什么也不学。",
      shape: "高、宽、通道数。",
      top_bottom: "上下各补几行零。",
      left_right: "左右各补几列零。",
    },
  },

  problem,
  refusal,

  say(saying) {
    switch (saying.says) {
      case "opening":
        return "正在载入引擎，网络马上就来。";
      case "unopened":
        return "引擎没能打开，所以没有网络可看。";
      case "fresh":
        return "这个网络还什么都没学，答案跟瞎猜差不多。按“运行”开始。";
      case "learnt":
        return "这个网络在你来之前已经训练好，认得衣物。按“运行”从这里接着学；按“重置”让它从零开始。";
      case "restored": {
        const back = saying.epochAnew
          ? "保存的训练回来了，权重原样。它存在一轮的中途，文件里没有说用的是现在这些图片，所以这一轮从头来过。"
          : "保存的训练回来了，权重原样；按“运行”接着学。";
        return saying.freshOptimizer ? `${back}文件里没有优化器的状态，优化器从头开始。` : back;
      }
      case "editing":
        return "点一层的名字就能改它，也可以在两层之间插入一层；形状随之更新。";
      case "settings":
        return "新设置要配新的权重：按“重置”，用它们重新开始。";
      case "starting":
        return "正在准备图片，第一批马上就到。";
      case "dataReady":
        return "数据文件到了；这次训练仍用开始时的图片，点上方数据集的名字可以换上。";
      case "begun":
        return saying.falls ? "刚开始纠正，错得多，损失也就降得快。" : "刚开始纠正，损失还没有降下来。";
      case "learning":
        return `最近几批里，${tenths(saying.accuracy)}；每过一批，权重都挪动一点。`;
      case "validating":
        return "一轮结束。现在看测试图，网络从不用它们来学。";
      case "epoch":
        return saying.change === null
          ? `学完第 ${saying.epoch} 轮，测试图答对 ${f.percent(saying.accuracy)}。`
          : saying.change >= 0.0005
            ? `第 ${saying.epoch} 轮之后，测试图答对 ${f.percent(saying.accuracy)}，比上一轮多 ${f.points(saying.change)} 个百分点。`
            : saying.change <= -0.0005
              ? `第 ${saying.epoch} 轮之后，测试图答对 ${f.percent(saying.accuracy)}，比上一轮少 ${f.points(saying.change)} 个百分点。`
              : `第 ${saying.epoch} 轮变化不大，测试图答对 ${f.percent(saying.accuracy)}。`;
      case "overfitting":
        return "训练损失还在降，验证损失却在升：它开始死记这些图片了。可以停下，或换小一些的网络，或多用 Dropout。";
      case "notFinite":
        return saying.first
          ? "第一批的损失就不是有限的数：还没开始学，算出来的数已经超出 32 位。把初始权重取小些，或在层间加归一化。"
          : "损失已经不是有限的数，多半是步子迈得太大。试试把学习率降到十分之一，再重置。";
      case "paused":
        return "已暂停，一切停在最后一批之后的样子。";
      case "finished":
        return `训练完成。${outcome(saying)}按“重置”可重新开始。`;
      case "failed":
        return "引擎停了；按“重置”重新开始。";
    }
  },

  readout: {
    layerScale: "这一层的颜色",
  },

  live: {
    epoch: (epoch, loss, accuracy, valLoss, valAccuracy) =>
      `第 ${epoch} 轮：训练损失 ${loss}，准确率 ${accuracy}；验证损失 ${valLoss}，准确率 ${valAccuracy}。`,
    finished: "训练完成",
  },

  renewal: {
    title: "引擎停了，已经重新启动",
    anew: "图片不是它训练时用的那些：这一轮从头开始。",
    stands: (iteration) => (iteration === 0 ? "还没有可以保留的训练结果：回到了起点。" : `现在停在第 ${f.count(iteration)} 次更新，那是最后一次存好的地方，已暂停。之后的部分会重新训练。`),
    reason: (message) => `浏览器说：“${message}”。如果再次发生：小一些的网络或批量占用的内存更少。`,
  },
  error: {
    title: "出了问题",
    engine: "按“重置”用新的权重重新开始；还不行就刷新页面。设置和网络都保存在网址里。",
    unopenedTitle: "Atelier 没能打开",
    unopened: "请刷新页面。还不行的话，是本站缺了文件或文件损坏，或者浏览器内存不够：关掉别的网页，或换一份本站来打开。",
    refused: "一切照旧，没有改动。",
    refusedTitle: "没有做成",
    reload: "刷新",
  },

  shortClasses: {},
  classes: {
    "T-shirt/top": "T 恤",
    Trouser: "长裤",
    Pullover: "套头衫",
    Dress: "连衣裙",
    Coat: "外套",
    Sandal: "凉鞋",
    Shirt: "衬衫",
    Sneaker: "运动鞋",
    Bag: "包",
    "Ankle boot": "短靴",
  },

  kinds: {
    InputLayer: "输入",
    Conv2D: "卷积",
    DepthwiseConv2D: "逐通道卷积",
    MaxPooling2D: "最大池化",
    AveragePooling2D: "平均池化",
    GlobalAveragePooling2D: "全局平均",
    Dense: "全连接",
    Flatten: "展平",
    Activation: "激活",
    ReLU: "修正线性",
    BatchNormalization: "批归一化",
    Dropout: "随机失活",
    Add: "相加",
    Concatenate: "拼接",
    ZeroPadding2D: "补零",
  },
};
