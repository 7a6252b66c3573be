use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use atelier_data::{Dataset, Part, Shuffle};
use atelier_gpu::{Gpu, GpuError};
use atelier_nn::{BufferId, Lowering, Plan, StepData};

use crate::choice::Next;
use crate::evaluate::{Evaluation, batch_of, fits, largest};
use crate::pace::Pace;
use crate::protocol::{EpochReport, Event, ExecutorReason, ExecutorReport, Restored, StepReport};
use crate::seat::{Seat, reason};
use crate::trainer::{Batch, Outcome, Trainer, Weights};
use crate::{Checkpoint, Helpers, Host, Progress, SessionError, Setup, Training};

/// Updates after which weights that can be lost are brought to safety.
const KEEP_EVERY: u32 = 16;

/// Weights of some moment of a run, safe from what may happen to the device that computes.
struct Kept {
    progress: Progress,
    weights: Weights,
}

/// A network in training on a data set.
///
/// It computes on the CPU, with its helpers, or on a GPU that was offered or asked for ([`Run::offer_gpu`],
/// [`Run::use_gpu`]); it can move between two updates, and goes on on the CPU when the GPU is lost.
pub struct Run<H: Helpers, T: Host> {
    setup: Setup,
    data: Arc<Dataset>,
    host: Rc<T>,
    seat: Seat<H, T>,
    /// Keeps every layer's output: what [`Run::look`] reads from.
    trace: Arc<Plan>,
    progress: Progress,
    order: Shuffle,
    pace: Pace,
    /// The validation under way, or the last one.
    evaluation: Evaluation,
    /// Where what computes can be lost.
    kept: Option<Kept>,
    since_kept: u32,
    /// What happened beside the work that was asked for.
    told: VecDeque<Event>,
}

impl<H: Helpers, T: Host> Run<H, T> {
    /// A run at its beginning. The helpers were made from the same setup, whose `workers` counts them and the leader.
    pub fn new(setup: Setup, data: Arc<Dataset>, helpers: H, host: T) -> Result<Self, SessionError> {
        setup.training.check()?;
        fits(&setup.network, &data)?;
        setup.check_room(host.room())?;
        let host = Rc::new(host);
        let seat = Seat::new(&setup, helpers, Rc::clone(&host))?;
        let trace = Arc::new(setup.network.lower(&Lowering::trace(1))?);
        let mut run = Run {
            order: Shuffle::in_order(0),
            setup,
            evaluation: Evaluation::new(data.classes()),
            data,
            host,
            seat,
            trace,
            progress: Progress::default(),
            pace: Pace::default(),
            kept: None,
            since_kept: 0,
            told: VecDeque::new(),
        };
        let first = run.first_weights();
        run.seat.begin(&first)?;
        run.go_on_from(Progress::default());
        Ok(run)
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The validation under way or last done.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// What computes now, and why.
    pub fn executor(&self) -> ExecutorReport {
        self.seat.report()
    }

    /// Takes effect with the next batch.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), SessionError> {
        let training = Training { learning_rate: rate, ..self.setup.training.clone() };
        training.check()?;
        self.setup.training = training;
        Ok(())
    }

    /// Back to the first weights of the seed.
    pub async fn reset(&mut self) -> Result<(), SessionError> {
        let weights = self.first_weights();
        self.begin_from(Progress::default(), weights).await
    }

    fn first_weights(&self) -> Weights {
        let plan = self.seat.plan();
        let parameters = plan.initial_values(self.setup.training.seed).flat_map(|(_, values)| values).collect();
        Weights { parameters, state: vec![0.0; state_len(plan)] }
    }

    /// Forgets what was; a device that fails now takes nothing of it back.
    async fn begin_from(&mut self, progress: Progress, weights: Weights) -> Result<(), SessionError> {
        self.pace = Pace::default();
        self.evaluation = Evaluation::new(self.data.classes());
        self.go_on_from(progress);
        let kept = Kept { progress: self.progress.clone(), weights };
        match self.seat.trainer().set_weights(&kept.weights).await {
            Ok(()) => {
                self.safe(kept);
                Ok(())
            }
            Err(SessionError::Gpu(error)) => {
                self.kept = Some(kept);
                self.fall_back(&error).await
            }
            Err(error) => Err(error),
        }
    }

    /// Goes on from a moment of the run.
    fn go_on_from(&mut self, progress: Progress) {
        self.progress = progress;
        let seed = u64::from(self.setup.training.seed);
        self.order = Shuffle::new(self.data.train.len() as u32, seed, u64::from(self.progress.epoch));
    }

    /// Weights of this moment are at hand.
    fn safe(&mut self, kept: Kept) {
        self.since_kept = 0;
        self.kept = self.seat.trainer().can_be_lost().then_some(kept);
    }

