//! Binding the operands of an operation, which say themselves what they are and how they are used.

use atelier_nn::plan::{self, Operand};
use atelier_nn::{Activation, BufferId, Op, Plan};

use crate::dispatch::{Access, Dispatch, Element, Invocations, Place};
use crate::tiles;

/// Binds the operands of one operation.
pub(crate) struct Bind<'a> {
    pub plan: &'a Plan,
    operands: Vec<Operand>,
    /// The adapter is the processor itself: how products are cut depends on it.
    pub software: bool,
}

impl<'a> Bind<'a> {
    pub fn new(plan: &'a Plan, op: &Op, software: bool) -> Self {
        Bind { plan, operands: op.operands(), software }
    }
}

impl Bind<'_> {
    /// The operands of these names, under the same names in the shader. What the operation goes without (a layer has no
    /// bias) is not bound.
    pub fn bind(&self, dispatch: Dispatch, names: &[&'static str]) -> Dispatch {
        self.bind_as(dispatch, Element::F32, names)
    }

    /// As [`Bind::bind`], seen as arrays of `element`.
    pub fn bind_as(&self, dispatch: Dispatch, element: Element, names: &[&'static str]) -> Dispatch {
        names.iter().fold(dispatch, |dispatch, name| self.bind_called(dispatch, name, name, element))
    }

    /// An operand under another name in the shader.
    pub fn bind_called(&self, dispatch: Dispatch, in_shader: &'static str, name: &str, element: Element) -> Dispatch {
        match self.all(name).next() {
            Some(operand) => self.bind_operand(dispatch, in_shader, operand, element),
            None => dispatch,
        }
    }

    pub fn bind_operand(
        &self,
        dispatch: Dispatch,
        in_shader: &'static str,
        operand: &Operand,
        element: Element,
    ) -> Dispatch {
        let access = match operand.access {
            plan::Access::Read => Access::Read,
            plan::Access::Write | plan::Access::Update => Access::Write,
        };
        dispatch.bind(in_shader, Place::Slot(self.plan.buffer(operand.buffer).slot), access, element)
    }

    /// The operands of a name, of which sums and concatenations have several.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Operand> {
        self.operands.iter().filter(move |operand| operand.name == name)
    }

    /// A dispatch over the numbers of a buffer, by fours where they come in fours.
    pub fn elementwise(&self, stem: &'static str, id: BufferId) -> (Dispatch, Element) {
        let buffer = self.plan.buffer(id);
        let vectors = buffer.len().is_multiple_of(4);
        let (len, element) = if vectors { (buffer.len() / 4, Element::Vec4) } else { (buffer.len(), Element::F32) };
        let invocations = if buffer.batched { Invocations::PerExample(len) } else { Invocations::Fixed(len) };
        (Dispatch::new(stem, invocations).flag("VECTORS", vectors), element)
    }

    /// Sums over the batch's rows for each channel, in two passes of the stem's file: sums of pieces of the rows, then
    /// of the pieces. Equal runs add in an equal order. `terms` binds what is summed, `totals` where the sums go.
    pub fn column_sums(
        &self,
        stem: &'static str,
        positions: usize,
        channels: usize,
        sum: Element,
        terms: impl FnOnce(Dispatch) -> Dispatch,
        totals: impl FnOnce(Dispatch) -> Dispatch,
    ) -> Vec<Dispatch> {
        let rows = self.plan.max_batch * positions;
        let each = tiles::rows_of_a_piece(rows, channels);
        let pieces = rows.div_ceil(each);
        let constants = |d: Dispatch| d.ints([("POSITIONS", positions), ("CHANNELS", channels), ("EACH", each)]);
        let first = Dispatch::new(stem, Invocations::PerRows { per_example: positions, each, invocations: channels });
        let mut first = terms(constants(first)).bind("pieces", Place::Scratch, Access::Write, sum);
        first.scratch = pieces as u64 * channels as u64 * sum.width() as u64 * 4;
        let second = constants(Dispatch::new(stem, Invocations::Fixed(channels))).flag("TOTALS", true);
        let second = second.bind("pieces", Place::Scratch, Access::Read, sum);
        vec![first, totals(second)]
    }

    /// A kernel's gradient: pieces of the batch's output pixels, `each` of them a piece, by `d`, then the sum of the pieces.
    pub fn kernel_in_pieces(
        &self,
        d: Dispatch,
        pixels: usize,
        each: usize,
        weights: usize,
        macs: u64,
    ) -> Vec<Dispatch> {
        let mut pieces = d.bind("pieces", Place::Scratch, Access::Write, Element::F32);
        pieces.macs = macs;
        pieces.scratch = ((self.plan.max_batch * pixels).div_ceil(each) as u64).saturating_mul(weights as u64 * 4);
        let sum = Dispatch::new("common/sum_parts", Invocations::Fixed(weights));
        let sum = sum.ints([("LEN", weights), ("PIXELS", pixels), ("EACH", each)]);
        let sum = sum.bind("parts", Place::Scratch, Access::Read, Element::F32);
        vec![pieces, self.bind_called(sum, "total", "dkernel", Element::F32)]
    }
}

/// The file's activation, as a flag and its argument.
pub(crate) fn activation(dispatch: Dispatch, activation: Activation) -> Dispatch {
    match activation {
        Activation::Linear | Activation::Softmax => dispatch.flag("LINEAR", true),
        Activation::Relu => dispatch.flag("RELU", true),
        Activation::Sigmoid => dispatch.flag("SIGMOID", true),
        Activation::Tanh => dispatch.flag("TANH", true),
        Activation::LeakyRelu { negative_slope } => dispatch.flag("LEAKY_RELU", true).float("SLOPE", negative_slope),
        Activation::ClippedRelu { max_value } => dispatch.flag("CLIPPED_RELU", true).float("MAX_VALUE", max_value),
    }
}
