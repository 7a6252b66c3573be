//! Training on a GPU: batches are submitted ahead of their outcomes.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use atelier_gpu::{Gpu, GpuError, GpuExecutor, Readback};
use atelier_nn::{BufferId, Executor, Lowering, Network, Plan, StepData};

use crate::protocol::MemoryReport;
use crate::self_test::{Wrong, self_test};
use crate::shard::{data_of, exchange, part_of, shards, sum};
use crate::trainer::{Answer, Batch, Outcome, Scores, Trainer, Weights, write_each};
use crate::{Host, SessionError, Setup};

/// Pictures that are evaluated in one submission.
const EVALUATION_BATCH: usize = 128;

/// Seconds of work that are under way at most, so that what is shown is not long past, within these numbers of updates.
const AHEAD: f64 = 0.1;
const FEWEST_AHEAD: usize = 2;
const MOST_AHEAD: usize = 8;

/// Seconds that one submission may take: drawing the page waits for it.
const SUBMISSION: f64 = 0.1;

/// Shares of the test pictures that are under way at once where the device is fast.
const EVALUATIONS: usize = 4;

/// The plans of a run on one device. They share the buffers of their parameters.
pub(crate) struct GpuTrainer {
    gpu: Gpu,
    train: GpuExecutor,
    evaluate: GpuExecutor,
    trace: GpuExecutor,
    plan: Arc<Plan>,
    in_flight: VecDeque<InFlight>,
    /// Seconds an update takes, smoothed; none where none was measured.
    pace: Option<f64>,
    evaluations: usize,
}

enum InFlight {
    /// An update whose numbers are on their way.
    Update { readback: Readback, examples: usize, keep: bool },
    /// A batch that was taken in shards, which waits for each of them.
    Done(Outcome),
}

impl GpuTrainer {
    /// Where a whole batch does not fit the device, its plan is for a shard of it.
    pub async fn new(gpu: Gpu, setup: &Setup) -> Result<Self, SessionError> {
        let mut shard = setup.training.batch_size;
        let train = loop {
            match GpuExecutor::new(&gpu, lower(&setup.network, &setup.training_plan(shard))?).await {
                Err(GpuError::TooBig { .. } | GpuError::OutOfMemory { .. }) if shard > 1 => shard = shard.div_ceil(2),
                train => break train?,
            }
        };
        let evaluation = setup.evaluation_plan(EVALUATION_BATCH.min(shard));
        let evaluate = GpuExecutor::sharing(&gpu, lower(&setup.network, &evaluation)?, Some(&train)).await?;
        let trace = lower(&setup.network, &Lowering::trace(1))?;
        let trace = GpuExecutor::sharing(&gpu, trace, Some(&train)).await?;
        let plan = Arc::new(train.plan().clone());
        let trainer =
            GpuTrainer { gpu, train, evaluate, trace, plan, in_flight: VecDeque::new(), pace: None, evaluations: 1 };
        trainer.reserve().await?;
        Ok(trainer)
    }

    /// Everything that reads will need is made now, so that no step of a run makes anything.
    async fn reserve(&self) -> Result<(), GpuError> {
        let plan = &self.plan;
        let len = |buffers: &[BufferId]| buffers.iter().map(|b| plan.buffer(*b).len()).sum::<usize>();
        let metrics = len(plan.metrics.as_slice());
        self.train.reserve(metrics, MOST_AHEAD).await?;
        self.train.reserve(metrics + len(&self.parameter_buffers()) + len(&plan.optimizer_state), 1).await?;
        let outputs: usize = self.trace.plan().layer_outputs.iter().map(|b| self.trace.plan().buffer(*b).len()).sum();
        self.trace.reserve(outputs, 1).await?;
        let evaluate = self.evaluate.plan();
        let each = 1 + evaluate.buffer(evaluate.output).len();
        self.evaluate.reserve(each * evaluate.max_batch, EVALUATIONS).await
    }

    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Makes at most `some` pipelines that are missing: how many dispatches are ready, and all of them.
    pub async fn prepare(&mut self, some: usize) -> Result<(usize, usize), GpuError> {
        let (mut ready, mut all) = (0, 0);
        for executor in [&mut self.train, &mut self.trace, &mut self.evaluate] {
            // The next plan waits until the one before it is ready.
            let allowed = if ready == all { some } else { 0 };
            let (these, of) = executor.prepare(allowed).await?;
            ready += these;
            all += of;
        }
        Ok((ready, all))
    }

