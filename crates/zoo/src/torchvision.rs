//! The residual networks without bottlenecks, which Keras has not: names, padding and constants are torchvision's.

use atelier_nn::{BatchNormalization, Conv2D, Layer, Network};

use crate::graph::{Graph, classifier, max_pool, relu, zeros};

/// `blocks` in each of the four stages; without a top where no classes are named.
pub fn resnet(name: &str, blocks: [usize; 4], side: [usize; 2], top: Option<usize>) -> Network {
    let mut graph = Graph::new(name, side);
    graph.push("conv1.pad", zeros(3));
    graph.push("conv1", convolution(64, 7, 2));
    graph.push("bn1", normalization());
    graph.push("relu", relu());
    // torchvision pads with what never wins a maximum; behind a ReLU zero doesn't either.
    graph.push("maxpool.pad", zeros(1));
    graph.push("maxpool", max_pool(3, 2));
    for (stage, (count, filters)) in blocks.into_iter().zip([64, 128, 256, 512]).enumerate() {
        for block in 0..count {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            residual(&mut graph, &format!("layer{}.{block}", stage + 1), filters, stride);
        }
    }
    if let Some(classes) = top {
        graph.push("avgpool", Layer::GlobalAveragePooling2D);
        graph.push("fc", classifier(classes));
    }
    graph.finish()
}

/// Two convolutions beside a shortcut, which is one itself where the shape changes.
fn residual(graph: &mut Graph, name: &str, filters: usize, stride: usize) {
    let input = graph.last();
    graph.add(format!("{name}.conv1.pad"), zeros(1), &input);
    graph.push(format!("{name}.conv1"), convolution(filters, 3, stride));
    graph.push(format!("{name}.bn1"), normalization());
    graph.push(format!("{name}.relu1"), relu());
    graph.push(format!("{name}.conv2.pad"), zeros(1));
    graph.push(format!("{name}.conv2"), convolution(filters, 3, 1));
    let branch = graph.push(format!("{name}.bn2"), normalization());
    let shortcut = if stride > 1 {
        graph.add(format!("{name}.downsample.0"), convolution(filters, 1, stride), &input);
        graph.push(format!("{name}.downsample.1"), normalization())
    } else {
        input
    };
    graph.join(format!("{name}.add"), Layer::Add, &[&branch, &shortcut]);
    graph.push(format!("{name}.relu2"), relu());
}

fn convolution(filters: usize, size: usize, stride: usize) -> Conv2D {
    Conv2D { filters, kernel_size: [size; 2], strides: [stride; 2], use_bias: false, ..Conv2D::default() }
}

fn normalization() -> Layer {
    Layer::BatchNormalization(BatchNormalization { momentum: 0.9, epsilon: 1e-5, ..BatchNormalization::default() })
}
