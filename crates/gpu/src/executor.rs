use std::ops::Range;
use std::sync::Arc;

use atelier_nn::{BufferId, Executor, Op, Plan, StepData};

use crate::buffer::Buffer;
use crate::device::Pipeline;
use crate::dispatch::{Dispatch, Place};
use crate::readback::{Pool, Readback};
use crate::{Gpu, GpuError, steps};

/// A plan's buffers on a device and the shaders that run its steps over them.
///
/// Buffers are zero at first. Pipelines are made by [`GpuExecutor::prepare`], a few at a time, or by the first run that
/// needs them; after that no call makes anything on the device.
pub struct GpuExecutor {
    gpu: Gpu,
    plan: Arc<Plan>,
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
    ready: Option<(Pipeline, wgpu::BindGroup)>,
}

const STORAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_DST).union(wgpu::BufferUsages::COPY_SRC);

impl GpuExecutor {
    /// # Errors
    /// Where an operation of the plan does not fit its buffers, or a buffer does not fit the device.
    pub async fn new(gpu: &Gpu, plan: Arc<Plan>) -> Result<Self, GpuError> {
        GpuExecutor::sharing(gpu, plan, None).await
    }

    /// An executor over the parameters of another: the buffers of those with the same names and shapes are the same ones.
    pub async fn sharing(gpu: &Gpu, plan: Arc<Plan>, of: Option<&GpuExecutor>) -> Result<Self, GpuError> {
        gpu.check()?;
        plan.check()?;
        let betas = betas(&plan)?;
        let work: Vec<Vec<Work>> = (plan.steps.iter())
            .map(|step| {
                let dispatches = steps::dispatches(&plan, &step.op, gpu.adapter().software);
                let work = |dispatch: Dispatch| Work { source: gpu.source(&dispatch), dispatch, ready: None };
                dispatches.into_iter().map(work).collect()
            })
            .collect();
        let sizes: Vec<u64> = plan.slots.iter().map(|slot| slot_bytes(slot.len, slot.batched, &plan)).collect();
        let scratch = work.iter().flatten().map(|work| work.dispatch.scratch).max().unwrap_or(0);
        let limit = gpu.largest_buffer();
        if let Some((slot, bytes)) = sizes.iter().enumerate().find(|(_, bytes)| **bytes > limit) {
            let what = plan.buffers.iter().find(|b| b.slot == slot).map_or_else(String::new, |b| b.name.clone());
            return Err(GpuError::TooBig { what, bytes: *bytes, limit });
        }
        if scratch > limit {
            return Err(GpuError::TooBig { what: "partial sums".to_owned(), bytes: scratch, limit });
        }

        let scopes = Scopes::begin(gpu);
        let shared = shared_slots(&plan, of);
        let slots = (sizes.iter().zip(shared))
            .map(|(bytes, shared)| shared.unwrap_or_else(|| Arc::new(gpu.buffer("slot", *bytes, STORAGE))))
            .collect();
        let scratch_buffer = (scratch > 0).then(|| gpu.buffer("scratch", scratch.next_multiple_of(16), STORAGE));
        let step = gpu.buffer("step", 32, wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST);
        scopes.end(sizes.iter().sum::<u64>() + scratch).await?;
        let pool = Arc::default();
        Ok(GpuExecutor {
            gpu: gpu.clone(),
            plan,
            slots,
            scratch: scratch_buffer,
            step,
            betas,
            work,
            pool,
            submissions: 1,
        })
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
    pub fn reserve(&self, len: usize, count: usize) {
        self.pool.reserve(&self.gpu, bytes(len), count);
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
        let mut encoder = self.encode(steps, data)?;
        let (staging, lens) = self.copy(&mut encoder, reads);
        let submission = self.gpu.queue().submit([encoder.finish()]);
        Ok(Readback::new(&self.gpu, &self.pool, staging, lens, submission))
    }

    /// Reads several buffers at once, each the first so many numbers.
    pub async fn read_all(&self, reads: &[(BufferId, usize)]) -> Result<Vec<Vec<f32>>, GpuError> {
        for (buffer, len) in reads {
            self.plan.check_read(*buffer, *len)?;
        }
        self.gpu.check()?;
        let mut encoder = self.encoder();
        let (staging, lens) = self.copy(&mut encoder, reads);
        let submission = self.gpu.queue().submit([encoder.finish()]);
        Readback::new(&self.gpu, &self.pool, staging, lens, submission).numbers().await
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

    fn copy(&self, encoder: &mut wgpu::CommandEncoder, reads: &[(BufferId, usize)]) -> (Buffer, Vec<usize>) {
        let lens: Vec<usize> = reads.iter().map(|(_, len)| *len).collect();
        let staging = self.pool.take(&self.gpu, bytes(lens.iter().sum()));
        let mut at = 0;
        for (buffer, len) in reads {
            let from = &self.slots[self.plan.buffer(*buffer).slot].raw;
            let len = *len as u64 * 4;
            encoder.copy_buffer_to_buffer(from, 0, &staging.raw, at, len);
            at += len;
        }
        (staging, lens)
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

/// A whole number of vectors.
fn slot_bytes(len: usize, batched: bool, plan: &Plan) -> u64 {
    let examples = if batched { plan.max_batch } else { 1 };
    (len as u64 * examples as u64 * 4).next_multiple_of(16).max(16)
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

/// Catches what the device says of the things made until it ends.
struct Scopes {
    gpu: Gpu,
    memory: wgpu::ErrorScopeGuard,
    validation: wgpu::ErrorScopeGuard,
}

impl Scopes {
    fn begin(gpu: &Gpu) -> Self {
        let memory = gpu.device().push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = gpu.device().push_error_scope(wgpu::ErrorFilter::Validation);
        Scopes { gpu: gpu.clone(), memory, validation }
    }

    async fn end(self, bytes: u64) -> Result<(), GpuError> {
        let (validation, memory) = (self.validation.pop(), self.memory.pop());
        if let Some(error) = validation.await {
            return Err(GpuError::Refused(error.to_string()));
        }
        if let Some(error) = memory.await {
            return Err(GpuError::OutOfMemory { bytes, reason: error.to_string() });
        }
        self.gpu.check()
    }
}
