//! Building a network layer by layer.

use atelier_nn::{Activation, ActivationLayer, Layer, Network, Padding, Pooling2D, ZeroPadding2D};

/// A network that grows; layers are called by their names.
pub struct Graph {
    network: Network,
}

impl Graph {
    /// Of pictures of this height and width with three channels.
    pub fn new(name: &str, [height, width]: [usize; 2]) -> Self {
        let mut network = Network::new(name, &[height, width, 3]);
        // As Keras calls it.
        network.layers[0].name = "input_layer".into();
        Graph { network }
    }

    /// The last layer.
    pub fn last(&self) -> String {
        self.network.layers.last().map(|node| node.name.clone()).unwrap_or_default()
    }

    /// Adds a layer behind another.
    pub fn add(&mut self, name: impl Into<String>, layer: impl Into<Layer>, from: &str) -> String {
        self.join(name, layer, &[from])
    }

    /// Adds a layer behind the last one.
    pub fn push(&mut self, name: impl Into<String>, layer: impl Into<Layer>) -> String {
        let last = self.last();
        self.add(name, layer, &last)
    }

    /// Adds a layer behind several others.
    pub fn join(&mut self, name: impl Into<String>, layer: impl Into<Layer>, from: &[&str]) -> String {
        let name = name.into();
        self.network.join(layer, from);
        if let Some(node) = self.network.layers.last_mut() {
            node.name.clone_from(&name);
        }
        name
    }

    /// Adds a layer under the name that Keras gives it.
    pub fn unnamed(&mut self, layer: impl Into<Layer>, from: &[&str]) -> String {
        self.network.join(layer, from)
    }

    pub fn finish(self) -> Network {
        self.network
    }
}

/// A ReLU as an activation's layer.
pub fn relu() -> Layer {
    Layer::Activation(ActivationLayer { activation: Activation::Relu })
}

pub fn max_pool(size: usize, stride: usize) -> Layer {
    let padding = Padding::Valid;
    Layer::MaxPooling2D(Pooling2D { pool_size: [size; 2], strides: Some([stride; 2]), padding })
}

/// As many zeros on all sides.
pub fn zeros(around: usize) -> Layer {
    Layer::ZeroPadding2D(ZeroPadding2D { padding: [[around; 2]; 2] })
}

/// The classifier: Keras has its softmax in the dense layer.
pub fn classifier(classes: usize) -> Layer {
    atelier_nn::Dense { units: classes, activation: Activation::Softmax, ..atelier_nn::Dense::default() }.into()
}
