use std::fs;
use std::path::Path;

use atelier_nn::Network;
use atelier_zoo::Model;

/// What Keras printed, by `tests/golden/summaries.py`.
fn check(file: &str, network: Network) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/summaries").join(file);
    let golden = fs::read_to_string(path).expect("a golden file");
    let summary = network.summary().expect("it can be built");
    let mut lines = golden.trim_end().lines().zip(summary.lines()).enumerate();
    if let Some((at, (golden, ours))) = lines.find(|(_, (golden, ours))| golden != ours) {
        panic!("{file}, line {}: Keras has\n{golden}\nand here is\n{ours}", at + 1);
    }
    assert_eq!(golden.trim_end().lines().count(), summary.lines().count(), "{file}");
}

#[test]
fn every_model_of_keras_has_its_summary_to_the_letter() {
    let of_keras = Model::ALL.into_iter().filter(|model| !matches!(model, Model::ResNet18 | Model::ResNet34));
    for model in of_keras {
        check(&format!("{}.txt", model.name()), model.trained().expect("it was trained so"));
    }
    let network = Model::MobileNetV2.network([97, 130], None).expect("it can be built");
    check("mobilenet_v2-97x130-no-top.txt", network);
}
