use std::ops::Range;
use std::sync::Arc;

use atelier_nn::{BufferId, Executor, Plan, StepData};

use crate::machine::Machine;
use crate::{CpuError, Isa};

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
        plan.check()?;
        let machine = Machine::new(&plan, isa);
        Ok(CpuExecutor { plan, machine })
    }

    pub fn isa(&self) -> Isa {
        self.machine.isa
    }

    /// All numbers of a buffer: `max_batch` examples where it is batched, of which the last run filled the first `batch`.
    /// Empty for a buffer that is not of this plan.
    pub fn get(&self, buffer: BufferId) -> &[f32] {
        match self.plan.check_read(buffer, 0) {
            Ok(()) => self.machine.buffer(&self.plan, buffer, self.plan.max_batch),
            Err(_) => &[],
        }
    }
}

impl Executor for CpuExecutor {
    type Error = CpuError;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), CpuError> {
        self.plan.check_write(buffer, data.len())?;
        self.machine.buffer_mut(&self.plan, buffer)[..data.len()].copy_from_slice(data);
        Ok(())
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), CpuError> {
        self.plan.check_run(&steps, data)?;
        for step in steps {
            self.machine.run(&self.plan, step, data);
        }
        Ok(())
    }

    async fn read(&self, buffer: BufferId, len: usize) -> Result<Vec<f32>, CpuError> {
        self.plan.check_read(buffer, len)?;
        Ok(self.get(buffer)[..len].to_vec())
    }
}
