//! What is no number stays none: a run that diverged must look like it.

use crate::support::{on_every_isa, plan};
use atelier_nn::plan::PoolGeometry;
use atelier_nn::{Activation, Op, StepData};

#[test]
fn activations_keep_it() {
    let x: Vec<f32> = (0..37).map(|i| if i % 5 == 2 { f32::NAN } else { i as f32 - 18.0 }).collect();
    let activations = [
        Activation::Linear,
        Activation::Relu,
        Activation::LeakyRelu { negative_slope: 0.1 },
        Activation::ClippedRelu { max_value: 6.0 },
        Activation::Sigmoid,
        Activation::Tanh,
    ];
    for activation in activations {
        let mut ids = Vec::new();
        let p = plan(1, |b| {
            ids = vec![b.batched(37), b.batched(37)];
            Op::Activate { activation, x: ids[0], y: ids[1] }
        });
        on_every_isa(&p, &StepData::forward(1), &[(ids[0], &x)], |isa, e| {
            for (i, (x, y)) in x.iter().zip(&*e.get(ids[1])).enumerate() {
                assert_eq!(y.is_nan(), x.is_nan(), "{isa} {activation:?} [{i}]: {x} became {y}");
            }
        });
    }
}

/// Wherever in the window it stands, and beside infinities.
#[test]
fn the_largest_number_of_a_window_with_one_is_none() {
    let channels = 5;
    let geometry = PoolGeometry {
        in_height: 2,
        in_width: 4,
        channels,
        out_height: 1,
        out_width: 2,
        window: [2, 2],
        strides: [2, 2],
        pad_top: 0,
        pad_left: 0,
    };
    for at in 0..4 {
        for other in [1.0, f32::INFINITY, f32::NEG_INFINITY] {
            let mut x = vec![other; 8 * channels];
            // The left window, in some channels.
            let cell = (at / 2 * 4 + at % 2) * channels;
            x[cell + 1] = f32::NAN;
            x[cell + 4] = f32::NAN;
            let mut ids = Vec::new();
            let p = plan(1, |b| {
                ids = vec![b.batched(8 * channels), b.batched(2 * channels)];
                Op::MaxPool2d { geometry, x: ids[0], y: ids[1] }
            });
            on_every_isa(&p, &StepData::forward(1), &[(ids[0], &x)], |isa, e| {
                for (c, y) in e.get(ids[1]).iter().enumerate() {
                    let right = if [1, 4].contains(&c) { y.is_nan() } else { *y == other };
                    assert!(right, "{isa}, cell {at} beside {other}: channel {c} became {y}");
                }
            });
        }
    }
}
