//! He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015 (arXiv 1512.03385), with bottlenecks, as
//! Keras Applications has them: the first 1x1 convolution of a stage takes the stride.

use atelier_nn::{BatchNormalization, Conv2D, Layer, Network, Padding};

use crate::graph::{Graph, classifier, max_pool, relu, zeros};

/// `blocks` in each of the four stages; without a top where no classes are named.
pub fn resnet(name: &str, blocks: [usize; 4], side: [usize; 2], top: Option<usize>) -> Network {
    let mut graph = Graph::new(name, side);
    graph.push("conv1_pad", zeros(3));
    graph.push("conv1_conv", Conv2D { filters: 64, kernel_size: [7, 7], strides: [2, 2], ..Conv2D::default() });
    graph.push("conv1_bn", normalization());
    graph.push("conv1_relu", relu());
    graph.push("pool1_pad", zeros(1));
    graph.push("pool1_pool", max_pool(3, 2));
    for (stage, (count, filters)) in blocks.into_iter().zip([64, 128, 256, 512]).enumerate() {
        for block in 1..=count {
            let stride = if stage > 0 && block == 1 { 2 } else { 1 };
            let name = format!("conv{}_block{block}", stage + 2);
            residual(&mut graph, &name, filters, stride, block == 1);
        }
    }
    if let Some(classes) = top {
        graph.push("avg_pool", Layer::GlobalAveragePooling2D);
        graph.push("predictions", classifier(classes));
    }
    graph.finish()
}

/// Three convolutions beside a shortcut, which is one itself where the shape changes.
fn residual(graph: &mut Graph, name: &str, filters: usize, stride: usize, projects: bool) {
    let input = graph.last();
    let one = |filters, stride| Conv2D { filters, kernel_size: [1, 1], strides: [stride; 2], ..Conv2D::default() };
    let shortcut = if projects {
        graph.add(format!("{name}_0_conv"), one(4 * filters, stride), &input);
        graph.push(format!("{name}_0_bn"), normalization())
    } else {
        input.clone()
    };
    graph.add(format!("{name}_1_conv"), one(filters, stride), &input);
    graph.push(format!("{name}_1_bn"), normalization());
    graph.push(format!("{name}_1_relu"), relu());
    graph.push(format!("{name}_2_conv"), Conv2D { filters, padding: Padding::Same, ..Conv2D::default() });
    graph.push(format!("{name}_2_bn"), normalization());
    graph.push(format!("{name}_2_relu"), relu());
    graph.push(format!("{name}_3_conv"), one(4 * filters, 1));
    let branch = graph.push(format!("{name}_3_bn"), normalization());
    graph.join(format!("{name}_add"), Layer::Add, &[&shortcut, &branch]);
    graph.push(format!("{name}_out"), relu());
}

fn normalization() -> Layer {
    Layer::BatchNormalization(BatchNormalization { epsilon: 1.001e-5, ..BatchNormalization::default() })
}
