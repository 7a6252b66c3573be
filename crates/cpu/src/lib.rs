//! Runs a plan on a CPU.
//!
//! [`CpuExecutor`] holds a plan's buffers and runs its steps on one thread, without allocating; a batch is spread over
//! threads (or, in a browser, over workers) by giving each its own executor and a shard of the examples. Plans of one worker
//! share their parameters ([`CpuExecutor::sharing`]) and the packed kernels that products make of them. Kernels are
//! written once, generic over a vector of f32, and compiled for each instruction set ([`Isa`]); convolutions and dense
//! layers are register-tiled matrix products. To follow an operation, take its stem to `kernels/`.
//!
//! This crate must never know a layer, a file, a clock, a thread or a browser.

mod dispatch;
mod error;
mod executor;
mod gemm;
mod kernels;
mod layout;
mod machine;
mod memory;
pub mod peak;
mod simd;
mod steps;
mod store;

pub use dispatch::Isa;
pub use error::CpuError;
pub use executor::{CpuExecutor, Numbers};
pub use layout::Bytes;
