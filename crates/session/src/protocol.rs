//! What a run is told and what it tells: the types that cross to the page as they are.

use atelier_cpu::Bytes;
use atelier_nn::{Hyperparameter, LEARNING_RATE, Loss, NetworkCatalogue, Optimizer, Plan, Whole};
use serde::{Deserialize, Serialize};

use crate::SessionError;
use crate::reason::ExecutorReason;

const BATCH_SIZE: Whole = Whole { name: "batch_size", least: 1, most: 4096 };
const EPOCHS: Whole = Whole { name: "epochs", least: 1, most: 10_000 };
const SEED: Whole = Whole { name: "seed", least: 0, most: u32::MAX as usize };

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    pub optimizer: Optimizer,
    pub loss: Loss,
    pub learning_rate: f32,
    pub batch_size: usize,
    pub epochs: u32,
    /// Of the first weights, the shuffling and dropout's masks.
    pub seed: u32,
}

impl Default for Training {
    fn default() -> Self {
        let optimizer = Optimizer::default();
        let learning_rate = optimizer.default_learning_rate();
        Training { optimizer, loss: Loss::default(), learning_rate, batch_size: 128, epochs: 10, seed: 7 }
    }
}

impl Training {
    /// Refuses what no run can use.
    pub fn check(&self) -> Result<(), SessionError> {
        LEARNING_RATE.check(self.learning_rate)?;
        BATCH_SIZE.check(self.batch_size)?;
        EPOCHS.check(self.epochs as usize)?;
        Ok(self.optimizer.check()?)
    }
}

/// Everything that a person can choose, with names, defaults and ranges.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Catalogue {
    pub network: NetworkCatalogue,
    pub training: TrainingCatalogue,
}

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TrainingCatalogue {
    pub default: Training,
    /// Those that are not the optimiser's.
    pub hyperparameters: Vec<Hyperparameter>,
}

impl Catalogue {
    pub fn new() -> Self {
        let hyperparameters = vec![
            Hyperparameter::Real(LEARNING_RATE),
            Hyperparameter::Whole(BATCH_SIZE),
            Hyperparameter::Whole(EPOCHS),
            Hyperparameter::Whole(SEED),
        ];
        Catalogue {
            network: NetworkCatalogue::new(),
            training: TrainingCatalogue { default: Training::default(), hyperparameters },
        }
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

/// One batch was trained.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepReport {
    /// From 1.
    pub epoch: u32,
    /// Of this epoch, from 1.
    pub batch: u32,
    /// In an epoch.
    pub batches: u32,
    /// Of the whole run, from 1.
    pub iteration: u32,
    /// Mean over the batch, before its update.
    pub loss: f32,
    /// Share of the batch that was right, before its update.
    pub accuracy: f32,
    /// Over the last seconds of training.
    pub images_per_second: f32,
    /// Until the last epoch's training ends.
    pub seconds_left: f32,
}

/// Stands for "no class" where classes cross as numbers of a typed array: no data set has so many.
pub const NO_ANSWER: u16 = u16::MAX;

/// A test picture that was got wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mistake {
    pub index: u32,
    pub label: u16,
    /// None where the network's outputs are not numbers.
    pub predicted: Option<u16>,
    /// What the network gave the predicted class; not a number where there is none.
    pub confidence: f32,
    pub loss: f32,
}

/// An epoch was trained and validated.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EpochReport {
    /// From 1.
    pub epoch: u32,
    pub iteration: u32,
    /// Means over the epoch's batches as they were trained.
    pub loss: f32,
    pub accuracy: f32,
    /// Means over the test pictures.
    pub val_loss: f32,
    pub val_accuracy: f32,
    /// `confusion[label][predicted]`; pictures without an answer are in no column. Empty where there are more classes than a
    /// table can show.
    pub confusion: Vec<Vec<u32>>,
    /// Test pictures for which the network gave no class: its outputs are not numbers.
    pub unanswered: u32,
    /// The mistakes of the largest losses, the largest first.
    pub worst: Vec<Mistake>,
    /// That training and validation took, breaks not counted.
    pub seconds: f32,
}

/// What a run says after each piece of work.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Step {
        report: StepReport,
    },
    /// Part of the validation is done, 0 to 1.
    Validating {
        share: f32,
    },
    Epoch {
        report: EpochReport,
    },
    /// All epochs are done: there was nothing to do.
    Finished,
    /// Another executor computes, or something about it is new.
    Executor {
        report: ExecutorReport,
    },
    /// The GPU was lost: the run goes on from this update, to which its weights belong.
    Rewind {
        iteration: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ExecutorKind {
    Cpu,
    WebGpu,
}

/// What computes, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ExecutorReport {
    pub kind: ExecutorKind,
    pub reason: ExecutorReason,
    /// Of the GPU, where there is one.
    pub adapter: Option<AdapterReport>,
    pub memory: MemoryReport,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AdapterReport {
    pub name: String,
    /// Computed by the processor.
    pub software: bool,
}

/// Bytes that a run holds where it computes, by kind; of one worker on the CPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MemoryReport {
    /// Weights, and what kernels made of them to read them faster.
    pub parameters: f64,
    pub optimizer: f64,
    /// Gradients of the weights.
    pub gradients: f64,
    /// Outputs of layers and their gradients, of every plan.
    pub activations: f64,
    /// All of it.
    pub bytes: f64,
    /// Workers that hold as much, or a little less: only one has the optimiser's state.
    pub workers: u32,
    /// Buffers of a GPU; 0 on the CPU.
    pub buffers: u32,
}

impl MemoryReport {
    pub(crate) fn of_worker(bytes: &Bytes, workers: usize) -> Self {
        MemoryReport {
            parameters: (bytes.parameters + bytes.packed_kernels) as f64,
            optimizer: bytes.optimizer_state as f64,
            gradients: bytes.parameter_gradients as f64,
            activations: (bytes.activations + bytes.workspace) as f64,
            bytes: bytes.total() as f64,
            workers: workers as u32,
            buffers: 0,
        }
    }

    /// `memory` is what is alive on the device, of which the plan that trains tells the kinds.
    pub(crate) fn of_device(memory: atelier_gpu::Memory, plan: &Plan) -> Self {
        let kinds = plan.memory();
        let bytes = memory.bytes as f64;
        let (parameters, optimizer) = (kinds.parameters as f64, kinds.optimizer_state as f64);
        let gradients = kinds.parameter_gradients as f64;
        let activations = (bytes - parameters - optimizer - gradients).max(0.0);
        let buffers = memory.buffers as u32;
        MemoryReport { parameters, optimizer, gradients, activations, bytes, workers: 1, buffers }
    }
}

/// What became of a run that was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Restored {
    /// It was saved in the middle of an epoch over other data (or nobody knows over which), or with other settings.
    pub epoch_anew: bool,
    /// It was trained with another optimiser, whose state is of no use.
    pub fresh_optimizer: bool,
}
