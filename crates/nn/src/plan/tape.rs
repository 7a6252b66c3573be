//! The forward pass in order, views included, as differentiation walks it back.

use std::collections::{HashMap, HashSet};

use super::{BufferId, Op};

#[derive(Default)]
pub(super) struct Tape(Vec<(usize, Entry)>);

#[derive(Clone)]
pub(super) enum Entry {
    Op(Op),
    View { x: BufferId, y: BufferId },
}

impl Entry {
    pub fn reads(&self) -> Vec<BufferId> {
        match self {
            Entry::View { x, .. } => vec![*x],
            Entry::Op(op) => op.reads(),
        }
    }

    pub fn writes(&self) -> Vec<BufferId> {
        match self {
            Entry::View { y, .. } => vec![*y],
            Entry::Op(op) => op.writes(),
        }
    }

    /// Inputs that get a share of the gradient from this entry.
    fn sends_to(&self) -> Vec<BufferId> {
        match self {
            // The moments' share comes with the normalisation's.
            Entry::Op(Op::BatchMoments { .. }) => Vec::new(),
            entry => entry.reads(),
        }
    }
}

impl Tape {
    pub fn op(&mut self, layer: usize, op: Op) {
        self.0.push((layer, Entry::Op(op)));
    }

    pub fn view(&mut self, layer: usize, x: BufferId, y: BufferId) {
        self.0.push((layer, Entry::View { x, y }));
    }

    /// The entries from the last to the first, each with its layer.
    pub fn backward(&self) -> impl Iterator<Item = &(usize, Entry)> {
        self.0.iter().rev()
    }

    /// The buffers that depend on one of these, these included.
    pub fn downstream(&self, of: impl IntoIterator<Item = BufferId>) -> HashSet<BufferId> {
        let mut found: HashSet<BufferId> = of.into_iter().collect();
        for (_, entry) in &self.0 {
            if entry.reads().iter().any(|b| found.contains(b)) {
                found.extend(entry.writes());
            }
        }
        found
    }

    /// How many entries between each buffer and `origin` send it a share of the gradient.
    pub fn senders(&self, origin: BufferId) -> HashMap<BufferId, usize> {
        let mut reached = HashSet::from([origin]);
        let mut senders = HashMap::new();
        for (_, entry) in self.backward() {
            if entry.writes().iter().any(|b| reached.contains(b)) {
                reached.extend(entry.reads());
                for buffer in entry.sends_to() {
                    *senders.entry(buffer).or_default() += 1;
                }
            }
        }
        senders
    }
}
