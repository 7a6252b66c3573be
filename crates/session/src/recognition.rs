//! A network's answer to a picture, and nothing else: no maps are kept and no gradient can be asked for, so that large networks
//! run in the least memory. What tells more of an answer is a [`crate::reading::Reader`].

use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_gpu::{Gpu, GpuExecutor};
use atelier_nn::plan::Parameter;
use atelier_nn::{Lowering, Network, Plan, StepData};

use crate::runner::Runner;
use crate::{Room, SessionError};

/// Answers one picture at a time. Its parameters are zero until they are written.
pub struct Recogniser {
    plan: Arc<Plan>,
    runner: Box<dyn Runner>,
}

impl Recogniser {
    /// On the CPU.
    ///
    /// # Errors
    /// Where the network cannot be built, or does not fit into `room`.
    pub fn new(network: &Network, room: Room) -> Result<Self, SessionError> {
        let plan = Arc::new(network.lower(&Lowering::inference(1))?);
        fits(CpuExecutor::needs([&*plan], Isa::best())?.total(), room.worker.min(room.together))?;
        let executor = CpuExecutor::new(Arc::clone(&plan))?;
        Ok(Recogniser { plan, runner: Box::new(executor) })
    }

    /// On a GPU, whose own room counts.
    ///
    /// # Errors
    /// As [`Recogniser::new`], and where the GPU is lost.
    pub async fn on_gpu(gpu: &Gpu, network: &Network) -> Result<Self, SessionError> {
        let plan = Arc::new(network.lower(&Lowering::inference(1))?);
        fits(GpuExecutor::needs(&plan, gpu.adapter().software), gpu.room())?;
        let executor = GpuExecutor::new(gpu, Arc::clone(&plan)).await?;
        Ok(Recogniser { plan, runner: Box::new(executor) })
    }

    /// What is to be written, in the order of the network's layers.
    pub fn parameters(&self) -> &[Parameter] {
        &self.plan.parameters
    }

    /// Writes one of [`Recogniser::parameters`].
    ///
    /// # Errors
    /// Where there is no such parameter, or it has another number of numbers.
    pub fn write(&mut self, parameter: usize, values: &[f32]) -> Result<(), SessionError> {
        let Some(found) = self.plan.parameters.get(parameter) else {
            return Err(SessionError::NotInPlan { what: format!("there is no parameter {parameter}") });
        };
        let (expected, got) = (self.plan.buffer(found.buffer).len(), values.len());
        if got != expected {
            let reason = format!("`{}` has {expected} numbers and was given {got}", found.name);
            return Err(SessionError::OtherNetwork { reason });
        }
        self.runner.write(found.buffer, values)
    }

    /// The network's outputs for a picture as it takes it.
    ///
    /// # Errors
    /// Where it has another size, or the GPU is lost.
    pub async fn answer(&mut self, picture: &[f32]) -> Result<Vec<f32>, SessionError> {
        let expected = self.plan.buffer(self.plan.input).len();
        if picture.len() != expected {
            return Err(SessionError::PictureLength { expected, got: picture.len() });
        }
        self.runner.write(self.plan.input, picture)?;
        self.runner.run(self.plan.forward.clone(), &StepData::forward(1))?;
        let outputs = self.plan.buffer(self.plan.output).len();
        let held = self.runner.read(vec![(self.plan.output, outputs)]).await?;
        Ok(held.first().map(|numbers| numbers[..outputs].to_vec()).unwrap_or_default())
    }
}

fn fits(needed: u64, room: u64) -> Result<(), SessionError> {
    if needed > room { Err(SessionError::TooBig { needed, room, batch: 1, fits: 0 }) } else { Ok(()) }
}
