/** Where windows lie, from a layer's hyper-parameters and its input's shape: as the engine computes it. */
import type { Padding } from "../../../engine/generated/types/Padding";
import type { Told } from "./told";

export interface Axis {
  window: number;
  stride: number;
  dilation: number;
  /** Cells before the first. */
  before: number;
}

export interface Windows {
  rows: Axis;
  columns: Axis;
}

function axis(input: number, window: number, stride: number, dilation: number, padding: Padding): Axis {
  const span = (window - 1) * dilation + 1;
  const total = padding === "same" ? Math.max(0, (Math.ceil(input / stride) - 1) * stride + span - input) : 0;
  return { window, stride, dilation, before: Math.floor(total / 2) };
}

/** The windows of a convolution or a pooling over an operand of this shape, undefined for other layers. */
export function windows({ layer }: Told, input: readonly number[]): Windows | undefined {
  const [height = 1, width = 1] = input;
  switch (layer.class_name) {
    case "Conv2D":
    case "DepthwiseConv2D": {
      const { kernel_size: [rows, columns], strides, dilation_rate: dilation, padding } = layer;
      return { rows: axis(height, rows, strides[0], dilation[0], padding), columns: axis(width, columns, strides[1], dilation[1], padding) };
    }
    case "MaxPooling2D":
    case "AveragePooling2D": {
      const { pool_size: [rows, columns], padding } = layer;
      const strides = layer.strides ?? layer.pool_size;
      return { rows: axis(height, rows, strides[0], 1, padding), columns: axis(width, columns, strides[1], 1, padding) };
    }
    default:
      return undefined;
  }
}