    /// Makes all pipelines, letting others have the thread in between.
    pub async fn prepare_all(&mut self, host: &impl Host) -> Result<(), GpuError> {
        loop {
            let (ready, all) = self.prepare(2).await?;
            if ready == all {
                return Ok(());
            }
            host.breathe().await;
        }
    }

    /// Whether the device computes what the CPU does. The weights must be set afterwards.
    pub async fn self_test(&mut self, setup: &Setup, host: &impl Host) -> Result<Option<Wrong>, SessionError> {
        let wrong = self_test(&mut self.train, setup, host).await?;
        self.train.forget_staging();
        self.reserve().await?;
        Ok(wrong)
    }

    async fn update(&mut self, batch: Batch) -> Result<(), SessionError> {
        let Batch { data, inputs, targets, keep } = batch;
        if data.batch > self.plan.max_batch {
            let outcome = self.update_in_shards(&data, &inputs, &targets, keep).await?;
            self.in_flight.push_back(InFlight::Done(outcome));
            return Ok(());
        }
        self.write_batch(&inputs, &targets)?;
        let mut reads = self.whole(self.plan.metrics);
        if keep {
            reads.extend(self.weight_reads());
        }
        let readback = self.train.submit(0..self.plan.steps.len(), &data, &reads)?;
        self.in_flight.push_back(InFlight::Update { readback, examples: data.batch, keep });
        Ok(())
    }

    async fn first_outcome(&mut self) -> Result<Option<Outcome>, SessionError> {
        match self.in_flight.pop_front() {
            None => Ok(None),
            Some(InFlight::Done(outcome)) => Ok(Some(outcome)),
            Some(InFlight::Update { readback, examples, keep }) => {
                let mut numbers = readback.numbers().await?;
                let weights = keep.then(|| self.split(numbers.split_off(1)));
                Ok(Some(Outcome { examples, loss: numbers[0][0], right: numbers[0][1], weights }))
            }
        }
    }

    /// An update of a batch that does not fit in one piece. Its shards are taken one after another over the same memory, so
    /// that at each exchange they begin anew, with what earlier exchanges found in place: n exchanges cost n more passes
    /// over the batch, which only batch normalisation has.
    async fn update_in_shards(
        &mut self,
        whole: &StepData,
        inputs: &[f32],
        targets: &[f32],
        keep: bool,
    ) -> Result<Outcome, SessionError> {
        let plan = Arc::clone(&self.plan);
        let shards = shards(whole.batch, whole.batch.div_ceil(plan.max_batch));
        let exchanges = plan.exchanges();
        for (known, next) in exchanges.iter().enumerate() {
            let steps = without(0..next.step + 1, exchanges[..known].iter().map(|exchange| exchange.step));
            let outcomes = self.run_shards(whole, inputs, targets, &shards, &steps, next.buffers).await?;
            let merged = exchange(next, &outcomes, &shards);
            self.write_all(next.buffers, &merged)?;
        }
        let steps = without(0..plan.backward.end, exchanges.iter().map(|exchange| exchange.step));
        let wanted = plan.metrics.into_iter().chain(plan.reduced());
        let reduced = sum(&self.run_shards(whole, inputs, targets, &shards, &steps, wanted).await?);
        self.write_all(plan.reduced(), &reduced[2..])?;
        self.train.run(plan.update.clone(), &StepData { batch: 1, ..*whole })?;
        let weights = if keep { Some(self.read().await?) } else { None };
        Ok(Outcome { examples: whole.batch, loss: reduced[0], right: reduced[1], weights })
    }

