//! The published architectures against Keras itself: its summaries, its numbers with weights from a formula, and real
//! weights on photographs.

mod data;
#[path = "../executors/mod.rs"]
mod executors;
mod folded;
mod real;
mod seeded;
mod summaries;
mod whole;
