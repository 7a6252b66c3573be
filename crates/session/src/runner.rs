//! What runs a plan whose executor does not matter: a walk's, a reader's.

use std::ops::{Deref, Range};

use atelier_cpu::CpuExecutor;
use atelier_gpu::GpuExecutor;
use atelier_nn::{BufferId, Executor, Plan, StepData};

use crate::SessionError;
use crate::trainer::Answer;

/// Numbers that were read: where the executor has them, or a copy of them.
pub type Held<'a> = Box<dyn Deref<Target = [f32]> + 'a>;

/// An executor behind a pointer.
pub trait Runner {
    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), SessionError>;
    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), SessionError>;
    /// Of each buffer at least the first so many numbers, all in one journey.
    fn read<'a>(&'a self, wanted: Vec<(BufferId, usize)>) -> Answer<'a, Vec<Held<'a>>>;
}

impl Runner for CpuExecutor {
    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), SessionError> {
        Ok(Executor::write(self, buffer, data)?)
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), SessionError> {
        Ok(Executor::run(self, steps, data)?)
    }

    fn read<'a>(&'a self, wanted: Vec<(BufferId, usize)>) -> Answer<'a, Vec<Held<'a>>> {
        let held = wanted.into_iter().map(|(buffer, _)| Box::new(self.get(buffer)) as Held<'a>).collect();
        Box::pin(async move { Ok(held) })
    }
}

impl Runner for GpuExecutor {
    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), SessionError> {
        Ok(Executor::write(self, buffer, data)?)
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), SessionError> {
        Ok(Executor::run(self, steps, data)?)
    }

    fn read<'a>(&'a self, wanted: Vec<(BufferId, usize)>) -> Answer<'a, Vec<Held<'a>>> {
        Box::pin(async move {
            let copies = self.read_all(&wanted).await?;
            Ok(copies.into_iter().map(|copy| Box::new(copy) as Held<'a>).collect())
        })
    }
}

/// What buffers have for the first `batch` examples, or whole where they are the same for all.
pub async fn read(
    runner: &dyn Runner,
    plan: &Plan,
    buffers: &[BufferId],
    batch: usize,
) -> Result<Vec<Vec<f32>>, SessionError> {
    let wanted: Vec<(BufferId, usize)> = buffers.iter().map(|buffer| (*buffer, plan.len_of(*buffer, batch))).collect();
    let held = runner.read(wanted.clone()).await?;
    Ok(held.iter().zip(wanted).map(|(numbers, (_, len))| numbers[..len].to_vec()).collect())
}
