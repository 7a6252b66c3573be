//! Teaching a saved network what a person kept: drawings with their labels, of its classes or of new ones.
//!
//! A [`Teacher`] trains the end of the network, all before it frozen, on the kept drawings and, so that it does not forget, on
//! some of the pictures that it learnt from. It goes by the plans, kernels and updates of training ([`crate::Replica`]), one
//! small piece of work at a time: whoever drives it can answer others between two of them. What came of it is told as the
//! answers to the kept drawings and to pictures of the validation set, before and after.

mod head;
mod kept;
#[cfg(test)]
mod tests;
mod told;

use atelier_data::{Shuffle, Split, input_of, official, readings};
use atelier_nn::{Optimizer, StepData};

pub use head::Scope;
pub use kept::{Kept, KeptDrawing, KeptError};
pub use told::{Lesson, Outcome, Right, Said, Standing, Teaching};

use crate::checkpoint::Moment;
use crate::evaluate::{largest, mean_row, one_hot};
use crate::host::Breathless;
use crate::trainer::Weights;
use crate::{Checkpoint, Progress, Replica, Room, SessionError, Setup, Training};

/// Keeps the order of what is rehearsed apart from that of the kept drawings.
const REHEARSAL: u64 = 0x7265_6865_6172_7365;

/// Pictures that are answered in one piece of work.
const PICTURES_AT_ONCE: usize = 32;

/// Kept drawings that are: each has up to six readings.
const DRAWINGS_AT_ONCE: usize = 4;

/// One piece of work.
#[derive(Clone, Copy)]
enum Piece {
    /// Some kept drawings, from this one on.
    Kept {
        after: bool,
        first: usize,
    },
    Validation {
        after: bool,
        first: usize,
    },
    Update(u32),
}

/// A kept drawing as it is taught.
struct Taught {
    label: u16,
    /// One picture or more, each as the network takes it.
    readings: Vec<Vec<u8>>,
}

/// A network that is being taught.
pub struct Teacher {
    teaching: Teaching,
    /// As it will be saved: with its new classes, frozen only where it was.
    setup: Setup,
    classes: Vec<String>,
    /// Classes before.
    known: usize,
    replica: Replica,
    kept: Vec<Taught>,
    rehearsal: Split,
    validation: Split,
    pieces: Vec<Piece>,
    done: usize,
    outcome: Outcome,
}

impl Teacher {
    /// Before the first piece of work. `rehearsal` and `validation` are samples of what the network was trained on and
    /// validated by; either may be empty.
    ///
    /// # Errors
    /// Where the kept drawings or the samples do not fit the network, it cannot grow, a setting is none, or there is no room.
    pub fn new(
        checkpoint: &Checkpoint,
        kept: &Kept,
        [rehearsal, validation]: [Split; 2],
        teaching: Teaching,
        room: Room,
    ) -> Result<Self, SessionError> {
        teaching.check()?;
        kept.check()?;
        if kept.drawings.is_empty() {
            return Err(KeptError::Empty.into());
        }
        for (index, (network, kept)) in checkpoint.classes.iter().flatten().zip(&kept.classes).enumerate() {
            if network != kept {
                let (network, kept) = (network.clone(), kept.clone());
                return Err(KeptError::OtherClasses { index, kept, network }.into());
            }
        }
        let layers = checkpoint.network.check()?;
        let (input, known) = (&layers[0].output_shape, layers[layers.len() - 1].output_shape.iter().product());
        if *input != kept.shape {
            return Err(SessionError::InputShape { expected: kept.shape.to_vec(), got: input.clone() });
        }
        for split in [&rehearsal, &validation] {
            fits(split, input.iter().product(), known)?;
        }
        let (network, parameters) = head::grown(checkpoint, kept.classes.len(), teaching.seed)?;
        let optimizer = Optimizer::default();
        let training = Training {
            batch_size: teaching.batch_size,
            learning_rate: teaching.learning_rate,
            seed: teaching.seed,
            optimizer,
            ..checkpoint.training.clone()
        };
        let frozen = Setup { network: teaching.scope.of(&network), training, workers: 1 };
        frozen.check_room(room)?;
        let mut replica = Replica::leader(&frozen)?;
        replica.set_parameters(&parameters)?;
        let setup = Setup { network, training: checkpoint.training.clone(), workers: 1 };
        let taught =
            |drawing: &KeptDrawing| Taught { label: drawing.label, readings: ways(&drawing.pixels, &kept.shape) };
        let mut teacher = Teacher {
            teaching,
            setup,
            classes: kept.classes.clone(),
            known,
            replica,
            kept: kept.drawings.iter().map(taught).collect(),
            rehearsal,
            validation,
            pieces: Vec::new(),
            done: 0,
            outcome: Outcome::default(),
        };
        let updates = (0..teacher.teaching.updates).map(Piece::Update);
        teacher.pieces = teacher.looks(false).chain(updates).chain(teacher.looks(true)).collect();
        Ok(teacher)
    }

