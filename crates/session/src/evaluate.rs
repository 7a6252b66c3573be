use atelier_data::{Dataset, Part};
use atelier_nn::Network;

use crate::host::Breathless;
use crate::protocol::{Mistake, NO_ANSWER};
use crate::trainer::Scores;
use crate::{Checkpoint, Replica, SessionError, Setup, Training};

/// How a network does on pictures that it did not train on.
#[derive(Clone, Debug)]
pub struct Evaluation {
    loss: f64,
    right: u32,
    classes: usize,
    /// The class said for each picture so far, [`NO_ANSWER`] where none was.
    pub predictions: Vec<u16>,
    /// Pictures for which the network gave no class: its outputs are not numbers.
    pub unanswered: u32,
    /// `confusion[label][predicted]`; pictures without an answer are in no column. Empty for more than
    /// [`MOST_CONFUSED`] classes, which no table shows.
    pub confusion: Vec<Vec<u32>>,
    mistakes: Vec<Mistake>,
}

/// Pictures between two reports of a checkpoint's evaluation.
const AT_ONCE: usize = 128;

/// Mistakes that are told of.
const WORST: usize = 60;

/// The most classes whose confusion is counted: the table has their square of counts, and 65,535 classes would take 17 GB.
pub const MOST_CONFUSED: usize = 256;

impl Evaluation {
    /// Nothing seen yet of pictures of so many classes.
    pub fn new(classes: usize) -> Self {
        let counted = if classes > MOST_CONFUSED { 0 } else { classes };
        Evaluation {
            loss: 0.0,
            right: 0,
            classes,
            predictions: Vec::new(),
            unanswered: 0,
            confusion: vec![vec![0; counted]; counted],
            mistakes: Vec::new(),
        }
    }

    /// Pictures seen.
    pub fn seen(&self) -> usize {
        self.predictions.len()
    }

    /// Mean over the pictures seen.
    pub fn loss(&self) -> f32 {
        (self.loss / self.seen().max(1) as f64) as f32
    }

    pub fn accuracy(&self) -> f32 {
        self.right as f32 / self.seen().max(1) as f32
    }

    /// The mistakes of the largest losses, the largest first; a loss that is no number is the largest of all.
    pub fn worst(&self) -> Vec<Mistake> {
        let loss = |mistake: &Mistake| if mistake.loss.is_nan() { f32::INFINITY } else { mistake.loss };
        let mut worst = self.mistakes.clone();
        worst.sort_by(|a, b| loss(b).total_cmp(&loss(a)));
        worst.truncate(WORST);
        worst
    }

    /// Takes in what the network makes of the next pictures.
    pub(crate) fn record(&mut self, labels: &[u16], Scores { losses, outputs }: &Scores) {
        for ((&label, &loss), output) in labels.iter().zip(losses).zip(outputs.chunks_exact(self.classes)) {
            let said = largest(output);
            let predicted = said.map(|(class, _)| class);
            self.loss += f64::from(loss);
            match predicted {
                None => self.unanswered += 1,
                Some(class) => {
                    let row = self.confusion.get_mut(usize::from(label));
                    if let Some(count) = row.and_then(|row| row.get_mut(usize::from(class))) {
                        *count += 1;
                    }
                }
            }
            if predicted == Some(label) {
                self.right += 1;
            } else {
                let index = self.predictions.len() as u32;
                let confidence = said.map_or(f32::NAN, |(_, confidence)| confidence);
                self.mistakes.push(Mistake { index, label, predicted, confidence, loss });
            }
            self.predictions.push(predicted.unwrap_or(NO_ANSWER));
        }
    }
}

/// The class of the largest output (the first of several), and that output; none where no output is a number.
pub(crate) fn largest(output: &[f32]) -> Option<(u16, f32)> {
    let numbers = output.iter().enumerate().filter(|(_, value)| !value.is_nan());
    let best = numbers.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(class, &value)| (class as u16, value))
}

/// The examples of `indices`: inputs and targets.
pub(crate) fn batch_of(data: &Dataset, part: Part, indices: &[u32]) -> (Vec<f32>, Vec<f32>) {
    let mut inputs = vec![0.0; indices.len() * data.image_len()];
    let mut targets = vec![0.0; indices.len() * data.classes()];
    data.write_batch(part, indices, &mut inputs, &mut targets);
    (inputs, targets)
}

/// A row for each label: 1 at its class, 0 elsewhere.
pub(crate) fn one_hot(labels: &[u16], classes: usize) -> Vec<f32> {
    labels.iter().flat_map(|label| (0..classes).map(|class| f32::from(class == usize::from(*label)))).collect()
}

