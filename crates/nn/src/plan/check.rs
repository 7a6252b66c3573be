//! What every executor refuses. A plan is checked once, before anything is allocated, so that no step of it can go wrong
//! later; calls are checked as they come.

use std::ops::Range;

use super::{BufferId, ConvGeometry, Op, PadGeometry, Plan, PlanError, PoolGeometry};
use crate::StepData;

impl Plan {
    /// Every operand is there, has the length that its operation needs, fits its slot, and is not overwritten while needed.
    pub fn check(&self) -> Result<(), PlanError> {
        let plan = self;
        for buffer in &plan.buffers {
            // In 64 bits: a plan may be too large for any memory, and is still checked.
            let numbers = |len: usize, batched: bool| {
                (len as u64).saturating_mul(if batched { plan.max_batch as u64 } else { 1 })
            };
            let needed = numbers(buffer.len(), buffer.batched);
            let available = plan.slots.get(buffer.slot).map_or(0, |slot| numbers(slot.len, slot.batched));
            if needed > available {
                return Err(PlanError::Slot { buffer: buffer.name.clone(), slot: buffer.slot, needed, available });
            }
        }
        for (index, step) in plan.steps.iter().enumerate() {
            let check = Check { plan, step: index, op: &step.op };
            for id in step.op.reads().into_iter().chain(step.op.writes()) {
                if id.index() >= plan.buffers.len() {
                    return Err(PlanError::UnknownBuffer(id.0, plan.buffers.len()));
                }
            }
            check.operands()?;
            check.aliases()?;
        }
        Ok(())
    }

    /// A buffer of this plan.
    fn known(&self, id: BufferId) -> Result<(), PlanError> {
        match self.buffers.get(id.index()) {
            Some(_) => Ok(()),
            None => Err(PlanError::UnknownBuffer(id.0, self.buffers.len())),
        }
    }

    /// Whether `len` numbers may be written to a buffer: all of one that is not batched, whole examples of one that is.
    pub fn check_write(&self, id: BufferId, len: usize) -> Result<(), PlanError> {
        self.known(id)?;
        let buffer = self.buffer(id);
        let (fits, expected) = if buffer.batched {
            let fits = len.is_multiple_of(buffer.len()) && len / buffer.len() <= self.max_batch;
            (fits, format!("{} an example and up to {} examples of", buffer.len(), self.max_batch))
        } else {
            (len == buffer.len(), buffer.len().to_string())
        };
        if fits { Ok(()) } else { Err(PlanError::WriteLength { buffer: buffer.name.clone(), expected, found: len }) }
    }

    /// Whether the first `len` numbers of a buffer may be read.
    pub fn check_read(&self, id: BufferId, len: usize) -> Result<(), PlanError> {
        self.known(id)?;
        let available = self.len_of(id, self.max_batch);
        if len <= available {
            return Ok(());
        }
        Err(PlanError::ReadLength { buffer: self.buffer(id).name.clone(), available, asked: len })
    }

    /// Whether these steps may be run with these data.
    pub fn check_run(&self, steps: &Range<usize>, data: &StepData) -> Result<(), PlanError> {
        let StepData { batch, batch_total, first_example, .. } = *data;
        if batch == 0 {
            return Err(PlanError::EmptyBatch);
        }
        if batch > self.max_batch {
            return Err(PlanError::BatchTooLarge { batch, max_batch: self.max_batch });
        }
        if first_example.checked_add(batch).is_none_or(|end| end > batch_total) {
            let last = first_example.saturating_add(batch - 1);
            return Err(PlanError::Shard { first: first_example, last, total: batch_total });
        }
        if steps.start > steps.end || steps.end > self.steps.len() {
            return Err(PlanError::Steps { range: steps.clone(), steps: self.steps.len() });
        }
        Ok(())
    }
}

struct Check<'a> {
    plan: &'a Plan,
    step: usize,
    op: &'a Op,
}

