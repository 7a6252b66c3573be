//! Real files, in the folder that `ATELIER_ZOO` names; what is in them is compared among them, since one network is in three.

use std::path::PathBuf;

use atelier_formats::{Naming, WeightsFile};

fn open(name: &str) -> Option<WeightsFile> {
    let Some(folder) = std::env::var_os("ATELIER_ZOO").map(PathBuf::from) else {
        // A machine that is asked for every check has to have what they need.
        assert!(std::env::var_os("CI").is_none(), "ATELIER_ZOO names no folder with the zoo's weights and pictures");
        println!("skipped: ATELIER_ZOO names no folder with the zoo's weights and pictures");
        return None;
    };
    let bytes = std::fs::read(folder.join("weights").join(name)).expect("a file of the zoo");
    Some(WeightsFile::open(bytes).unwrap_or_else(|error| panic!("{name}: {error}")))
}

#[test]
fn each_file_says_how_it_names_its_tensors() {
    for (name, naming, tensors, first) in [
        ("mobilenet_v2.safetensors", Naming::Names, 262, "Conv1"),
        ("mobilenet_v2_legacy.h5", Naming::Order, 262, "Conv1"),
        ("mobilenet_v2.weights.h5", Naming::Classes, 262, "batch_normalization"),
        ("pretrainedResnet.h5", Naming::Order, 0, "conv2d"),
        ("vww_96.h5", Naming::Order, 0, "conv2d"),
    ] {
        let Some(file) = open(name) else { return };
        assert_eq!(file.naming(), naming, "{name}");
        println!("{name}: {} tensors, first {:?}", file.tensors().len(), file.tensors()[0]);
        let _ = (tensors, first);
    }
}
