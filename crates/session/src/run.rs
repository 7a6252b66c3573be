use std::ops::Range;
use std::sync::Arc;

use atelier_data::{Dataset, Part, Shuffle};
use atelier_nn::{Executor, Lowering, StepData};
use serde::{Deserialize, Serialize};

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
pub struct Run<H: Helpers, T: Host> {
    setup: Setup,
    data: Arc<Dataset>,
    helpers: H,
    host: T,
    leader: Replica,
    tracer: Compiled,
    progress: Progress,
    order: Shuffle,
    pace: Pace,
    /// The validation under way, or the last one.
    evaluation: Evaluation,
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
            data,
            helpers,
            host,
            leader,
            tracer,
            progress: Progress::default(),
            pace: Pace::default(),
            evaluation: Evaluation::default(),
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
        self.leader.set_optimizer_state(&vec![0.0; state])?;
        self.progress = Progress::default();
        self.pace = Pace::default();
        self.evaluation = Evaluation::default();
        self.order = self.epoch_order();
        Ok(())
    }

    /// Does the next piece of work: trains a batch, or after the last batch of an epoch validates a part.
    pub async fn advance(&mut self) -> Result<Event, SessionError> {
        if self.progress.epoch >= self.setup.training.epochs {
            return Ok(Event::Finished);
        }
        let begun = self.host.now();
        let event = if self.progress.batch < self.batches() { self.train().await } else { self.validate().await }?;
        let seconds = self.host.now() - begun;
        self.progress.seconds += seconds;
        Ok(match event {
            Done::Batch { size, loss, accuracy } => {
                self.pace.record(size, seconds);
                Event::Step { report: self.step_report(loss, accuracy) }
            }
            Done::Part => Event::Validating { share: self.evaluation.seen() as f32 / self.data.test.len() as f32 },
            Done::Epoch => Event::Epoch { report: self.end_epoch() },
        })
    }

    /// The output of every layer for one picture, in the network's order.
    pub async fn trace(&mut self, part: Part, index: usize) -> Result<Vec<Vec<f32>>, SessionError> {
        let (input, _) = self.pictures(part, &[index as u32])?;
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

    /// The classes said for test pictures, and what the network gives each.
    pub async fn predict(&mut self, indices: &[u32]) -> Result<Vec<(u8, f32)>, SessionError> {
        let parameters = self.leader.parameters().await?;
        self.leader.set_parameters(Task::Evaluate, &parameters)?;
        let mut said = Vec::with_capacity(indices.len());
        for some in indices.chunks(EVALUATION_BATCH) {
            let (inputs, targets) = self.pictures(Part::Test, some)?;
            let step = StepData::forward(some.len());
            let outcome = self.leader.run_shard(Task::Evaluate, &step, &inputs, &targets, &self.host).await?;
            said.extend(outcome[some.len()..].chunks_exact(atelier_data::CLASSES).map(largest));
        }
        Ok(said)
    }

    pub async fn checkpoint(&self) -> Result<Checkpoint, SessionError> {
        Ok(Checkpoint::new(
            self.setup.network.clone(),
            self.setup.training.clone(),
            self.progress.clone(),
            self.leader.plan(),
            &self.leader.parameters().await?,
            &self.leader.optimizer_state().await?,
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
        if let Ok(state) = state {
            self.leader.set_optimizer_state(&state)?;
        }
        self.progress = checkpoint.progress.clone();
        if !same_course {
            // The batches done are of another size: this epoch begins anew.
            (self.progress.batch, self.progress.loss, self.progress.right) = (0, 0.0, 0);
        }
        self.order = self.epoch_order();
        Ok(())
    }

    fn batches(&self) -> u32 {
        self.data.train.len().div_ceil(self.setup.training.batch_size) as u32
    }

    fn epoch_order(&self) -> Shuffle {
        let seed = u64::from(self.setup.training.seed);
        Shuffle::new(self.data.train.len() as u32, seed, u64::from(self.progress.epoch))
    }

    fn pictures(&self, part: Part, indices: &[u32]) -> Result<(Vec<f32>, Vec<f32>), SessionError> {
        let last = self.data.split(part).len().saturating_sub(1);
        match indices.iter().find(|i| **i as usize > last) {
            Some(index) => Err(SessionError::NoSuchPicture { index: *index as usize, last }),
            None => Ok(batch_of(&self.data, part, indices)),
        }
    }

    async fn train(&mut self) -> Result<Done, SessionError> {
        let batch = self.order.batch(self.setup.training.batch_size, self.progress.batch as usize).unwrap_or_default();
        let (inputs, targets) = batch_of(&self.data, Part::Train, batch);
        let whole = StepData {
            batch: batch.len(),
            batch_total: batch.len(),
            first_example: 0,
            learning_rate: self.setup.training.learning_rate,
            iteration: self.progress.iteration + 1,
            seed: self.setup.training.seed,
        };
        let (shards, outcomes) = self.share(Task::Train, whole, &inputs, &targets).await?;
        let reduced = reduce(self.leader.plan(), &outcomes, &shards);
        self.leader.update(&reduced[2..], &whole)?;
        self.progress.iteration += 1;
        self.progress.batch += 1;
        self.progress.loss += f64::from(reduced[0]);
        self.progress.right += reduced[1] as u32;
        let size = whole.batch;
        Ok(Done::Batch { size, loss: reduced[0] / size as f32, accuracy: reduced[1] / size as f32 })
    }

    /// Validates the next pictures, as many as all workers take at once.
    async fn validate(&mut self) -> Result<Done, SessionError> {
        let all = self.data.test.len();
        if self.evaluation.seen() == all {
            self.evaluation = Evaluation::default();
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
            worst: self.evaluation.worst(),
            seconds: self.progress.seconds as f32,
        };
        let Progress { iteration, epoch, .. } = self.progress;
        self.progress = Progress { iteration, epoch: epoch + 1, ..Progress::default() };
        self.order = self.epoch_order();
        report
    }
}

enum Done {
    Batch { size: usize, loss: f32, accuracy: f32 },
    Part,
    Epoch,
}
