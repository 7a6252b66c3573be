use std::ops::Range;
use std::sync::Arc;

use atelier_nn::{BufferId, Executor, Op, Plan, StepData};

use crate::buffer::{Buffer, Ledger};
use crate::device::Pipeline;
use crate::dispatch::{Dispatch, Place};
use crate::readback::{Pool, Readback};
use crate::scopes::Scopes;
use crate::{Gpu, GpuError, Memory, needs, steps};

/// A plan's buffers on a device and the shaders that run its steps over them.
///
/// Buffers are zero at first. Pipelines are made by [`GpuExecutor::prepare`], a few at a time, or by the first run that
/// needs them; after that no call makes anything on the device. Dropped, it frees what it made by name, but for the
/// parameters that another executor still runs over.
pub struct GpuExecutor {
    gpu: Gpu,
    plan: Arc<Plan>,
    ledger: Arc<Ledger>,
    slots: Vec<Arc<Buffer>>,
    scratch: Option<Buffer>,
    /// What the step under way is told.
    step: Buffer,
    betas: Option<[f32; 2]>,
    /// The dispatches of each step of the plan.
    work: Vec<Vec<Work>>,
    pool: Arc<Pool>,
    submissions: u32,
}

struct Work {
    dispatch: Dispatch,
    source: String,
    ready: Option<(Arc<Pipeline>, wgpu::BindGroup)>,
}

const STORAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_DST).union(wgpu::BufferUsages::COPY_SRC);

impl GpuExecutor {
    /// # Errors
    /// Where an operation of the plan does not fit its buffers, where a buffer or all of them do not fit the device
    /// ([`GpuError::TooBig`], before anything is made), or where the device has no room for them all the same
    /// ([`GpuError::OutOfMemory`], and what was made is freed).
    pub async fn new(gpu: &Gpu, plan: Arc<Plan>) -> Result<Self, GpuError> {
        GpuExecutor::sharing(gpu, plan, None).await
    }

    /// An executor over the parameters of another: the buffers of those with the same names and shapes are the same ones.
    ///
    /// # Errors
    /// As [`GpuExecutor::new`].
    pub async fn sharing(gpu: &Gpu, plan: Arc<Plan>, of: Option<&GpuExecutor>) -> Result<Self, GpuError> {
        gpu.check()?;
        plan.check()?;
        let betas = betas(&plan)?;
        let shared = shared_slots(&plan, of);
        let sizes = needs::slots(&plan);
        for (slot, bytes) in sizes.iter().enumerate() {
            let what =
                || plan.buffers.iter().find(|b| b.slot == slot).map_or_else(String::new, |b| format!("`{}`", b.name));
            needs::fits_a_buffer(gpu, what, *bytes)?;
        }
        let own =
            needs::total(sizes.iter().zip(&shared).filter(|(_, shared)| shared.is_none()).map(|(bytes, _)| *bytes));
        // Before the shaders' sizes are computed, which presume that the buffers are within reach.
        needs::fits_the_room(gpu, "all of it", own)?;
        let work: Vec<Vec<Work>> = (plan.steps.iter())
            .map(|step| {
                let dispatches = steps::dispatches(&plan, &step.op, gpu.adapter().software);
                let work = |dispatch: Dispatch| Work { source: gpu.source(&dispatch), dispatch, ready: None };
                dispatches.into_iter().map(work).collect()
            })
            .collect();
        let scratch = needs::scratch(work.iter().flatten().map(|work| &work.dispatch));
        needs::fits_a_buffer(gpu, || "the room for partial sums".to_owned(), scratch)?;
        let bytes = needs::total([own, scratch, needs::STEP_BYTES]);
        needs::fits_the_room(gpu, "all of it", needs::total([bytes, needs::staging(&plan)]))?;

        let ledger = gpu.ledger();
        let scopes = Scopes::begin(gpu);
        let slots = (sizes.iter().zip(shared))
            .map(|(bytes, shared)| shared.unwrap_or_else(|| Arc::new(gpu.buffer(&ledger, "slot", *bytes, STORAGE))))
            .collect();
        let scratch = (scratch > 0).then(|| gpu.buffer(&ledger, "scratch", scratch, STORAGE));
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let step = gpu.buffer(&ledger, "step", needs::STEP_BYTES, uniform);
        scopes.end(bytes).await?;
        let pool = Arc::new(Pool::new(&ledger));
        let gpu = gpu.clone();
        Ok(GpuExecutor { gpu, plan, ledger, slots, scratch, step, betas, work, pool, submissions: 1 })
    }

    /// Bytes that an executor of the plan will take on a device, added up without one: its buffers, the room for partial
    /// sums, and what is read back at once. Executors that share parameters take less. `software`: the adapter is the
    /// processor itself ([`crate::Adapter`]), for which sums are cut otherwise.
    pub fn needs(plan: &Plan, software: bool) -> u64 {
        needs::all(plan, software)
    }

