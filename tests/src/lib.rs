//! What crosses crates and is checked from outside them.
//!
//! * [`mod@reference`] computes every operation of a plan in f64 by loops that are obviously right, and [`Interpreter`]
//!   runs whole plans with them.
//! * [`Bounded`] carries, beside each number, how far f32 arithmetic may lie from it: where tolerances come from.
//! * A [`Case`] is one operation with shapes and inputs drawn from a seed. [`run_case`] puts any
//!   [`Executor`](atelier_nn::Executor) through it; [`gradient::check`] holds the reference's own gradient against
//!   finite differences.
//!
//! * [`mod@drawings`] is a set of garments as people draw them, in many styles: what judges a network made for drawings.
//!
//! * [`Faulty`] executors and [`run_slips`] are wrong on purpose: what the harness must notice.
//!
//! The crate must never know which executors there are: `suite/` plugs them in natively, `web/` in a browser.

mod case;
mod cases;
mod draw;
pub mod drawings;
mod faulty;
mod flops;
pub mod gradient;
mod harness;
pub mod prepared;
mod real;
pub mod reference;
mod tally;

pub use case::{Case, Expected};
pub use cases::Stem;
pub use draw::Draw;
pub use faulty::{Fault, Faulty, Noticed, run_slips};
pub use harness::{Comparison, Difference, Report, compare, run_case};
pub use real::{Bounded, Real};
pub use reference::Interpreter;
pub use tally::Tally;
