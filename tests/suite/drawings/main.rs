//! The drawings test set: that it stays what it is, and that the shipped weights know it.

mod judge;

use std::collections::BTreeMap;
use std::fs;

use atelier_session::Checkpoint;
use atelier_tests::drawings::{CLASSES, STYLES, Table, drawings};
use atelier_tests::prepared;
use serde::Deserialize;

/// FNV-1a of all files, one after another.
const CHECKSUM: u64 = 0xbc6b_c03d_5243_ebb0;

const REPORT: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/public/weights/garments.json"));

/// `garments.json`, as far as drawings go.
#[derive(Deserialize)]
struct Report {
    accuracy: Accuracy,
}

#[derive(Deserialize)]
struct Accuracy {
    drawings: Written,
}

/// Shares that are answered rightly.
#[derive(Deserialize)]
struct Written {
    all: f64,
    by_class: BTreeMap<String, f64>,
    by_style: BTreeMap<String, f64>,
}

#[test]
fn the_set_is_the_same_on_every_machine() {
    let bytes = drawings().into_iter().flat_map(|drawing| (drawing.name + &drawing.svg).into_bytes());
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(sum, CHECKSUM, "the set is another: {sum:#018x}");
}

/// Here, in another test every build for the web: the same number.
#[test]
fn pictures_are_prepared_to_the_same_bit_on_every_machine() {
    let sum = prepared::checksum();
    assert_eq!(sum, prepared::CHECKSUM, "another number: {sum:#018x}");
}

#[test]
fn every_class_is_drawn_as_often_in_every_style() {
    let set = drawings();
    assert!(set.len() >= 400);
    let count = |class, style| set.iter().filter(|d| d.class == class && d.style == style).count();
    for class in 0..CLASSES.len() {
        for style in 0..STYLES.len() {
            assert_eq!(count(class, style) * CLASSES.len() * STYLES.len(), set.len());
        }
    }
    // No garment is drawn twice.
    let mut files: Vec<&str> = set.iter().map(|drawing| drawing.svg.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    assert_eq!(files.len(), set.len());
}

#[test]
fn the_shipped_weights_know_drawings() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/public/weights/garments.safetensors");
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let checkpoint = Checkpoint::from_bytes(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
    let [seen, readings] = judge::judge(&checkpoint, &drawings());
    let table = Table { names: ["seen", "readings"], scores: [&seen, &readings] };
    assert!(readings.accuracy() >= 0.90, "\n{table}");
    for (class, name) in CLASSES.iter().enumerate() {
        assert!(readings.of_class(class) >= 0.75, "{name}\n{table}");
    }
    // What is written beside the weights: to a drawing, which another processor may answer otherwise, and three digits.
    let Report { accuracy: Accuracy { drawings: written } } =
        serde_json::from_slice(REPORT).expect("a report of the weights");
    let per_class = drawings().len() / CLASSES.len();
    let told = |name: &str, written: f64, found: f64, of: usize| {
        assert!((written - found).abs() <= 1.0 / of as f64 + 5e-4, "{name}: {written} is written\n{table}");
    };
    told("all", written.all, readings.accuracy(), drawings().len());
    for (class, name) in CLASSES.iter().enumerate() {
        told(name, written.by_class[*name], readings.of_class(class), per_class);
    }
    for (style, name) in STYLES.iter().enumerate() {
        told(name, written.by_style[*name], readings.of_style(style), drawings().len() / STYLES.len());
    }
}
