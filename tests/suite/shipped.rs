//! The weights that the repository carries, as the page opens with them: what is written beside them is true.

use std::path::{Path, PathBuf};

use atelier_data::Dataset;
use atelier_nn::Network;
use atelier_session::{Checkpoint, evaluate};
use pollster::block_on;
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

/// `garments.json`, as far as it can be checked here.
#[derive(Deserialize)]
struct Report {
    command: String,
    seed: u32,
    bytes: usize,
    accuracy: Accuracy,
}

#[derive(Deserialize)]
struct Accuracy {
    fashion_mnist_test: f32,
}

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/public/weights").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(beside(name)).expect("a file of the repository")
}

fn report() -> Report {
    serde_json::from_slice(&read("garments.json")).expect("a report of the weights")
}

fn weights() -> Checkpoint {
    Checkpoint::from_bytes(&read("garments.safetensors")).expect("weights of this project")
}

#[test]
fn the_shipped_weights_are_small_and_of_the_opening_network() {
    let (bytes, report) = (read("garments.safetensors"), report());
    assert_eq!(bytes.len(), report.bytes);
    assert!(bytes.len() < 700_000, "{} bytes", bytes.len());
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    assert!(file.tensors().iter().all(|(_, view)| view.dtype() == Dtype::F16));
    let parameters: usize = file.tensors().iter().map(|(_, view)| view.shape().iter().product::<usize>()).sum();
    assert_eq!(parameters, 287_402);
    let weights = weights();
    assert_eq!(weights.network, Network::seed());
    // The command that is written beside them is the one that they say they are from.
    let recipe = weights.recipe.expect("they are from a mixture");
    assert_eq!(weights.training.seed, report.seed);
    let has = |option: &str| report.command.contains(option);
    assert!(has(&format!("--seed {}", report.seed)) && has(&format!("--epochs {}", weights.training.epochs)));
    assert!(has(&format!("--average {}", recipe.average)) && has("--schedule cosine") && recipe.schedule.is_some());
    assert!(has(&format!("--renderings {} --drawings {}", recipe.mixture.renderings, recipe.mixture.drawings)));
    for way in &recipe.mixture.augment {
        assert!(has(way.name()));
    }
}

/// Another processor may add in another order: a picture whose two best classes are level may go to the other one. Of ten
/// thousand, two may be that close.
#[test]
fn the_shipped_weights_have_the_accuracy_that_is_written_beside_them() {
    let Some(folder) = std::env::var_os("ATELIER_DATA").map(PathBuf::from) else {
        // A machine that is asked for every check has to have what they need.
        assert!(std::env::var_os("CI").is_none(), "ATELIER_DATA names no folder with the four Fashion-MNIST files");
        println!("skipped: ATELIER_DATA names no folder with the four Fashion-MNIST files");
        return;
    };
    let files = atelier_data::official::FILES.iter().map(|file| {
        let bytes = std::fs::read(folder.join(file.name)).expect("a file in the folder that ATELIER_DATA names");
        (file.name.to_owned(), bytes)
    });
    let data = Dataset::from_files(files).expect("the published files");
    let evaluation = block_on(evaluate(&weights(), &data, |_| {})).expect("the weights fit the data");
    let written = report().accuracy.fashion_mnist_test;
    assert!((evaluation.accuracy() - written).abs() <= 2.5e-4, "{} and not {written}", evaluation.accuracy());
    assert!(written >= 0.925, "{written}");
}
