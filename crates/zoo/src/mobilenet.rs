//! Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018
//! (arXiv 1801.04381), of width 1, as Keras Applications has it.

use atelier_nn::{BatchNormalization, Conv2D, DepthwiseConv2D, Layer, Network, Padding, ReLU, ZeroPadding2D};

use crate::graph::{Graph, classifier};

/// Filters and stride of each block; the first one does not widen its input.
const BLOCKS: [(usize, usize); 17] = [
    (16, 1),
    (24, 2),
    (24, 1),
    (32, 2),
    (32, 1),
    (32, 1),
    (64, 2),
    (64, 1),
    (64, 1),
    (64, 1),
    (96, 1),
    (96, 1),
    (96, 1),
    (160, 2),
    (160, 1),
    (160, 1),
    (320, 1),
];
/// How much wider a block is inside.
const EXPANSION: usize = 6;

/// Without a top where no classes are named.
pub fn mobilenet_v2(side: [usize; 2], top: Option<usize>) -> Network {
    let mut graph = Graph::new(&format!("mobilenetv2_1.00_{}", side[0]), side);
    let first = Conv2D { filters: 32, strides: [2, 2], padding: Padding::Same, use_bias: false, ..Conv2D::default() };
    graph.push("Conv1", first);
    graph.push("bn_Conv1", normalization());
    graph.push("Conv1_relu", relu6());
    let mut channels = 32;
    let mut size = side.map(|side| side.div_ceil(2));
    for (block, (filters, stride)) in BLOCKS.into_iter().enumerate() {
        let input = graph.last();
        let prefix = if block == 0 { "expanded_conv".to_owned() } else { format!("block_{block}") };
        let wide = if block == 0 { channels } else { EXPANSION * channels };
        if block > 0 {
            graph.push(format!("{prefix}_expand"), pointwise(wide, Padding::Same));
            graph.push(format!("{prefix}_expand_BN"), normalization());
            graph.push(format!("{prefix}_expand_relu"), relu6());
        }
        let mut padding = Padding::Same;
        if stride > 1 {
            // What a window of 3 in steps of 2 lacks: nothing before an even side.
            let padded = size.map(|side| [side % 2, 1]);
            graph.push(format!("{prefix}_pad"), Layer::ZeroPadding2D(ZeroPadding2D { padding: padded }));
            padding = Padding::Valid;
            size = size.map(|side| side.div_ceil(2));
        }
        let depthwise =
            DepthwiseConv2D { strides: [stride; 2], padding, use_bias: false, ..DepthwiseConv2D::default() };
        graph.push(format!("{prefix}_depthwise"), Layer::DepthwiseConv2D(depthwise));
        graph.push(format!("{prefix}_depthwise_BN"), normalization());
        graph.push(format!("{prefix}_depthwise_relu"), relu6());
        graph.push(format!("{prefix}_project"), pointwise(filters, Padding::Same));
        let branch = graph.push(format!("{prefix}_project_BN"), normalization());
        if channels == filters && stride == 1 {
            graph.join(format!("{prefix}_add"), Layer::Add, &[&input, &branch]);
        }
        channels = filters;
    }
    graph.push("Conv_1", pointwise(1280, Padding::Valid));
    graph.push("Conv_1_bn", normalization());
    graph.push("out_relu", relu6());
    if let Some(classes) = top {
        graph.push("global_average_pooling2d", Layer::GlobalAveragePooling2D);
        graph.push("predictions", classifier(classes));
    }
    graph.finish()
}

fn pointwise(filters: usize, padding: Padding) -> Conv2D {
    Conv2D { filters, kernel_size: [1, 1], padding, use_bias: false, ..Conv2D::default() }
}

fn normalization() -> Layer {
    Layer::BatchNormalization(BatchNormalization { momentum: 0.999, ..BatchNormalization::default() })
}

fn relu6() -> Layer {
    Layer::ReLU(ReLU { max_value: Some(6.0) })
}
