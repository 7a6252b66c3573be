use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use atelier_data::{Dataset, Part, Shuffle};
use atelier_nn::{Executor, Lowering, StepData};
use serde::{Deserialize, Serialize};

use crate::accelerator::Outcome;
use crate::choice::Choice;
use crate::evaluate::{Evaluation, batch_of, fits, largest};
use crate::pace::Pace;
use crate::protocol::{EpochReport, Event, StepReport};
use crate::replica::{Compiled, EVALUATION_BATCH};
use crate::shard::{reduce, shards};
use crate::{Checkpoint, Helpers, Host, Job, Replica, SessionError, Setup, Task, Training};

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Updates done.
    pub iteration: u32,
    /// Epochs trained and validated.
    pub epoch: u32,
    /// Batches of this epoch done.
    pub batch: u32,
    /// Sum of this epoch's losses, one an example.
    pub loss: f64,
    /// Right answers of this epoch.
    pub right: u32,
    /// Seconds of work on this epoch.
    pub seconds: f64,
}

/// A network in training on a data set.
///
/// It computes on the CPU, with its helpers, or on a GPU that was offered or asked for ([`Run::offer_gpu`],
/// [`Run::use_gpu`]); it can move between two updates, and goes on on the CPU when the GPU is lost.
pub struct Run<H: Helpers, T: Host> {
    pub(crate) setup: Setup,
    pub(crate) data: Arc<Dataset>,
    helpers: H,
    pub(crate) host: T,
    pub(crate) leader: Replica,
    tracer: Compiled,
    pub(crate) progress: Progress,
    order: Shuffle,
    pub(crate) pace: Pace,
    /// The validation under way, or the last one.
    pub(crate) evaluation: Evaluation,
    pub(crate) choice: Choice,
    /// What happened beside the work that was asked for.
    pub(crate) told: VecDeque<Event>,
}

impl<H: Helpers, T: Host> Run<H, T> {
    /// A run at its beginning. The helpers were made from the same setup, whose `workers` counts them and the leader.
    pub fn new(setup: Setup, data: Arc<Dataset>, helpers: H, host: T) -> Result<Self, SessionError> {
        setup.training.check()?;
        fits(&setup.network, &data)?;
        let leader = Replica::new(&setup)?;
        let tracer = Compiled::new(&setup.network, &Lowering::trace(1))?;
        let mut run = Run {
            order: Shuffle::in_order(0),
            setup,
            helpers,
            host,
            leader,
            tracer,
            progress: Progress::default(),
            pace: Pace::default(),
            evaluation: Evaluation::new(data.classes()),
            data,
            choice: Choice::default(),
            told: VecDeque::new(),
        };
        run.reset()?;
        Ok(run)
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The validation under way or last done.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// Takes effect with the next batch.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), SessionError> {
        let training = Training { learning_rate: rate, ..self.setup.training.clone() };
        training.check()?;
        self.setup.training = training;
        Ok(())
    }

    /// Back to the first weights of the seed.
    pub fn reset(&mut self) -> Result<(), SessionError> {
        let plan = Arc::clone(self.leader.plan());
        let parameters: Vec<f32> = plan.initial_values(self.setup.training.seed).flat_map(|(_, v)| v).collect();
        self.leader.set_parameters(Task::Train, &parameters)?;
        let state: usize = plan.optimizer_state.iter().map(|b| plan.buffer(*b).len()).sum();
        let state = vec![0.0; state];
        self.leader.set_optimizer_state(&state)?;
        self.pace = Pace::default();
        self.evaluation = Evaluation::new(self.data.classes());
        self.go_on_from(Progress::default());
        self.hand_to_gpu(parameters, state)
    }

    /// Goes on from a moment of the run.
    pub(crate) fn go_on_from(&mut self, progress: Progress) {
        self.progress = progress;
        self.order = self.epoch_order();
    }

    /// The next event: what waits to be told, or else what comes of the next piece of work, which trains a batch or after
    /// the last batch of an epoch validates a part. On a GPU some more batches may be under way when it tells of one;
    /// [`Run::settle`] waits for them.
    pub async fn advance(&mut self) -> Result<Event, SessionError> {
        if self.told.is_empty() {
            self.warm_up().await?;
            let ahead = self.choice.gpu().map_or(1, |gpu| gpu.most_under_way());
            self.work(ahead).await?;
        }
        Ok(self.told.pop_front().unwrap_or(Event::Finished))
    }