    /// The next event: what waits to be told, or else what comes of the next piece of work, which trains a batch or after
    /// the last batch of an epoch validates some pictures. On a GPU some more batches may be under way when it tells of
    /// one; [`Run::settle`] waits for them.
    pub async fn advance(&mut self) -> Result<Event, SessionError> {
        if self.told.is_empty() {
            self.warm_up().await?;
            let ahead = self.seat.trainer().ahead();
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
            let done =
                if self.progress.batch < self.batches() { self.train(ahead).await } else { self.validate().await };
            let done = match done {
                Ok(done) => done,
                Err(SessionError::Gpu(error)) => {
                    self.fall_back(&error).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let seconds = self.host.now() - begun;
            let trained = done.trained();
            self.tell(done, seconds);
            return match trained {
                Some(examples) => {
                    self.seat.trainer().took(seconds);
                    let next = self.seat.trained(examples, seconds);
                    self.carry_out(next).await
                }
                None => Ok(()),
            };
        }
    }

    fn tell(&mut self, done: Done, seconds: f64) {
        self.progress.seconds += seconds;
        let event = match done {
            Done::Batch { examples, loss, accuracy } => {
                self.pace.record(examples, seconds);
                Event::Step { report: self.step_report(loss, accuracy) }
            }
            Done::Pictures => Event::Validating { share: self.evaluation.seen() as f32 / self.data.test.len() as f32 },
            Done::Epoch => Event::Epoch { report: self.end_epoch() },
        };
        self.told.push_back(event);
    }

    /// Submits batches until so many are under way, and waits for the first of them.
    async fn train(&mut self, ahead: usize) -> Result<Done, SessionError> {
        loop {
            let under_way = self.seat.trainer().under_way();
            let left = (self.batches() - self.progress.batch) as usize;
            if under_way >= ahead.min(left) {
                break;
            }
            let batch = self.batch(under_way, under_way + 1 == left);
            self.seat.trainer().submit(batch).await?;
        }
        Ok(self.count().await?.unwrap_or(Done::Pictures))
    }

    /// Waits for the batch that was submitted first and counts it.
    async fn count(&mut self) -> Result<Option<Done>, SessionError> {
        let Some(outcome) = self.seat.trainer().outcome().await? else { return Ok(None) };
        let Outcome { examples, loss, right, weights } = outcome;
        self.progress = Progress {
            iteration: self.progress.iteration.saturating_add(1),
            batch: self.progress.batch + 1,
            loss: self.progress.loss + f64::from(loss),
            right: self.progress.right + right as u32,
            ..self.progress.clone()
        };
        if let Some(weights) = weights {
            self.kept = Some(Kept { progress: self.progress.clone(), weights });
        }
        let size = examples as f32;
        Ok(Some(Done::Batch { examples, loss: loss / size, accuracy: right / size }))
    }

    /// Validates the next pictures, as many as what computes likes at once.
    async fn validate(&mut self) -> Result<Done, SessionError> {
        let all = self.data.test.len();
        if self.evaluation.seen() == all {
            self.evaluation = Evaluation::new(self.data.classes());
        }
        let first = self.evaluation.seen();
        let end = all.min(first + self.seat.trainer().evaluates_at_once());
        let indices: Vec<u32> = (first as u32..end as u32).collect();
        let (inputs, targets) = batch_of(&self.data, Part::Test, &indices);
        let scores = self.seat.trainer().evaluate(indices.len(), &inputs, &targets).await?;
        self.evaluation.record(&self.data.test.labels()[first..end], &scores);
        Ok(if end == all { Done::Epoch } else { Done::Pictures })
    }

    /// Waits for the batches that are under way, which become news; then weights and progress are of one moment.
    pub async fn settle(&mut self) -> Result<(), SessionError> {
        while self.seat.trainer().under_way() > 0 {
            match self.count().await {
                Ok(Some(done)) => self.tell(done, 0.0),
                Ok(None) => break,
                Err(SessionError::Gpu(error)) => self.fall_back(&error).await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Asks what computes; where that is a GPU and fails, asks what computes then.
    async fn ask<A>(
        &mut self,
        mut question: impl AsyncFnMut(&mut dyn Trainer) -> Result<A, SessionError>,
    ) -> Result<A, SessionError> {
        loop {
            match question(self.seat.trainer()).await {
                Err(SessionError::Gpu(error)) => self.fall_back(&error).await?,
                answer => return answer,
            }
        }
    }

    /// The plan whose buffers [`Run::look`] reads: forward, with everything kept, for one picture.
    pub fn trace_plan(&self) -> &Arc<Plan> {
        &self.trace
    }

    /// Any buffers of [`Run::trace_plan`] for any picture, which is as many numbers as the network's input.
    pub async fn look(&mut self, input: &[f32], wanted: &[BufferId]) -> Result<Vec<Vec<f32>>, SessionError> {
        let expected = self.trace.buffer(self.trace.input).len();
        if input.len() != expected {
            return Err(SessionError::PictureLength { expected, got: input.len() });
        }
        self.ask(async |trainer| trainer.look(input, wanted).await).await
    }

    /// The output of some layers for one picture of the data set; layers that there are not are left out.
    pub async fn trace(&mut self, part: Part, index: usize, layers: &[usize]) -> Result<Vec<Vec<f32>>, SessionError> {
        let (input, _) = self.pictures(part, &[index as u32])?;
        let wanted: Vec<BufferId> =
            layers.iter().filter_map(|layer| self.trace.layer_outputs.get(*layer).copied()).collect();
        self.look(&input, &wanted).await
    }

    /// The classes said for test pictures, and what the network gives each; none where its outputs are not numbers.
    pub async fn predict(&mut self, indices: &[u32]) -> Result<Vec<Option<(u16, f32)>>, SessionError> {
        let (inputs, targets) = self.pictures(Part::Test, indices)?;
        let (count, classes) = (indices.len(), self.data.classes());
        let scores = self.ask(async |trainer| trainer.evaluate(count, &inputs, &targets).await).await?;
        Ok(scores.outputs.chunks_exact(classes).map(largest).collect())
    }

    /// Weights and optimiser state, wherever they are; what is under way is waited for.
    async fn weights(&mut self) -> Result<Weights, SessionError> {
        self.settle().await?;
        self.ask(async |trainer| trainer.weights().await).await
    }

    /// The run as it is: what is under way is waited for.
    pub async fn checkpoint(&mut self) -> Result<Checkpoint, SessionError> {
        let weights = self.weights().await?;
        Ok(Checkpoint::new(&self.setup, self.progress.clone(), self.data.identity.clone(), self.seat.plan(), &weights))
    }

    /// Goes on from a checkpoint of the same network: its weights and progress. The settings are the run's own; with
    /// another optimiser its state begins at zero, and with other data or batches the epoch begins anew. Nothing changes
    /// where the checkpoint does not fit.
    pub async fn restore(&mut self, checkpoint: &Checkpoint) -> Result<Restored, SessionError> {
        let plan = Arc::clone(self.seat.plan());
        let parameters = checkpoint.parameters_for(&plan)?;
        let state = checkpoint.optimizer_state_for(&plan);
        let fresh_optimizer = state.is_err() || checkpoint.training.optimizer != self.setup.training.optimizer;
        let state = if fresh_optimizer { vec![0.0; state_len(&plan)] } else { state? };
        let mut progress = checkpoint.progress.clone();
        let (then, now) = (&checkpoint.training, &self.setup.training);
        let same_course = checkpoint.data.as_deref() == Some(&*self.data.identity)
            && (then.batch_size, then.seed) == (now.batch_size, now.seed)
            && progress.batch <= self.batches();
        let in_mid_epoch = progress.batch > 0;
        if !same_course {
            (progress.batch, progress.loss, progress.right, progress.seconds) = (0, 0.0, 0, 0.0);
        }
        self.begin_from(progress, Weights { parameters, state }).await?;
        Ok(Restored { epoch_anew: in_mid_epoch && !same_course, fresh_optimizer })
    }

    /// A GPU that the run may use. While it is made ready the CPU trains on; then the run moves over if the GPU computes what
    /// the CPU does, and stays if a few timed batches show it to be the faster one.
    pub async fn offer_gpu(&mut self, gpu: Gpu) -> Result<(), SessionError> {
        let next = self.seat.offer(gpu);
        self.carry_out(next).await
    }

    /// The reason for the CPU, where there is no GPU to offer.
    pub async fn without_gpu(&mut self, reason: ExecutorReason) -> Result<(), SessionError> {
        let next = self.seat.without_gpu(reason);
        self.carry_out(next).await
    }

    /// Moves to a GPU now, fast or slow. Where it cannot be, or computes wrongly, the run stays as it was.
    pub async fn use_gpu(&mut self, gpu: Gpu) -> Result<(), SessionError> {
        let weights = self.weights().await?;
        self.seat.take(gpu, &weights).await?;
        self.moved(weights);
        Ok(())
    }

    /// Moves to the CPU now; the GPU that was offered is given up.
    pub async fn use_cpu(&mut self) -> Result<(), SessionError> {
        let next = self.seat.cpu_wished();
        self.carry_out(next).await
    }

    /// Notices a device that was lost while nothing was asked of it.
    pub async fn check_gpu(&mut self) -> Result<(), SessionError> {
        match self.seat.lost() {
            Some(error) => self.fall_back(&error).await,
            None => Ok(()),
        }
    }

    async fn warm_up(&mut self) -> Result<(), SessionError> {
        let next = self.seat.warm_up(self.pace.batches(), self.pace.images_per_second()).await?;
        self.carry_out(next).await
    }

    async fn carry_out(&mut self, next: Next) -> Result<(), SessionError> {
        if matches!(next, Next::MoveToGpu | Next::MoveToCpu) {
            let weights = self.weights().await?;
            let moved = match next {
                Next::MoveToGpu => self.seat.move_to_gpu(&weights).await,
                _ => self.seat.move_to_cpu(&weights).await,
            };
            self.kept = Some(Kept { progress: self.progress.clone(), weights });
            match moved {
                Ok(()) => self.moved_on(),
                Err(SessionError::Gpu(error)) => self.fall_back(&error).await?,
                Err(error) => return Err(error),
            }
        }
        self.tell_executor();
        Ok(())
    }

    /// Another executor computes, from these weights.
    fn moved(&mut self, weights: Weights) {
        self.kept = Some(Kept { progress: self.progress.clone(), weights });
        self.moved_on();
        self.tell_executor();
    }

    fn moved_on(&mut self) {
        self.pace = Pace::default();
        self.since_kept = 0;
        if !self.seat.trainer().can_be_lost() {
            self.kept = None;
        }
    }

    /// The GPU failed, or is gone: the run goes on on the CPU from the weights that were last brought to safety.
    async fn fall_back(&mut self, error: &GpuError) -> Result<(), SessionError> {
        let _ = self.seat.without_gpu(reason(error));
        if let Some(Kept { progress, weights }) = self.kept.take() {
            self.seat.move_to_cpu(&weights).await?;
            if progress.iteration < self.progress.iteration {
                self.told.push_back(Event::Rewind { iteration: progress.iteration });
            }
            self.go_on_from(progress);
            self.moved_on();
        }
        self.tell_executor();
        Ok(())
    }

    fn tell_executor(&mut self) {
        self.told.extend(self.seat.news().map(|report| Event::Executor { report }));
    }

    fn batches(&self) -> u32 {
        self.data.train.len().div_ceil(self.setup.training.batch_size) as u32
    }

    fn pictures(&self, part: Part, indices: &[u32]) -> Result<(Vec<f32>, Vec<f32>), SessionError> {
        let last = self.data.split(part).len().saturating_sub(1);
        match indices.iter().find(|i| **i as usize > last) {
            Some(index) => Err(SessionError::NoSuchPicture { index: *index as usize, last }),
            None => Ok(batch_of(&self.data, part, indices)),
        }
    }

    /// The batch after so many that are under way. The weights after an epoch's last batch are always kept: validation
    /// changes none.
    fn batch(&mut self, under_way: usize, last: bool) -> Batch {
        let at = self.progress.batch as usize + under_way;
        let indices = self.order.batch(self.setup.training.batch_size, at).unwrap_or_default();
        let (inputs, targets) = batch_of(&self.data, Part::Train, indices);
        let data = StepData {
            batch: indices.len(),
            batch_total: indices.len(),
            first_example: 0,
            learning_rate: self.setup.training.learning_rate,
            iteration: self.progress.iteration.saturating_add(under_way as u32 + 1),
            seed: self.setup.training.seed,
        };
        self.since_kept += 1;
        let keep = self.seat.trainer().can_be_lost() && (last || self.since_kept >= KEEP_EVERY);
        if keep {
            self.since_kept = 0;
        }
        Batch { data, inputs, targets, keep }
    }

    fn step_report(&self, loss: f32, accuracy: f32) -> StepReport {
        let Training { epochs, batch_size, .. } = self.setup.training;
        let this_epoch = self.data.train.len().saturating_sub(self.progress.batch as usize * batch_size);
        let left = this_epoch + self.data.train.len() * (epochs - self.progress.epoch - 1) as usize;
        StepReport {
            epoch: self.progress.epoch + 1,
            batch: self.progress.batch,
            batches: self.batches(),
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
        // The weights of the epoch's last batch, later in the run.
        if let Some(kept) = &mut self.kept {
            kept.progress = self.progress.clone();
        }
        report
    }
}

fn state_len(plan: &Plan) -> usize {
    plan.optimizer_state.iter().map(|b| plan.buffer(*b).len()).sum()
}

/// What a piece of work was.
enum Done {
    Batch {
        examples: usize,
        loss: f32,
        accuracy: f32,
    },
    /// Some test pictures were looked at.
    Pictures,
    Epoch,
}

impl Done {
    /// Examples that were trained on.
    fn trained(&self) -> Option<usize> {
        match self {
            Done::Batch { examples, .. } => Some(*examples),
            Done::Pictures | Done::Epoch => None,
        }
    }
}
