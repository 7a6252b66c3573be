use std::ops::Range;

/// Why an executor refuses a plan or a call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    #[error("the plan has no buffer {0}; it has {1}")]
    UnknownBuffer(u32, usize),
    #[error("buffer `{buffer}` needs {needed} numbers of slot {slot}, which has {available}")]
    Slot { buffer: String, slot: usize, needed: u64, available: u64 },
    #[error("step {step} ({op}): buffer `{buffer}` has {found}, the operation needs {expected}")]
    Operand { step: usize, op: &'static str, buffer: String, expected: String, found: String },
    #[error("step {step} ({op}): {what}")]
    Geometry { step: usize, op: &'static str, what: &'static str },
    #[error("step {step} ({op}): `{written}` is written over `{other}`, which the operation still needs")]
    Aliased { step: usize, op: &'static str, written: String, other: String },
    #[error("buffer `{buffer}` holds {expected} numbers, but {found} were to be written")]
    WriteLength { buffer: String, expected: String, found: usize },
    #[error("buffer `{buffer}` holds {available} numbers, but {asked} were to be read")]
    ReadLength { buffer: String, available: usize, asked: usize },
    #[error("a batch needs at least one example")]
    EmptyBatch,
    #[error("a batch of {batch} examples does not fit a plan for {max_batch}")]
    BatchTooLarge { batch: usize, max_batch: usize },
    #[error("the examples {first} to {last} do not lie in a whole batch of {total}")]
    Shard { first: usize, last: usize, total: usize },
    #[error("the plan has {steps} steps, so the steps {range:?} cannot be run")]
    Steps { range: Range<usize>, steps: usize },
}
