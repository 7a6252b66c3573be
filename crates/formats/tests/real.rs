//! Real files, in the folder that `ATELIER_ZOO` names; what is in them they hold is known.

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
    for (name, naming, tensors) in [
        ("mobilenet_v2.safetensors", Naming::Names, 262),
        ("mobilenet_v2_legacy.h5", Naming::Order, 262),
        ("mobilenet_v2.weights.h5", Naming::Classes, 262),
        ("pretrainedResnet.h5", Naming::Order, 48),
        ("vww_96.h5", Naming::Order, 164),
    ] {
        let Some(file) = open(name) else { return };
        assert_eq!((file.naming(), file.tensors().len()), (naming, tensors), "{name}");
    }
}

/// A file of weights alone says so.
#[test]
fn whole_models_describe_their_network() {
    for (name, layers) in [("pretrainedResnet.h5", 30), ("vww_96.h5", 85)] {
        let Some(file) = open(name) else { return };
        let network = file.network().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(network.layers.len(), layers, "{name}");
        network.check().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for name in ["mobilenet_v2.safetensors", "mobilenet_v2_legacy.h5"] {
        let Some(file) = open(name) else { return };
        let refused = file.network().expect_err("weights alone").to_string();
        assert!(refused.contains("name the network"), "{refused}");
    }
}