    /// What the executor has made on the device: parameters that it shares count for the one that made them.
    pub fn memory(&self) -> Memory {
        self.ledger.memory()
    }

    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Makes pipelines that are missing, at most `some`; the dispatches that are ready, and all.
    ///
    /// Compiling holds up a browser's GPU process and with it the drawing of the page: a few at a time.
    pub async fn prepare(&mut self, some: usize) -> Result<(usize, usize), GpuError> {
        self.gpu.check()?;
        let scopes = Scopes::begin(&self.gpu);
        let mut made = 0;
        for index in 0..self.work.len() {
            for at in 0..self.work[index].len() {
                let work = &self.work[index][at];
                if work.ready.is_some() {
                    continue;
                }
                let new = !self.gpu.has_pipeline(&work.source);
                if !new || made < some {
                    made += usize::from(new);
                    self.make_ready(index, at);
                }
            }
        }
        scopes.end(0).await?;
        let all = self.work.iter().flatten();
        Ok((all.clone().filter(|work| work.ready.is_some()).count(), all.count()))
    }

    /// Submits each run in so many parts from now on: on a slow GPU one part must not hold up the drawing of a page.
    pub fn set_submissions(&mut self, parts: u32) {
        self.submissions = parts.max(1);
    }

    /// Makes the buffers that `count` reads of `len` numbers at once will need, so that none is made later.
    ///
    /// # Errors
    /// Where the device has no room for them; then none is made.
    pub async fn reserve(&self, len: usize, count: usize) -> Result<(), GpuError> {
        self.gpu.check()?;
        self.pool.reserve(&self.gpu, bytes(len).min(self.gpu.largest_buffer()), count).await
    }

    /// Gives up the staging buffers that no read holds.
    pub fn forget_staging(&self) {
        self.pool.clear();
    }

    /// Runs `steps` and then reads buffers, without waiting: the numbers come later.
    pub fn submit(
        &mut self,
        steps: Range<usize>,
        data: &StepData,
        reads: &[(BufferId, usize)],
    ) -> Result<Readback, GpuError> {
        for (buffer, len) in reads {
            self.plan.check_read(*buffer, *len)?;
        }
        let scopes = Scopes::begin(&self.gpu);
        let mut encoder = self.encode(steps, data)?;
        let pieces = self.copy(&mut encoder, reads)?;
        let submission = self.gpu.queue().submit([encoder.finish()]);
        Ok(Readback::new(&self.gpu, &self.pool, pieces, submission, scopes))
    }

    /// Reads several buffers at once, each the first so many numbers.
    pub async fn read_all(&self, reads: &[(BufferId, usize)]) -> Result<Vec<Vec<f32>>, GpuError> {
        for (buffer, len) in reads {
            self.plan.check_read(*buffer, *len)?;
        }
        self.gpu.check()?;
        let scopes = Scopes::begin(&self.gpu);
        let mut encoder = self.encoder();
        let pieces = self.copy(&mut encoder, reads)?;
        let submission = self.gpu.queue().submit([encoder.finish()]);
        Readback::new(&self.gpu, &self.pool, pieces, submission, scopes).numbers().await
    }

    /// Submits all parts of a run but the last, whose encoder it returns.
    fn encode(&mut self, steps: Range<usize>, data: &StepData) -> Result<wgpu::CommandEncoder, GpuError> {
        self.plan.check_run(&steps, data)?;
        self.gpu.check()?;
        for index in steps.clone() {
            for at in 0..self.work[index].len() {
                self.make_ready(index, at);
            }
        }
        // It lands before everything that is not yet submitted: one step, or a part of one, is all that ever waits.
        self.gpu.queue().write_buffer(&self.step.raw, 0, bytemuck::cast_slice(&self.step_words(data)));
        let work = || self.work[steps.clone()].iter().flatten();
        let each = work().map(|work| cost(&work.dispatch)).sum::<u64>() / u64::from(self.submissions) + 1;
        let mut encoder = self.encoder();
        let mut work = work().peekable();
        while work.peek().is_some() {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            let mut spent = 0;
            while spent < each
                && let Some(work) = work.next()
            {
                spent += cost(&work.dispatch);
                let Some((pipeline, group)) = &work.ready else { continue };
                let [x, y] = work.dispatch.groups(data.batch, self.gpu.most_groups());
                pass.set_pipeline(&pipeline.raw);
                pass.set_bind_group(0, group, &[]);
                pass.dispatch_workgroups(x, y, 1);
            }
            drop(pass);
            if work.peek().is_some() {
                let part = std::mem::replace(&mut encoder, self.encoder());
                self.gpu.queue().submit([part.finish()]);
            }
        }
        Ok(encoder)
    }

