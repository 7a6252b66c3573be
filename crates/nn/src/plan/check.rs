//! What every executor refuses. A plan is checked once, before anything is allocated, so that no step of it can go wrong
//! later; calls are checked as they come.

use std::ops::Range;

use super::{BufferId, Extent, Op, Plan, PlanError, PoolGeometry};
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
            step.op.operands().iter().try_for_each(|operand| plan.known(operand.buffer))?;
            check.geometry()?;
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
    /// Geometries in which every window exists.
    fn geometry(&self) -> Result<(), PlanError> {
        let what = match self.op {
            Op::Conv2d { geometry: g, .. }
            | Op::Conv2dGradInput { geometry: g, .. }
            | Op::Conv2dGradKernel { geometry: g, .. }
                if [g.kernel, g.strides, g.dilation].as_flattened().contains(&0) =>
            {
                "kernel, strides and dilation must be at least 1"
            }
            Op::DepthwiseConv2d { geometry: g, .. }
            | Op::DepthwiseConv2dGradInput { geometry: g, .. }
            | Op::DepthwiseConv2dGradKernel { geometry: g, .. }
                if [g.kernel, g.strides, g.dilation].as_flattened().contains(&0) =>
            {
                "kernel, strides and dilation must be at least 1"
            }
            Op::MaxPool2d { geometry: g, .. }
            | Op::MaxPool2dGrad { geometry: g, .. }
            | Op::AveragePool2d { geometry: g, .. }
            | Op::AveragePool2dGrad { geometry: g, .. } => return self.pool(g),
            Op::Add { xs, .. } if xs.is_empty() => "a sum needs at least one term",
            Op::ConcatenateGrad { total, offset, channels, .. } if offset + channels > *total => {
                "the channels lie outside the concatenation"
            }
            _ => return Ok(()),
        };
        Err(self.wrong(what))
    }

    fn pool(&self, g: &PoolGeometry) -> Result<(), PlanError> {
        if [g.window, g.strides].as_flattened().contains(&0) {
            return Err(self.wrong("window and strides must be at least 1"));
        }
        let outside =
            (0..g.out_height).any(|y| g.rows(y).is_empty()) || (0..g.out_width).any(|x| g.columns(x).is_empty());
        if outside { Err(self.wrong("a window lies wholly outside the input")) } else { Ok(()) }
    }

    fn operands(&self) -> Result<(), PlanError> {
        self.op.operands().iter().try_for_each(|operand| match operand.extent {
            Extent::Examples(len) => self.operand(operand.buffer, len, true),
            Extent::Whole(len) => self.operand(operand.buffer, len, false),
            Extent::Like(model) => {
                let model = self.plan.buffer(model);
                self.operand(operand.buffer, model.len(), model.batched)
            }
        })
    }

    fn operand(&self, id: BufferId, len: usize, batched: bool) -> Result<(), PlanError> {
        let buffer = self.plan.buffer(id);
        if buffer.is_empty() {
            return Err(self.wrong("an operand has no numbers"));
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
        let operands = self.op.operands();
        for (i, written) in operands.iter().enumerate().filter(|(_, operand)| operand.access.writes()) {
            let others = operands.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| other.buffer);
            for other in others.filter(|other| written.over != Some(*other)) {
                if slot(other) == slot(written.buffer) {
                    return Err(aliased(written.buffer, other));
                }
            }
        }
        Ok(())
    }

    fn wrong(&self, what: &'static str) -> PlanError {
        PlanError::Geometry { step: self.step, op: self.op.stem(), what }
    }
}
