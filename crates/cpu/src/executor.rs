use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::{Arc, Mutex};

use atelier_nn::{BufferId, Executor, Plan, StepData};

use crate::layout::{Bytes, Layout, store_bytes};
use crate::machine::Machine;
use crate::memory::AlignedBuffer;
use crate::store::{Store, lock};
use crate::{CpuError, Isa};

/// A plan's buffers and the kernels that run its steps over them, on the calling thread.
///
/// Everything is allocated when it is made; buffers are zero at first. Executors may share their parameters
/// ([`CpuExecutor::sharing`]), also from several threads: each step has them to itself.
pub struct CpuExecutor {
    plan: Arc<Plan>,
    machine: Machine,
}

/// The numbers of a buffer as they were when it was read.
pub struct Numbers<'a> {
    numbers: Option<Arc<AlignedBuffer>>,
    len: usize,
    /// A step of the same executor cannot run meanwhile; another's that writes these numbers leaves them and goes on with a
    /// copy.
    executor: PhantomData<&'a CpuExecutor>,
}

impl Deref for Numbers<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.numbers.as_ref().map_or(&[], |numbers| &numbers[..self.len])
    }
}

impl CpuExecutor {
    /// With the fastest instruction set of this machine.
    ///
    /// # Errors
    /// Where an operation of the plan does not fit its buffers (the message names the step and the buffer), or memory does
    /// not suffice.
    pub fn new(plan: Arc<Plan>) -> Result<Self, CpuError> {
        CpuExecutor::with_isa(plan, Isa::best())
    }

    /// # Errors
    /// Where this machine lacks the instruction set, and as [`CpuExecutor::new`].
    pub fn with_isa(plan: Arc<Plan>, isa: Isa) -> Result<Self, CpuError> {
        if !isa.is_available() {
            return Err(CpuError::IsaUnavailable(isa));
        }
        CpuExecutor::over(Arc::default(), plan, isa)
    }

    /// An executor over the parameters of another: those with the same names and shapes are the same memory. Parameters that
    /// `of` lacks are zero at first, and stay as long as any executor over the same parameters.
    ///
    /// # Errors
    /// As [`CpuExecutor::new`]; `of` and its parameters stay as they were.
    pub fn sharing(plan: Arc<Plan>, of: &CpuExecutor) -> Result<Self, CpuError> {
        CpuExecutor::over(Arc::clone(of.machine.store()), plan, of.isa())
    }

    fn over(shared: Arc<Mutex<Store>>, plan: Arc<Plan>, isa: Isa) -> Result<Self, CpuError> {
        plan.check()?;
        let mut store = lock(&shared);
        let mut entries = store.entries().to_vec();
        let layout = Layout::new(&plan, isa, &mut entries);
        let bytes =
            (layout.bytes(isa) + store_bytes(&entries, isa)).total() - store_bytes(store.entries(), isa).total();
        let refused = |_| CpuError::OutOfMemory { bytes };
        let machine = Machine::new(&plan, layout, isa, Arc::clone(&shared)).map_err(refused)?;
        store.extend(entries, isa).map_err(refused)?;
        drop(store);
        Ok(CpuExecutor { plan, machine })
    }

    /// What executors of these plans over the same parameters take, before anything is allocated. Some hundred bytes a step
    /// of bookkeeping are not counted.
    ///
    /// # Errors
    /// Where an operation of a plan does not fit its buffers.
    pub fn needs<'a>(plans: impl IntoIterator<Item = &'a Plan>, isa: Isa) -> Result<Bytes, CpuError> {
        let mut entries = Vec::new();
        let mut needed = Bytes::default();
        for plan in plans {
            plan.check()?;
            needed = needed + Layout::new(plan, isa, &mut entries).bytes(isa);
        }
        Ok(needed + store_bytes(&entries, isa))
    }

    /// What this executor holds, the parameters that it shares and their packed copies included.
    pub fn bytes(&self) -> Bytes {
        let mut entries = lock(self.machine.store()).entries().to_vec();
        let layout = Layout::new(&self.plan, self.isa(), &mut entries);
        layout.bytes(self.isa()) + store_bytes(&entries, self.isa())
    }

    /// Grows whenever a parameter is written, or updated by a step, of this executor or of one that shares it.
    pub fn version(&self) -> u64 {
        lock(self.machine.store()).version()
    }

    pub fn isa(&self) -> Isa {
        self.machine.isa
    }

    /// All numbers of a buffer: `max_batch` examples where it is batched, of which the last run filled the first `batch`.
    /// Empty for a buffer that is not of this plan.
    pub fn get(&self, buffer: BufferId) -> Numbers<'_> {
        let (numbers, len) = match self.plan.check_read(buffer, 0) {
            Ok(()) => (self.machine.snapshot(&self.plan, buffer), self.plan.len_of(buffer, self.plan.max_batch)),
            Err(_) => (None, 0),
        };
        Numbers { numbers, len, executor: PhantomData }
    }
}

impl Executor for CpuExecutor {
    type Error = CpuError;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), CpuError> {
        self.plan.check_write(buffer, data.len())?;
        self.machine.write(&self.plan, buffer, data);
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
