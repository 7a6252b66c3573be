//! A walk on a GPU: explained by the numbers that the GPU has, and near those of the CPU.

use atelier_nn::{Loss, Network};
use atelier_session::SessionError;
use atelier_session::walk::{Pictures, Walk, When};
use pollster::block_on;

use crate::explained::holds_to_the_reference;
use crate::networks::{everything, plain, smooth};
use crate::nudges::nudges_meet;
use crate::{adam, begun, executors, sgd, training};

#[test]
fn a_walk_on_a_gpu_is_explained_by_what_the_reference_computes() {
    let Some(gpu) = executors::gpu() else { return };
    let cases = [
        (everything(true), training(Loss::CategoricalCrossentropy, adam()), vec![7, 3, 11], 1),
        (everything(false), training(Loss::CategoricalCrossentropy, sgd(0.9, true)), vec![8], 0),
        (smooth(), training(Loss::MeanSquaredError, adam()), vec![4, 6], 0),
        (plain(), training(Loss::MeanSquaredError, sgd(0.0, false)), vec![1, 2], 1),
        (plain(), training(Loss::CategoricalCrossentropy, adam()), vec![5], 0),
    ];
    for (network, training, indices, shown) in cases {
        let mut begun = begun(network, training, 2);
        let (checkpoint, pictures) = (begun.checkpoint(), begun.pictures(&indices));
        let walk = block_on(Walk::on_gpu(&gpu, &checkpoint, &pictures, shown)).expect("it can be walked");
        assert!(holds_to_the_reference(&walk, &checkpoint, |_, _| {}) > 200);
        let on_cpu = begun.walk(&indices, shown);
        let (there, here) = (walk.outline(), on_cpu.outline());
        assert_eq!((&there.outline, there.predicted, there.label), (&here.outline, here.predicted, here.label));
        assert!((there.loss - here.loss).abs() <= 1e-4 * here.loss, "{} and {}", there.loss, here.loss);
    }
}

/// Twice the same bits, and nothing of it left on the device.
#[test]
fn a_walk_on_a_gpu_can_be_made_again_and_is_given_back() {
    let Some(gpu) = executors::gpu() else { return };
    let mut begun = begun(everything(true), training(Loss::CategoricalCrossentropy, adam()), 1);
    let (checkpoint, pictures) = (begun.checkpoint(), begun.pictures(&[4, 2]));
    let before = gpu.memory().bytes;
    let made = || {
        let walk = block_on(Walk::on_gpu(&gpu, &checkpoint, &pictures, 1)).expect("it can be walked");
        let outline = walk.outline().outline.clone();
        let ids = (0..outline.buffers.len() as u32).map(atelier_nn::BufferId);
        let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<u32>>();
        ids.map(|id| bits(block_on(walk.values(id, When::After, 1)).expect("it is there"))).collect::<Vec<_>>()
    };
    assert!(made() == made());
    assert_eq!(gpu.memory().bytes, before);
}

#[test]
fn nudges_on_a_gpu_meet_the_gradient() {
    let Some(gpu) = executors::gpu() else { return };
    let mut begun = begun(smooth(), training(Loss::CategoricalCrossentropy, adam()), 5);
    let (checkpoint, pictures) = (begun.checkpoint(), begun.pictures(&[1, 2]));
    let mut walk = block_on(Walk::on_gpu(&gpu, &checkpoint, &pictures, 1)).expect("it can be walked");
    assert!(nudges_meet(&mut walk, 1) >= 15);
}

/// Summed before anything is made, and told in figures that the page can read.
#[test]
fn what_a_gpu_has_no_room_for_is_refused() {
    let Some(gpu) = executors::gpu() else { return };
    let mut begun = begun(Network::seed(), training(Loss::CategoricalCrossentropy, adam()), 0);
    let checkpoint = begun.checkpoint();
    let (batch, before) = (1 << 18, gpu.memory());
    let pictures = Pictures { inputs: vec![0.0; 784 * batch], labels: vec![0; batch] };
    let Some(SessionError::TooBig { needed, room, fits, .. }) =
        block_on(Walk::on_gpu(&gpu, &checkpoint, &pictures, 0)).err()
    else {
        panic!("no device has room for a quarter of a million pictures")
    };
    assert!(needed > room && fits > 0 && fits < batch, "{needed} bytes in {room}, {fits} fit");
    assert_eq!(gpu.memory(), before);
}
