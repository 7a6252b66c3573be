//! Which numbers a number depends on, and which depend on it: its receptive field, through every layer.

use atelier_nn::plan::{Cell, Cells, Op, Role};
use atelier_nn::{BufferId, Plan};
use serde::{Deserialize, Serialize};

use super::Walk;
use crate::SessionError;

/// Which way a field is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The numbers that made it.
    MadeOf,
    /// The numbers that it goes into.
    GoesInto,
}

/// Numbers of one buffer, of one picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Field {
    pub buffer: BufferId,
    /// Ascending.
    #[cfg_attr(feature = "ts", ts(type = "Uint32Array"))]
    pub indices: Vec<u32>,
}

impl Walk {
    /// The field of a number, buffer by buffer, its own left out: of a number of the forward pass among the inputs and outputs
    /// of layers, of a gradient among the gradients. Other numbers, a weight's say, have none, and nothing is followed through
    /// them: a batch's moments depend on every number of a map. It follows from geometry alone: every cell under a window
    /// counts, not the largest alone.
    ///
    /// # Errors
    /// Where there is no such number.
    pub fn field(&self, buffer: BufferId, index: usize, direction: Direction) -> Result<Vec<Field>, SessionError> {
        self.check(buffer, index)?;
        let plan = &*self.plan;
        let forward = |role| matches!(role, Role::Input | Role::Activation);
        let backward = |role| matches!(role, Role::Gradient);
        let (steps, kin): (_, &dyn Fn(Role) -> bool) = match plan.buffer(buffer).role {
            role if forward(role) => (plan.forward.clone(), &forward),
            role if backward(role) => (plan.backward.clone(), &backward),
            _ => return Ok(Vec::new()),
        };
        let mut reached = Reached { plan, kin, tensors: vec![Tensor::default(); plan.slots.len()] };
        reached.add(&Cell { buffer, example: Some(self.shown), index }.into());
        let ops = plan.steps[steps].iter().map(|step| &step.op);
        match direction {
            Direction::MadeOf => ops.rev().for_each(|op| reached.follow(op, Op::writes, Op::terms_of)),
            Direction::GoesInto => ops.for_each(|op| reached.follow(op, Op::reads, Op::results_of)),
        }
        let others = (0..plan.buffers.len() as u32).map(BufferId).filter(|id| *id != buffer);
        let fields = others.filter(|id| kin(plan.buffer(*id).role)).filter_map(|id| {
            let tensor = &reached.tensors[plan.buffer(id).slot];
            (!tensor.blocks.is_empty()).then(|| Field { buffer: id, indices: tensor.indices() })
        });
        Ok(fields.collect())
    }
}

/// What was reached so far, by slot: a layer that only reads the numbers in another order has them in the same memory.
struct Reached<'a> {
    plan: &'a Plan,
    kin: &'a dyn Fn(Role) -> bool,
    tensors: Vec<Tensor>,
}

impl Reached<'_> {
    /// From what was reached among some of an operation's operands to what lies one step on.
    fn follow(&mut self, op: &Op, from: fn(&Op) -> Vec<BufferId>, met: fn(&Op, &Cells) -> Vec<Cells>) {
        for buffer in from(op) {
            let blocks = self.tensors[self.plan.buffer(buffer).slot].blocks.clone();
            for cells in blocks.into_iter().flat_map(|block| met(op, &Cells { buffer, ..block })) {
                self.add(&cells);
            }
        }
    }

    fn add(&mut self, cells: &Cells) {
        let of = self.plan.buffer(cells.buffer);
        if (self.kin)(of.role) {
            self.tensors[of.slot].add(cells, &of.shape);
        }
    }
}

/// Blocks before their cells are listed anew as fewer of them.
const MOST_BLOCKS: usize = 24;

/// Cells of one tensor as blocks, none within another. Along rows, columns and channels a field is a block where there are no
/// branches, so this is a handful of short lists however many cells there are.
#[derive(Clone, Default)]
struct Tensor {
    blocks: Vec<Cells>,
}

impl Tensor {
    fn add(&mut self, cells: &Cells, shape: &[usize]) {
        // In the shape in which the tensor was first met.
        let shape = self.blocks.first().map_or_else(|| shape.to_vec(), |first| first.shape.clone());
        for block in cells.reshaped(&shape) {
            if self.blocks.iter().any(|there| within(&block, there)) {
                continue;
            }
            self.blocks.retain(|there| !within(there, &block));
            self.blocks.push(block);
        }
        if self.blocks.len() > MOST_BLOCKS {
            let all = self.indices().into_iter().map(|index| index as usize).collect();
            let listed = Cells { shape: vec![shape.iter().product()], along: vec![all], ..cells.clone() };
            self.blocks = listed.reshaped(&shape);
        }
    }

    fn indices(&self) -> Vec<u32> {
        let mut indices = Vec::new();
        for block in &self.blocks {
            indices.extend(block.indices().into_iter().map(|index| index as u32));
        }
        if self.blocks.len() > 1 {
            indices.sort_unstable();
            indices.dedup();
        }
        indices
    }
}

/// Whether all cells of one block are cells of another of the same shape.
fn within(a: &Cells, b: &Cells) -> bool {
    let inside =
        |(a, b): (&Vec<usize>, &Vec<usize>)| a.len() <= b.len() && a.iter().all(|place| b.binary_search(place).is_ok());
    a.along.iter().zip(&b.along).all(inside)
}
