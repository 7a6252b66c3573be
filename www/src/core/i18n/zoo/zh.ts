/** 名网视图说的话。 */
import * as f from "../../format";
import type { Messages } from "../en";
import { weightsMisfit } from "../refusal/zh";

export const zoo: Messages["zoo"] = {
  opening: "正在打开名网……",
  drop: "把权重（.safetensors）、类别名（.json）\n或图片拖到这里",
  bench: "让有名的网络看你的图片",
  network: "网络，按块折叠",
  model: "网络",
  weights: "权重…",
  weightsHint: "safetensors 文件，张量按 Keras（层/kernel）或 PyTorch（层.weight）命名",
  random: "随机权重",
  randomAbout: (title) => `${title} 在这里还什么都没学过：权重是随机数，它的回答没有意义。请给它一个权重文件（.safetensors）。`,
  from: (file) => `权重来自 ${file}`,
  about: (params, layers, bytes) => `${f.count(layers)} 层，${f.count(params)} 个参数；回答时占 ${f.bytes(bytes)}`,
  open: "打开图片…",
  openHint: "也可以拖进来或粘贴",
  camera: "相机",
  crop: "取中央",
  cropHint: (side) => `只看图片的中央，而不是把整张拉成 ${side} × ${side}`,
  picture: "你的图片",
  pictureEmpty: "把照片拖到这里或粘贴，或者从下面打开。它不会离开这台机器。",
  answer: "最可能的五类",
  answerEmpty: "网络把图片认成什么，会写在这里。",
  class: (index) => `第 ${index} 类`,
  names: "类别名…",
  namesAbout: "这里只知道类别的编号。名字要另给一个文件：Keras 公布的 imagenet_class_index.json。",
  time: (first, later) => `第一次 ${f.number(first)} 毫秒，以后 ${f.number(later)} 毫秒`,
  block: (name, layers) => (layers > 1 ? `${name} · ${f.count(layers)} 层` : name),
  layers: (name) => `${name} 的各层`,
  name: "名字",
  kind: "种类",
  shape: "输出",
  params: "参数",
  refused: "这个没有收下",
  stays: "原来的一切都还在。",
  misfits: (count) => `这个文件不是这个网络的：有 ${f.count(count)} 处对不上。`,
  misfit: weightsMisfit,
  refusal: (refusal) => {
    if (refusal?.code === "too_big") return `它要占 ${f.bytes(refusal.needed)}，而这里只有 ${f.bytes(refusal.room)}。请选小一些的网络。`;
    return null;
  },
  told: (name, probability) => `${name}，${f.percent(probability)}`,
};