/// The mean of rows of one length, number by number.
pub(crate) fn mean_row(rows: &[f32], len: usize) -> Vec<f32> {
    let count = (rows.len() / len) as f64;
    let sum = |at: usize| rows[at..].iter().step_by(len).map(|value| f64::from(*value)).sum::<f64>();
    (0..len).map(|at| (sum(at) / count) as f32).collect()
}

/// Evaluates a checkpoint over all test pictures. `progress` hears the share that is done.
pub async fn evaluate(
    checkpoint: &Checkpoint,
    data: &Dataset,
    mut progress: impl FnMut(f32),
) -> Result<Evaluation, SessionError> {
    let training = Training { batch_size: 1, ..checkpoint.training.clone() };
    let setup = Setup { network: checkpoint.network.clone(), training, workers: 1 };
    fits(&setup.network, data)?;
    let mut replica = Replica::new(&setup)?;
    replica.set_parameters(&checkpoint.parameters_for(replica.plan())?)?;
    let mut evaluation = Evaluation::new(data.classes());
    let all: Vec<u32> = (0..data.test.len() as u32).collect();
    for indices in all.chunks(AT_ONCE) {
        let (inputs, targets) = batch_of(data, Part::Test, indices);
        let scores = replica.evaluate(indices.len(), &inputs, &targets, &Breathless).await?;
        let seen = evaluation.seen();
        evaluation.record(&data.test.labels()[seen..][..indices.len()], &scores);
        progress(evaluation.seen() as f32 / all.len() as f32);
    }
    Ok(evaluation)
}

/// Refuses a network that these pictures do not fit, and says what would.
///
/// # Errors
/// If the network cannot be built, takes another shape, gives another number of classes, or a split has no pictures.
pub fn fits(network: &Network, data: &Dataset) -> Result<(), SessionError> {
    let layers = network.check()?;
    let (expected, classes) = (data.shape().to_vec(), data.classes());
    let (first, last) = (&layers[0].output_shape, &layers[layers.len() - 1].output_shape);
    if *first != expected {
        return Err(SessionError::InputShape { expected, got: first.clone() });
    }
    if *last != [classes] {
        return Err(SessionError::OutputShape { classes, got: last.clone() });
    }
    for (part, split) in [("training", &data.train), ("test", &data.test)] {
        if split.is_empty() {
            return Err(SessionError::NoPictures { part });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_output_is_the_first_number_of_several() {
        let (nan, low) = (f32::NAN, f32::NEG_INFINITY);
        assert_eq!(largest(&[0.1, 0.6, 0.6]), Some((1, 0.6)));
        assert_eq!(largest(&[low, low]), Some((0, low)));
        assert_eq!(largest(&[nan, -3.0, nan]), Some((1, -3.0)));
        assert_eq!(largest(&[nan, nan]), None);
        let mut many = vec![0.0; 65_535];
        many[65_534] = 1.0;
        assert_eq!(largest(&many), Some((65_534, 1.0)));
    }

    /// Never class 0, in no column, and before all other mistakes.
    #[test]
    fn outputs_that_are_no_numbers_are_no_answer() {
        let mut evaluation = Evaluation::new(2);
        let (losses, nan) = (vec![9.0, -f32::NAN, 0.1], f32::NAN);
        evaluation.record(&[0, 1, 0], &Scores { losses, outputs: vec![0.2, 0.8, nan, nan, 0.9, 0.1] });
        assert_eq!(evaluation.predictions, [1, NO_ANSWER, 0]);
        assert_eq!((evaluation.unanswered, evaluation.accuracy()), (1, 1.0 / 3.0));
        assert_eq!(evaluation.confusion, [[1, 1], [0, 0]]);
        let worst: Vec<(u32, Option<u16>)> = evaluation.worst().iter().map(|m| (m.index, m.predicted)).collect();
        assert_eq!(worst, [(1, None), (0, Some(1))]);
    }

    #[test]
    fn only_tables_that_can_be_shown_are_kept() {
        let table = Evaluation::new(MOST_CONFUSED).confusion;
        assert!(table.len() == MOST_CONFUSED && table.iter().all(|row| row.len() == MOST_CONFUSED));
        let mut many = Evaluation::new(300);
        let mut outputs = vec![0.0; 600];
        outputs[299] = 1.0;
        many.record(&[299, 3], &Scores { losses: vec![0.5, 0.5], outputs });
        assert_eq!((many.confusion.len(), many.accuracy()), (0, 0.5));
        assert_eq!((many.worst()[0].label, many.worst()[0].predicted), (3, Some(0)));
    }
}
