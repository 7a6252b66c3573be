/** The same in Chinese. */
import * as f from "../../format";
import type { Refusal } from "../../../engine/failure";
import type { Messages } from "../en";

function refusedKept(refusal: Extract<Refusal, { code: "kept" }>): string {
  switch (refusal.kind) {
    case "not_kept":
      return `这不是留下的画的文件（${refusal.reason}）。请打开在这里保存的文件。`;
    case "empty":
      return "还没有留下什么：先把一幅画和它的类别留下来。";
    case "other_classes":
      return `这些画是为另一个网络留的：它们叫“${refusal.kept}”的，这里叫“${refusal.network}”。`;
    case "too_many":
      return `文件里有 ${f.count(refusal.count)} ${refusal.what === "classes" ? "个类别" : "幅画"}，最多只能读 ${f.count(refusal.most)}。`;
    case "name":
      return `第 ${refusal.index + 1} 个类别（“${refusal.name}”）要有一个不重复的名字，不超过 80 个字符。`;
    case "shape":
      return `里面的画是 ${f.shape(refusal.shape)}，没有网络收这样的图片。`;
    case "pixels":
    case "label":
    case "marks":
      return `文件里第 ${refusal.index + 1} 幅画坏了。`;
  }
}

const both = (parts: string[]) => parts.join("和");

