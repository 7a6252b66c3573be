//! Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014 (arXiv 1409.1556), as
//! Keras Applications has them.

use atelier_nn::{Activation, Conv2D, Dense, Layer, Network, Padding};

use crate::graph::{Graph, classifier, max_pool};

/// `convolutions` in each of the five blocks; without a top where no classes are named.
pub fn vgg(name: &str, convolutions: [usize; 5], side: [usize; 2], top: Option<usize>) -> Network {
    let mut graph = Graph::new(name, side);
    for (block, (count, filters)) in convolutions.into_iter().zip([64, 128, 256, 512, 512]).enumerate() {
        let block = block + 1;
        for convolution in 1..=count {
            let layer = Conv2D { filters, padding: Padding::Same, activation: Activation::Relu, ..Conv2D::default() };
            graph.push(format!("block{block}_conv{convolution}"), layer);
        }
        graph.push(format!("block{block}_pool"), max_pool(2, 2));
    }
    if let Some(classes) = top {
        graph.push("flatten", Layer::Flatten);
        for name in ["fc1", "fc2"] {
            graph.push(name, Dense { units: 4096, activation: Activation::Relu, ..Dense::default() });
        }
        graph.push("predictions", classifier(classes));
    }
    graph.finish()
}
