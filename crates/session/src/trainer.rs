//! The one door to computing: what a run asks of whatever computes it.

use std::future::Future;
use std::pin::Pin;

use atelier_nn::{BufferId, Plan, StepData};

use crate::protocol::MemoryReport;
use crate::{Misfit, SessionError};

/// What comes of a call, perhaps later.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + 'a>>;

/// A batch to train on.
pub(crate) struct Batch {
    pub data: StepData,
    pub inputs: Vec<f32>,
    pub targets: Vec<f32>,
    /// The weights after it are wanted with its outcome.
    pub keep: bool,
}

/// What came of a batch.
pub(crate) struct Outcome {
    pub examples: usize,
    /// Sum over the examples.
    pub loss: f32,
    pub right: f32,
    /// Where the batch asked for them.
    pub weights: Option<Weights>,
}

/// Everything that training changes, in the plan's order, one buffer after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Weights {
    pub parameters: Vec<f32>,
    pub state: Vec<f32>,
}

/// Hands each buffer, none of them batched, its own of numbers that lie one after another.
///
/// # Errors
/// Where there are too few, and where `write` refuses.
pub(crate) fn write_each(
    plan: &Plan,
    buffers: impl IntoIterator<Item = BufferId>,
    values: &[f32],
    mut write: impl FnMut(BufferId, &[f32]) -> Result<(), SessionError>,
) -> Result<(), SessionError> {
    let mut rest = values;
    for buffer in buffers {
        let described = plan.buffer(buffer);
        let Some((these, after)) = rest.split_at_checked(described.len()) else {
            return Err(Misfit::TooFew { tensor: described.name.clone(), got: values.len() }.into());
        };
        write(buffer, these)?;
        rest = after;
    }
    Ok(())
}

/// What the network makes of pictures: the loss of each, and the output of each.
#[derive(Default)]
pub(crate) struct Scores {
    pub losses: Vec<f32>,
    pub outputs: Vec<f32>,
}

impl Scores {
    pub fn append(&mut self, outcome: &[f32], examples: usize) {
        let (losses, outputs) = outcome.split_at(examples);
        self.losses.extend_from_slice(losses);
        self.outputs.extend_from_slice(outputs);
    }
}

/// Trains a network and looks at it: the CPU with its helpers, or a GPU.
///
/// Batches are submitted and their outcomes waited for in the same order; whatever else is asked for is answered for the
/// weights after the batches that were submitted.
pub(crate) trait Trainer {
    /// Batches that may be under way at once.
    fn ahead(&self) -> usize;

    /// Batches that were submitted and whose outcomes were not waited for.
    fn under_way(&self) -> usize;

    fn submit(&mut self, batch: Batch) -> Answer<'_, ()>;

    /// The outcome of the batch that was submitted first; none where none is under way.
    fn outcome(&mut self) -> Answer<'_, Option<Outcome>>;

    /// A batch took so many seconds.
    fn took(&mut self, seconds: f64);

    /// Whether its weights can be lost with it, so that they must be brought to safety.
    fn can_be_lost(&self) -> bool;

    /// Pictures that it likes to evaluate in one call.
    fn evaluates_at_once(&self) -> usize;

    /// Losses and outputs of any number of pictures.
    fn evaluate<'a>(&'a mut self, examples: usize, inputs: &'a [f32], targets: &'a [f32]) -> Answer<'a, Scores>;

    /// Any buffers of the plan that keeps everything ([`atelier_nn::Lowering::trace`]), for one picture.
    fn look<'a>(&'a mut self, input: &'a [f32], wanted: &'a [BufferId]) -> Answer<'a, Vec<Vec<f32>>>;

    /// Nothing may be under way.
    fn weights(&mut self) -> Answer<'_, Weights>;

    /// Puts weights in place; what is under way is forgotten.
    fn set_weights<'a>(&'a mut self, weights: &'a Weights) -> Answer<'a, ()>;

    /// Bytes that it holds, by kind.
    fn memory(&self) -> MemoryReport;
}
