//! Which numbers a number depends on, and which depend on it: its receptive field, through every layer.

use atelier_nn::BufferId;
use atelier_nn::plan::{Role, Toward};
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
pub struct Field {
    pub buffer: BufferId,
    /// Ascending.
    pub indices: Vec<u32>,
}

impl Walk {
    /// The field of a number, buffer by buffer, its own left out: of a number of the forward pass among the inputs and outputs
    /// of layers, of a gradient among the gradients. Other numbers, a weight's say, have none. It follows from geometry
    /// alone: every cell under a window counts, not the largest alone.
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
        // A layer that only reads the numbers in another order has them in the same memory: they are marked by its slot.
        let slot = |id: BufferId| plan.buffer(id).slot;
        let mut marks: Vec<Option<Vec<bool>>> = vec![None; plan.slots.len()];
        let mut own = vec![false; plan.buffer(buffer).len()];
        own[index] = true;
        marks[slot(buffer)] = Some(own);
        let toward = if direction == Direction::MadeOf { Toward::Terms } else { Toward::Results };
        let ordered: Vec<usize> = if direction == Direction::MadeOf { steps.rev().collect() } else { steps.collect() };
        for step in ordered {
            let op = &plan.steps[step].op;
            let (from, to) =
                if toward == Toward::Terms { (op.writes(), op.reads()) } else { (op.reads(), op.writes()) };
            for from in from {
                let Some(marked) = marks[slot(from)].take() else { continue };
                for to in to.iter().filter(|to| kin(plan.buffer(**to).role)) {
                    let Some(more) = plan.spread(op, from, &marked, *to, toward) else { continue };
                    match &mut marks[slot(*to)] {
                        Some(all) => all.iter_mut().zip(more).for_each(|(mark, more)| *mark |= more),
                        none => *none = Some(more),
                    }
                }
                marks[slot(from)] = Some(marked);
            }
        }
        let found =
            (0..plan.buffers.len() as u32).map(BufferId).filter(|id| *id != buffer && kin(plan.buffer(*id).role));
        let fields = found.filter_map(|id| {
            let marks = marks[slot(id)].as_ref()?;
            let indices: Vec<u32> = marks.iter().zip(0..).filter(|(mark, _)| **mark).map(|(_, index)| index).collect();
            (!indices.is_empty()).then_some(Field { buffer: id, indices })
        });
        Ok(fields.collect())
    }
}
