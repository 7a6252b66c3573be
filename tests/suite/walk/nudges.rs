//! Nudges against the gradients that came back, and the rounding that they tell of against the f64 reference.

use atelier_nn::plan::Role;
use atelier_nn::{BufferId, Executor, Loss};
use atelier_session::walk::{Walk, When};
use atelier_tests::{Draw, Interpreter};
use pollster::block_on;

use crate::networks::{everything, plain, smooth};
use crate::{adam, all, begun, below, data, plan, training};

/// A number moved a little moves the loss by what came back, but for curvature where ε is large and rounding where it is
/// small: at every ε the two together bound what is left.
pub fn nudges_meet(walk: &mut Walk, each: usize) -> usize {
    let outline = walk.outline().outline.clone();
    let shown = walk.outline().shown;
    let mut draw = Draw::new("walk", 4);
    let values = |walk: &Walk, b: usize| block_on(walk.values(BufferId(b as u32), When::After, shown)).expect("there");
    let before: Vec<Vec<f32>> = (0..outline.buffers.len()).map(|b| values(walk, b)).collect();
    let (mut nudged, mut closest) = (0, 0.0_f64);
    for (buffer, described) in outline.buffers.iter().enumerate() {
        let movable = matches!(described.role, Role::Parameter | Role::Input | Role::Activation);
        for _ in 0..each {
            let index = below(&mut draw, described.shape.iter().product::<usize>().max(1));
            let epsilons = [0.02, 0.01, 1e-3, 1e-4, 1e-5, 1e-6];
            let Ok(nudge) = block_on(walk.nudge(BufferId(buffer as u32), index, &epsilons)) else {
                // The loss is computed from the logits; what is frozen, and what training does not compute with, has none.
                let learnt = outline.buffers.iter().any(|other| other.name == format!("{}/gradient", described.name));
                let beside = outline.output.index() == buffer || described.role == Role::Parameter && !learnt;
                assert!(!movable || beside || described.name == "loss", "{}", described.name);
                continue;
            };
            let quotient = |([plus, minus], epsilon): (&[f64; 2], f32)| (plus - minus) / (2.0 * f64::from(epsilon));
            let quotients: Vec<f64> = nudge.losses.iter().zip(epsilons).map(quotient).collect();
            // The third derivative's part falls with ε²: what two large ones differ by tells it, twice for the fourth's.
            let curved =
                2.0 * ((quotients[0] - quotients[1]).abs() + nudge.rounding[1]) / (0.02_f64.powi(2) - 0.01_f64.powi(2));
            for ((quotient, epsilon), rounding) in quotients.iter().zip(epsilons).zip(&nudge.rounding) {
                let off = (quotient - f64::from(nudge.gradient)).abs();
                // Backward's own rounding is that of as many operations as forward's.
                let bound = curved * f64::from(epsilon).powi(2) + rounding + nudge.rounding[1];
                let name = &described.name;
                assert!(off <= bound, "{name} at {index}, ε {epsilon}: {quotient} for {} ± {bound}", nudge.gradient);
            }
            closest = closest.max((quotients[5] - f64::from(nudge.gradient)).abs() / nudge.rounding[5]);
            nudged += 1;
        }
    }
    for (buffer, before) in before.iter().enumerate() {
        assert_eq!(*before, values(walk, buffer), "{} is as it was", outline.buffers[buffer].name);
    }
    println!("{nudged} nudges; at the smallest ε up to {closest:.3} of the bound");
    assert!(closest > 1e-4, "a bound that is never come near bounds nothing: {closest}");
    nudged
}

#[test]
fn nudges_meet_the_gradient() {
    for (indices, shown) in [(&[1, 2][..], 1), (&[3], 0)] {
        let mut begun = begun(smooth(), training(Loss::CategoricalCrossentropy, adam()), 5);
        assert!(nudges_meet(&mut begun.walk(indices, shown), 4) >= 60);
    }
    let mut begun = begun(plain(), training(Loss::MeanSquaredError, adam()), 2);
    assert!(nudges_meet(&mut begun.walk(&[4, 5, 6], 2), 4) >= 16);
}

