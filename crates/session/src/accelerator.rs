//! A run's plans on a GPU.

use std::collections::VecDeque;
use std::sync::Arc;

use atelier_gpu::{Gpu, GpuError, GpuExecutor, Readback};
use atelier_nn::{BufferId, Executor, Lowering, Network, Plan, StepData};

use crate::replica::EVALUATION_BATCH;
use crate::self_test::{Wrong, self_test};
use crate::shard::{reduce, shards};
use crate::{Host, Progress, SessionError, Setup};

/// Updates after which the weights are brought back to safety, should the device be lost.
const KEEP_EVERY: u32 = 16;

/// Seconds of work that are under way at most, so that what is shown is not long past, within these numbers of updates.
const AHEAD: f64 = 0.1;
const FEWEST_AHEAD: usize = 2;
const MOST_AHEAD: usize = 8;

/// Seconds that one submission may take: drawing the page waits for it.
const SUBMISSION: f64 = 0.1;

/// Shares of the test pictures that are under way at once where the device is fast.
const EVALUATIONS: usize = 4;

/// Weights and optimiser state that were safe at some moment of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub progress: Progress,
    pub parameters: Vec<f32>,
    pub state: Vec<f32>,
}

/// The plans of a run on one device. They share the buffers of their parameters.
pub(crate) struct Accelerator {
    gpu: Gpu,
    train: GpuExecutor,
    evaluate: GpuExecutor,
    trace: GpuExecutor,
    plan: Arc<Plan>,
    /// Updates whose metrics are on their way.
    in_flight: VecDeque<InFlight>,
    since_kept: u32,
    kept: Kept,
    /// Seconds an update takes, smoothed; none where none was measured.
    pace: Option<f64>,
    evaluations: usize,
}

struct InFlight {
    readback: Readback,
    examples: usize,
    keeps: bool,
}

/// What came of a batch.
pub(crate) struct Outcome {
    pub examples: usize,
    /// Sum over the examples.
    pub loss: f32,
    pub right: f32,
}

