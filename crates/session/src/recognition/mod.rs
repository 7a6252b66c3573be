//! A network's answer to a picture, and nothing else: no maps are kept and no gradient can be asked for, so that large networks
//! run in the least memory. What tells more of an answer is a [`crate::reading::Reader`].

mod folding;
mod weights;

use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_gpu::{Gpu, GpuExecutor};
use atelier_nn::plan::Parameter;
use atelier_nn::{Lowering, Network, Plan, StepData};

use crate::runner::Runner;
use crate::{Misfit, Room, SessionError};
use folding::Folded;

/// Answers one picture at a time. Its parameters are the network's own, in its order, and zero until they are written: that it
/// computes with fewer (`folding.rs`) is nobody's concern.
pub struct Recogniser {
    /// As it was given, and its parameters.
    network: Network,
    parameters: Vec<Parameter>,
    folded: Folded,
    /// Of the folded network.
    plan: Arc<Plan>,
    runner: Box<dyn Runner>,
}

impl Recogniser {
    /// On the CPU.
    ///
    /// # Errors
    /// Where the network cannot be built, or does not fit into `room`.
    pub fn new(network: &Network, room: Room) -> Result<Self, SessionError> {
        let (folded, plan) = lower(network)?;
        fits(CpuExecutor::needs([&*plan], Isa::best())?.total(), room.worker.min(room.together))?;
        let executor = CpuExecutor::new(Arc::clone(&plan))?;
        Recogniser::over(network, folded, plan, Box::new(executor))
    }

    /// On a GPU, whose own room counts.
    ///
    /// # Errors
    /// As [`Recogniser::new`], and where the GPU is lost.
    pub async fn on_gpu(gpu: &Gpu, network: &Network) -> Result<Self, SessionError> {
        let (folded, plan) = lower(network)?;
        fits(GpuExecutor::needs(&plan, gpu.adapter().software), gpu.room())?;
        let executor = GpuExecutor::new(gpu, Arc::clone(&plan)).await?;
        Recogniser::over(network, folded, plan, Box::new(executor))
    }

    fn over(network: &Network, folded: Folded, plan: Arc<Plan>, runner: Box<dyn Runner>) -> Result<Self, SessionError> {
        let parameters = network.lower(&Lowering::inference(1))?.parameters;
        Ok(Recogniser { network: network.clone(), parameters, folded, plan, runner })
    }

    /// Bytes that [`Recogniser::new`] would take.
    ///
    /// # Errors
    /// Where the network cannot be built.
    pub fn needs(network: &Network) -> Result<u64, SessionError> {
        let (_, plan) = lower(network)?;
        Ok(CpuExecutor::needs([&*plan], Isa::best())?.total())
    }

    /// Weights that know nothing: each parameter's first values, a function of the seed alone.
    ///
    /// # Errors
    /// Where the GPU is lost.
    pub fn begin(&mut self, seed: u32) -> Result<(), SessionError> {
        for index in 0..self.parameters.len() {
            let Parameter { initializer, shape, .. } = &self.parameters[index];
            let values = initializer.values(shape, seed, index as u32);
            self.write(index, &values)?;
        }
        Ok(())
    }

    /// What is to be written, in the order of the network's layers.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Writes one of [`Recogniser::parameters`].
    ///
    /// # Errors
    /// Where there is no such parameter, or it has another number of numbers.
    pub fn write(&mut self, parameter: usize, values: &[f32]) -> Result<(), SessionError> {
        let Some(found) = self.parameters.get(parameter) else {
            return Err(SessionError::NotInPlan { what: format!("there is no parameter {parameter}") });
        };
        let (expected, got) = (found.shape.iter().product::<usize>(), values.len());
        if got != expected {
            let (tensor, expected) = (found.name.clone(), found.shape.clone());
            return Err(Misfit::Shape { tensor, got: vec![got], expected }.into());
        }
        match self.folded.take(found, &self.parameters, values) {
            None => put(&mut *self.runner, &self.plan, &found.name, values),
            Some(written) => {
                written.iter().try_for_each(|(name, values)| put(&mut *self.runner, &self.plan, name, values))
            }
        }
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

/// Writes a parameter of the folded network.
fn put(runner: &mut dyn Runner, plan: &Plan, name: &str, values: &[f32]) -> Result<(), SessionError> {
    let Some(parameter) = plan.parameters.iter().find(|parameter| parameter.name == name) else {
        return Err(SessionError::NotInPlan { what: format!("there is no parameter `{name}`") });
    };
    runner.write(parameter.buffer, values)
}

fn lower(network: &Network) -> Result<(Folded, Arc<Plan>), SessionError> {
    let folded = Folded::new(network)?;
    let plan = folded.network.lower(&Lowering::inference(1))?;
    Ok((folded, Arc::new(plan)))
}

fn fits(needed: u64, room: u64) -> Result<(), SessionError> {
    if needed > room { Err(SessionError::TooBig { needed, room, batch: 1, fits: 0 }) } else { Ok(()) }
}