    /// The pieces that say what the network knows.
    fn looks(&self, after: bool) -> impl Iterator<Item = Piece> + use<> {
        let kept = (0..self.kept.len()).step_by(DRAWINGS_AT_ONCE).map(move |first| Piece::Kept { after, first });
        let pictures = (0..self.validation.len()).step_by(PICTURES_AT_ONCE);
        kept.chain(pictures.map(move |first| Piece::Validation { after, first }))
    }

    /// Does the next piece of work: an update, or the answers to some pictures. Does nothing where all is done.
    ///
    /// # Errors
    /// Where the executor refuses.
    pub async fn step(&mut self) -> Result<Lesson, SessionError> {
        let mut loss = None;
        match self.pieces.get(self.done).copied() {
            Some(Piece::Update(update)) => loss = Some(self.update(update).await?),
            Some(Piece::Kept { after, first }) => self.look_at_kept(after, first).await?,
            Some(Piece::Validation { after, first }) => self.validate(after, first).await?,
            None => {}
        }
        self.done = (self.done + 1).min(self.pieces.len());
        Ok(Lesson { done: self.done as u32, of: self.pieces.len() as u32, loss })
    }

    /// What was found; none before all is done.
    pub fn outcome(&self) -> Option<&Outcome> {
        (self.done == self.pieces.len()).then_some(&self.outcome)
    }

    /// The taught network, as a run at its beginning would save it: whoever trains it on begins anew.
    ///
    /// # Errors
    /// Where the executor refuses.
    pub async fn checkpoint(&self) -> Result<Checkpoint, SessionError> {
        let Setup { network, training, .. } = &self.setup;
        let plan = network.lower(&self.setup.training_plan(1))?;
        let state = plan.optimizer_state.iter().map(|id| plan.buffer(*id).len()).sum();
        let weights = Weights { parameters: self.replica.parameters().await?, state: vec![0.0; state] };
        let moment = Moment {
            network: network.clone(),
            training: training.clone(),
            progress: Progress::default(),
            data: String::new(),
        };
        let mut checkpoint = Checkpoint::new(moment, &plan, &weights);
        // Nobody knows which pictures a run would go on with.
        checkpoint.data = None;
        checkpoint.classes = Some(self.classes.clone());
        Ok(checkpoint)
    }

    /// Pictures and labels of an update: kept drawings first, each as often as any other and its readings in turn, then what is
    /// rehearsed.
    fn batch(&self, update: u32) -> Vec<(&[u8], u16)> {
        let Teaching { batch_size, rehearsal, seed, .. } = self.teaching;
        let rehearsed = (batch_size as f32 * rehearsal) as usize;
        let rehearsed = if self.rehearsal.is_empty() { 0 } else { rehearsed.min(batch_size - 1) };
        let fresh = turn(update as usize, batch_size - rehearsed, self.kept.len(), u64::from(seed));
        let kept = fresh.map(|(pass, index)| {
            let Taught { label, readings } = &self.kept[index];
            (&readings[pass % readings.len()][..], *label)
        });
        let again = turn(update as usize, rehearsed, self.rehearsal.len(), u64::from(seed) ^ REHEARSAL);
        let again = again.map(|(_, index)| (self.rehearsal.image(index), self.rehearsal.labels()[index]));
        kept.chain(again).collect()
    }

    async fn update(&mut self, update: u32) -> Result<f32, SessionError> {
        let (inputs, targets) = self.tensors(&self.batch(update));
        let batch = self.teaching.batch_size;
        let data = StepData {
            batch,
            batch_total: batch,
            first_example: 0,
            learning_rate: self.teaching.learning_rate,
            iteration: update + 1,
            seed: self.teaching.seed,
        };
        let reduced = self.replica.train(data, &inputs, &targets, &Breathless).await?;
        // The batch's loss and right answers, then what the update takes.
        self.replica.update(&reduced[2..], &data)?;
        Ok(reduced[0] / batch as f32)
    }

