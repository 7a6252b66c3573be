//! The walk of an update: that its numbers are the run's, its explanations what the f64 reference computes, its fields what
//! brute force finds, and its nudges what backward says.

mod edges;
#[path = "../executors/mod.rs"]
mod executors;
mod explained;
mod fields;
mod gpu;
mod inferred;
mod networks;
mod nudges;
mod replayed;
mod told;
mod update;

use std::sync::Arc;

use atelier_data::{Dataset, Part, garments};
use atelier_nn::{Adam, BufferId, Gradients, Keep, Loss, Lowering, Network, Optimizer, Plan, Sgd, StepData};
use atelier_session::walk::{Pictures, Walk, When};
use atelier_session::{Alone, Breathless, Checkpoint, Room, Run, Setup, Training};
use atelier_tests::Draw;
use pollster::block_on;

fn training(loss: Loss, optimizer: Optimizer) -> Training {
    Training { batch_size: 3, loss, optimizer, learning_rate: 0.01, ..Training::default() }
}

fn adam() -> Optimizer {
    Optimizer::Adam(Adam::default())
}

fn sgd(momentum: f32, nesterov: bool) -> Optimizer {
    Optimizer::Sgd(Sgd { momentum, nesterov })
}

fn below(draw: &mut Draw, end: usize) -> usize {
    draw.between(0, end - 1)
}

struct Begun {
    run: Run<Alone, Breathless>,
    data: Arc<Dataset>,
}

/// A run that has trained so many batches.
fn begun(network: Network, training: Training, batches: usize) -> Begun {
    let data = Arc::new(garments::generate(5, 60, 10));
    let setup = Setup { network, training, workers: 1 };
    let mut run = Run::new(setup, Arc::clone(&data), Alone, Breathless).expect("the setup is sound");
    for _ in 0..batches {
        block_on(run.step()).expect("the run goes on");
    }
    Begun { run, data }
}

impl Begun {
    fn checkpoint(&mut self) -> Checkpoint {
        let bytes = block_on(self.run.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
        Checkpoint::from_bytes(&bytes).expect("what was written can be read")
    }

    fn pictures(&self, indices: &[u32]) -> Pictures {
        let mut inputs = vec![0.0; indices.len() * self.data.image_len()];
        let mut targets = vec![0.0; indices.len() * self.data.classes()];
        self.data.write_batch(Part::Train, indices, &mut inputs, &mut targets);
        let labels = indices.iter().map(|index| self.data.train.labels()[*index as usize]).collect();
        Pictures { inputs, labels }
    }

    fn walk(&mut self, indices: &[u32], shown: usize) -> Walk {
        let (checkpoint, pictures) = (self.checkpoint(), self.pictures(indices));
        block_on(Walk::new(&checkpoint, &pictures, shown, Room::UNKNOWN)).expect("it can be walked")
    }
}

/// The plan that a walk is of.
fn plan(checkpoint: &Checkpoint, batch: usize) -> Plan {
    let training = &checkpoint.training;
    let lowering = Lowering {
        keep: Keep::Everything,
        gradients: Gradients { parameters: true, input: true, layers: Vec::new() },
        ..Lowering::training(batch, training.loss, training.optimizer.clone())
    };
    checkpoint.network.lower(&lowering).expect("it is a network")
}

fn all(walk: &Walk, buffer: BufferId, when: When, batched: bool, batch: usize) -> Vec<f64> {
    let examples = if batched { batch } else { 1 };
    let each = (0..examples).map(|example| block_on(walk.values(buffer, when, example)).expect("it is there"));
    each.flatten().map(f64::from).collect()
}

/// What the steps of a walk are told.
fn data(walk: &Walk) -> StepData {
    let outline = walk.outline();
    StepData {
        learning_rate: outline.learning_rate,
        iteration: outline.iteration,
        seed: Training::default().seed,
        ..StepData::forward(outline.batch)
    }
}
