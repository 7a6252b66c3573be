//! What of a network is taught, and how its head grows.

use atelier_nn::{Dense, Layer, Lowering, Network, Plan};
use serde::{Deserialize, Serialize};

use crate::{Checkpoint, SessionError};

/// How much of a network is taught; all before it is frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The last layer with weights: the classes change, what they are told apart by does not.
    LastLayer,
    /// The last two layers with weights.
    LastBlock,
}

/// New classes begin with this share of what the layer's initialiser draws: they answer next to nothing to anything.
const SMALL: f32 = 0.1;

impl Scope {
    /// The network with everything else frozen. Normalisations are: the moments of a few drawings are nobody's.
    pub(super) fn of(self, network: &Network) -> Network {
        let mut left = match self {
            Scope::LastLayer => 1,
            Scope::LastBlock => 2,
        };
        let mut network = network.clone();
        for node in network.layers.iter_mut().rev() {
            let weighted = matches!(node.layer, Layer::Conv2D(_) | Layer::DepthwiseConv2D(_) | Layer::Dense(_));
            node.trainable = weighted && left > 0;
            left -= usize::from(node.trainable);
        }
        network
    }
}

/// The network with as many classes, and its parameters in the order of its plans. Those of the old classes are the
/// checkpoint's, so that their logits stay what they are to the bit.
pub(super) fn grown(checkpoint: &Checkpoint, classes: usize, seed: u32) -> Result<(Network, Vec<f32>), SessionError> {
    let plan = |network: &Network| network.lower(&Lowering::inference(1));
    let old = plan(&checkpoint.network)?;
    let values = checkpoint.parameters_for(&old)?;
    let output = old.buffer(old.output).shape.clone();
    if output == [classes] {
        return Ok((checkpoint.network.clone(), values));
    }
    let head = head(&checkpoint.network).filter(|_| output.len() == 1 && classes > output[0]);
    let Some(head) = head else { return Err(SessionError::OutputShape { classes, got: output }) };
    let mut network = checkpoint.network.clone();
    if let Layer::Dense(Dense { units, .. }) = &mut network.layers[head].layer {
        *units = classes;
    }
    let new = plan(&network)?;
    let grown = widened(&old, &values, &new, head, seed);
    Ok((network, grown))
}

/// The dense layer that gives one number a class; none where the network ends in something else.
fn head(network: &Network) -> Option<usize> {
    let mut at = network.layers.len() - 1;
    loop {
        let node = &network.layers[at];
        match node.layer {
            Layer::Dense(_) => return Some(at),
            Layer::Activation(_) => at = network.layers.iter().position(|n| node.inbound.first() == Some(&n.name))?,
            _ => return None,
        }
    }
}

/// `values` of the old plan in the new one, whose layer `head` has more units.
fn widened(old: &Plan, values: &[f32], new: &Plan, head: usize, seed: u32) -> Vec<f32> {
    let mut all = Vec::new();
    let mut rest = values;
    for ((before, after), stream) in old.parameters.iter().zip(&new.parameters).zip(0..) {
        let (these, others) = rest.split_at(before.shape.iter().product());
        rest = others;
        if after.layer != head {
            all.extend_from_slice(these);
            continue;
        }
        // Rows of units: of a kernel one an input, of a bias the only one.
        let units = |shape: &[usize]| shape.last().copied().unwrap_or(1);
        let (few, many) = (units(&before.shape), units(&after.shape));
        let first = after.initializer.values(&after.shape, seed, stream);
        for (kept, drawn) in these.chunks(few).zip(first.chunks(many)) {
            all.extend_from_slice(kept);
            all.extend(drawn[few..].iter().map(|value| SMALL * value));
        }
    }
    all
}
