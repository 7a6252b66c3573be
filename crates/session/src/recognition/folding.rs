//! A network for answers alone, with fewer layers: a batch normalisation that runs on its moving moments is a scale and a shift
//! of each channel, which a convolution before it can have in its kernel and bias, and the activation behind it the convolution's own.
//!
//! With `s = gamma / √(variance + ε)` the convolution's kernel becomes `kernel · s` along its filters, and its bias
//! `(bias − mean) · s + beta`. That is computed in f64 and rounded once.

use std::collections::HashMap;

use atelier_nn::plan::Parameter;
use atelier_nn::{Activation, BatchNormalization, Layer, Network, NetworkError};

/// A network and what became of its convolutions.
pub struct Folded {
    pub network: Network,
    /// The convolution's name by its own and by that of the normalisation that it took in.
    taken: HashMap<String, String>,
    /// By the convolution's name.
    normalizations: HashMap<String, BatchNormalization>,
    /// What has come of the parameters of convolutions that are not whole yet.
    waiting: HashMap<String, Waiting>,
}

/// The parameters of a convolution and its normalisation by their names: `kernel`, `bias`, `gamma`, `beta`, `moving_mean`,
/// `moving_variance`.
type Waiting = HashMap<String, Vec<f32>>;

/// What is to be written into the folded network: a parameter's name and its numbers.
pub type Written = (String, Vec<f32>);

impl Folded {
    /// # Errors
    /// Where the network cannot be built.
    pub fn new(network: &Network) -> Result<Self, NetworkError> {
        let layers = network.check()?;
        let sole_consumer = |index: usize| {
            let mut consumers = (0..layers.len()).filter(|at| layers[*at].inbound.contains(&index));
            consumers.next().filter(|_| consumers.next().is_none())
        };
        let mut folded = network.clone();
        // The layer that each layer's output is, once those between are gone.
        let mut becomes: Vec<usize> = (0..layers.len()).collect();
        let (mut taken, mut normalizations) = (HashMap::new(), HashMap::new());
        for index in 0..layers.len() {
            let linear = activation_of(&mut folded.layers[index].layer).is_some_and(|a| *a == Activation::Linear);
            if !linear {
                continue;
            }
            let mut end = index;
            let name = network.layers[index].name.clone();
            if let Some(next) = sole_consumer(index)
                && let Layer::BatchNormalization(normalization) = &network.layers[next].layer
                && let Layer::Conv2D(_) | Layer::DepthwiseConv2D(_) = &network.layers[index].layer
            {
                taken.insert(name.clone(), name.clone());
                taken.insert(network.layers[next].name.clone(), name.clone());
                normalizations.insert(name, normalization.clone());
                with_bias(&mut folded.layers[index].layer);
                (becomes[next], end) = (index, next);
            }
            let activation = sole_consumer(end).and_then(|next| match &network.layers[next].layer {
                Layer::Activation(layer) => Some((next, layer.activation)),
                Layer::ReLU(layer) => Some((next, layer.activation())),
                _ => None,
            });
            if let Some((next, activation)) = activation
                && let Some(own) = activation_of(&mut folded.layers[index].layer)
            {
                *own = activation;
                becomes[next] = index;
            }
        }
        for node in &mut folded.layers {
            for input in &mut node.inbound {
                if let Some(at) = layers.iter().position(|layer| layer.name == *input) {
                    input.clone_from(&layers[becomes[at]].name);
                }
            }
        }
        let mut at = 0..;
        folded.layers.retain(|_| at.next().is_some_and(|at| becomes[at] == at));
        Ok(Folded { network: folded, taken, normalizations, waiting: HashMap::new() })
    }

    /// What follows from a parameter of the unfolded network, which has all of these: nothing yet, or the convolution's kernel
    /// and bias once all that go with it are there. None where it is the folded network's as well.
    pub fn take(&mut self, parameter: &Parameter, all: &[Parameter], values: &[f32]) -> Option<Vec<Written>> {
        let (layer, what) = parameter.name.rsplit_once('/').unwrap_or(("", &parameter.name));
        let convolution = self.taken.get(layer)?.clone();
        let goes_with = |other: &Parameter| {
            let layer = other.name.rsplit_once('/').map_or("", |(layer, _)| layer);
            self.taken.get(layer) == Some(&convolution)
        };
        let awaited = all.iter().filter(|other| goes_with(other)).count();
        let waiting = self.waiting.entry(convolution.clone()).or_default();
        waiting.insert(what.to_owned(), values.to_vec());
        // A parameter that is written twice counts once.
        Some(if waiting.len() < awaited { Vec::new() } else { self.fold(&convolution) })
    }

    fn fold(&mut self, convolution: &str) -> Vec<Written> {
        let (Some(waiting), Some(norm)) = (self.waiting.remove(convolution), self.normalizations.get(convolution))
        else {
            return Vec::new();
        };
        let filters = waiting.get("moving_mean").map_or(0, Vec::len);
        let number = |name: &str, filter: usize, default: f64| {
            waiting.get(name).and_then(|vector| vector.get(filter)).map_or(default, |value| f64::from(*value))
        };
        let scale = |filter: usize| {
            let deviation = (number("moving_variance", filter, 1.0) + f64::from(norm.epsilon)).sqrt();
            number("gamma", filter, 1.0) / deviation
        };
        let scales: Vec<f64> = (0..filters).map(scale).collect();
        let bias = |filter: usize| {
            let from_mean = number("bias", filter, 0.0) - number("moving_mean", filter, 0.0);
            (from_mean * scales[filter] + number("beta", filter, 0.0)) as f32
        };
        // Filters lie along the last axis, or in a depthwise kernel along the last two.
        let mut kernel = waiting.get("kernel").cloned().unwrap_or_default();
        for row in kernel.chunks_exact_mut(filters.max(1)) {
            for (weight, scale) in row.iter_mut().zip(&scales) {
                *weight = (f64::from(*weight) * scale) as f32;
            }
        }
        let bias = (0..filters).map(bias).collect();
        vec![(format!("{convolution}/kernel"), kernel), (format!("{convolution}/bias"), bias)]
    }
}

/// Of a layer whose operation can apply it.
fn activation_of(layer: &mut Layer) -> Option<&mut Activation> {
    match layer {
        Layer::Conv2D(conv) => Some(&mut conv.activation),
        Layer::DepthwiseConv2D(conv) => Some(&mut conv.activation),
        _ => None,
    }
}

fn with_bias(layer: &mut Layer) {
    match layer {
        Layer::Conv2D(conv) => conv.use_bias = true,
        Layer::DepthwiseConv2D(conv) => conv.use_bias = true,
        _ => {}
    }
}