export const draw: Messages["draw"] = {
  refused(refusal) {
    switch (refusal.code) {
      case "undecoded":
        return "这个浏览器读不出这张图片。能读的是完整的、不太大的 PNG、JPEG、WebP、GIF 和 SVG。";
      case "empty":
        return "这张图片从头到尾一个颜色，什么也没有凸显出来，网络没有东西可看。";
      case "sheet_full":
        return "这张纸满了，放不下更多笔画。请清空，或撤销几笔。";
      case "other_pictures":
        return "这个数据集的图片不是 28×28 的灰度衣物图，没法铺到画纸上。";
      case "no_weights":
        return "教出来的权重只在教它的那一次访问里，现在已经没有了。";
      case "picture_length":
        return `这个网络要 ${f.count(refusal.expected)} 个数，而一幅画是 28×28 的灰度图：输入是 ${f.count(784)} 个数的网络才看得见它。`;
      case "kept":
        return refusedKept(refusal);
      case "no_maps":
        return "这个网络在得出回答之前没有特征图。请看另外两种解释。";
      case "unreadable":
        return `这不是画（${refusal.reason}）。请打开在这里保存的画，或“Quick, Draw!”的数据行。`;
      case "version":
        return `这幅画的版本是 ${refusal.version}，由更新的 Atelier 写成。`;
      case "too-many":
        return `这幅画有 ${f.count(refusal.count)} 个${refusal.what === "marks" ? "笔画" : "点"}，一张纸只放得下 ${f.count(refusal.most)} 个。`;
      case "number":
      case "no-points":
      case "not-square":
        return `这幅画的第 ${refusal.mark + 1} 笔坏了。`;
      default:
        return null;
    }
  },
  bench: "你的画",
  opening: "正在铺开画纸",
  sheet: "画纸：在这里画一件衣物",
  help: "方向键移动落笔点，按住 Shift 走得更远；空格落笔，再按一次提笔。",
  keys: "B 画笔，E 橡皮，F 填充，L 直线，C 曲线；[ 和 ] 改粗细，1 到 5 改深浅，T 改纹理，M 对称；Z 撤销，Y 重做。",
  invite: "在这里画一件衣物，\n或把图片拖进来",
  drop: "把图片或画拖到这里",
  cursor: (x, y, down) => `${down ? "正在画，" : ""}横 ${x}，竖 ${y}`,
  tools: "工具",
  toolHint: {
    brush: "画笔（B）",
    eraser: "橡皮（E）",
    fill: "填满线条围住的地方（F）",
    line: "直线（L）",
    curve: "曲线：先画两端，再把它拉弯（C）",
  },
  mirror: "对称：画一边，另一边跟着画（M）",
  width: "粗细",
  widths: ["最细", "细", "中等", "粗", "最粗"],
  shade: "深浅",
  shades: ["纸色", "浅灰", "灰", "深灰", "墨色"],
  texture: "纹理",
  textures: { plain: "素色", stripes: "条纹", checks: "格子", dots: "圆点", knit: "针织" },
  undo: "撤销（Z）",
  redo: "重做（Y）",
  templates: "可以描的轮廓",
  noTemplate: "不用轮廓",
  templateOf: (name) => `轮廓：${name}`,
  sees: "它看到的",
  seesEmpty: "网络看到的画会实时显示在这里：28×28 的灰度图。",
  ground: { dark: "自动判断：浅底深画", light: "自动判断：深底浅画" },
  wished: { dark: "按浅底深画来看", light: "按深底浅画来看" },
  invert: "反相",
  background: "背景",
  backgroundHint: "去掉背景",
  turn: "旋转",
  turned: (quarters) => ["正放", "向右转了四分之一圈", "上下颠倒", "向左转了四分之一圈"][quarters],
  answer: "回答",
  sources: {
    shipped: "Atelier 自带的",
    own: (updates) => (updates > 0 ? `你训练的，更新了 ${f.count(updates)} 次` : "你的，还没训练"),
    taught: "你教过的",
  },
  spine: "上方显示的是",
  newest: "换成最新的",
  newestHint: "取走这些权重之后，训练又往前走了。",
  told: (name, probability) => `它说是${name}，${f.percent(probability)}。`,
  why: "为什么",
  ways: { grad_cam: "Grad-CAM", input_gradient: "输入梯度", occlusion: "遮挡" },
  whyEmpty: "网络为什么这样回答，会叠在衣物上显示在这里。",
  whyClass: "问的是哪一类",
  theSaid: "问它的回答",
  looking: "正在算",
  mapOf: {
    grad_cam: (layer) => `把 ${layer} 里让这一类变大的特征图加在一起。`,
    input_gradient: () => "每个像素变一点，这一类的总和变多少。",
    occlusion: () => "遮住一小块，这一类的概率少多少。",
  },
  nearest: "训练集里最像的",
  nearestAmong: (n) => `在 ${f.count(n)} 张里找`,
  nearestEmpty: "最后一个隐藏层觉得最像这幅画的训练图片。",
  nearTo: (index, label, distance) => `第 ${index} 张训练图片：${label}，距离 ${f.number(distance)}`,
  toward: "怎样才会变成",
  towardAbout: "沿着所选类别的梯度，一步步改这张图。",
  towardPlay: "播放",
  towardPause: "暂停",
  towardStep: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
  choose: "……",
  clear: "清空",
  clearHint: "换一张白纸；撤销可以拿回来",
  open: "打开图片",
  openHint: "照片、SVG，或在这里保存的画；也可以拖进来或粘贴",
  camera: "拍照",
  cameraHint: "把衣物或画举到摄像头前",
  cameraTake: "拍下来",
  cameraRefused: "这里没有摄像头，或者不允许本页使用。请在浏览器的网站设置里允许，或改为打开图片。",
  cameraWaits: "浏览器正在询问是否允许本页使用摄像头。",
  garment: "一件衣物",
  garmentHint: "从数据集里的一张图片开始",
  more: "更多",
  save: "保存这幅画",
  savePng: "存成 PNG",
  copy: "复制为 PNG",
  copied: "已复制",
  notCopied: "这个浏览器不让网页复制。",
  step: "到逐步里拆开看",
  stepHint: "这个回答背后的每一个数，一个一个地看",
  itIs: "这是",
  keep: "留下来教它",
  teach: {
    about: "你留下的画和类别会存在这个浏览器里；网络几秒钟就能从中学习。",
    newClass: "新的类别",
    keepAs: (name) => `留作${name}`,
    keepNothing: "留下",
    empty: "还没有留下什么。说一说这幅画是什么，再把它留下；每类有两三幅就能开始。",
    remove: (name) => `删掉这件${name}`,
    out: "存成一个文件",
    in: "打开这样的文件",
    scope: "让哪里学",
    scopes: { last_layer: "最后一层", last_block: "最后一段" },
    teach: "教它",
    teaching: "正在教",
    kept: "留下的画答对",
    validation: "测试图片答对",
    change: (before, after, of) => `${f.count(before)} → ${f.count(after)}，共 ${f.count(of)}`,
  },
  troubleTitle: "没有收下",
  stays: "你的画还是原来的样子。",
  because: {
    between: "",
    grad_cam: {
      parts: (name, parts) => `说明它是${name}的，是${both(parts)}。`,
      spread: (name) => `没有哪一处特别说明它是${name}：是整体在说。`,
      around: (name) => `说明它是${name}的，多半在衣物旁边：起作用的是轮廓。`,
      nothing: (name) => `这些特征图里，没有什么说明它是${name}。`,
    },
    input_gradient: {
      parts: (name, parts, against) => `${both(parts)}的布料再多一些，就更像${name}${against.length > 0 ? `；${both(against)}再多一些，就更不像` : ""}。`,
      spread: (name) => `没有哪一处说了算：到处改一点，都会更像${name}。`,
      around: (name) => `衣物周围现在空着的地方，添上布料会更像${name}。`,
      nothing: (name) => `没有哪个像素能让它更像${name}：它的总和不再随图片变化。`,
    },
    occlusion: {
      parts: (name, parts, against) => `遮住${both(parts)}，${name}的概率掉得最多${against.length > 0 ? `；遮住${both(against)}，它反而更有把握` : ""}。`,
      spread: (name) => `遮住哪一处都差不多：处处都说是${name}。`,
      around: (name) => `遮住衣物旁边的地方，比遮住它的任何一处都更让${name}的概率下降。`,
      nothing: (name) => `不管遮住哪里，${name}的概率都几乎不减少。`,
    },
    without: (part, name) => `没有${part}，它会说是${name}。`,
    still: (part, name) => `就算没有${part}，它还是说${name}。`,
  },
  parts: {
    collar: "领子", neckline: "领口", leftShoulder: "左肩", rightShoulder: "右肩", leftSleeve: "左袖上段", rightSleeve: "右袖上段", leftCuff: "左袖下段", rightCuff: "右袖下段",
    chest: "胸前", front: "前襟", hem: "下摆", waist: "腰", leftLeg: "左裤腿", rightLeg: "右裤腿", gap: "两腿之间的空隙",
    skirt: "裙摆", sole: "鞋底", heel: "鞋跟", toe: "鞋头", shaft: "靴筒", instep: "鞋面", opening: "鞋口",
    straps: "鞋带子", handle: "提手", flap: "包盖", body: "包身", bottom: "包底",
  },
};
