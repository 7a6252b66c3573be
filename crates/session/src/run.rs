use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use atelier_data::{Dataset, Part};
use atelier_gpu::{Gpu, GpuError};
use atelier_nn::{BufferId, Lowering, Network, Plan};

use crate::checkpoint::Moment;
use crate::choice::Next;
use crate::course::{Course, Done};
use crate::evaluate::{Evaluation, fits, largest};
use crate::pace::Pace;
use crate::protocol::{Event, ExecutorReport, Restored};
use crate::reason::ExecutorReason;
use crate::seat::Seat;
use crate::trainer::{Batch, Trainer, Weights};
use crate::{Checkpoint, CosineDecay, Helpers, Host, Progress, SessionError, Setup, Training};

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
    network: Network,
    course: Course,
    host: Rc<T>,
    seat: Seat<H, T>,
    /// Keeps every layer's output: what [`Run::look`] reads from.
    trace: Arc<Plan>,
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
        let Setup { network, training, .. } = setup;
        let course = Course::new(data, training);
        let (kept, told) = (None, VecDeque::new());
        let mut run = Run { network, course, host, seat, trace, kept, since_kept: 0, told };
        let first = run.first_weights();
        run.seat.begin(&first)?;
        Ok(run)
    }

    pub fn progress(&self) -> &Progress {
        self.course.progress()
    }

    /// The training pictures of the batch that is trained next, in its order; none where all is done.
    pub fn next_batch(&self) -> Vec<u32> {
        if self.course.is_over() { Vec::new() } else { self.course.next_batch() }
    }

    /// The validation under way or last done.
    pub fn evaluation(&self) -> &Evaluation {
        &self.course.evaluation
    }

    /// What computes now, and why.
    pub fn executor(&self) -> ExecutorReport {
        self.seat.report()
    }

    /// Takes effect with the next batch.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), SessionError> {
        let training = Training { learning_rate: rate, ..self.course.training.clone() };
        training.check()?;
        self.course.training = training;
        Ok(())
    }

    /// How the rate falls from the run's own; it takes effect with the next batch.
    pub fn set_schedule(&mut self, schedule: Option<CosineDecay>) {
        self.course.schedule = schedule;
    }

    /// Goes on over other pictures of the same shape, where an epoch begins: its weights, its progress and what it is judged
    /// by stay, where [`Run::use_data`] begins anew.
    ///
    /// # Errors
    /// If the network does not fit them, or an epoch is under way; nothing changes then.
    pub fn next_epoch_over(&mut self, data: Arc<Dataset>) -> Result<(), SessionError> {
        fits(&self.network, &data)?;
        if self.progress().batch > 0 {
            return Err(SessionError::EpochUnderWay);
        }
        self.course.data = data;
        self.course.go_on_from(self.progress().clone());
        Ok(())
    }

    /// Back to the first weights of the seed.
    pub async fn reset(&mut self) -> Result<(), SessionError> {
        let weights = self.first_weights();
        self.begin_from(Progress::default(), weights).await
    }

    /// Begins anew on other pictures, without making anything twice. Nothing changes where the network does not fit them.
    pub async fn use_data(&mut self, data: Arc<Dataset>) -> Result<(), SessionError> {
        fits(&self.network, &data)?;
        self.course.data = data;
        self.reset().await
    }

    /// Begins anew from a checkpoint's weights, of the same network: nothing of its progress, and the optimiser's state at zero. Nothing
    /// changes where they do not fit.
    pub async fn begin_with(&mut self, checkpoint: &Checkpoint) -> Result<(), SessionError> {
        let plan = Arc::clone(self.seat.plan());
        let parameters = checkpoint.parameters_for(&plan)?;
        let state = vec![0.0; state_len(&plan)];
        self.begin_from(Progress::default(), Weights { parameters, state }).await
    }

    fn first_weights(&self) -> Weights {
        let plan = self.seat.plan();
        let parameters = plan.initial_values(self.course.training.seed).flat_map(|(_, values)| values).collect();
        Weights { parameters, state: vec![0.0; state_len(plan)] }
    }

    /// Forgets what was; a device that fails now takes nothing of it back.
    async fn begin_from(&mut self, progress: Progress, weights: Weights) -> Result<(), SessionError> {
        self.course.forget();
        self.course.go_on_from(progress);
        let kept = Kept { progress: self.progress().clone(), weights };
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

    /// Trains exactly one batch; where an epoch's validation is still to be done, that comes first. [`Run::news`] tells of it.
    pub async fn step(&mut self) -> Result<(), SessionError> {
        self.settle().await?;
        loop {
            let told = self.told.len();
            self.work(1).await?;
            if self.told.iter().skip(told).any(|event| matches!(event, Event::Step { .. } | Event::Finished)) {
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
            if self.course.is_over() {
                self.told.push_back(Event::Finished);
                return Ok(());
            }
            let begun = self.host.now();
            let done = if self.course.batches_left() > 0 { self.train(ahead).await } else { self.validate().await };
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
        let event = self.course.tell(done, seconds);
        // After an epoch these are the weights of its last batch, later in the run.
        if let (Event::Epoch { .. }, Some(kept)) = (&event, &mut self.kept) {
            kept.progress = self.course.progress().clone();
        }
        self.told.push_back(event);
    }

    /// Submits batches until so many are under way, and waits for the first of them.
    async fn train(&mut self, ahead: usize) -> Result<Done, SessionError> {
        loop {
            let under_way = self.seat.trainer().under_way();
            let left = self.course.batches_left();
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
        let done = self.course.count(&outcome);
        if let Some(weights) = outcome.weights {
            self.kept = Some(Kept { progress: self.progress().clone(), weights });
        }
        Ok(Some(done))
    }

    /// Validates the next pictures, as many as what computes likes at once.
    async fn validate(&mut self) -> Result<Done, SessionError> {
        let most = self.seat.trainer().evaluates_at_once();
        let (examples, inputs, targets) = self.course.next_test_pictures(most);
        let scores = self.seat.trainer().evaluate(examples, &inputs, &targets).await?;
        Ok(self.course.validated(&scores))
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
        let (input, _) = self.course.pictures(part, &[index as u32])?;
        let wanted: Vec<BufferId> =
            layers.iter().filter_map(|layer| self.trace.layer_outputs.get(*layer).copied()).collect();
        self.look(&input, &wanted).await
    }

    /// The classes said for test pictures, and what the network gives each; none where its outputs are not numbers.
    pub async fn predict(&mut self, indices: &[u32]) -> Result<Vec<Option<(u16, f32)>>, SessionError> {
        let (inputs, targets) = self.course.pictures(Part::Test, indices)?;
        let (count, classes) = (indices.len(), self.course.data.classes());
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
        let (training, identity) = (self.course.training.clone(), self.course.data.identity.clone());
        let moment =
            Moment { network: self.network.clone(), training, progress: self.progress().clone(), data: identity };
        Ok(Checkpoint::new(moment, self.seat.plan(), &weights))
    }

    /// Goes on from a checkpoint of the same network: its weights and progress. The settings are the run's own; with
    /// another optimiser its state begins at zero, and with other data or batches the epoch begins anew. Nothing changes
    /// where the checkpoint does not fit.
    pub async fn restore(&mut self, checkpoint: &Checkpoint) -> Result<Restored, SessionError> {
        let plan = Arc::clone(self.seat.plan());
        let parameters = checkpoint.parameters_for(&plan)?;
        let state = checkpoint.optimizer_state_for(&plan);
        let fresh_optimizer = state.is_err() || checkpoint.training.optimizer != self.course.training.optimizer;
        let state = if fresh_optimizer { vec![0.0; state_len(&plan)] } else { state? };
        let mut progress = checkpoint.progress.clone();
        let (then, now) = (&checkpoint.training, &self.course.training);
        let same_course = checkpoint.data.as_deref() == Some(&*self.course.data.identity)
            && (then.batch_size, then.seed) == (now.batch_size, now.seed)
            && progress.batch <= self.course.batches();
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
        let next = self.seat.warm_up(self.course.pace.batches(), self.course.pace.images_per_second()).await?;
        self.carry_out(next).await
    }

    async fn carry_out(&mut self, next: Next) -> Result<(), SessionError> {
        if matches!(next, Next::MoveToGpu | Next::MoveToCpu) {
            let weights = self.weights().await?;
            let moved = match next {
                Next::MoveToGpu => self.seat.move_to_gpu(&weights).await,
                _ => self.seat.move_to_cpu(&weights).await,
            };
            self.kept = Some(Kept { progress: self.progress().clone(), weights });
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
        self.kept = Some(Kept { progress: self.progress().clone(), weights });
        self.moved_on();
        self.tell_executor();
    }

    fn moved_on(&mut self) {
        self.course.pace = Pace::default();
        self.since_kept = 0;
        if !self.seat.trainer().can_be_lost() {
            self.kept = None;
        }
    }

    /// The GPU failed, or is gone: the run goes on on the CPU from the weights that were last brought to safety.
    async fn fall_back(&mut self, error: &GpuError) -> Result<(), SessionError> {
        let _ = self.seat.without_gpu(error.into());
        if let Some(Kept { progress, weights }) = self.kept.take() {
            self.seat.move_to_cpu(&weights).await?;
            if progress.iteration < self.progress().iteration {
                self.told.push_back(Event::Rewind { iteration: progress.iteration });
            }
            self.course.go_on_from(progress);
            self.moved_on();
        }
        self.tell_executor();
        Ok(())
    }

    fn tell_executor(&mut self) {
        self.told.extend(self.seat.news().map(|report| Event::Executor { report }));
    }

    /// The batch after so many that are under way. The weights after an epoch's last batch are always kept: validation
    /// changes none.
    fn batch(&mut self, under_way: usize, last: bool) -> Batch {
        let (data, inputs, targets) = self.course.batch(under_way);
        self.since_kept += 1;
        let keep = self.seat.trainer().can_be_lost() && (last || self.since_kept >= KEEP_EVERY);
        if keep {
            self.since_kept = 0;
        }
        Batch { data, inputs, targets, keep }
    }
}

fn state_len(plan: &Plan) -> usize {
    plan.optimizer_state.iter().map(|b| plan.buffer(*b).len()).sum()
}
