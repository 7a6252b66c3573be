//! How one number of a walk was made: the numbers that met, and the arithmetic in its order.
//!
//! Operands are read as the executor has them; products, sums and lines are formed of them in f64, so that what is shown adds
//! up further than it can be printed. One file for a family of operations.

mod normalization;
mod pointwise;
mod pooling;
mod products;
mod scoring;
mod update;

use atelier_nn::plan::{Buffer, Cell, Operand};
use atelier_nn::{BufferId, Op, StepData};
use serde::Serialize;

use crate::runner::Held;

/// Operands that met, cell by cell: entry i of every column belongs to product i.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Column {
    /// As in the operation's formula, or what was made from it: `x`, `kernel`, `exponential`.
    pub name: &'static str,
    /// Where the numbers are from.
    pub buffer: BufferId,
    /// The picture, where all entries are from one.
    pub example: Option<usize>,
    /// Within the picture, or within the whole.
    pub indices: Vec<usize>,
    pub values: Vec<f64>,
}

/// A number that has a name in the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Line {
    pub name: &'static str,
    pub value: f64,
}

/// How one number was made by the step that wrote it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Explanation {
    /// Index of the step in the plan.
    pub step: usize,
    /// Which operation it is.
    pub stem: &'static str,
    pub buffer: BufferId,
    /// Within the picture, or within the whole.
    pub index: usize,
    /// As the executor has it.
    pub value: f32,
    pub columns: Vec<Column>,
    /// Of the columns' entries; empty where the operation is no sum.
    pub products: Vec<f64>,
    /// How many of the entries are the shown picture's, which come first.
    pub of_shown: usize,
    /// In the order of the arithmetic.
    pub lines: Vec<Line>,
}

/// The numbers that an operation reads, and which of its results is asked for.
pub struct Operands<'a> {
    pub op: &'a Op,
    pub data: StepData,
    pub shown: usize,
    /// Whether the result has a tensor for each picture; else it goes over the whole batch.
    batched: bool,
    list: Vec<Numbers<'a>>,
}

/// Those of one operand.
pub struct Numbers<'a> {
    operand: Operand,
    values: Held<'a>,
    /// Of one picture, or of the whole where there is one tensor for all.
    len: usize,
    batched: bool,
}

/// What an explanation is put together from.
#[derive(Default)]
pub struct Made {
    columns: Vec<Column>,
    products: Vec<f64>,
    of_shown: usize,
    lines: Vec<Line>,
}

impl Made {
    // Called from everywhere: a copy at each place would make the module larger by a tenth.
    #[inline(never)]
    fn line(&mut self, name: &'static str, value: f64) -> &mut Self {
        self.lines.push(Line { name, value });
        self
    }

    #[inline(never)]
    fn column(&mut self, column: Column) -> &mut Self {
        self.of_shown = self.of_shown.max(column.values.len());
        self.columns.push(column);
        self
    }

    fn option(&mut self, name: &'static str, value: Option<f64>) -> &mut Self {
        match value {
            Some(value) => self.line(name, value),
            None => self,
        }
    }

    /// How many of the entries are the shown picture's, where others follow.
    fn shown(&mut self, entries: usize) -> &mut Self {
        self.of_shown = entries;
        self
    }

    /// The products of the columns' entries.
    fn multiplied(&mut self) -> &mut Self {
        let len = self.columns.iter().map(|column| column.values.len()).min().unwrap_or(0);
        self.products = (0..len).map(|i| self.columns.iter().map(|column| column.values[i]).product()).collect();
        self
    }

    fn sum(&self) -> f64 {
        self.products.iter().sum()
    }
}

/// The pictures of a batch in the order in which what goes over all of them is told.
pub fn shown_first(shown: usize, batch: usize) -> impl Iterator<Item = usize> {
    [shown].into_iter().chain((0..batch).filter(move |example| *example != shown))
}

/// A cell of an operand: of which picture, and where in it.
type Place = (usize, usize);

impl<'a> Operands<'a> {
    pub fn new(op: &'a Op, data: StepData, shown: usize, batched: bool) -> Self {
        Operands { op, data, shown, batched, list: Vec::new() }
    }

    /// `values`: of the pictures up to the shown one, or of all where the result goes over the batch.
    pub fn add(&mut self, operand: Operand, values: Held<'a>, of: &Buffer) {
        self.list.push(Numbers { operand, values, len: of.len(), batched: of.batched });
    }

