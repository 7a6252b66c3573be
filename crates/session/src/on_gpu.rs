//! A run's work where a GPU does it: batches are submitted ahead of their outcomes, and what fails leaves the CPU to go on.

use atelier_data::Part;
use atelier_gpu::GpuError;

use crate::accelerator::Kept;
use crate::evaluate::{Evaluation, batch_of, largest};
use crate::run::{Done, counted, done};
use crate::{Helpers, Host, Run, SessionError};

impl<H: Helpers, T: Host> Run<H, T> {
    /// Puts weights in place where the GPU computes.
    pub(crate) fn hand_to_gpu(&mut self, parameters: Vec<f32>, state: Vec<f32>) -> Result<(), SessionError> {
        let kept = Kept { progress: self.progress.clone(), parameters, state };
        match self.choice.gpu() {
            Some(gpu) => match gpu.set(kept) {
                Ok(()) => Ok(()),
                // The CPU has the same weights.
                Err(error) => self.fall_back(&error),
            },
            None => Ok(()),
        }
    }

    /// Waits for the batches that are under way, which become news; then weights and progress are of one moment.
    pub async fn settle(&mut self) -> Result<(), SessionError> {
        while self.choice.gpu().is_some_and(|gpu| gpu.under_way() > 0) {
            match self.outcome().await {
                Ok(done) => {
                    let event = self.tell(done, 0.0);
                    self.told.push_back(event);
                }
                Err(error) => self.fall_back(&error)?,
            }
        }
        Ok(())
    }

    /// Weights and optimiser state, in the plan's order, wherever they are.
    pub(crate) async fn weights(&mut self) -> Result<(Vec<f32>, Vec<f32>), SessionError> {
        self.settle().await?;
        if let Some(gpu) = self.choice.gpu() {
            match gpu.read().await {
                Ok(weights) => return Ok(weights),
                Err(error) => self.fall_back(&error)?,
            }
        }
        Ok((self.leader.parameters().await?, self.leader.optimizer_state().await?))
    }

    /// Submits batches until so many are under way, and waits for the first of them.
    pub(crate) async fn train_on_gpu(&mut self, ahead: usize) -> Result<Done, GpuError> {
        let (size, batches) = (self.setup.training.batch_size, self.batches() as usize);
        let begun = self.host.now();
        let whole = self.choice.gpu().is_none_or(|gpu| gpu.takes_whole_batches(size));
        if !whole {
            return self.train_in_parts().await;
        }
        loop {
            let under_way = self.choice.gpu().map_or(0, |gpu| gpu.under_way());
            let last = batches - self.progress.batch as usize;
            if under_way >= ahead.min(last) {
                break;
            }
            let (data, inputs, targets) = self.batch(under_way);
            if let Some(gpu) = self.choice.gpu() {
                gpu.submit(&data, &inputs, &targets, under_way + 1 == last)?;
            }
        }
        let done = self.outcome().await?;
        let seconds = self.host.now() - begun;
        if let Some(gpu) = self.choice.gpu() {
            gpu.record(seconds);
        }
        Ok(done)
    }

    /// Waits for the batch that was submitted first and counts it.
    pub(crate) async fn outcome(&mut self) -> Result<Done, GpuError> {
        let Run { choice, progress, .. } = self;
        let Some(gpu) = choice.gpu() else { return Err(GpuError::NoAdapter) };
        let mut counts = progress.clone();
        let outcome = gpu
            .outcome(|outcome| {
                counts = counted(progress, outcome);
                counts.clone()
            })
            .await?;
        *progress = counts;
        outcome.map(|outcome| done(&outcome)).ok_or(GpuError::NoAdapter)
    }

    async fn train_in_parts(&mut self) -> Result<Done, GpuError> {
        let (data, inputs, targets) = self.batch(0);
        let last = self.progress.batch + 1 == self.batches();
        let Run { choice, progress, .. } = self;
        let Some(gpu) = choice.gpu() else { return Err(GpuError::NoAdapter) };
        let outcome = gpu.update_in_parts(&data, &inputs, &targets).await?;
        *progress = counted(progress, &outcome);
        gpu.keep(progress, last).await?;
        Ok(done(&outcome))
    }

    pub(crate) async fn validate_on_gpu(&mut self) -> Result<Done, GpuError> {
        let all = self.data.test.len();
        if self.evaluation.seen() == all {
            self.evaluation = Evaluation::new(self.data.classes());
        }
        let most = self.choice.gpu().map_or(1, |gpu| gpu.evaluations());
        let mut under_way = Vec::with_capacity(most);
        let mut next = self.evaluation.seen();
        while under_way.len() < most && next < all {
            let Some(gpu) = self.choice.gpu() else { return Err(GpuError::NoAdapter) };
            let end = all.min(next + gpu.evaluation_batch());
            let indices: Vec<u32> = (next as u32..end as u32).collect();
            let (inputs, targets) = batch_of(&self.data, Part::Test, &indices);
            under_way.push((next..end, gpu.evaluate(indices.len(), &inputs, &targets)?));
            next = end;
        }
        for (pictures, readback) in under_way {
            let outcome = readback.numbers().await?.concat();
            self.evaluation.record(&self.data.test.labels()[pictures], &outcome);
        }
        Ok(if next == all { Done::Epoch } else { Done::Part })
    }

    pub(crate) async fn predict_on_gpu(&mut self, indices: &[u32]) -> Result<Vec<Option<(u16, f32)>>, SessionError> {
        let mut said = Vec::with_capacity(indices.len());
        let each = self.choice.gpu().map_or(1, |gpu| gpu.evaluation_batch());
        for some in indices.chunks(each) {
            let (inputs, targets) = self.pictures(Part::Test, some)?;
            let Some(gpu) = self.choice.gpu() else { break };
            let outcome = gpu.evaluate(some.len(), &inputs, &targets)?.numbers().await?.concat();
            said.extend(outcome[some.len()..].chunks_exact(self.data.classes()).map(largest));
        }
        Ok(said)
    }
}