impl Accelerator {
    /// Where a whole batch does not fit the device, its plan is for a part of it.
    pub async fn new(gpu: Gpu, setup: &Setup) -> Result<Self, SessionError> {
        let Setup { network, training, .. } = setup;
        let mut part = training.batch_size;
        let train = loop {
            let lowering = Lowering::training(part, training.loss, training.optimizer.clone());
            match GpuExecutor::new(&gpu, lower(network, &lowering)?).await {
                Err(GpuError::TooBig { .. } | GpuError::OutOfMemory { .. }) if part > 1 => part = part.div_ceil(2),
                train => break train?,
            }
        };
        let evaluate = lower(network, &Lowering::evaluation(EVALUATION_BATCH.min(part), training.loss))?;
        let evaluate = GpuExecutor::sharing(&gpu, evaluate, Some(&train)).await?;
        let trace = GpuExecutor::sharing(&gpu, lower(network, &Lowering::trace(1))?, Some(&train)).await?;
        let plan = Arc::new(train.plan().clone());
        let mut accelerator = Accelerator {
            gpu,
            train,
            evaluate,
            trace,
            plan,
            in_flight: VecDeque::new(),
            since_kept: 0,
            kept: Kept::default(),
            pace: None,
            evaluations: 1,
        };
        accelerator.reserve().await?;
        Ok(accelerator)
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

    /// What a lost device leaves.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// The moment that the weights kept belong to was told further: the same weights, later in the run.
    pub fn keep_progress(&mut self, progress: &Progress) {
        self.kept.progress = progress.clone();
    }

    /// Brings the weights to safety where it is time, or `now`; nothing may be under way.
    pub async fn keep(&mut self, progress: &Progress, now: bool) -> Result<(), GpuError> {
        self.since_kept += 1;
        if now || self.since_kept >= KEEP_EVERY {
            let (parameters, state) = self.read().await?;
            self.since_kept = 0;
            self.kept = Kept { progress: progress.clone(), parameters, state };
        }
        Ok(())
    }

    /// Whether the device computes what the CPU does. The weights must be set afterwards.
    pub async fn self_test(&mut self, setup: &Setup, host: &impl Host) -> Result<Option<Wrong>, SessionError> {
        let wrong = self_test(&mut self.train, setup, host).await?;
        self.train.forget_staging();
        self.reserve().await?;
        Ok(wrong)
    }

    /// Puts weights and optimiser state in place; what is under way is forgotten.
    pub fn set(&mut self, kept: Kept) -> Result<(), GpuError> {
        self.in_flight.clear();
        let plan = Arc::clone(&self.plan);
        let lists = [(self.parameter_buffers(), &kept.parameters), (plan.optimizer_state.clone(), &kept.state)];
        for (buffers, values) in lists {
            let mut rest = &values[..];
            for buffer in buffers {
                let (these, after) = rest.split_at(plan.buffer(buffer).len());
                self.train.write(buffer, these)?;
                rest = after;
            }
        }
        self.since_kept = 0;
        self.kept = kept;
        Ok(())
    }

    /// Weights and optimiser state as they are now; nothing may be under way.
    pub async fn read(&self) -> Result<(Vec<f32>, Vec<f32>), GpuError> {
        let parameters = self.parameter_buffers();
        let reads = self.whole(parameters.iter().chain(&self.plan.optimizer_state).copied());
        let mut numbers = self.train.read_all(&reads).await?;
        let state = numbers.split_off(parameters.len()).concat();
        Ok((numbers.concat(), state))
    }

    /// Updates that were submitted and not yet told.
    pub fn under_way(&self) -> usize {
        self.in_flight.len()
    }

    /// How many updates may be under way.
    pub fn most_under_way(&self) -> usize {
        self.pace.map_or(FEWEST_AHEAD, |pace| ((AHEAD / pace.max(1e-6)) as usize).clamp(FEWEST_AHEAD, MOST_AHEAD))
    }

    /// Whether a batch fits the device in one piece.
    pub fn takes_whole_batches(&self, batch_size: usize) -> bool {
        batch_size <= self.plan.max_batch
    }

    /// Submits an update, without waiting. With `keep`, the weights after it are brought to safety.
    pub fn submit(&mut self, data: &StepData, inputs: &[f32], targets: &[f32], keep: bool) -> Result<(), GpuError> {
        self.write_batch(inputs, targets)?;
        self.since_kept += 1;
        let keeps = keep || self.since_kept >= KEEP_EVERY;
        let mut reads = self.whole(self.plan.metrics);
        if keeps {
            self.since_kept = 0;
            reads.extend(self.whole(self.parameter_buffers().into_iter().chain(self.plan.optimizer_state.clone())));
        }
        let readback = self.train.submit(0..self.plan.steps.len(), data, &reads)?;
        self.in_flight.push_back(InFlight { readback, examples: data.batch, keeps });
        Ok(())
    }

    /// Waits for the update that was submitted first. `after` tells the run's progress once it counts.
    pub async fn outcome(&mut self, after: impl FnOnce(&Outcome) -> Progress) -> Result<Option<Outcome>, GpuError> {
        let Some(InFlight { readback, examples, keeps }) = self.in_flight.pop_front() else { return Ok(None) };
        let mut numbers = readback.numbers().await?;
        let outcome = Outcome { examples, loss: numbers[0][0], right: numbers[0][1] };
        let progress = after(&outcome);
        if keeps {
            let state = numbers.split_off(1 + self.plan.parameters.len()).concat();
            self.kept = Kept { progress, parameters: numbers[1..].concat(), state };
        }
        Ok(Some(outcome))
    }

    /// The device did an update in so many seconds: how far to run ahead and how to cut submissions follow.
    pub fn record(&mut self, seconds: f64) {
        let pace = self.pace.map_or(seconds, |pace| pace + (seconds - pace) * 0.2);
        self.pace = Some(pace);
        let parts = |seconds: f64| (seconds / SUBMISSION).ceil().clamp(1.0, 256.0) as u32;
        self.train.set_submissions(parts(pace));
        // A forward pass is about a third of the work.
        let evaluation = pace / 3.0 * self.evaluation_batch() as f64 / self.plan.max_batch as f64;
        self.evaluate.set_submissions(parts(evaluation));
        self.evaluations = if evaluation < AHEAD { EVALUATIONS } else { 1 };
    }

    /// An update of a batch that does not fit in one piece: the gradients of its parts are added, then it updates.
    pub async fn update_in_parts(
        &mut self,
        whole: &StepData,
        inputs: &[f32],
        targets: &[f32],
    ) -> Result<Outcome, GpuError> {
        let plan = Arc::clone(&self.plan);
        let shards = shards(whole.batch, whole.batch.div_ceil(plan.max_batch));
        let reads = self.whole(plan.metrics.into_iter().chain(plan.reduced()));
        let mut outcomes = Vec::with_capacity(shards.len());
        for shard in &shards {
            let part = |values: &[f32]| {
                let each = values.len() / whole.batch;
                values[shard.start * each..shard.end * each].to_vec()
            };
            self.write_batch(&part(inputs), &part(targets))?;
            let data = StepData { batch: shard.len(), first_example: shard.start, ..*whole };
            outcomes.push(self.train.submit(0..plan.backward.end, &data, &reads)?.numbers().await?.concat());
        }
        let reduced = reduce(&plan, &outcomes, &shards);
        let mut rest = &reduced[2..];
        for buffer in plan.reduced() {
            let (these, after) = rest.split_at(plan.buffer(buffer).len());
            self.train.write(buffer, these)?;
            rest = after;
        }
        self.train.run(plan.update.clone(), &StepData { batch: 1, ..*whole })?;
        Ok(Outcome { examples: whole.batch, loss: reduced[0], right: reduced[1] })
    }

    /// How many evaluations may be under way.
    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// Pictures that are evaluated at a time.
    pub fn evaluation_batch(&self) -> usize {
        self.evaluate.plan().max_batch
    }

    /// Submits the evaluation of pictures; the loss of each and the output of each come back.
    pub fn evaluate(&mut self, examples: usize, inputs: &[f32], targets: &[f32]) -> Result<Readback, GpuError> {
        let plan = self.evaluate.plan();
        let (input, target, loss, output) = (plan.input, plan.target, plan.example_loss, plan.output);
        let steps = 0..plan.loss.end;
        let reads: Vec<_> = (loss.into_iter().chain([output])).map(|b| (b, plan.len_of(b, examples))).collect();
        self.evaluate.write(input, inputs)?;
        if let Some(target) = target {
            self.evaluate.write(target, targets)?;
        }
        self.evaluate.submit(steps, &StepData::forward(examples), &reads)
    }

    /// The output of every layer for one picture.
    pub async fn trace(&mut self, input: &[f32]) -> Result<Vec<Vec<f32>>, GpuError> {
        let plan = self.trace.plan();
        let reads: Vec<_> = plan.layer_outputs.iter().map(|b| (*b, plan.buffer(*b).len())).collect();
        let (buffer, steps) = (plan.input, plan.forward.clone());
        self.trace.write(buffer, input)?;
        self.trace.submit(steps, &StepData::forward(1), &reads)?.numbers().await
    }

    fn write_batch(&mut self, inputs: &[f32], targets: &[f32]) -> Result<(), GpuError> {
        let (input, target) = (self.plan.input, self.plan.target);
        self.train.write(input, inputs)?;
        target.map_or(Ok(()), |target| self.train.write(target, targets))
    }

    fn parameter_buffers(&self) -> Vec<BufferId> {
        self.plan.parameters.iter().map(|p| p.buffer).collect()
    }

    /// Reads of whole buffers that are not batched.
    fn whole(&self, buffers: impl IntoIterator<Item = BufferId>) -> Vec<(BufferId, usize)> {
        buffers.into_iter().map(|b| (b, self.plan.buffer(b).len())).collect()
    }
}

fn lower(network: &Network, lowering: &Lowering) -> Result<Arc<Plan>, SessionError> {
    Ok(Arc::new(network.lower(lowering)?))
}

/// Makes all pipelines, letting others have the thread in between.
pub(crate) async fn prepare_all(accelerator: &mut Accelerator, host: &impl Host) -> Result<(), GpuError> {
    loop {
        let (ready, all) = accelerator.prepare(2).await?;
        if ready == all {
            return Ok(());
        }
        host.breathe().await;
    }
}
