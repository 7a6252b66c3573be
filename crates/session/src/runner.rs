//! What runs a plan whose executor does not matter: a walk's, a reader's.

use std::ops::Range;

use atelier_nn::{BufferId, Executor, StepData};

use crate::SessionError;
use crate::trainer::Answer;

/// An executor behind a pointer.
pub trait Runner {
    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), SessionError>;
    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), SessionError>;
    /// The first `len` numbers of a buffer.
    fn read(&self, buffer: BufferId, len: usize) -> Answer<'_, Vec<f32>>;
}

impl<E: Executor> Runner for E
where
    SessionError: From<E::Error>,
{
    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), SessionError> {
        Ok(Executor::write(self, buffer, data)?)
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), SessionError> {
        Ok(Executor::run(self, steps, data)?)
    }

    fn read(&self, buffer: BufferId, len: usize) -> Answer<'_, Vec<f32>> {
        Box::pin(async move { Ok(Executor::read(self, buffer, len).await?) })
    }
}
