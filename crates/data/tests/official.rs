//! The published files themselves, where the environment variable `ATELIER_DATA` names their folder.

use std::path::PathBuf;

use atelier_data::official::{self, CLASS_NAMES};
use atelier_data::{Dataset, Source};

#[test]
fn the_published_files_are_read_whole() {
    let Some(folder) = std::env::var_os("ATELIER_DATA").map(PathBuf::from) else {
        // A machine that is asked for every check has to have what they need.
        assert!(std::env::var_os("CI").is_none(), "ATELIER_DATA names no folder with the four Fashion-MNIST files");
        println!("skipped: ATELIER_DATA names no folder with the four Fashion-MNIST files");
        return;
    };
    let files = official::FILES.map(|file| {
        let bytes =
            std::fs::read(folder.join(file.name)).expect("a readable file in the folder that ATELIER_DATA names");
        assert_eq!(bytes.len(), file.bytes, "{}", file.name);
        (file.name, bytes)
    });
    let set = Dataset::from_files(files.into_iter().rev()).expect("sound files");
    assert_eq!(set.source, Source::Official);
    assert_eq!(set.class_names, CLASS_NAMES);
    for (split, n) in [(&set.train, 60_000), (&set.test, 10_000)] {
        assert_eq!(split.len(), n);
        for class in 0..10 {
            let count = split.labels().iter().filter(|&&label| label == class).count();
            assert_eq!(count, n / 10, "the published set is balanced");
        }
    }
    // The first training picture is an ankle boot, the first test picture too.
    assert_eq!((set.train.labels()[0], set.test.labels()[0]), (9, 9));
    // Mean of all training pixels: 0.2860 of the full range, as its users' normalisations have it.
    let sum: u64 = set.train.images().iter().map(|&pixel| u64::from(pixel)).sum();
    let mean = sum as f64 / (60_000.0 * 784.0 * 255.0);
    assert!((mean - 0.2860).abs() < 0.000_05, "{mean}");
}
