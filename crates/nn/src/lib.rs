//! Networks as data.
//!
//! A [`Network`] is a directed graph of layers with their hyper-parameters, written as a Keras user writes it. From it
//! alone come shapes, parameter counts, multiply-accumulates and receptive fields ([`Network::analyze`]), the summary
//! table ([`Network::summary`]) and, for a loss and an optimiser, a [`Plan`]: the flat list of operations over named
//! buffers that every executor runs.
//!
//! This crate must never know a backend, a file, a clock or a browser: it holds no arithmetic over tensors and does no
//! I/O. What runs a plan implements [`Executor`].

mod analysis;
pub mod catalogue;
mod executor;
mod geometry;
mod hyperparameter;
mod initializer;
mod layer;
mod loss;
mod network;
mod optimizer;
mod order;
pub mod plan;
mod presets;
mod problem;
pub mod random;
mod ranges;
mod shape;
mod summary;
mod text;

pub use analysis::{Analysis, LayerInfo, ReceptiveField};
pub use catalogue::NetworkCatalogue;
pub use executor::{Executor, StepData};
pub use hyperparameter::{Borders, Hyperparameter, Pair, Real, Whole};
pub use initializer::Initializer;
pub use layer::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Dropout, Input, Layer, Padding,
    Pooling2D, ReLU, ZeroPadding2D,
};
pub use loss::Loss;
pub use network::{Network, Node};
pub use optimizer::{Adam, Optimizer, Sgd};
pub use plan::{BufferId, Gradients, Keep, Lowering, Mode, Op, Origin, Plan, PlanError};
pub use presets::Preset;
pub use problem::{NetworkError, OutOfRange, Problem};
pub use ranges::LEARNING_RATE;
