//! Where marked numbers come from and go, many at a time: the closure that [`Op::terms`] and [`Op::results`] would give one
//! by one, axis by axis.

use super::axes::{Axis, meeting};
use super::{BufferId, Op, Operand, Plan};

/// Which way marks spread over an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// From numbers of a result to those that they were made from.
    Terms,
    /// From numbers of an operand to those that they go into.
    Results,
}

impl Plan {
    /// The marks that marked numbers of one buffer leave in another by one operation, within an example; none where the
    /// operation does not lead from the one to the other. A mark for each number of an example, or of the whole.
    pub fn spread(&self, op: &Op, from: BufferId, marks: &[bool], to: BufferId, toward: Toward) -> Option<Vec<bool>> {
        let operands: Vec<(Operand, Vec<Axis>)> = op.operands().into_iter().zip(op.axes()).collect();
        let ends = |(a, _): &(Operand, Vec<Axis>), (b, _): &(Operand, Vec<Axis>)| {
            let (operand, result) = if toward == Toward::Terms { (b, a) } else { (a, b) };
            operand.access.reads() && result.access.writes() && op.makes(operand.name, result.name)
        };
        let mut spread: Option<Vec<bool>> = None;
        for here in operands.iter().filter(|(operand, _)| operand.buffer == from) {
            for there in operands.iter().filter(|(operand, _)| operand.buffer == to) {
                if !ends(here, there) {
                    continue;
                }
                let more = along(&lengths(&here.1, marks.len()), marks, &lengths(&there.1, self.buffer(to).len()));
                match &mut spread {
                    Some(all) => all.iter_mut().zip(more).for_each(|(mark, more)| *mark |= more),
                    None => spread = Some(more),
                }
            }
        }
        spread
    }
}

/// An axis that goes along with whatever the buffer holds has the buffer's length.
fn lengths(axes: &[Axis], len: usize) -> Vec<Axis> {
    let mut axes = axes.to_vec();
    axes.iter_mut().for_each(|axis| axis.len = axis.len.min(len));
    axes
}

fn along(from: &[Axis], marks: &[bool], to: &[Axis]) -> Vec<bool> {
    let mut shape: Vec<usize> = from.iter().map(|axis| axis.len).collect();
    let mut marks = marks.to_vec();
    // Which axis of `to` each of `from` meets.
    let met: Vec<Option<usize>> =
        from.iter().map(|axis| to.iter().position(|to| to.line.is_some() && to.line == axis.line)).collect();
    for (at, axis) in from.iter().enumerate() {
        let (len, table): (usize, Vec<Vec<usize>>) = match met[at] {
            Some(other) => (to[other].len, (0..axis.len).map(|place| meeting(axis, place, &to[other])).collect()),
            // Summed, or the same for all.
            None => (1, vec![vec![0]; axis.len]),
        };
        let (before, after) = (shape[..at].iter().product::<usize>(), shape[at + 1..].iter().product::<usize>());
        let mut next = vec![false; before * len * after];
        for outer in 0..before {
            for (place, places) in table.iter().enumerate() {
                let row = &marks[(outer * axis.len + place) * after..][..after];
                for there in places {
                    let into = &mut next[(outer * len + there) * after..][..after];
                    into.iter_mut().zip(row).for_each(|(mark, more)| *mark |= more);
                }
            }
        }
        shape[at] = len;
        marks = next;
    }
    // Steps along each axis of `to` through the marks; an axis that only `to` has takes the same marks everywhere.
    let stride = |at: usize| shape[at + 1..].iter().product::<usize>();
    let strides: Vec<usize> =
        (0..to.len()).map(|axis| met.iter().position(|met| *met == Some(axis)).map_or(0, stride)).collect();
    let mut places = vec![0];
    for (axis, stride) in to.iter().zip(strides) {
        places = places.iter().flat_map(|place| (0..axis.len).map(move |at| place + at * stride)).collect();
    }
    places.into_iter().map(|place| marks[place]).collect()
}