    /// Trains exactly one batch; after the last one of an epoch it validates. [`Run::news`] tells of it.
    pub async fn step(&mut self) -> Result<(), SessionError> {
        self.settle().await?;
        loop {
            self.work(1).await?;
            if !matches!(self.told.back(), Some(Event::Validating { .. })) {
                return Ok(());
            }
        }
    }

    /// Events that wait to be told, in their order: what other calls than [`Run::advance`] made happen.
    pub fn news(&mut self) -> Vec<Event> {
        self.told.drain(..).collect()
    }

    async fn work(&mut self, ahead: usize) -> Result<(), SessionError> {
        loop {
            if self.progress.epoch >= self.setup.training.epochs {
                self.told.push_back(Event::Finished);
                return Ok(());
            }
            let begun = self.host.now();
            let training = self.progress.batch < self.batches();
            let done = match (training, self.choice.gpu().is_some()) {
                (true, false) => self.train().await?,
                (false, false) => self.validate().await?,
                (_, true) => {
                    let done = if training { self.train_on_gpu(ahead).await } else { self.validate_on_gpu().await };
                    match done {
                        Ok(done) => done,
                        Err(error) => {
                            self.fall_back(&error)?;
                            continue;
                        }
                    }
                }
            };
            let seconds = self.host.now() - begun;
            let trained = matches!(done, Done::Batch { .. });
            let event = self.tell(done, seconds);
            self.told.push_back(event);
            return if trained { self.judge(seconds).await } else { Ok(()) };
        }
    }

    pub(crate) fn tell(&mut self, done: Done, seconds: f64) -> Event {
        self.progress.seconds += seconds;
        match done {
            Done::Batch { size, loss, accuracy } => {
                self.pace.record(size, seconds);
                Event::Step { report: self.step_report(loss, accuracy) }
            }
            Done::Part => Event::Validating { share: self.evaluation.seen() as f32 / self.data.test.len() as f32 },
            Done::Epoch => Event::Epoch { report: self.end_epoch() },
        }
    }

    /// The output of every layer for one picture, in the network's order.
    pub async fn trace(&mut self, part: Part, index: usize) -> Result<Vec<Vec<f32>>, SessionError> {
        let (input, _) = self.pictures(part, &[index as u32])?;
        if let Some(gpu) = self.choice.gpu() {
            match gpu.trace(&input).await {
                Ok(outputs) => return Ok(outputs),
                Err(error) => self.fall_back(&error)?,
            }
        }
        self.tracer.set_parameters(&self.leader.parameters().await?)?;
        let plan = Arc::clone(&self.tracer.plan);
        self.tracer.executor.write(plan.input, &input)?;
        self.tracer.executor.run(plan.forward.clone(), &StepData::forward(1))?;
        let mut outputs = Vec::with_capacity(plan.layer_outputs.len());
        for output in &plan.layer_outputs {
            outputs.push(self.tracer.read([*output], 1).await?);
        }
        Ok(outputs)
    }

    /// The classes said for test pictures, and what the network gives each; none where its outputs are not numbers.
    pub async fn predict(&mut self, indices: &[u32]) -> Result<Vec<Option<(u16, f32)>>, SessionError> {
        if self.choice.gpu().is_some() {
            match self.predict_on_gpu(indices).await {
                Err(SessionError::Gpu(error)) => self.fall_back(&error)?,
                said => return said,
            }
        }
        let parameters = self.leader.parameters().await?;
        self.leader.set_parameters(Task::Evaluate, &parameters)?;
        let mut said = Vec::with_capacity(indices.len());
        for some in indices.chunks(EVALUATION_BATCH) {
            let (inputs, targets) = self.pictures(Part::Test, some)?;
            let step = StepData::forward(some.len());
            let outcome = self.leader.run_shard(Task::Evaluate, &step, &inputs, &targets, &self.host).await?;
            said.extend(outcome[some.len()..].chunks_exact(self.data.classes()).map(largest));
        }
        Ok(said)
    }

