//! Cutting a batch into shards, and putting what comes of them together.

use std::ops::Range;

use atelier_nn::StepData;
use atelier_nn::plan::{Exchange, ExchangeKind};

/// Cuts `batch` examples into at most `workers` shards that differ by at most one; the first are the larger.
pub(crate) fn shards(batch: usize, workers: usize) -> Vec<Range<usize>> {
    let workers = workers.clamp(1, batch.max(1));
    let (each, more) = (batch / workers, batch % workers);
    let start = |i: usize| i * each + i.min(more);
    (0..workers).map(|i| start(i)..start(i + 1)).collect()
}

/// The shard's share of numbers that are so many for each of `batch` examples.
pub(crate) fn part_of(values: &[f32], batch: usize, shard: &Range<usize>) -> Vec<f32> {
    let each = values.len() / batch.max(1);
    values[shard.start * each..shard.end * each].to_vec()
}

/// What a step over the shard is told.
pub(crate) fn data_of(whole: &StepData, shard: &Range<usize>) -> StepData {
    StepData { batch: shard.len(), first_example: shard.start, ..*whole }
}

/// Adds the outcomes of shards up, in the order of the shards; each was divided by the whole batch already.
pub(crate) fn sum(outcomes: &[Vec<f32>]) -> Vec<f32> {
    let mut total = vec![0.0; outcomes.first().map_or(0, Vec::len)];
    for outcome in outcomes {
        for (sum, value) in total.iter_mut().zip(outcome) {
            *sum += value;
        }
    }
    total
}

/// What the shards put together at an exchange.
pub(crate) fn exchange(exchange: &Exchange, outcomes: &[Vec<f32>], shards: &[Range<usize>]) -> Vec<f32> {
    match exchange.kind {
        ExchangeKind::Sum => sum(outcomes),
        ExchangeKind::Moments => moments(outcomes, shards),
    }
}

/// Means and population variances of the whole batch from those of its shards: Chan, Golub and LeVeque, "Algorithms for
/// Computing the Sample Variance", The American Statistician 37(3), 1983. Nothing cancels, however far the mean lies from
/// zero.
fn moments(outcomes: &[Vec<f32>], shards: &[Range<usize>]) -> Vec<f32> {
    let channels = outcomes.first().map_or(0, Vec::len) / 2;
    let batch: usize = shards.iter().map(ExactSizeIterator::len).sum();
    let weighted = |value: &dyn Fn(&[f32]) -> f64| -> f64 {
        let terms = outcomes.iter().zip(shards).map(|(outcome, shard)| shard.len() as f64 * value(outcome));
        terms.sum::<f64>() / batch as f64
    };
    let mut merged = vec![0.0; 2 * channels];
    for c in 0..channels {
        let mean = weighted(&|outcome| f64::from(outcome[c]));
        let variance = weighted(&|outcome| f64::from(outcome[channels + c]) + (f64::from(outcome[c]) - mean).powi(2));
        (merged[c], merged[channels + c]) = (mean as f32, variance as f32);
    }
    merged
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

    #[test]
    fn the_moments_of_shards_are_the_batchs_also_far_from_zero() {
        // Two channels, the second with a mean of 1,000 and a deviation of 1/100.
        let values: Vec<[f64; 2]> =
            (0..33).map(|i| [f64::from(i % 7) - 3.0, 1000.0 + 0.01 * f64::from(i % 3)]).collect();
        let of = |values: &[[f64; 2]]| {
            let n = values.len() as f64;
            let mean = [0, 1].map(|c| values.iter().map(|v| v[c]).sum::<f64>() / n);
            let variance = [0, 1].map(|c| values.iter().map(|v| (v[c] - mean[c]).powi(2)).sum::<f64>() / n);
            [mean, variance].concat()
        };
        for workers in 1..=8 {
            let shards = shards(values.len(), workers);
            let outcomes: Vec<Vec<f32>> =
                shards.iter().map(|s| of(&values[s.clone()]).iter().map(|x| *x as f32).collect()).collect();
            let merged = moments(&outcomes, &shards);
            for (got, expected) in merged.iter().zip(of(&values)) {
                // The shards' own moments are rounded to f32: the means by u·|mean|, whose squares enter the variance.
                let rounding = 6e-8_f64 * 1000.0;
                let tolerance = if expected > 100.0 {
                    2.0 * rounding
                } else {
                    1e-6 * expected.abs() + rounding.powi(2) + 2.0 * rounding * 0.01
                };
                assert!((f64::from(*got) - expected).abs() <= tolerance, "{workers}: {got} and {expected}");
            }
        }
    }
}
