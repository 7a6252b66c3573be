//! The order in which Keras lists the layers of a functional model: in its summary, and in what it saves.

use crate::{LayerInfo, Network, NetworkError, Node};

impl Network {
    /// The same network with its layers in the order in which Keras lists and saves them.
    ///
    /// # Errors
    /// Where the network cannot be built.
    pub fn in_keras_order(mut self) -> Result<Network, NetworkError> {
        let order = keras_order(&self.check()?);
        let mut layers: Vec<Option<Node>> = self.layers.into_iter().map(Some).collect();
        self.layers = order.into_iter().filter_map(|index| layers[index].take()).collect();
        Ok(self)
    }
}

/// Indices of the layers by their distance from the output, the furthest first; layers that are equally far in the order
/// in which a search from the output, going into each layer's inputs from the first on, comes to them.
pub(crate) fn keras_order(layers: &[LayerInfo]) -> Vec<usize> {
    let mut found = vec![None; layers.len()];
    let mut next: Vec<usize> = layers.len().checked_sub(1).into_iter().collect();
    let mut count = 0;
    while let Some(index) = next.pop() {
        if found[index].is_none() {
            found[index] = Some(count);
            count += 1;
            next.extend(layers[index].inbound.iter().rev());
        }
    }
    let mut distance = vec![0; layers.len()];
    // Every layer stands behind those that feed it.
    for (index, layer) in layers.iter().enumerate().rev() {
        for before in &layer.inbound {
            distance[*before] = distance[*before].max(distance[index] + 1);
        }
    }
    let mut order: Vec<usize> = (0..layers.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(distance[*index]), found[*index]));
    order
}