    async fn look_at_kept(&mut self, after: bool, first: usize) -> Result<(), SessionError> {
        for index in first..(first + DRAWINGS_AT_ONCE).min(self.kept.len()) {
            let Taught { label, readings } = &self.kept[index];
            let (label, count) = (*label, readings.len());
            let pictures: Vec<(&[u8], u16)> = readings.iter().map(|reading| (&reading[..], label)).collect();
            let outputs = self.outputs(self.tensors(&pictures), count, after).await?;
            let best = largest(&mean_row(&outputs, outputs.len() / count));
            let standing = self.standing(after);
            standing.kept.count(best.is_some_and(|(class, _)| class == label));
            standing.said.push(Said {
                class: best.map(|(class, _)| class),
                confidence: best.map_or(f32::NAN, |(_, share)| share),
            });
        }
        Ok(())
    }

    async fn validate(&mut self, after: bool, first: usize) -> Result<(), SessionError> {
        let range = first..(first + PICTURES_AT_ONCE).min(self.validation.len());
        let labels = self.validation.labels()[range.clone()].to_vec();
        let pictures: Vec<(&[u8], u16)> = range.map(|index| self.validation.image(index)).zip(labels.clone()).collect();
        let outputs = self.outputs(self.tensors(&pictures), labels.len(), after).await?;
        for (output, label) in outputs.chunks(outputs.len() / labels.len()).zip(labels) {
            let right = largest(output).is_some_and(|(class, _)| class == label);
            self.standing(after).validation.count(right);
        }
        Ok(())
    }

    /// What the network gives each class for each picture. Before it was taught there were no new classes: their share is left
    /// out, and the others' are what they were.
    async fn outputs(
        &mut self,
        (inputs, targets): (Vec<f32>, Vec<f32>),
        pictures: usize,
        after: bool,
    ) -> Result<Vec<f32>, SessionError> {
        let scores = self.replica.evaluate(pictures, &inputs, &targets, &Breathless).await?;
        if after || self.known == self.classes.len() {
            return Ok(scores.outputs);
        }
        let old = scores.outputs.chunks(self.classes.len()).map(|output| &output[..self.known]);
        Ok(old.flat_map(|old| old.iter().map(|value| value / old.iter().sum::<f32>())).collect())
    }

    fn tensors(&self, pictures: &[(&[u8], u16)]) -> (Vec<f32>, Vec<f32>) {
        let inputs = pictures.iter().flat_map(|(pixels, _)| pixels.iter().map(|pixel| input_of(*pixel))).collect();
        let labels: Vec<u16> = pictures.iter().map(|(_, label)| *label).collect();
        (inputs, one_hot(&labels, self.classes.len()))
    }

    fn standing(&mut self, after: bool) -> &mut Standing {
        if after { &mut self.outcome.after } else { &mut self.outcome.before }
    }
}

/// What is taken in turn by update number `update`, `each` of `of` things an update: every thing as often as any other, in
/// another order each time they are gone through. With each its pass.
fn turn(update: usize, each: usize, of: usize, stream: u64) -> impl Iterator<Item = (usize, usize)> {
    let from = update * each;
    let first = from / of.max(1);
    let order = move |pass: usize| {
        let order = Shuffle::new(of as u32, stream, pass as u64).order().to_vec();
        order.into_iter().map(move |index| (pass, index as usize))
    };
    let passes = if each == 0 { 0 } else { (from + each).div_ceil(of.max(1)) - first };
    (first..first + passes).flat_map(order).skip(from - first * of).take(each)
}

/// Refuses a sample of other pictures, or of classes that the network did not have.
fn fits(split: &Split, pixels: usize, classes: usize) -> Result<(), SessionError> {
    if split.images().len() != split.len() * pixels {
        let got = split.images().len() / split.len().max(1);
        return Err(SessionError::PictureLength { expected: pixels, got });
    }
    match split.labels().iter().find(|label| usize::from(**label) >= classes) {
        Some(label) => Err(SessionError::OutputShape { classes: usize::from(*label) + 1, got: vec![classes] }),
        None => Ok(()),
    }
}

/// A drawing of a garment is read in several ways; other pictures are what they are.
fn ways(pixels: &[u8], shape: &[usize; 3]) -> Vec<Vec<u8>> {
    let garment = *shape == [official::SIDE, official::SIDE, 1];
    if garment { readings(pixels) } else { vec![pixels.to_vec()] }
}