impl Check<'_> {
    fn operands(&self) -> Result<(), PlanError> {
        match self.op {
            Op::Conv2d { geometry, x, kernel, bias, y, .. } => self.convolution(geometry, *x, *y, *kernel, *bias),
            Op::Conv2dGradInput { geometry, dy, kernel, dx } => self.convolution(geometry, *dx, *dy, *kernel, None),
            Op::Conv2dGradKernel { geometry, x, dy, dkernel } => self.convolution(geometry, *x, *dy, *dkernel, None),
            Op::Dense { inputs, units, x, kernel, bias, y, .. } => {
                self.convolution(&ConvGeometry::dense(*inputs, *units), *x, *y, *kernel, *bias)
            }
            Op::DenseGradInput { inputs, units, dy, kernel, dx } => {
                self.convolution(&ConvGeometry::dense(*inputs, *units), *dx, *dy, *kernel, None)
            }
            Op::DenseGradKernel { inputs, units, x, dy, dkernel } => {
                self.convolution(&ConvGeometry::dense(*inputs, *units), *x, *dy, *dkernel, None)
            }
            Op::BiasGrad { positions, channels, dy, dbias } => {
                self.batched(&[*dy], positions * channels)?;
                self.single(&[*dbias], *channels)
            }
            Op::MaxPool2d { geometry, x, y } | Op::AveragePool2d { geometry, x, y } => {
                self.pool(geometry, &[*x], &[*y])
            }
            Op::MaxPool2dGrad { geometry, x, y, dy, dx } => self.pool(geometry, &[*x, *dx], &[*y, *dy]),
            Op::AveragePool2dGrad { geometry, dy, dx } => self.pool(geometry, &[*dx], &[*dy]),
            Op::GlobalAveragePool2d { positions, channels, x: full, y: mean }
            | Op::GlobalAveragePool2dGrad { positions, channels, dx: full, dy: mean } => {
                self.batched(&[*full], positions * channels)?;
                self.batched(&[*mean], *channels)
            }
            Op::Activate { x, y, .. } | Op::Dropout { x, y, .. } => self.alike(*y, &[*x]),
            Op::ActivateGrad { y, dy, dx, .. } => self.alike(*dx, &[*y, *dy]),
            Op::Softmax { positions, channels, x, y } => self.batched(&[*x, *y], positions * channels),
            Op::SoftmaxGrad { positions, channels, y, dy, dx } => self.batched(&[*y, *dy, *dx], positions * channels),
            Op::BatchMoments { positions, channels, x, mean, variance } => {
                self.batched(&[*x], positions * channels)?;
                self.single(&[*mean, *variance], *channels)
            }
            Op::BatchNorm { positions, channels, x, mean, variance, gamma, beta, y, .. } => {
                self.batched(&[*x, *y], positions * channels)?;
                self.single(&[*mean, *variance], *channels)?;
                self.single(gamma.as_slice(), *channels)?;
                self.single(beta.as_slice(), *channels)
            }
            Op::BatchNormGradParameters { positions, channels, x, mean, variance, dy, dgamma, dbeta, .. } => {
                self.batched(&[*x, *dy], positions * channels)?;
                self.single(&[*mean, *variance, *dgamma, *dbeta], *channels)
            }
            Op::BatchNormGradInput { positions, channels, x, mean, variance, gamma, dgamma, dbeta, dy, dx, .. } => {
                self.batched(&[*x, *dy, *dx], positions * channels)?;
                self.single(&[*mean, *variance, *dgamma, *dbeta], *channels)?;
                self.single(gamma.as_slice(), *channels)
            }
            Op::BatchNormGradFixed { positions, channels, variance, gamma, dy, dx, .. } => {
                self.batched(&[*dy, *dx], positions * channels)?;
                self.single(&[*variance], *channels)?;
                self.single(gamma.as_slice(), *channels)
            }
            Op::MovingAverage { value, average, .. } => self.alike(*average, &[*value]),
            Op::Add { xs, y } => {
                if xs.is_empty() {
                    return Err(self.geometry("a sum needs at least one term"));
                }
                self.alike(*y, xs)
            }
            Op::Concatenate { positions, xs, y } => {
                for part in xs {
                    self.batched(&[part.x], positions * part.channels)?;
                }
                self.batched(&[*y], positions * xs.iter().map(|part| part.channels).sum::<usize>())
            }
            Op::ConcatenateGrad { positions, total, offset, channels, dy, dx } => {
                if offset + channels > *total {
                    return Err(self.geometry("the channels lie outside the concatenation"));
                }
                self.batched(&[*dy], positions * total)?;
                self.batched(&[*dx], positions * channels)
            }
            Op::ZeroPad2d { geometry, x: inside, y: padded }
            | Op::ZeroPad2dGrad { geometry, dx: inside, dy: padded } => {
                let PadGeometry { in_height, in_width, channels, .. } = *geometry;
                self.batched(&[*inside], in_height * in_width * channels)?;
                self.batched(&[*padded], geometry.padded_len())
            }
            Op::Loss { outputs, prediction, target, loss, .. } => {
                self.batched(&[*prediction, *target], *outputs)?;
                self.batched(&[*loss], 1)
            }
            Op::LossGrad { outputs, prediction, target, dprediction, .. } => {
                self.batched(&[*prediction, *target, *dprediction], *outputs)
            }
            Op::Metrics { outputs, output, target, loss, metrics } => {
                self.batched(&[*output, *target], *outputs)?;
                self.batched(&[*loss], 1)?;
                self.single(&[*metrics], 2)
            }
            Op::Sgd { parameter, gradient, velocity, .. } => {
                self.alike(*parameter, &[*gradient])?;
                self.alike(*parameter, velocity.as_slice())
            }
            Op::Adam { parameter, gradient, m, v, .. } => self.alike(*parameter, &[*gradient, *m, *v]),
        }
    }

    fn convolution(
        &self,
        g: &ConvGeometry,
        input: BufferId,
        output: BufferId,
        kernel: BufferId,
        bias: Option<BufferId>,
    ) -> Result<(), PlanError> {
        if [g.kernel, g.strides, g.dilation].as_flattened().contains(&0) {
            return Err(self.geometry("kernel, strides and dilation must be at least 1"));
        }
        self.batched(&[input], g.in_height * g.in_width * g.in_channels)?;
        self.batched(&[output], g.out_height * g.out_width * g.filters)?;
        self.single(&[kernel], g.depth() * g.filters)?;
        self.single(bias.as_slice(), g.filters)
    }

    fn pool(&self, g: &PoolGeometry, inputs: &[BufferId], outputs: &[BufferId]) -> Result<(), PlanError> {
        if [g.window, g.strides].as_flattened().contains(&0) {
            return Err(self.geometry("window and strides must be at least 1"));
        }
        let outside =
            (0..g.out_height).any(|y| g.rows(y).is_empty()) || (0..g.out_width).any(|x| g.columns(x).is_empty());
        if outside {
            return Err(self.geometry("a window lies wholly outside the input"));
        }
        self.batched(inputs, g.input_len())?;
        self.batched(outputs, g.output_len())
    }

    fn batched(&self, ids: &[BufferId], len: usize) -> Result<(), PlanError> {
        ids.iter().try_for_each(|id| self.operand(*id, len, true))
    }

    fn single(&self, ids: &[BufferId], len: usize) -> Result<(), PlanError> {
        ids.iter().try_for_each(|id| self.operand(*id, len, false))
    }

    fn alike(&self, model: BufferId, ids: &[BufferId]) -> Result<(), PlanError> {
        let model = self.plan.buffer(model);
        ids.iter().try_for_each(|id| self.operand(*id, model.len(), model.batched))
    }

    fn operand(&self, id: BufferId, len: usize, batched: bool) -> Result<(), PlanError> {
        let buffer = self.plan.buffer(id);
        if buffer.is_empty() {
            return Err(self.geometry("an operand has no numbers"));
        }
        if (buffer.len(), buffer.batched) == (len, batched) {
            return Ok(());
        }
        let describe = |len: usize, batched| format!("{len} numbers {}", if batched { "an example" } else { "in all" });
        Err(PlanError::Operand {
            step: self.step,
            op: self.op.stem(),
            buffer: buffer.name.clone(),
            expected: describe(len, batched),
            found: describe(buffer.len(), buffer.batched),
        })
    }

    /// What is written shares its slot with nothing else that the operation touches, but for the pair that may.
    fn aliases(&self) -> Result<(), PlanError> {
        let slot = |id: BufferId| self.plan.buffer(id).slot;
        let aliased = |written: BufferId, other: BufferId| PlanError::Aliased {
            step: self.step,
            op: self.op.stem(),
            written: self.plan.buffer(written).name.clone(),
            other: self.plan.buffer(other).name.clone(),
        };
        let updates = matches!(self.op, Op::Sgd { .. } | Op::Adam { .. } | Op::MovingAverage { .. });
        let writes = self.op.writes();
        for (i, written) in writes.iter().enumerate() {
            if let Some(other) = writes[..i].iter().find(|other| slot(**other) == slot(*written)) {
                return Err(aliased(*written, *other));
            }
            for read in self.op.reads() {
                let allowed = self.op.in_place() == Some((read, *written)) || (updates && read == *written);
                if slot(read) == slot(*written) && !allowed {
                    return Err(aliased(*written, read));
                }
            }
        }
        Ok(())
    }

    fn geometry(&self, what: &'static str) -> PlanError {
        PlanError::Geometry { step: self.step, op: self.op.stem(), what }
    }
}
