//! A batch cut into shards, which put numbers together where the plan says so, against the batch in one piece.

use atelier_nn::plan::ExchangeKind;
use atelier_nn::{BatchNormalization, Keep, Layer, Plan, StepData};
use atelier_tests::{Bounded, Interpreter, Real};

use super::{NETWORKS, lower, networks, prepare, run};

/// Examples of the whole batch. Shards of one have no variance of their own.
const WHOLE: usize = 5;

/// Unit roundoff of f64 as a share of f32's.
const DOUBLE_IN_SINGLE: f64 = 1.0 / 536_870_912.0;

/// The moments of all from those of shards, each with its number of examples, as Chan, Golub and LeVeque merge them.
fn merged(moments: &[(f64, f64, f64)]) -> (f64, f64) {
    let (_, mean, squares) = moments.iter().fold((0.0, 0.0, 0.0), |(n, mean, squares), (m, other, variance)| {
        let (all, distance) = (n + m, other - mean);
        (all, mean + distance * m / all, squares + m * variance + distance * distance * n * m / all)
    });
    let examples: f64 = moments.iter().map(|(n, ..)| n).sum();
    (mean, squares / examples)
}

#[test]
fn moments_are_merged() {
    let moments = |x: &[f64]| {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        (n, mean, x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n)
    };
    // Every step of it is exact.
    let all = [0.0, 4.0, 8.0, 12.0];
    let (_, mean, variance) = moments(&all);
    assert_eq!(merged(&[moments(&all[..2]), moments(&all[2..3]), moments(&all[3..])]), (mean, variance));
}

/// Runs the shards step by step up to the update, exchanging where the plan says so, and leaves the reduced gradients on each.
fn run_shards(shards: &mut [(Interpreter<f64>, StepData)], plan: &Plan) {
    let mut step = 0;
    let mut run_to = |shards: &mut [(Interpreter<f64>, StepData)], end: usize| {
        for (shard, data) in shards {
            run(shard, step..end, data);
        }
        step = end;
    };
    let sum = |shards: &mut [(Interpreter<f64>, StepData)], buffer| {
        let parts: Vec<Vec<f64>> = shards.iter().map(|(shard, _)| shard.numbers(buffer, 1).to_vec()).collect();
        let total: Vec<f64> = (0..parts[0].len()).map(|i| parts.iter().map(|part| part[i]).sum()).collect();
        shards.iter_mut().for_each(|(shard, _)| shard.set(buffer, &total));
    };
    for exchange in plan.exchanges() {
        run_to(shards, exchange.step + 1);
        let [first, second] = exchange.buffers;
        match exchange.kind {
            ExchangeKind::Sum => [first, second].into_iter().for_each(|buffer| sum(shards, buffer)),
            ExchangeKind::Moments => {
                let channels = plan.buffer(first).len();
                let of = |(shard, data): &(Interpreter<f64>, StepData), c: usize| {
                    (data.batch as f64, shard.numbers(first, 1)[c], shard.numbers(second, 1)[c])
                };
                let whole = (0..channels).map(|c| merged(&shards.iter().map(|shard| of(shard, c)).collect::<Vec<_>>()));
                let (means, variances): (Vec<f64>, Vec<f64>) = whole.unzip();
                for (shard, _) in shards.iter_mut() {
                    shard.set(first, &means);
                    shard.set(second, &variances);
                }
            }
        }
    }
    run_to(shards, plan.backward.end);
    plan.reduced().for_each(|buffer| sum(shards, buffer));
    run_to(shards, plan.update.end);
}

/// However the batch is cut, every shard has the whole batch's gradients and updates alike. The one in one piece over bounded
/// numbers says how far rounding may go in f32; in f64 that is 2⁻²⁹ of it, for both sides. Merging replaces a sum by the sums
/// of shards and at most five roundings a shard, so that a number has at most seven times as many.
#[test]
fn shards_that_exchange_are_the_whole_batch() {
    let mut exchanges = 0;
    for seed in 0..NETWORKS {
        let mut network = networks::network(seed, networks::smooth, false);
        // One more normalisation than there may be by chance, of all examples' numbers.
        let last = network.layers.pop().expect("a network ends in a classifier");
        network.push(Layer::BatchNormalization(BatchNormalization {
            scale: seed % 2 == 0,
            ..BatchNormalization::default()
        }));
        network.push(last.layer);
        let plan = lower(&network, &networks::training(WHOLE, Keep::Needed));
        exchanges += plan.exchanges().len();
        let data = StepData { batch: WHOLE, batch_total: WHOLE, ..super::DATA };
        let mut whole: Interpreter<Bounded> = Interpreter::new(plan.clone());
        prepare(&mut whole, &plan, seed, 0..WHOLE);
        run(&mut whole, 0..plan.update.end, &data);
        for cut in [&[5][..], &[3, 2], &[2, 2, 1], &[1, 1, 1, 1, 1]] {
            let starts = cut.iter().scan(0, |start, len| {
                *start += len;
                Some(*start - len)
            });
            let mut shards: Vec<_> = cut
                .iter()
                .zip(starts)
                .map(|(len, start)| {
                    let mut shard: Interpreter<f64> = Interpreter::new(plan.clone());
                    prepare(&mut shard, &plan, seed, start..start + len);
                    (shard, StepData { batch: *len, first_example: start, ..data })
                })
                .collect();
            run_shards(&mut shards, &plan);
            let gradients = plan.parameters.iter().filter_map(|p| p.gradient);
            for buffer in plan.parameters.iter().map(|p| p.buffer).chain(gradients) {
                for (shard, _) in &shards {
                    let pairs = shard.numbers(buffer, 1).iter().zip(whole.numbers(buffer, 1));
                    for (index, (got, expected)) in pairs.enumerate() {
                        let tolerance = 8.0 * DOUBLE_IN_SINGLE * expected.error();
                        let off = (got - expected.value()).abs();
                        let name = &plan.buffer(buffer).name;
                        assert!(
                            off <= tolerance,
                            "seed {seed}, {cut:?}, {name}[{index}]: off {off:e} of {tolerance:e}: {network:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(exchanges > 2 * NETWORKS as usize, "little was exchanged");
}
