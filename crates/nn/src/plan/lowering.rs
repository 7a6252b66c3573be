//! What a plan is wanted for, in words that do not depend on each other.

use crate::{Loss, Optimizer};

/// What a plan is wanted for. [`crate::Network::lower`] refuses what contradicts itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Lowering {
    /// The most examples that the plan runs at a time.
    pub max_batch: usize,
    pub mode: Mode,
    /// Also score the output: the loss of every example, and the batch's metrics.
    pub loss: Option<Loss>,
    /// Where backward begins; it is looked at where gradients are asked for.
    pub origin: Origin,
    pub gradients: Gradients,
    /// Change the parameters by their gradients and, in training, the moving averages by the batch's moments. Without it
    /// no step can write a parameter.
    pub update: Option<Optimizer>,
    pub keep: Keep,
}

/// How layers behave that behave differently while they train.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Dropout passes everything; batch normalisation uses its moving averages.
    #[default]
    Inference,
    /// Dropout drops; batch normalisation uses the batch's own moments, where its layer is not frozen.
    Training,
}

/// Where backward begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The mean loss of the whole batch.
    #[default]
    Loss,
    /// The output of a layer. The gradient there is written from outside ([`crate::Plan::origin`]) before backward runs: a
    /// one for one of its numbers asks what that number depends on, other weights for any mixture of them.
    Layer {
        name: String,
        /// Begin before the layer's activation: at the logits of a softmax.
        before_activation: bool,
    },
}

/// The gradients that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gradients {
    /// Of every parameter that is trainable and that the origin depends on.
    pub parameters: bool,
    /// Of the input ([`crate::Plan::input_gradient`]).
    pub input: bool,
    /// Of the outputs of the layers of these names ([`crate::Plan::layer_gradients`]).
    pub layers: Vec<String>,
}

impl Gradients {
    /// Whether any gradient is asked for.
    pub fn any(&self) -> bool {
        self.parameters || self.input || !self.layers.is_empty()
    }
}

/// What can be read after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// What was asked for; all else is fused, and shares memory, where that can be.
    #[default]
    Needed,
    /// Every layer's output and what lies between: nothing is fused, no memory used twice.
    Everything,
}

impl Lowering {
    /// Forward only.
    pub fn inference(max_batch: usize) -> Self {
        Lowering {
            max_batch,
            mode: Mode::Inference,
            loss: None,
            origin: Origin::Loss,
            gradients: Gradients::default(),
            update: None,
            keep: Keep::Needed,
        }
    }

    /// Forward, loss and metrics.
    pub fn evaluation(max_batch: usize, loss: Loss) -> Self {
        Lowering { loss: Some(loss), ..Self::inference(max_batch) }
    }

    /// Forward, with every layer's output to be looked at.
    pub fn trace(max_batch: usize) -> Self {
        Lowering { keep: Keep::Everything, ..Self::inference(max_batch) }
    }

    /// Forward as in training, loss, the gradients of the parameters, and their update.
    pub fn training(max_batch: usize, loss: Loss, optimizer: Optimizer) -> Self {
        Lowering {
            mode: Mode::Training,
            loss: Some(loss),
            gradients: Gradients { parameters: true, ..Gradients::default() },
            update: Some(optimizer),
            ..Self::inference(max_batch)
        }
    }
}