    /// The number at `index` of the result in `buffer`, which is `value`.
    pub fn explain(&self, step: usize, buffer: BufferId, index: usize, value: f32) -> Explanation {
        let mut made = Made::default();
        let to = &mut made;
        match self.op {
            Op::Conv2d { .. }
            | Op::Conv2dGradInput { .. }
            | Op::Conv2dGradKernel { .. }
            | Op::DepthwiseConv2d { .. }
            | Op::DepthwiseConv2dGradInput { .. }
            | Op::DepthwiseConv2dGradKernel { .. }
            | Op::Dense { .. }
            | Op::DenseGradInput { .. }
            | Op::DenseGradKernel { .. }
            | Op::BiasGrad { .. } => products::explain(self, to, buffer, index, value),
            Op::MaxPool2d { .. }
            | Op::MaxPool2dGrad { .. }
            | Op::AveragePool2d { .. }
            | Op::AveragePool2dGrad { .. }
            | Op::GlobalAveragePool2d { .. }
            | Op::GlobalAveragePool2dGrad { .. } => pooling::explain(self, to, buffer, index, value),
            Op::Activate { .. }
            | Op::ActivateGrad { .. }
            | Op::Softmax { .. }
            | Op::SoftmaxGrad { .. }
            | Op::Dropout { .. }
            | Op::Add { .. }
            | Op::Concatenate { .. }
            | Op::ConcatenateGrad { .. }
            | Op::ZeroPad2d { .. }
            | Op::ZeroPad2dGrad { .. } => pointwise::explain(self, to, buffer, index, value),
            Op::BatchMoments { .. }
            | Op::BatchNorm { .. }
            | Op::BatchNormGradParameters { .. }
            | Op::BatchNormGradInput { .. }
            | Op::BatchNormGradFixed { .. } => normalization::explain(self, to, buffer, index, value),
            Op::Loss { .. } | Op::LossGrad { .. } | Op::Metrics { .. } => scoring::explain(self, to, index, value),
            Op::MovingAverage { .. } | Op::Sgd { .. } | Op::Adam { .. } => update::explain(self, to, buffer, index),
        }
        let Made { columns, products, of_shown, lines } = made;
        Explanation { step, stem: self.op.stem(), buffer, index, value, columns, products, of_shown, lines }
    }

    fn find(&self, buffer: BufferId) -> Option<&Numbers<'a>> {
        self.list.iter().find(|numbers| numbers.operand.buffer == buffer)
    }

    /// A number of the shown picture, or of the whole; NaN where there is none.
    fn number(&self, buffer: BufferId, index: usize) -> f64 {
        self.at(buffer, (self.shown, index))
    }

    #[inline(never)]
    fn at(&self, buffer: BufferId, (example, index): Place) -> f64 {
        let value = self.find(buffer).and_then(|numbers| {
            let first = if numbers.batched { example * numbers.len } else { 0 };
            numbers.values.get(first + index)
        });
        value.copied().map_or(f64::NAN, f64::from)
    }

    /// The pictures that the result goes over, the shown one first.
    fn examples(&self) -> Vec<usize> {
        if self.batched { vec![self.shown] } else { shown_first(self.shown, self.data.batch).collect() }
    }

    /// The numbers of an operand at `indices`, of every picture that the result goes over.
    fn column(&self, buffer: BufferId, indices: &[usize]) -> Column {
        let numbers = self.find(buffer);
        let batched = numbers.is_some_and(|numbers| numbers.batched);
        let examples = if batched { self.examples() } else { vec![self.shown] };
        let places: Vec<Place> =
            examples.iter().flat_map(|example| indices.iter().map(|index| (*example, *index))).collect();
        Column {
            name: numbers.map_or("", |numbers| numbers.operand.name),
            buffer,
            example: (examples.len() == 1).then_some(self.shown).filter(|_| self.batched),
            indices: places.iter().map(|(_, index)| *index).collect(),
            values: places.iter().map(|place| self.at(buffer, *place)).collect(),
        }
    }

    /// Which numbers of an operand the result's number was made from, in one picture.
    fn terms(&self, result: BufferId, index: usize, operand: BufferId) -> Vec<usize> {
        let cell = Cell { buffer: result, example: self.batched.then_some(self.shown), index };
        let blocks = self.op.terms(cell);
        blocks.iter().find(|cells| cells.buffer == operand).map(|cells| cells.indices()).unwrap_or_default()
    }
}
