//! Which numbers made a number, and which numbers it went into: from geometry alone.
//!
//! Every operand is laid out along axes, and two operands of an operation meet where the axes that they share agree:
//! along the channels number by number, along rows and columns as the window slides. Axes that only one of them has are
//! summed, or the same for all. What depends on the numbers themselves is not asked: every cell under a window of max
//! pooling counts as a term, not the largest alone, and so does what a ReLU or dropout's mask turns into zero.

use serde::{Deserialize, Serialize};

use super::axes::{Axis, alike, related};
use super::blocks::{flat, reshape};
use super::{BufferId, Extent, Op, Operand};
use crate::Activation;

/// One number of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Cell {
    pub buffer: BufferId,
    /// In a buffer with one tensor an example.
    pub example: Option<usize>,
    /// Within the example, or within the whole.
    pub index: usize,
}

/// Whose tensors cells are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Examples {
    /// The buffer has one tensor for all.
    Whole,
    One(usize),
    /// Every example of the batch.
    All,
}

/// A block of cells of one buffer: along each axis of `shape` the places in `along`, in every combination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Cells {
    pub buffer: BufferId,
    pub examples: Examples,
    /// Of one example's tensor as the operation sees it: a picture may be a list of positions here.
    pub shape: Vec<usize>,
    /// Ascending, one list for each axis.
    pub along: Vec<Vec<usize>>,
}

impl Cells {
    /// Indices within an example, or within the whole, in the order in which they lie in memory.
    pub fn indices(&self) -> Vec<usize> {
        flat(&self.shape, &self.along)
    }

    /// Every cell, where `batch` examples are in the buffers.
    pub fn cells(&self, batch: usize) -> Vec<Cell> {
        let examples: Vec<Option<usize>> = match self.examples {
            Examples::Whole => vec![None],
            Examples::One(example) => vec![Some(example)],
            Examples::All => (0..batch).map(Some).collect(),
        };
        let indices = self.indices();
        let cell = |example| indices.iter().map(move |index| Cell { buffer: self.buffer, example, index: *index });
        examples.into_iter().flat_map(cell).collect()
    }

    /// The same cells as blocks of a tensor of another shape that has as many numbers.
    pub fn reshaped(&self, shape: &[usize]) -> Vec<Cells> {
        let block = |along| Cells { shape: shape.to_vec(), along, ..*self };
        reshape(&self.shape, &self.along, shape).into_iter().map(block).collect()
    }
}

impl From<Cell> for Cells {
    fn from(Cell { buffer, example, index }: Cell) -> Self {
        let examples = example.map_or(Examples::Whole, Examples::One);
        // Of a tensor whose shape nobody asked for.
        Cells { buffer, examples, shape: vec![usize::MAX], along: vec![vec![index]] }
    }
}

impl Op {
    /// The numbers that this number of a result was made from, a block for each operand that has any. None where the
    /// operation does not write the cell's buffer. What an update overwrites counts as it was before.
    pub fn terms(&self, cell: Cell) -> Vec<Cells> {
        self.terms_of(&cell.into())
    }

    /// As [`Op::terms`], of a block of numbers of a result: what any of them was made from.
    pub fn terms_of(&self, cells: &Cells) -> Vec<Cells> {
        let made = |to: &Operand, from: &Operand| from.access.reads() && self.makes(from.name, to.name);
        self.meeting(cells, |operand| operand.access.writes(), made)
    }

    /// The numbers of the results that this number of an operand goes into, a block for each result. None where the
    /// operation does not read the cell's buffer.
    pub fn results(&self, cell: Cell) -> Vec<Cells> {
        self.results_of(&cell.into())
    }

    /// As [`Op::results`], of a block of numbers of an operand: what any of them goes into.
    pub fn results_of(&self, cells: &Cells) -> Vec<Cells> {
        let made = |from: &Operand, to: &Operand| to.access.writes() && self.makes(from.name, to.name);
        self.meeting(cells, |operand| operand.access.reads(), made)
    }

    /// The cells of the others that a block meets, seen from each operand that lies in its buffer and is `asked` for.
    fn meeting(
        &self,
        cells: &Cells,
        asked: impl Fn(&Operand) -> bool,
        other: impl Fn(&Operand, &Operand) -> bool,
    ) -> Vec<Cells> {
        let operands: Vec<(Operand, Vec<Axis>)> = self.operands().into_iter().zip(self.axes()).collect();
        let lens = |axes: &[Axis]| axes.iter().map(|axis| axis.len).collect::<Vec<usize>>();
        let mut found = Vec::new();
        for (here, from) in operands.iter().filter(|(operand, _)| operand.buffer == cells.buffer && asked(operand)) {
            for (there, to) in operands.iter().filter(|(operand, _)| other(here, operand)) {
                let examples = match (there.extent, cells.examples) {
                    (Extent::Whole(_), _) | (Extent::Like(_), Examples::Whole) => Examples::Whole,
                    (Extent::Examples(_), Examples::Whole) => Examples::All,
                    (_, examples) => examples,
                };
                // An operand that is there twice is met twice.
                let mut add = |shape: Vec<usize>, along: Vec<Vec<usize>>| {
                    let met = Cells { buffer: there.buffer, examples, shape, along };
                    if !found.contains(&met) {
                        found.push(met);
                    }
                };
                if alike(from, to) && cells.shape != [usize::MAX] {
                    // As they are, whatever the operation sees: no list of positions is made of a picture.
                    add(cells.shape.clone(), cells.along.clone());
                    continue;
                }
                for block in reshape(&cells.shape, &cells.along, &lens(from)) {
                    if let Some(along) = related(from, &block, to) {
                        add(lens(to), along);
                    }
                }
            }
        }
        found
    }

    /// Whether a result is made from an operand at all: of two results, each may need less than the operation reads.
    fn makes(&self, operand: &str, result: &str) -> bool {
        match (self, result) {
            (Op::BatchNormGradParameters { .. }, "dbeta") => operand == "dy",
            (Op::Sgd { .. }, "velocity") | (Op::Adam { .. }, "m" | "v") => operand == "gradient" || operand == result,
            (Op::ActivateGrad { activation: Activation::Linear, .. }, _) => operand == "dy",
            _ => true,
        }
    }
}
