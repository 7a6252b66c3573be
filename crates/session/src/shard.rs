//! Cutting a batch over workers, and putting their outcomes together.

use std::ops::Range;

use atelier_nn::Plan;
use atelier_nn::plan::Role;

/// Cuts `batch` examples into at most `workers` shards that differ by at most one; the first are the larger.
pub(crate) fn shards(batch: usize, workers: usize) -> Vec<Range<usize>> {
    let workers = workers.clamp(1, batch.max(1));
    let (each, more) = (batch / workers, batch % workers);
    let start = |i: usize| i * each + i.min(more);
    (0..workers).map(|i| start(i)..start(i + 1)).collect()
}

/// Adds shard outcomes of a training task up, in the order of the shards: sums and gradients by addition (each
/// was divided by the whole batch already), moments as means weighted by the shards' sizes.
pub(crate) fn reduce(plan: &Plan, outcomes: &[Vec<f32>], shards: &[Range<usize>]) -> Vec<f32> {
    let batch: usize = shards.iter().map(ExactSizeIterator::len).sum();
    let mut total = vec![0.0; outcomes.first().map_or(0, Vec::len)];
    let sections = [(2, false)].into_iter().chain(plan.reduced().map(|id| {
        let buffer = plan.buffer(id);
        (buffer.len(), buffer.role == Role::BatchStatistic)
    }));
    let mut at = 0;
    for (len, mean) in sections {
        for (outcome, shard) in outcomes.iter().zip(shards) {
            let weight = if mean { shard.len() as f32 / batch as f32 } else { 1.0 };
            for (sum, value) in total[at..at + len].iter_mut().zip(&outcome[at..at + len]) {
                *sum += weight * value;
            }
        }
        at += len;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_the_batch_evenly() {
        for batch in 1..40 {
            for workers in 1..9 {
                let shards = shards(batch, workers);
                assert_eq!(shards.len(), workers.min(batch));
                assert_eq!(shards[0].start, 0);
                assert_eq!(shards[shards.len() - 1].end, batch);
                assert!(shards.windows(2).all(|w| w[0].end == w[1].start));
                assert!(shards.iter().all(|s| s.len() == batch / shards.len() || s.len() == batch / shards.len() + 1));
                assert_eq!(shards[0].len(), batch.div_ceil(shards.len()));
            }
        }
    }
}
