use atelier_data::{CLASSES, Dataset, PIXELS, Part};
use atelier_nn::{Network, StepData};

use crate::host::Breathless;
use crate::protocol::Mistake;
use crate::replica::EVALUATION_BATCH;
use crate::{Checkpoint, Replica, SessionError, Setup, Task, Training};

/// How a network does on pictures that it did not train on.
#[derive(Clone, Debug)]
pub struct Evaluation {
    loss: f64,
    right: u32,
    /// The class said for each picture so far.
    pub predictions: Vec<u8>,
    /// `confusion[label][predicted]`.
    pub confusion: Vec<Vec<u32>>,
    mistakes: Vec<Mistake>,
}

/// Mistakes that are told of.
const WORST: usize = 60;

impl Default for Evaluation {
    fn default() -> Self {
        Evaluation {
            loss: 0.0,
            right: 0,
            predictions: Vec::new(),
            confusion: vec![vec![0; CLASSES]; CLASSES],
            mistakes: Vec::new(),
        }
    }
}

impl Evaluation {
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

    /// The mistakes of the largest losses, the largest first.
    pub fn worst(&self) -> Vec<Mistake> {
        let mut worst = self.mistakes.clone();
        worst.sort_by(|a, b| b.loss.total_cmp(&a.loss));
        worst.truncate(WORST);
        worst
    }

    /// Takes in the outcome of a [`Task::Evaluate`] over the next pictures.
    pub(crate) fn record(&mut self, labels: &[u8], outcome: &[f32]) {
        let (losses, outputs) = outcome.split_at(labels.len());
        for ((&label, &loss), output) in labels.iter().zip(losses).zip(outputs.chunks_exact(CLASSES)) {
            let (predicted, confidence) = largest(output);
            self.loss += f64::from(loss);
            self.confusion[usize::from(label)][usize::from(predicted)] += 1;
            if predicted == label {
                self.right += 1;
            } else {
                let index = self.predictions.len() as u32;
                self.mistakes.push(Mistake { index, label, predicted, confidence, loss });
            }
            self.predictions.push(predicted);
        }
    }
}

/// The class of the largest output (the first of several), and that output.
pub(crate) fn largest(output: &[f32]) -> (u8, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (class, &value) in output.iter().enumerate() {
        if value > best.1 {
            best = (class as u8, value);
        }
    }
    best
}

/// The next job over `part`'s pictures from `first` on: inputs, targets, labels.
pub(crate) fn batch_of(data: &Dataset, part: Part, indices: &[u32]) -> (Vec<f32>, Vec<f32>) {
    let mut inputs = vec![0.0; indices.len() * PIXELS];
    let mut targets = vec![0.0; indices.len() * CLASSES];
    data.split(part).write_batch(indices, &mut inputs, &mut targets);
    (inputs, targets)
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
    replica.set_parameters(Task::Evaluate, &checkpoint.parameters_for(replica.plan())?)?;
    let mut evaluation = Evaluation::default();
    let all: Vec<u32> = (0..data.test.len() as u32).collect();
    for indices in all.chunks(EVALUATION_BATCH) {
        let (inputs, targets) = batch_of(data, Part::Test, indices);
        let step = StepData::forward(indices.len());
        let outcome = replica.run_shard(Task::Evaluate, &step, &inputs, &targets, &Breathless).await?;
        let seen = evaluation.seen();
        evaluation.record(&data.test.labels()[seen..][..indices.len()], &outcome);
        progress(evaluation.seen() as f32 / all.len() as f32);
    }
    Ok(evaluation)
}

/// Refuses a network that these pictures do not fit.
pub(crate) fn fits(network: &Network, data: &Dataset) -> Result<(), SessionError> {
    let layers = network.check()?;
    let expected = vec![atelier_data::SIDE, atelier_data::SIDE, 1];
    let (first, last) = (&layers[0].output_shape, &layers[layers.len() - 1].output_shape);
    if *first != expected {
        return Err(SessionError::InputShape { expected, got: first.clone() });
    }
    if *last != [CLASSES] {
        return Err(SessionError::OutputShape { classes: CLASSES, got: last.clone() });
    }
    for (part, split) in [("training", &data.train), ("test", &data.test)] {
        if split.is_empty() {
            return Err(SessionError::NoPictures { part });
        }
    }
    Ok(())
}