/// What a nudge misses the gradient by where ε is so small that no curve is seen: within what is called likely as often as it is
/// called so, and so near to it that the band says something.
#[test]
fn what_rounding_leaves_is_as_likely_as_it_is_said_to_be() {
    const EPSILON: f32 = 1e-4;
    for (network, indices) in
        [(smooth(), vec![3]), (plain(), vec![6]), (smooth(), vec![1, 2]), (plain(), vec![1, 2, 8])]
    {
        let mut begun = begun(network, training(Loss::CategoricalCrossentropy, adam()), 2);
        let mut walk = begun.walk(&indices, 0);
        let buffers = walk.outline().outline.buffers.clone();
        let mut draw = Draw::new("walk", 11);
        let mut shares = Vec::new();
        while shares.len() < 200 {
            let buffer = below(&mut draw, buffers.len());
            let index = below(&mut draw, buffers[buffer].shape.iter().product::<usize>().max(1));
            let Ok(nudge) = block_on(walk.nudge(BufferId(buffer as u32), index, &[EPSILON])) else { continue };
            // Where nothing reaches the loss both sides are rounded alike.
            if nudge.gradient == 0.0 {
                continue;
            }
            let [plus, minus] = nudge.losses[0];
            let off = ((plus - minus) / (2.0 * f64::from(EPSILON)) - f64::from(nudge.gradient)).abs();
            assert!(nudge.likely[0] <= nudge.rounding[0], "{}", buffers[buffer].name);
            shares.push(off / nudge.likely[0]);
        }
        shares.sort_by(f64::total_cmp);
        let (beyond, median) = (shares.iter().filter(|share| **share > 1.0).count(), shares[100]);
        println!(
            "{indices:?}: {beyond} of 200 beyond, the median {median:.3} of the band, the largest {:.3}",
            shares[199]
        );
        // One in twenty may be: more than eighteen of two hundred are less likely than one in a hundred.
        assert!(beyond <= 18, "{beyond} of 200 lie beyond what is said to hold 95 of 100");
        assert!(median > 1.0 / 30.0, "the band is {} times too wide", 1.0 / median);
    }
}

/// The executor's loss is no further from the reference's than the rounding that a nudge tells of.
#[test]
fn the_rounding_that_is_told_covers_the_loss() {
    let cases =
        [(everything(true), vec![7, 3, 11]), (everything(false), vec![8]), (smooth(), vec![0, 1]), (plain(), vec![2])];
    for (network, indices) in cases {
        for loss in [Loss::CategoricalCrossentropy, Loss::MeanSquaredError] {
            let mut begun = begun(network.clone(), training(loss, adam()), 3);
            let mut walk = begun.walk(&indices, 0);
            let plan = plan(&begun.checkpoint(), indices.len());
            let data = data(&walk);
            let mut reference: Interpreter<f64> = Interpreter::new(plan.clone());
            let given = plan.parameters.iter().map(|p| p.buffer).chain([plan.input]).chain(plan.target);
            for buffer in given {
                let batched = plan.buffer(buffer).batched;
                reference.set(buffer, &all(&walk, buffer, When::Before, batched, indices.len()));
            }
            reference.run(0..plan.loss.end, &data).expect("the reference refuses no step");
            let losses = reference.numbers(plan.example_loss.expect("it is scored"), indices.len());
            let exact = losses.iter().sum::<f64>() / losses.len() as f64;
            let epsilon = 1e-3;
            let nudge = block_on(walk.nudge(plan.input, 100, &[epsilon])).expect("it is moved");
            let (off, told) = ((nudge.loss - exact).abs(), nudge.rounding[0] * f64::from(epsilon));
            let name = &network.name;
            println!("{name}, {loss:?}: {exact} is off by {off:.2e}, at most {told:.2e}");
            // A picture's own number moves its own loss only; each picture rounds about as much.
            assert!(off <= told * indices.len() as f64, "{name}: {} for {exact} ± {told}", nudge.loss);
            assert!(told < 1e-3 * exact, "{name}: {told} says nothing of {exact}");
        }
    }
}
