/** 数据文件为什么不能用。 */
import type { FilesError } from "../../../engine/generated/types/FilesError";
import type { IdxError } from "../../../engine/generated/types/IdxError";
import type { Reason } from "../../../engine/generated/types/Reason";
import * as f from "../../format";

const PARTS: Record<string, string> = { training: "训练", test: "测试" };
const CONTENTS: Record<string, string> = { images: "图片", labels: "标签" };
const role = (part: string, content: string) => `${PARTS[part] ?? part}${CONTENTS[content] ?? content}`;

const ELEMENTS = { "unsigned-byte": "无符号字节", "signed-byte": "有符号字节", int16: "16 位整数", int32: "32 位整数", float: "单精度浮点数", double: "双精度浮点数" };

const FOREIGN = {
  "web-page": "一个网页。请取文件本身，而不是介绍它的网页",
  zip: "一个 zip 压缩包。请先解压，再给里面的文件",
  tar: "一个 tar 包。请先解开，再给里面的文件",
  archive: "这里读不了的一种压缩包。请先解压，再给里面的文件",
  picture: "一张图片。请给数据集自己的文件，所有图片都装在一个文件里",
  pdf: "一份 PDF。请给数据集自己的文件",
  numpy: "一个 NumPy 数组。请给 IDX 格式的数据集",
  hdf5: "一个 HDF5 文件。请给 IDX 格式的数据集",
  matlab: "一个 MATLAB 文件。请给 IDX 格式的数据集",
  parquet: "一个 Parquet 文件。请给 IDX 格式的数据集",
  "lfs-pointer": "一个 Git LFS 指针。请取它所指的文件",
  text: "文本。请给数据集自己的文件",
};

const hex = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
const shape = (axes: readonly number[]) => axes.join("×");

function reason(why: Reason): string {
  switch (why.code) {
    case "empty":
      return "文件是空的。请重新取一次。";
    case "unfinished":
      return "gzip 数据半途而止，像是下载中断了。请重新取一次。";
    case "gzip":
      return `gzip 数据已损坏（${why.detail}）。请重新取一次。`;
    case "nested":
      return "压缩了两层以上。请用 gzip 解压一次，再给解出来的文件。";
    case "foreign":
      return `这是${FOREIGN[why.what]}。`;
    case "not-idx":
      return `开头的字节是 ${hex(why.found)}，没有哪个 IDX 文件这样开头。请给数据集自己的文件。`;
    case "element":
      return `元素是${ELEMENTS[why.element]}，各轴长 ${shape(why.axes)}；图片须是无符号字节，标签须是无符号字节、16 位或 32 位整数。请按其中一种重新写出。`;
    case "axes":
      return `文件头写的各轴长 ${shape(why.axes)}；图片是 [张数, 行, 列] 或 [张数, 行, 列, 通道]，标签是 [个数]。请重新取一次，或按这个顺序重新写出。`;
    case "no-examples":
      return "文件头说里面一个样本也没有。请重新取一次。";
    case "too-big":
      return `文件头说有 ${f.bytes(why.bytes)} 的数值，最多只能装 ${f.bytes(why.limit)}。请重新取一次，或截短一些。`;
    case "no-memory":
      return `没有内存装下它的 ${f.bytes(why.bytes)}。请关掉一些东西，或把它截短。`;
    case "truncated":
      return `结束得太早：说好 ${f.count(why.expected)} 字节，只有 ${f.count(why.got)}。请重新取一次。`;
    case "trailing":
      return `说好的 ${f.count(why.expected)} 字节之后还有东西。请重新取一次。`;
    case "label":
      return `第 ${f.count(why.index)} 个标签是 ${why.label}，而标签从 0 到 65,534。请重新取一次，或从 0 起给类别编号。`;
    case "counts":
      return `里面有 ${f.count(why.labels)} 个标签，而 ${why.images_file} 里有 ${f.count(why.images)} 张图片。请给同一套数据的两个文件。`;
  }
}

const refused = (error: IdxError) => `${error.file}：${reason(error.reason)}`;

/** 一个文件夹里可能有几百个文件。 */
const TOLD = 3;

function aside(files: readonly IdxError[]): string {
  if (files.length === 0) return "";
  const told = files.slice(0, TOLD).map(refused).join("");
  return files.length > TOLD ? `没有用上的：${told}另外还有 ${files.length - TOLD} 个。` : `没有用上的：${told}`;
}

export function files(error: FilesError): string {
  switch (error.code) {
    case "file":
      return refused(error);
    case "twice":
      return `${error.first} 和 ${error.second} 都是${role(error.part, error.content)}。四个角色请各给一个文件。`;
    case "missing":
      return `缺少${role(error.part, error.content)}。请把四个文件都给全：训练和测试的图片与标签。${aside(error.aside)}`;
    case "unclear":
      return `${error.file} 里有 ${f.count(error.count)} 个${CONTENTS[error.content] ?? error.content}，从个数和文件名都看不出是训练用还是测试用。请让文件名里带上 train、t10k 或 test。`;
    case "shapes":
      return `${error.train_file} 的图片是 ${shape(error.train)}（行×列×通道），${error.test_file} 的是 ${shape(error.test)}。请给同一套数据的文件。`;
    case "gaps":
      return `${error.file}：有一个标签是 ${error.label}，而到它为止的 ${f.count(error.classes)} 个类别里，只有 ${f.count(error.seen)} 个有图片。请重新取一次，或连续地给类别编号。`;
  }
}
