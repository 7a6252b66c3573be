//! Where shards of one batch must put numbers together.

use super::{BufferId, Op, Plan, Role};

/// A step after which the shards of a batch put numbers together, before any of them runs the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Index in [`Plan::steps`].
    pub step: usize,
    pub kind: ExchangeKind,
    /// What that step wrote for the shard, to be overwritten on every shard with what all of them make together.
    pub buffers: [BufferId; 2],
}

/// How the shards' numbers are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeKind {
    /// Mean and population variance of each channel. The whole batch's follow from the shards' by the formula of Chan,
    /// Golub and LeVeque ("Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979), each shard
    /// weighing as much as it has examples.
    Moments,
    /// Sums over the batch, which add up.
    Sum,
}

impl Plan {
    /// Where the shards of one batch must put numbers together, in the order of the steps. A batch that one executor runs
    /// whole needs none of it.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let needed_for_input = |sums: BufferId| {
            self.steps.iter().any(|s| matches!(s.op, Op::BatchNormGradInput { dgamma, .. } if dgamma == sums))
        };
        let exchange = |(step, op): (usize, &Op)| match *op {
            Op::BatchMoments { mean, variance, .. } => {
                Some(Exchange { step, kind: ExchangeKind::Moments, buffers: [mean, variance] })
            }
            Op::BatchNormGradParameters { dgamma, dbeta, .. } if needed_for_input(dgamma) => {
                Some(Exchange { step, kind: ExchangeKind::Sum, buffers: [dgamma, dbeta] })
            }
            _ => None,
        };
        self.steps.iter().map(|s| &s.op).enumerate().filter_map(exchange).collect()
    }

    /// The gradients that are still each shard's own after backward: the batch's are their sums, which every shard needs
    /// before it updates. What was exchanged on the way is whole already.
    pub fn reduced(&self) -> impl Iterator<Item = BufferId> + '_ {
        let whole: Vec<BufferId> = self.exchanges().into_iter().flat_map(|e| e.buffers).collect();
        let gradients = self.buffers.iter().zip(0..).filter(|(b, _)| b.role == Role::ParameterGradient);
        gradients.map(|(_, id)| BufferId(id)).filter(move |id| !whole.contains(id))
    }
}
