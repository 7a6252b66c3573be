//! Dropout in training, whose mask no other library draws: its statistics, its scaling, and what it may depend on.

mod executors;

use atelier_cpu::Isa;
use atelier_nn::{Dropout, Executor, Layer, Loss, Lowering, Network, Optimizer, StepData};

const FEATURES: usize = 5_000;
const BATCH: usize = 20;

/// What dropout makes of ones: a training plan's dropout layer on the CPU.
fn dropped(rate: f32, batch: usize, first_example: usize, iteration: u32, seed: u32) -> Vec<f32> {
    let mut network = Network::new("dropout", &[FEATURES]);
    network.push(Layer::Dropout(Dropout { rate }));
    let lowering = Lowering::training(batch, Loss::MeanSquaredError, Optimizer::default());
    let plan = network.lower(&lowering).expect("the network can be built");
    let (input, output, forward) = (plan.input, plan.output, plan.forward.clone());
    let mut cpu = executors::cpu(plan, Isa::best()).expect("the plan is sound");
    let data = StepData { first_example, batch_total: BATCH, iteration, seed, ..StepData::forward(batch) };
    cpu.write(input, &vec![1.0; batch * FEATURES]).expect("it fits");
    cpu.run(forward, &data).expect("the step fits");
    pollster::block_on(cpu.read(output, batch * FEATURES)).expect("it fits")
}

/// Five standard deviations of a share of n independent trials.
fn five_sigma(share: f64, n: usize) -> f64 {
    5.0 * (share * (1.0 - share) / n as f64).sqrt()
}

fn share(n: usize, of: impl Iterator<Item = bool>) -> f64 {
    of.filter(|x| *x).count() as f64 / n as f64
}

#[test]
fn keeps_the_right_share_and_scales_it() {
    for rate in [0.1_f32, 0.25, 0.5, 0.9] {
        let y = dropped(rate, BATCH, 0, 3, 7);
        let kept = share(y.len(), y.iter().map(|y| *y != 0.0));
        let expected = 1.0 - f64::from(rate);
        assert!((kept - expected).abs() < five_sigma(expected, y.len()), "rate {rate}: {kept} kept");
        // A subtraction and a division, each within a unit in the last place of WGSL's precision.
        let scaled = 1.0 / expected;
        let tolerance = scaled * 6.0 * f64::from(f32::EPSILON);
        assert!(y.iter().all(|y| *y == 0.0 || (f64::from(*y) - scaled).abs() <= tolerance), "rate {rate}");
    }
}

#[test]
fn a_rate_of_zero_changes_nothing() {
    assert!(dropped(0.0, BATCH, 0, 1, 7).iter().all(|y| *y == 1.0));
}

/// Masks of other steps, seeds, examples and neighbours agree as often as chance has it.
#[test]
fn masks_are_independent() {
    let mask = |iteration, seed| dropped(0.5, BATCH, 0, iteration, seed).iter().map(|y| *y != 0.0).collect::<Vec<_>>();
    let first = mask(1, 7);
    let mut others = vec![("the next step", mask(2, 7)), ("another seed", mask(1, 8))];
    for (what, by) in [("the next element", 1), ("the next example", FEATURES)] {
        let mut moved = first.clone();
        moved.rotate_left(by);
        others.push((what, moved));
    }
    for (what, other) in others {
        let alike = share(first.len(), first.iter().zip(&other).map(|(a, b)| a == b));
        assert!((alike - 0.5).abs() < five_sigma(0.5, first.len()), "{what}: alike in {alike}");
    }
}

/// A shard of the batch drops what the whole batch would have dropped there.
#[test]
fn the_mask_does_not_know_the_shards() {
    let whole = dropped(0.3, BATCH, 0, 5, 7);
    let shards = [(0, 7), (7, 6), (13, 7)];
    let parts: Vec<f32> = shards.iter().flat_map(|(first, len)| dropped(0.3, *len, *first, 5, 7)).collect();
    assert_eq!(whole, parts);
}
