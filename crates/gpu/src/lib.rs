//! Runs a plan on a GPU.
//!
//! [`Gpu`] is a device of WebGPU (in a browser) or of Vulkan, Metal or Direct3D 12 (natively); [`GpuExecutor`] holds a
//! plan's buffers on it and runs its steps as WGSL compute shaders. An operation becomes one or a few dispatches
//! (`steps.rs`); the shader of an operation is the file of its stem in `shaders/`, with the shapes written into it as
//! constants. How the products (convolutions and dense layers) are cut into tiles is decided in `tiles.rs`.
//!
//! This crate must never know layers, data or the page, nor choose between executors. Everything of a plan is made once;
//! a step creates nothing on the device. What a step is told (batch, rate, iteration) travels in a uniform buffer.

mod bind;
mod buffer;
mod depthwise;
mod device;
mod dispatch;
mod error;
mod executor;
mod needs;
mod peak;
mod product;
mod readback;
mod scopes;
mod shader;
mod steps;
mod tiles;

pub use buffer::Memory;
pub use device::{Adapter, Gpu, Wanted};
pub use error::GpuError;
pub use executor::GpuExecutor;
pub use peak::{Peak, peak};
pub use readback::Readback;
