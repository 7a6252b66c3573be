use serde::{Deserialize, Serialize};

use crate::{Conv2D, Dense, Input, Layer};

/// A layer in its place: its name and the layers that feed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub name: String,
    /// Names of layers that stand before this one.
    #[serde(default)]
    pub inbound: Vec<String>,
    pub layer: Layer,
    /// Keras's attribute of the name. A layer that is not trainable is frozen: its parameters have no gradient and no update,
    /// and a batch normalisation runs on its moving moments in training too.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>", optional))]
    pub trainable: bool,
}

/// What is left out of a description.
fn trainable() -> bool {
    true
}

fn is_trainable(trainable: &bool) -> bool {
    *trainable
}

/// A directed graph of layers, each after those that feed it. The last one is the output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub name: String,
    pub layers: Vec<Node>,
}

impl Network {
    /// A network of one input, `shape` without the batch.
    pub fn new(name: &str, shape: &[usize]) -> Self {
        let mut network = Network { name: name.to_owned(), layers: Vec::new() };
        network.join(Layer::Input(Input { shape: shape.to_vec() }), &[]);
        network
    }

    /// Adds a layer behind the last one, named as Keras would, and returns its name.
    pub fn push(&mut self, layer: impl Into<Layer>) -> String {
        let last = self.layers.last().map(|n| n.name.clone());
        let inbound: Vec<&str> = last.as_deref().into_iter().collect();
        self.join(layer, &inbound)
    }

    /// Adds a layer behind the named ones and returns its name.
    pub fn join(&mut self, layer: impl Into<Layer>, inbound: &[&str]) -> String {
        let layer = layer.into();
        let stem = layer.default_name();
        let name = (0..)
            .map(|i| if i == 0 { stem.to_owned() } else { format!("{stem}_{i}") })
            .find(|name| self.layers.iter().all(|n| n.name != *name))
            .unwrap_or_default();
        let inbound = inbound.iter().map(|s| (*s).to_owned()).collect();
        self.layers.push(Node { name: name.clone(), inbound, layer, trainable: true });
        name
    }
}

impl From<Conv2D> for Layer {
    fn from(layer: Conv2D) -> Self {
        Layer::Conv2D(layer)
    }
}

impl From<Dense> for Layer {
    fn from(layer: Dense) -> Self {
        Layer::Dense(layer)
    }
}