    /// Runs steps over each shard, and reads buffers after each.
    async fn run_shards(
        &mut self,
        whole: &StepData,
        inputs: &[f32],
        targets: &[f32],
        shards: &[Range<usize>],
        steps: &[Range<usize>],
        wanted: impl IntoIterator<Item = BufferId>,
    ) -> Result<Vec<Vec<f32>>, SessionError> {
        let reads = self.whole(wanted);
        let mut outcomes = Vec::with_capacity(shards.len());
        for shard in shards {
            let part = |values: &[f32]| part_of(values, whole.batch, shard);
            self.write_batch(&part(inputs), &part(targets))?;
            let data = data_of(whole, shard);
            for steps in steps {
                self.train.run(steps.clone(), &data)?;
            }
            outcomes.push(self.train.read_all(&reads).await?.concat());
        }
        Ok(outcomes)
    }

    /// Weights and optimiser state as they are now; nothing may be under way.
    async fn read(&self) -> Result<Weights, SessionError> {
        Ok(self.split(self.train.read_all(&self.weight_reads()).await?))
    }

    fn split(&self, mut numbers: Vec<Vec<f32>>) -> Weights {
        let state = numbers.split_off(self.plan.parameters.len()).concat();
        Weights { parameters: numbers.concat(), state }
    }

    async fn score(&mut self, examples: usize, inputs: &[f32], targets: &[f32]) -> Result<Scores, SessionError> {
        let plan = self.evaluate.plan();
        let (each, steps) = (plan.max_batch, 0..plan.loss.end);
        let (input, target) = (plan.input, plan.target);
        let wanted: Vec<BufferId> = plan.example_loss.into_iter().chain([plan.output]).collect();
        let mut scores = Scores::default();
        let mut under_way = VecDeque::new();
        for first in (0..examples).step_by(each) {
            let shard = first..examples.min(first + each);
            let count = shard.len();
            let reads: Vec<_> = wanted.iter().map(|b| (*b, self.evaluate.plan().len_of(*b, count))).collect();
            self.evaluate.write(input, &part_of(inputs, examples, &shard))?;
            if let Some(target) = target {
                self.evaluate.write(target, &part_of(targets, examples, &shard))?;
            }
            let readback = self.evaluate.submit(steps.clone(), &StepData::forward(count), &reads)?;
            under_way.push_back((count, readback));
            if under_way.len() >= self.evaluations {
                scores.take_first(&mut under_way).await?;
            }
        }
        while !under_way.is_empty() {
            scores.take_first(&mut under_way).await?;
        }
        Ok(scores)
    }

    async fn read_through(&mut self, input: &[f32], wanted: &[BufferId]) -> Result<Vec<Vec<f32>>, SessionError> {
        let plan = self.trace.plan();
        let reads: Vec<_> = wanted.iter().map(|b| (*b, plan.buffer(*b).len())).collect();
        let (buffer, steps) = (plan.input, plan.forward.clone());
        self.trace.write(buffer, input)?;
        Ok(self.trace.submit(steps, &StepData::forward(1), &reads)?.numbers().await?)
    }

    fn put(&mut self, weights: &Weights) -> Result<(), SessionError> {
        self.in_flight.clear();
        let plan = Arc::clone(&self.plan);
        self.write_all(self.parameter_buffers(), &weights.parameters)?;
        self.write_all(plan.optimizer_state.iter().copied(), &weights.state)
    }

    /// Buffers that are not batched, one after another.
    fn write_all(&mut self, buffers: impl IntoIterator<Item = BufferId>, values: &[f32]) -> Result<(), SessionError> {
        let GpuTrainer { plan, train, .. } = self;
        write_each(plan, buffers, values, |buffer, these| Ok(train.write(buffer, these)?))
    }

    fn write_batch(&mut self, inputs: &[f32], targets: &[f32]) -> Result<(), GpuError> {
        let (input, target) = (self.plan.input, self.plan.target);
        self.train.write(input, inputs)?;
        target.map_or(Ok(()), |target| self.train.write(target, targets))
    }

    fn parameter_buffers(&self) -> Vec<BufferId> {
        self.plan.parameters.iter().map(|p| p.buffer).collect()
    }

