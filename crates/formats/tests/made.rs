//! Sound files of every format give the network's numbers; damaged and swapped ones are refused by name and reason.

#[path = "made/mod.rs"]
mod made;

use atelier_nn::plan::Parameter;
use made::{Made, all_of, keras_3, legacy, network, parameters, safetensors, tensors};

/// The kinds of files, as they are made from tensors.
type Kind = (&'static str, fn(&[Made]) -> Vec<u8>);
const KINDS: [Kind; 3] = [("safetensors", safetensors), ("legacy", legacy), ("Keras 3", keras_3)];

#[test]
fn every_format_gives_every_number_in_its_place() {
    let network = network();
    let parameters = parameters(&network);
    let tensors = tensors(&parameters);
    let right: Vec<Vec<f32>> = tensors.iter().map(|made| made.2.clone()).collect();
    for (kind, make) in KINDS {
        assert_eq!(all_of(make(&tensors), &network, &parameters), Ok(right.clone()), "{kind}");
    }
}

/// PyTorch has filters first, channels before places, outputs before inputs, and other words.
#[test]
fn pytorch_s_axes_become_ours() {
    let network = network();
    let parameters = parameters(&network);
    let tensors = tensors(&parameters);
    let theirs = |made: &Made| {
        let (name, shape, values) = made;
        let (layer, last) = name.rsplit_once('/').expect("layer and parameter");
        let last = match last {
            "kernel" | "gamma" => "weight",
            "beta" | "bias" => "bias",
            "moving_mean" => "running_mean",
            _ => "running_var",
        };
        let (shape, values) = match shape[..] {
            [h, w, c, f] => {
                let at = |f_: usize, c_: usize, y: usize, x: usize| values[((y * w + x) * c + c_) * f + f_];
                let mut out = Vec::new();
                for (f_, c_) in (0..f).flat_map(|f_| (0..c).map(move |c_| (f_, c_))) {
                    out.extend((0..h).flat_map(|y| (0..w).map(move |x| (y, x))).map(|(y, x)| at(f_, c_, y, x)));
                }
                (vec![f, c, h, w], out)
            }
            [i, o] => {
                let out = (0..o).flat_map(|o_| (0..i).map(move |i_| (o_, i_))).map(|(o_, i_)| values[i_ * o + o_]);
                (vec![o, i], out.collect())
            }
            _ => (shape.clone(), values.clone()),
        };
        (format!("{layer}.{last}"), shape, values)
    };
    let file = safetensors(&tensors.iter().map(theirs).collect::<Vec<_>>());
    let right: Vec<Vec<f32>> = tensors.iter().map(|made| made.2.clone()).collect();
    assert_eq!(all_of(file, &network, &parameters), Ok(right));
}

/// What was done to a file, and the words that it must be refused with.
type Refusal = (&'static str, fn(&mut Vec<Made>), &'static [&'static str]);

const SWAPPED: [Refusal; 5] = [
    ("another shape", |t| t[0].1 = vec![3, 2, 3, 2], &["conv2d", "kernel", "[3, 2, 2, 3]", "[3, 2, 3, 2]"]),
    ("a vector for a matrix", |t| t[6].1 = vec![12], &["dense", "kernel", "[3, 4]", "[12]"]),
    (
        "kernels changed",
        |t| {
            let shape = t[0].1.clone();
            t[0].1 = t[6].1.clone();
            t[0].2.truncate(12);
            t[6].1 = shape;
            t[6].2 = vec![0.0; 36];
        },
        &["conv2d", "dense"],
    ),
    ("a layer short", |t| t.truncate(6), &["dense"]),
    (
        "a tensor short",
        |t| {
            t.remove(1);
        },
        &["conv2d"],
    ),
];

#[test]
fn swapped_and_missing_tensors_are_told_by_layer_and_shape() {
    let network = network();
    let parameters = parameters(&network);
    for (kind, make) in KINDS {
        for (what, change, words) in SWAPPED {
            let mut tensors = tensors(&parameters);
            change(&mut tensors);
            let refused = all_of(make(&tensors), &network, &parameters).expect_err(what);
            for word in words {
                assert!(refused.contains(word), "{kind}, {what}: {refused}");
            }
        }
    }
}

fn refused(bytes: Vec<u8>, words: &[&str]) {
    let network = network();
    let parameters: Vec<Parameter> = parameters(&network);
    let refused = all_of(bytes, &network, &parameters).expect_err("it is damaged");
    assert!(words.iter().any(|word| refused.contains(word)), "{refused}");
}

#[test]
fn damaged_files_say_what_they_are() {
    let network = network();
    let tensors = tensors(&parameters(&network));
    refused(Vec::new(), &["neither"]);
    refused(b"PK\x03\x04 an archive".to_vec(), &["neither"]);
    refused(b"<!doctype html>".to_vec(), &["neither"]);
    refused(b"\x89HDF\r\n\x1a\n".to_vec(), &["damaged"]);
    for (kind, make) in KINDS {
        let whole = make(&tensors);
        for share in [1, 2, 3] {
            let cut = whole[..whole.len() * share / 4].to_vec();
            let network = self::network();
            assert!(all_of(cut, &network, &parameters(&network)).is_err(), "{kind} cut at {share}/4");
        }
    }
    // A header that says to be as long as the file is not, and one of a terabyte.
    let mut long = safetensors(&tensors);
    long[..8].copy_from_slice(&(1u64 << 40).to_le_bytes());
    refused(long, &["neither"]);
    let mut longer = safetensors(&tensors);
    longer.extend([0; 9]);
    refused(longer, &["damaged"]);
    let mut words = safetensors(&tensors);
    words[9] = b'!';
    refused(words, &["damaged", "neither"]);
}
