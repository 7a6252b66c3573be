//! The kernels against loops that are obviously right, on every instruction set of this machine, and what the executor
//! accepts.

mod executor;
mod nan;
mod operations;
mod products;
mod sharing;
mod support;
