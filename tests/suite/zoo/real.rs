//! Real weights on photographs: every probability as Keras has it.

use std::path::Path;

use atelier_native::weights;
use atelier_session::Room;
use atelier_session::recognition::Recogniser;
use atelier_zoo::{Framing, Model, Rgb};
use pollster::block_on;

use crate::{data, executors};

const PHOTOGRAPHS: [&str; 6] = ["astronaut", "chelsea", "coffee", "hot_dog", "parrot", "rocket"];

#[test]
fn mobilenet_v2_gives_the_probabilities_of_keras() {
    let Some(folder) = data::folder() else { return };
    for file in ["mobilenet_v2.safetensors", "mobilenet_v2_legacy.h5", "mobilenet_v2.weights.h5"] {
        let network = Model::MobileNetV2.trained().expect("it was trained so");
        let recogniser = Recogniser::new(&network, Room::UNKNOWN).expect("there is memory");
        check(&folder, file, recogniser);
    }
}

#[test]
fn and_on_a_gpu() {
    let Some(folder) = data::folder() else { return };
    let Some(gpu) = executors::gpu() else { return };
    let network = Model::MobileNetV2.trained().expect("it was trained so");
    let recogniser = block_on(Recogniser::on_gpu(&gpu, &network)).expect("it can be made");
    check(&folder, "mobilenet_v2_legacy.h5", recogniser);
}

fn check(folder: &Path, file: &str, mut recogniser: Recogniser) {
    let model = Model::MobileNetV2;
    weights::write(&folder.join("weights").join(file), &mut recogniser).expect("the file fits");
    for name in PHOTOGRAPHS {
        let side = model.side();
        let pixels = data::rgb(&folder.join(format!("photos{side}/{name}.png")));
        let picture = Rgb::new(side, side, pixels).expect("it has the network's size").framed(side, Framing::Stretched);
        let probabilities = block_on(recogniser.answer(&model.preparation().apply(&picture.pixels))).expect("it runs");
        let right = data::numbers(&folder.join(format!("oracles/mnv2_{name}_probs.npy")));
        assert_eq!(probabilities.len(), right.len());
        let off = probabilities.iter().zip(&right).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("{file}, {name}: off by {off:.1e}");
        assert!(off <= 1e-4, "{file}, {name}: off by {off}");
        // The order, wherever neighbours differ by enough.
        let order = |of: &[f32]| {
            let mut order: Vec<usize> = (0..of.len()).collect();
            order.sort_by(|a, b| of[*b].total_cmp(&of[*a]));
            order
        };
        for (pair, ours) in order(&right).windows(2).zip(order(&probabilities)) {
            if right[pair[0]] - right[pair[1]] <= 1e-3 {
                break;
            }
            assert_eq!(ours, pair[0], "{name}");
        }
    }
}
