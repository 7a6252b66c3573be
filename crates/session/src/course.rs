//! The course of a run: which batch comes next, what was counted, what is told of it. It computes nothing.

use std::sync::Arc;

use atelier_data::{Dataset, Part, Shuffle};
use atelier_nn::StepData;

use crate::evaluate::{Evaluation, batch_of};
use crate::pace::Pace;
use crate::protocol::{EpochReport, Event, StepReport};
use crate::trainer::{Outcome, Scores};
use crate::{CosineDecay, Progress, SessionError, Training};

pub(crate) struct Course {
    pub data: Arc<Dataset>,
    pub training: Training,
    /// How the rate falls; it stays where there is none.
    pub schedule: Option<CosineDecay>,
    progress: Progress,
    order: Shuffle,
    pub pace: Pace,
    /// The validation under way, or the last one.
    pub evaluation: Evaluation,
}

/// A piece of work that was done.
pub(crate) enum Done {
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
    pub fn trained(&self) -> Option<usize> {
        match self {
            Done::Batch { examples, .. } => Some(*examples),
            Done::Pictures | Done::Epoch => None,
        }
    }
}

impl Course {
    /// At its beginning.
    pub fn new(data: Arc<Dataset>, training: Training) -> Self {
        let evaluation = Evaluation::new(data.classes());
        let mut course = Course {
            data,
            training,
            schedule: None,
            progress: Progress::default(),
            order: Shuffle::in_order(0),
            pace: Pace::default(),
            evaluation,
        };
        course.go_on_from(Progress::default());
        course
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Goes on from a moment of the run.
    pub fn go_on_from(&mut self, progress: Progress) {
        self.progress = progress;
        let (seed, epoch) = (u64::from(self.training.seed), u64::from(self.progress.epoch));
        self.order = Shuffle::new(self.data.train.len() as u32, seed, epoch);
    }

    /// Forgets what was measured and validated so far.
    pub fn forget(&mut self) {
        self.pace = Pace::default();
        self.evaluation = Evaluation::new(self.data.classes());
    }

    pub fn is_over(&self) -> bool {
        self.progress.epoch >= self.training.epochs
    }

    /// In an epoch.
    pub fn batches(&self) -> u32 {
        self.data.train.len().div_ceil(self.training.batch_size) as u32
    }

    /// Batches of this epoch that are not done.
    pub fn batches_left(&self) -> usize {
        self.batches().saturating_sub(self.progress.batch) as usize
    }

    /// The pictures of the batch that is trained next, after a validation perhaps; none where all is done.
    pub fn next_batch(&self) -> Vec<u32> {
        let size = self.training.batch_size;
        if let Some(indices) = self.order.batch(size, self.progress.batch as usize) {
            return indices.to_vec();
        }
        let next = self.progress.epoch.saturating_add(1);
        if next >= self.training.epochs {
            return Vec::new();
        }
        let order = Shuffle::new(self.data.train.len() as u32, u64::from(self.training.seed), u64::from(next));
        order.batch(size, 0).unwrap_or_default().to_vec()
    }

    /// The batch after so many that are under way: what its step is told, inputs and targets.
    pub fn batch(&self, under_way: usize) -> (StepData, Vec<f32>, Vec<f32>) {
        let at = self.progress.batch as usize + under_way;
        let indices = self.order.batch(self.training.batch_size, at).unwrap_or_default();
        let (inputs, targets) = batch_of(&self.data, Part::Train, indices);
        let iteration = self.progress.iteration.saturating_add(under_way as u32 + 1);
        let rate = self.training.learning_rate;
        let data = StepData {
            batch: indices.len(),
            batch_total: indices.len(),
            first_example: 0,
            learning_rate: self.schedule.map_or(rate, |schedule| schedule.rate(rate, iteration)),
            iteration,
            seed: self.training.seed,
        };
        (data, inputs, targets)
    }

    /// Counts the batch that was done.
    pub fn count(&mut self, outcome: &Outcome) -> Done {
        let Outcome { examples, loss, right, .. } = *outcome;
        self.progress.iteration = self.progress.iteration.saturating_add(1);
        self.progress.batch += 1;
        self.progress.loss += f64::from(loss);
        self.progress.right += right as u32;
        let size = examples as f32;
        Done::Batch { examples, loss: loss / size, accuracy: right / size }
    }

    /// The test pictures that are validated next, at most so many: how many, inputs and targets.
    pub fn next_test_pictures(&mut self, most: usize) -> (usize, Vec<f32>, Vec<f32>) {
        let all = self.data.test.len();
        if self.evaluation.seen() == all {
            self.evaluation = Evaluation::new(self.data.classes());
        }
        let first = self.evaluation.seen();
        let indices: Vec<u32> = (first as u32..all.min(first + most) as u32).collect();
        let (inputs, targets) = batch_of(&self.data, Part::Test, &indices);
        (indices.len(), inputs, targets)
    }

    /// Takes in what the network makes of them.
    pub fn validated(&mut self, scores: &Scores) -> Done {
        let first = self.evaluation.seen();
        let labels = &self.data.test.labels()[first..first + scores.losses.len()];
        self.evaluation.record(labels, scores);
        if self.evaluation.seen() == self.data.test.len() { Done::Epoch } else { Done::Pictures }
    }

    /// Single pictures of the data set: inputs and targets.
    pub fn pictures(&self, part: Part, indices: &[u32]) -> Result<(Vec<f32>, Vec<f32>), SessionError> {
        let last = self.data.split(part).len().saturating_sub(1);
        match indices.iter().find(|i| **i as usize > last) {
            Some(index) => Err(SessionError::NoSuchPicture { index: *index as usize, last }),
            None => Ok(batch_of(&self.data, part, indices)),
        }
    }

    /// What is told of a piece of work that took so long. After an epoch the next one begins.
    pub fn tell(&mut self, done: Done, seconds: f64) -> Event {
        self.progress.seconds += seconds;
        match done {
            Done::Batch { examples, loss, accuracy } => {
                self.pace.record(examples, seconds);
                Event::Step { report: self.step_report(loss, accuracy) }
            }
            Done::Pictures => Event::Validating { share: self.evaluation.seen() as f32 / self.data.test.len() as f32 },
            Done::Epoch => Event::Epoch { report: self.end_epoch() },
        }
    }

    fn step_report(&self, loss: f32, accuracy: f32) -> StepReport {
        let Training { epochs, batch_size, .. } = self.training;
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
        report
    }
}