    fn weight_reads(&self) -> Vec<(BufferId, usize)> {
        self.whole(self.parameter_buffers().into_iter().chain(self.plan.optimizer_state.iter().copied()))
    }

    /// Reads of whole buffers that are not batched.
    fn whole(&self, buffers: impl IntoIterator<Item = BufferId>) -> Vec<(BufferId, usize)> {
        buffers.into_iter().map(|b| (b, self.plan.buffer(b).len())).collect()
    }
}

impl Scores {
    /// Waits for what was submitted first.
    async fn take_first(&mut self, under_way: &mut VecDeque<(usize, Readback)>) -> Result<(), GpuError> {
        if let Some((count, readback)) = under_way.pop_front() {
            self.append(&readback.numbers().await?.concat(), count);
        }
        Ok(())
    }
}

impl Trainer for GpuTrainer {
    fn ahead(&self) -> usize {
        self.pace.map_or(FEWEST_AHEAD, |pace| ((AHEAD / pace.max(1e-6)) as usize).clamp(FEWEST_AHEAD, MOST_AHEAD))
    }

    fn under_way(&self) -> usize {
        self.in_flight.len()
    }

    fn submit(&mut self, batch: Batch) -> Answer<'_, ()> {
        Box::pin(self.update(batch))
    }

    fn outcome(&mut self) -> Answer<'_, Option<Outcome>> {
        Box::pin(self.first_outcome())
    }

    /// How far to run ahead and how to cut submissions follow.
    fn took(&mut self, seconds: f64) {
        let pace = self.pace.map_or(seconds, |pace| pace + (seconds - pace) * 0.2);
        self.pace = Some(pace);
        let submissions = |seconds: f64| (seconds / SUBMISSION).ceil().clamp(1.0, 256.0) as u32;
        self.train.set_submissions(submissions(pace));
        // A forward pass is about a third of the work.
        let evaluation = pace / 3.0 * self.evaluate.plan().max_batch as f64 / self.plan.max_batch as f64;
        self.evaluate.set_submissions(submissions(evaluation));
        self.evaluations = if evaluation < AHEAD { EVALUATIONS } else { 1 };
    }

    fn can_be_lost(&self) -> bool {
        true
    }

    fn evaluates_at_once(&self) -> usize {
        self.evaluations * self.evaluate.plan().max_batch
    }

    fn evaluate<'a>(&'a mut self, examples: usize, inputs: &'a [f32], targets: &'a [f32]) -> Answer<'a, Scores> {
        Box::pin(self.score(examples, inputs, targets))
    }

    fn look<'a>(&'a mut self, input: &'a [f32], wanted: &'a [BufferId]) -> Answer<'a, Vec<Vec<f32>>> {
        Box::pin(self.read_through(input, wanted))
    }

    fn weights(&mut self) -> Answer<'_, Weights> {
        Box::pin(self.read())
    }

    fn set_weights<'a>(&'a mut self, weights: &'a Weights) -> Answer<'a, ()> {
        Box::pin(async { self.put(weights) })
    }

    fn memory(&self) -> MemoryReport {
        MemoryReport::of_device(self.gpu.memory(), &self.plan)
    }
}

/// The range without single steps of it, which come in their order.
fn without(all: Range<usize>, steps: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = all.start;
    for step in steps {
        ranges.push(from..step);
        from = step + 1;
    }
    ranges.push(from..all.end);
    ranges.retain(|range| !range.is_empty());
    ranges
}

fn lower(network: &Network, lowering: &Lowering) -> Result<Arc<Plan>, SessionError> {
    Ok(Arc::new(network.lower(lowering)?))
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn steps_are_left_out_of_a_range() {
        let left = |all, steps: &[usize]| without(all, steps.iter().copied()).into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(left(0..5, &[]), [0, 1, 2, 3, 4]);
        assert_eq!(left(0..5, &[0, 2, 3]), [1, 4]);
        assert_eq!(left(0..3, &[2]), [0, 1]);
    }
}
