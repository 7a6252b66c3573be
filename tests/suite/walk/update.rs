//! The walked update is the one that training makes, and each picture has its share in it.

use atelier_nn::Loss;
use atelier_nn::plan::Role;
use atelier_session::Room;
use atelier_session::walk::{Walk, When};
use atelier_tests::Draw;
use pollster::block_on;

use crate::networks::{everything, plain};
use crate::{adam, begun, below, plan, sgd, training};

#[test]
fn shares_of_the_pictures_add_up_to_a_weights_gradient() {
    let mut begun = begun(everything(true), training(Loss::CategoricalCrossentropy, adam()), 2);
    let walk = begun.walk(&[7, 3, 11, 0], 2);
    let outline = walk.outline().outline.clone();
    let mut draw = Draw::new("walk", 1);
    for (step, planned) in outline.steps.iter().enumerate() {
        for operand in planned.operands.iter().filter(|operand| operand.access.writes()) {
            let buffer = &outline.buffers[operand.buffer.index()];
            if buffer.role != Role::ParameterGradient {
                continue;
            }
            let index = below(&mut draw, buffer.shape.iter().product());
            let shares = block_on(walk.shares(step, operand.buffer, index)).expect("it is a gradient");
            let e = block_on(walk.explain(step, operand.buffer, index)).expect("it is a gradient");
            assert_eq!(shares.len(), 4);
            let sum: f64 = shares.iter().map(|share| f64::from(*share)).sum();
            let size: f64 = e.products.iter().map(|p| p.abs()).sum();
            assert!((sum - f64::from(e.value)).abs() <= (e.products.len() as f64 + 8.0) * 6e-8 * size + 1e-30);
            let of_shown: f64 = e.products[..e.of_shown].iter().sum();
            assert!((f64::from(shares[2]) - of_shown).abs() <= 6e-8 * of_shown.abs());
        }
    }
}

/// The walk of the run's next batch ends in the weights that the run has after training it on one worker, bit for bit: nothing
/// is fused in a walk, and no sum is added in another order.
#[test]
fn the_next_batch_is_the_update_that_training_makes() {
    for optimizer in [adam(), sgd(0.9, true)] {
        let mut begun = begun(everything(true), training(Loss::CategoricalCrossentropy, optimizer), 3);
        let next = begun.run.next_batch();
        assert_eq!(next.len(), 3);
        let walk = begun.walk(&next, 0);
        block_on(begun.run.step()).expect("the run goes on");
        let after = begun.checkpoint();
        let plan = plan(&after, next.len());
        let trained = block_on(Walk::new(&after, &begun.pictures(&next), 0, Room::UNKNOWN)).expect("it can be walked");
        let learnt = plan.parameters.iter().map(|parameter| parameter.buffer);
        for buffer in learnt.chain(plan.optimizer_state.iter().copied()) {
            let walked = block_on(walk.values(buffer, When::After, 0)).expect("it is there");
            let run = block_on(trained.values(buffer, When::Before, 0)).expect("it is there");
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<u32>>();
            assert_eq!(bits(&walked), bits(&run), "{}", plan.buffer(buffer).name);
        }
        assert_eq!(walk.outline().iteration, after.progress.iteration);
    }
}

#[test]
fn after_an_epochs_last_batch_comes_the_next_epochs_first() {
    let mut begun = begun(plain(), training(Loss::MeanSquaredError, adam()), 20);
    let next = begun.run.next_batch();
    assert_eq!(next.len(), 3);
    block_on(begun.run.step()).expect("the run goes on");
    assert_ne!(next, begun.run.next_batch());
    let walk = begun.walk(&next, 0);
    assert_eq!(walk.outline().iteration, 22);
}
