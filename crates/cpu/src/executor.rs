use std::ops::Range;
use std::sync::Arc;

use atelier_nn::{BufferId, Executor, Plan, StepData};

use crate::machine::Machine;
use crate::{CpuError, Isa, check};

/// A plan's buffers and the kernels that run its steps over them, on the calling thread.
///
/// Everything is allocated by [`CpuExecutor::new`]; buffers are zero at first.
pub struct CpuExecutor {
    plan: Arc<Plan>,
    machine: Machine,
}

impl CpuExecutor {
    /// With the fastest instruction set of this machine.
    ///
    /// # Errors
    /// Where an operation of the plan does not fit its buffers; the message names the step and the buffer.
    pub fn new(plan: Arc<Plan>) -> Result<Self, CpuError> {
        CpuExecutor::with_isa(plan, Isa::best())
    }

    /// # Errors
    /// Where this machine lacks the instruction set, or an operation of the plan does not fit its buffers.
    pub fn with_isa(plan: Arc<Plan>, isa: Isa) -> Result<Self, CpuError> {
        if !isa.is_available() {
            return Err(CpuError::IsaUnavailable(isa));
        }
        check::plan(&plan)?;
        let machine = Machine::new(&plan, isa);
        Ok(CpuExecutor { plan, machine })
    }

    pub fn isa(&self) -> Isa {
        self.machine.isa
    }

    /// All numbers of a buffer: `max_batch` examples where it is batched, of which the last run filled the first `batch`.
    /// Empty for a buffer that is not of this plan.
    pub fn get(&self, buffer: BufferId) -> &[f32] {
        match self.known(buffer) {
            Ok(()) => self.machine.buffer(&self.plan, buffer, self.plan.max_batch),
            Err(_) => &[],
        }
    }

    fn known(&self, buffer: BufferId) -> Result<(), CpuError> {
        if buffer.index() < self.plan.buffers.len() {
            Ok(())
        } else {
            Err(CpuError::UnknownBuffer(buffer.0, self.plan.buffers.len()))
        }
    }
}

impl Executor for CpuExecutor {
    type Error = CpuError;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), CpuError> {
        self.known(buffer)?;
        let b = self.plan.buffer(buffer);
        let (fits, expected) = if b.batched {
            let fits = data.len().is_multiple_of(b.len()) && data.len() / b.len() <= self.plan.max_batch;
            (fits, format!("{} an example and up to {} examples of", b.len(), self.plan.max_batch))
        } else {
            (data.len() == b.len(), b.len().to_string())
        };
        if !fits {
            return Err(CpuError::WriteLength { buffer: b.name.clone(), expected, found: data.len() });
        }
        self.machine.buffer_mut(&self.plan, buffer)[..data.len()].copy_from_slice(data);
        Ok(())
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), CpuError> {
        let StepData { batch, batch_total, first_example, .. } = *data;
        if batch == 0 {
            return Err(CpuError::EmptyBatch);
        }
        if batch > self.plan.max_batch {
            return Err(CpuError::BatchTooLarge { batch, max_batch: self.plan.max_batch });
        }
        if first_example.checked_add(batch).is_none_or(|end| end > batch_total) {
            let last = first_example.saturating_add(batch - 1);
            return Err(CpuError::Shard { first: first_example, last, total: batch_total });
        }
        if steps.start > steps.end || steps.end > self.plan.steps.len() {
            return Err(CpuError::Steps { range: steps, steps: self.plan.steps.len() });
        }
        for step in steps {
            self.machine.run(&self.plan, step, data);
        }
        Ok(())
    }

    async fn read(&self, buffer: BufferId, len: usize) -> Result<Vec<f32>, CpuError> {
        self.known(buffer)?;
        let all = self.get(buffer);
        let numbers = all.get(..len).ok_or_else(|| CpuError::ReadLength {
            buffer: self.plan.buffer(buffer).name.clone(),
            available: all.len(),
            asked: len,
        })?;
        Ok(numbers.to_vec())
    }
}