    /// The run as it is: what is under way is waited for.
    pub async fn checkpoint(&mut self) -> Result<Checkpoint, SessionError> {
        let (parameters, state) = self.weights().await?;
        Ok(Checkpoint::new(
            self.setup.network.clone(),
            self.setup.training.clone(),
            self.progress.clone(),
            self.leader.plan(),
            &parameters,
            &state,
        ))
    }

    /// Goes on from a checkpoint of the same network. Its weights and progress are taken; the settings stay, and with
    /// another optimiser its state begins at zero. Nothing changes where the checkpoint does not fit.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), SessionError> {
        let plan = Arc::clone(self.leader.plan());
        let parameters = checkpoint.parameters_for(&plan)?;
        let state = checkpoint.optimizer_state_for(&plan);
        let same_course = checkpoint.training.batch_size == self.setup.training.batch_size;
        self.reset()?;
        self.leader.set_parameters(Task::Train, &parameters)?;
        let state = match state {
            Ok(state) => state,
            Err(_) => vec![0.0; plan.optimizer_state.iter().map(|b| plan.buffer(*b).len()).sum()],
        };
        self.leader.set_optimizer_state(&state)?;
        let mut progress = checkpoint.progress.clone();
        if !same_course {
            // The batches done are of another size: this epoch begins anew.
            (progress.batch, progress.loss, progress.right) = (0, 0.0, 0);
        }
        self.go_on_from(progress);
        self.hand_to_gpu(parameters, state)
    }

    pub(crate) fn batches(&self) -> u32 {
        self.data.train.len().div_ceil(self.setup.training.batch_size) as u32
    }

    fn epoch_order(&self) -> Shuffle {
        let seed = u64::from(self.setup.training.seed);
        Shuffle::new(self.data.train.len() as u32, seed, u64::from(self.progress.epoch))
    }

    pub(crate) fn pictures(&self, part: Part, indices: &[u32]) -> Result<(Vec<f32>, Vec<f32>), SessionError> {
        let last = self.data.split(part).len().saturating_sub(1);
        match indices.iter().find(|i| **i as usize > last) {
            Some(index) => Err(SessionError::NoSuchPicture { index: *index as usize, last }),
            None => Ok(batch_of(&self.data, part, indices)),
        }
    }

    /// The batch after so many that are under way: its data, inputs and targets.
    pub(crate) fn batch(&self, under_way: usize) -> (StepData, Vec<f32>, Vec<f32>) {
        let at = self.progress.batch as usize + under_way;
        let batch = self.order.batch(self.setup.training.batch_size, at).unwrap_or_default();
        let (inputs, targets) = batch_of(&self.data, Part::Train, batch);
        let data = StepData {
            batch: batch.len(),
            batch_total: batch.len(),
            first_example: 0,
            learning_rate: self.setup.training.learning_rate,
            iteration: self.progress.iteration + under_way as u32 + 1,
            seed: self.setup.training.seed,
        };
        (data, inputs, targets)
    }

    async fn train(&mut self) -> Result<Done, SessionError> {
        let (whole, inputs, targets) = self.batch(0);
        let (shards, outcomes) = self.share(Task::Train, whole, &inputs, &targets).await?;
        let reduced = reduce(self.leader.plan(), &outcomes, &shards);
        self.leader.update(&reduced[2..], &whole)?;
        let outcome = Outcome { examples: whole.batch, loss: reduced[0], right: reduced[1] };
        self.progress = counted(&self.progress, &outcome);
        Ok(done(&outcome))
    }

    /// Validates the next pictures, as many as all workers take at once.
    async fn validate(&mut self) -> Result<Done, SessionError> {
        let all = self.data.test.len();
        if self.evaluation.seen() == all {
            self.evaluation = Evaluation::new(self.data.classes());
        }
        let first = self.evaluation.seen();
        if first == 0 {
            let parameters = self.leader.parameters().await?;
            self.leader.set_parameters(Task::Evaluate, &parameters)?;
        }
        let end = all.min(first + EVALUATION_BATCH * (1 + self.helpers.count()));
        let indices: Vec<u32> = (first as u32..end as u32).collect();
        let (inputs, targets) = batch_of(&self.data, Part::Test, &indices);
        let step = StepData::forward(indices.len());
        let (shards, outcomes) = self.share(Task::Evaluate, step, &inputs, &targets).await?;
        for (shard, outcome) in shards.iter().zip(&outcomes) {
            self.evaluation.record(&self.data.test.labels()[first + shard.start..first + shard.end], outcome);
        }
        Ok(if end == all { Done::Epoch } else { Done::Part })
    }

    /// Cuts a batch over the workers and runs it: the shards and their outcomes.
    async fn share(
        &mut self,
        task: Task,
        whole: StepData,
        inputs: &[f32],
        targets: &[f32],
    ) -> Result<(Vec<Range<usize>>, Vec<Vec<f32>>), SessionError> {
        let shards = shards(whole.batch, 1 + self.helpers.count());
        let part = |values: &[f32], shard: &Range<usize>| {
            let each = values.len() / whole.batch;
            values[shard.start * each..shard.end * each].to_vec()
        };
        let data = |shard: &Range<usize>| StepData { batch: shard.len(), first_example: shard.start, ..whole };
        let parameters: Arc<[f32]> =
            if shards.len() > 1 { self.leader.parameters().await?.into() } else { Arc::default() };
        let jobs = (shards[1..].iter())
            .map(|shard| Job {
                task,
                data: data(shard),
                parameters: Arc::clone(&parameters),
                inputs: part(inputs, shard),
                targets: part(targets, shard),
            })
            .collect();
        let pending = self.helpers.start(jobs);
        let own = &shards[0];
        let (inputs, targets) = (part(inputs, own), part(targets, own));
        let mut outcomes = vec![self.leader.run_shard(task, &data(own), &inputs, &targets, &self.host).await?];
        outcomes.extend(pending.await?);
        Ok((shards, outcomes))
    }

    fn step_report(&self, loss: f32, accuracy: f32) -> StepReport {
        let Training { epochs, batch_size, .. } = self.setup.training;
        let batches = self.batches();
        let this_epoch = self.data.train.len().saturating_sub(self.progress.batch as usize * batch_size);
        let left = this_epoch + self.data.train.len() * (epochs - self.progress.epoch - 1) as usize;
        StepReport {
            epoch: self.progress.epoch + 1,
            batch: self.progress.batch,
            batches,
            iteration: self.progress.iteration,
            loss,
            accuracy,
            images_per_second: self.pace.images_per_second() as f32,
            seconds_left: self.pace.seconds_for(left) as f32,
        }
    }

    fn end_epoch(&mut self) -> EpochReport {
        let examples = self.data.train.len();
        let report = EpochReport {
            epoch: self.progress.epoch + 1,
            iteration: self.progress.iteration,
            loss: (self.progress.loss / examples as f64) as f32,
            accuracy: self.progress.right as f32 / examples as f32,
            val_loss: self.evaluation.loss(),
            val_accuracy: self.evaluation.accuracy(),
            confusion: self.evaluation.confusion.clone(),
            unanswered: self.evaluation.unanswered,
            worst: self.evaluation.worst(),
            seconds: self.progress.seconds as f32,
        };
        let Progress { iteration, epoch, .. } = self.progress;
        self.go_on_from(Progress { iteration, epoch: epoch + 1, ..Progress::default() });
        // The weights after an epoch's last batch are always kept, and validation changes none.
        if let Some(gpu) = self.choice.gpu() {
            gpu.keep_progress(&self.progress);
        }
        report
    }
}

/// The progress once a batch counts.
pub(crate) fn counted(progress: &Progress, outcome: &Outcome) -> Progress {
    Progress {
        iteration: progress.iteration + 1,
        batch: progress.batch + 1,
        loss: progress.loss + f64::from(outcome.loss),
        right: progress.right + outcome.right as u32,
        ..progress.clone()
    }
}

pub(crate) fn done(outcome: &Outcome) -> Done {
    let size = outcome.examples as f32;
    Done::Batch { size: outcome.examples, loss: outcome.loss / size, accuracy: outcome.right / size }
}

/// What a piece of work was.
pub(crate) enum Done {
    Batch { size: usize, loss: f32, accuracy: f32 },
    Part,
    Epoch,
}
