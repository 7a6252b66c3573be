//! A plan as data for those who show it.

use serde::Serialize;

use super::{BufferId, Operand, Plan, Role};

/// The steps of a plan and the buffers that they work on, without the numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Outline {
    pub steps: Vec<StepOutline>,
    pub buffers: Vec<BufferOutline>,
    pub input: BufferId,
    pub output: BufferId,
    /// Output of every layer of the network.
    pub layer_outputs: Vec<BufferId>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepOutline {
    pub phase: Phase,
    /// Index of the layer in the network.
    pub layer: usize,
    /// Which operation it is.
    pub stem: &'static str,
    pub operands: Vec<Operand>,
}

/// What a step is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Forward,
    Loss,
    Backward,
    Update,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BufferOutline {
    /// `layer` or `layer/what`.
    pub name: String,
    pub role: Role,
    /// Without the batch.
    pub shape: Vec<usize>,
    /// One such tensor an example, or one for all.
    pub batched: bool,
}

impl Plan {
    /// Its steps in their order, and all buffers in the order of their ids.
    pub fn outline(&self) -> Outline {
        let phases = [
            (&self.forward, Phase::Forward),
            (&self.loss, Phase::Loss),
            (&self.backward, Phase::Backward),
            (&self.update, Phase::Update),
        ];
        let steps = phases.into_iter().flat_map(|(steps, phase)| {
            let steps = &self.steps[steps.clone()];
            steps.iter().map(move |step| StepOutline {
                phase,
                layer: step.layer,
                stem: step.op.stem(),
                operands: step.op.operands(),
            })
        });
        let buffers = self.buffers.iter().map(|buffer| BufferOutline {
            name: buffer.name.clone(),
            role: buffer.role,
            shape: buffer.shape.clone(),
            batched: buffer.batched,
        });
        Outline {
            steps: steps.collect(),
            buffers: buffers.collect(),
            input: self.input,
            output: self.output,
            layer_outputs: self.layer_outputs.clone(),
        }
    }
}