    fn make_ready(&mut self, index: usize, at: usize) {
        let work = &self.work[index][at];
        if work.ready.is_some() {
            return;
        }
        let pipeline = self.gpu.pipeline(&work.dispatch, &work.source);
        let buffers = work.dispatch.bindings.iter().map(|binding| match binding.place {
            Place::Slot(slot) => &*self.slots[slot],
            Place::Scratch => self.scratch.as_ref().unwrap_or(&self.step),
        });
        let group = self.gpu.bind(&pipeline, &self.step, buffers);
        self.work[index][at].ready = Some((pipeline, group));
    }

    /// Copies buffers into staging buffers, as many at once as one of those holds: into one, unless they are large.
    fn copy(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        reads: &[(BufferId, usize)],
    ) -> Result<Vec<(Buffer, Vec<usize>)>, GpuError> {
        let limit = self.gpu.largest_buffer();
        let mut rest = reads;
        let mut pieces = Vec::new();
        loop {
            let mut size = 0;
            let fits = |(_, len): &&(BufferId, usize)| {
                size += *len as u64 * 4;
                size <= limit
            };
            // No slot is larger than a buffer: at least one fits.
            let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
            let (these, after) = rest.split_at(count);
            let lens: Vec<usize> = these.iter().map(|(_, len)| *len).collect();
            let staging = self.pool.take(&self.gpu, bytes(lens.iter().sum()))?;
            let mut at = 0;
            for (buffer, len) in these {
                let from = &self.slots[self.plan.buffer(*buffer).slot].raw;
                let len = *len as u64 * 4;
                encoder.copy_buffer_to_buffer(from, 0, &staging.raw, at, len);
                at += len;
            }
            pieces.push((staging, lens));
            rest = after;
            if rest.is_empty() {
                return Ok(pieces);
            }
        }
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.gpu.device().create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }

    /// In the order of [`crate::shader::STEP`].
    fn step_words(&self, data: &StepData) -> [u32; 8] {
        let StepData { batch, batch_total, first_example, learning_rate, iteration, seed } = *data;
        let power = |beta: f32| f64::from(beta).powf(f64::from(iteration));
        let adam_rate = self.betas.map_or(0.0, |[beta_1, beta_2]| {
            f64::from(learning_rate) * (1.0 - power(beta_2)).sqrt() / (1.0 - power(beta_1))
        });
        [
            batch as u32,
            first_example as u32,
            batch_total as u32,
            iteration,
            seed,
            learning_rate.to_bits(),
            (adam_rate as f32).to_bits(),
            0,
        ]
    }
}

impl Executor for GpuExecutor {
    type Error = GpuError;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), GpuError> {
        self.plan.check_write(buffer, data.len())?;
        self.gpu.check()?;
        let slot = &self.slots[self.plan.buffer(buffer).slot];
        self.gpu.queue().write_buffer(&slot.raw, 0, bytemuck::cast_slice(data));
        Ok(())
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), GpuError> {
        let encoder = self.encode(steps, data)?;
        self.gpu.queue().submit([encoder.finish()]);
        Ok(())
    }

    async fn read(&self, buffer: BufferId, len: usize) -> Result<Vec<f32>, GpuError> {
        let mut all = self.read_all(&[(buffer, len)]).await?;
        Ok(all.pop().unwrap_or_default())
    }
}

/// Multiply-accumulates, and a little for those that have none.
fn cost(dispatch: &Dispatch) -> u64 {
    dispatch.macs + 1
}

/// Of a staging buffer: none is empty.
fn bytes(numbers: usize) -> u64 {
    (numbers as u64 * 4).max(8)
}

/// The betas of the plan's Adam steps: the uniform buffer has room for one corrected rate.
fn betas(plan: &Plan) -> Result<Option<[f32; 2]>, GpuError> {
    let mut found = None;
    for step in &plan.steps {
        if let Op::Adam { beta_1, beta_2, .. } = step.op
            && *found.get_or_insert([beta_1, beta_2]) != [beta_1, beta_2]
        {
            return Err(GpuError::MixedAdam);
        }
    }
    Ok(found)
}

/// For each slot of the plan the buffer of `of` that holds the same parameter.
fn shared_slots(plan: &Plan, of: Option<&GpuExecutor>) -> Vec<Option<Arc<Buffer>>> {
    let mut shared = vec![None; plan.slots.len()];
    let Some(of) = of else { return shared };
    for parameter in &plan.parameters {
        let twin = of.plan.parameters.iter().find(|p| p.name == parameter.name && p.shape == parameter.shape);
        if let Some(twin) = twin {
            let slot = of.plan.buffer(twin.buffer).slot;
            shared[plan.buffer(parameter.buffer).slot] = Some(Arc::clone(&of.slots[slot]));
        }
    }
    shared
}
