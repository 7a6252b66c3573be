//! Whole models from their files: the network that the file describes, its weights, and its answers to photographs.

use std::collections::BTreeMap;

use atelier_native::weights;
use atelier_nn::Lowering;
use atelier_session::Room;
use atelier_session::recognition::Recogniser;
use pollster::block_on;

use crate::data;

/// Side of the photographs as they lie there.
const SIDE: usize = 224;
/// The oracle has six decimals; f32 sums of some thousand products lie as far apart.
const NEAR: f32 = 5e-6;

/// Pillow's 1 in fixed point.
const POINT: i64 = 1 << 22;

#[test]
fn whole_models_answer_as_keras_did() {
    let Some(folder) = data::folder() else { return };
    let oracle = std::fs::read(folder.join("oracles/oracle_mlcommons.json")).expect("an oracle of the zoo");
    let oracle: BTreeMap<String, BTreeMap<String, Vec<f32>>> =
        serde_json::from_slice(&oracle).expect("numbers by photograph");
    // The oracle's photographs were made as small by Pillow, by these filters.
    for (file, side, scale, filter, parameters) in [
        ("pretrainedResnet.h5", 32, 1.0, Filter::Box, 78_666),
        ("vww_96.h5", 96, 1.0 / 255.0, Filter::Bilinear, 221_794),
    ] {
        let path = folder.join("weights").join(file);
        let network = weights::open(&path).expect("a whole model").network().expect("all layers are known");
        let plan = network.lower(&Lowering::inference(1)).expect("it can be lowered");
        let count: usize = plan.parameters.iter().map(|p| p.shape.iter().product::<usize>()).sum();
        assert_eq!(count, parameters, "{file}");
        let mut recogniser = Recogniser::new(&network, Room::UNKNOWN).expect("there is memory");
        weights::write(&path, &mut recogniser).expect("its own weights fit");
        let mut seen = 0;
        for (name, right) in &oracle[file] {
            let picture = folder.join(format!("photos{SIDE}/{name}.png"));
            if !picture.is_file() {
                continue;
            }
            let small = filter.reduced(&data::rgb(&picture), side);
            let input: Vec<f32> = small.iter().map(|value| f32::from(*value) * scale).collect();
            let got = block_on(recogniser.answer(&input)).expect("it runs");
            let off = got.iter().zip(right).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            println!("{file}, {name}: off by {off:.1e}");
            assert!(off <= NEAR, "{file}, {name}: off by {off}");
            seen += 1;
        }
        assert_eq!(seen, 6, "{file}");
    }
}

/// As Pillow makes pictures smaller (`src/libImaging/Resample.c`): rows first, then columns, each rounded to bytes.
#[derive(Clone, Copy)]
enum Filter {
    Box,
    Bilinear,
}

impl Filter {
    fn weight(self, at: f64) -> f64 {
        match self {
            Filter::Box => f64::from(u8::from(at > -0.5 && at <= 0.5)),
            Filter::Bilinear => (1.0 - at.abs()).max(0.0),
        }
    }

    fn reduced(self, rgb: &[u8], side: usize) -> Vec<u8> {
        let rows = self.along(rgb, side, [SIDE, 3 * SIDE, 3, 3 * side]);
        self.along(&rows, side, [3 * side, 3, 3 * side, 3])
    }

    /// Reduces so many lines, which begin `apart` in what is given, along numbers that are `step` apart, to `side`; the next line
    /// begins `then` behind in what is made. Channels lie together.
    fn along(self, values: &[u8], side: usize, [lines, apart, step, then]: [usize; 4]) -> Vec<u8> {
        let scale = SIDE as f64 / side as f64;
        let support = scale * if matches!(self, Filter::Box) { 0.5 } else { 1.0 };
        let channels = if step == 3 { 3 } else { 1 };
        let mut out = vec![0; lines * channels * side];
        for to in 0..side {
            let centre = (to as f64 + 0.5) * scale;
            let from = ((centre - support + 0.5).max(0.0)) as usize;
            let until = ((centre + support + 0.5) as usize).min(SIDE);
            let weights: Vec<f64> = (from..until).map(|at| self.weight((at as f64 - centre + 0.5) / scale)).collect();
            // In fixed point, as there: exact halves would fall otherwise.
            let whole: f64 = weights.iter().sum();
            let weights: Vec<i64> = weights.iter().map(|w| (w / whole * POINT as f64 + 0.5) as i64).collect();
            for line in 0..lines {
                for channel in 0..channels {
                    let (begin, out_at) = match step {
                        3 => (line * apart + channel, line * then + 3 * to + channel),
                        _ => (line, to * step + line),
                    };
                    let sum = weights.iter().zip(from..).map(|(w, at)| w * i64::from(values[begin + at * step]));
                    out[out_at] = ((sum.sum::<i64>() + POINT / 2) / POINT).clamp(0, 255) as u8;
                }
            }
        }
        out
    }
}
