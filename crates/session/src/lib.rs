//! A training run.
//!
//! [`Run`] takes a network through its epochs: it shuffles and cuts batches, shards them over helpers, reduces their
//! gradients, updates, validates at the end of each epoch and says what happened as [`Event`]s. It looks at single
//! pictures ([`Run::trace`]), predicts, and keeps and restores [`Checkpoint`]s.
//!
//! It computes through one door ([`trainer::Trainer`]): the CPU with its helpers (`cpu.rs`, each worker a [`Replica`]) or a GPU
//! (`gpu.rs`). `choice.rs` decides which, `seat.rs` takes a run from one to the other between two updates.
//!
//! [`walk::Walk`] takes one update of a saved run apart; [`reading::Reader`] says what a saved network makes of a picture, and why;
//! [`recognition::Recogniser`] only what;
//! [`teach::Teacher`] teaches it what a person kept.
//!
//! The same code runs in a browser's worker and natively. It must never know which: the clock and the breath between
//! two operations are a [`Host`]'s, and the other workers are [`Helpers`] (threads natively, web workers in a page).

mod budget;
mod checkpoint;
mod choice;
mod course;
mod cpu;
#[cfg(feature = "ts")]
pub mod declarations;
mod error;
mod evaluate;
mod gpu;
mod host;
mod job;
mod pace;
mod progress;
pub mod protocol;
pub mod reading;
mod reason;
mod recipe;
pub mod recognition;
mod replica;
mod run;
mod runner;
mod seat;
mod self_test;
mod setup;
mod shard;
pub mod teach;
#[cfg(not(target_family = "wasm"))]
mod threads;
mod trainer;
pub mod walk;

pub use checkpoint::Checkpoint;
pub use error::{Misfit, SessionError, Unreadable};
pub use evaluate::{Evaluation, MOST_CONFUSED, evaluate, fits};
pub use host::{Alone, Breathless, Helpers, Host, Room};
pub use job::{Job, Task};
pub use progress::Progress;
pub use protocol::{
    AdapterReport, Catalogue, EpochReport, Event, ExecutorKind, ExecutorReport, MemoryReport, Mistake, NO_ANSWER,
    Restored, StepReport, Training, TrainingCatalogue,
};
pub use reason::ExecutorReason;
pub use recipe::{CosineDecay, Recipe};
pub use replica::Replica;
pub use run::Run;
pub use setup::Setup;
#[cfg(not(target_family = "wasm"))]
pub use threads::Threads;
