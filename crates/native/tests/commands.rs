//! The commands as they are typed: what they refuse, and what they leave behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use atelier_session::Checkpoint;

/// A folder of a test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("what an earlier run left can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

fn command(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atelier-native"));
    command.args(arguments).current_dir(folder).env_remove("ATELIER_DATA");
    command
}

fn run(arguments: &str, folder: &Path) -> Output {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    command(&arguments, folder).output().expect("the command starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn refused(arguments: &str, folder: &Path, words: &[&str]) {
    let output = run(arguments, folder);
    assert!(!output.status.success(), "`{arguments}` was not refused");
    for word in words {
        assert!(said(&output).contains(word), "`{arguments}` says nothing of {word}: {}", said(&output));
    }
}

/// One dense layer with a softmax, for pictures of this shape.
fn network(shape: &str, classes: usize) -> String {
    format!(
        r#"{{"name": "line", "layers": [
            {{"name": "input", "inbound": [], "layer": {{"class_name": "InputLayer", "shape": {shape}}}}},
            {{"name": "flat", "inbound": ["input"], "layer": {{"class_name": "Flatten"}}}},
            {{"name": "out", "inbound": ["flat"],
              "layer": {{"class_name": "Dense", "units": {classes}, "activation": "softmax"}}}}]}}"#
    )
}

/// Four plain files of `n` pictures and a tenth for the tests, whose labels go round the classes, as many archives unpack.
fn write_set(folder: &Path, shape: &[u32], classes: u32, n: u32) {
    for (part, count) in [("train", n), ("t10k", n.div_ceil(10))] {
        let header = |axes: &[u32]| {
            let mut bytes = vec![0, 0, 8, axes.len() as u8];
            bytes.extend(axes.iter().flat_map(|axis| axis.to_be_bytes()));
            bytes
        };
        let axes = [&[count], shape].concat();
        let mut images = header(&axes);
        images.extend((0..axes.iter().product::<u32>()).map(|i| (i * 31 % 251) as u8));
        let mut labels = header(&[count]);
        labels.extend((0..count).map(|i| (i % classes) as u8));
        let name = |what: &str| folder.join(format!("{part}-{what}.idx-ubyte"));
        fs::write(name("images"), images).expect("a file can be written");
        fs::write(name("labels"), labels).expect("a file can be written");
    }
    fs::write(folder.join("LICENSE"), "as you like").expect("a file can be written");
}

#[test]
fn options_that_would_do_nothing_are_refused_by_name() {
    let folder = folder("options");
    refused("train --garments 60 --momentum 0.9", &folder, &["--momentum", "Adam", "--optimizer sgd"]);
    refused("train --garments 60 --nesterov", &folder, &["--nesterov", "Adam"]);
    refused("train --resume kept.safetensors --momentum 0.9", &folder, &["--momentum", "--resume"]);
    refused("train --resume kept.safetensors --nesterov", &folder, &["--nesterov", "--resume"]);
}

#[test]
fn mixtures_that_cannot_be_made_are_refused_by_name() {
    let folder = folder("mixtures");
    refused("train --garments 60 --drawings 0.7 --renderings 0.4", &folder, &["0.7", "0.4", "together at most 1"]);
    refused("train --garments 60 --augment upside-down", &folder, &["upside-down", "affine"]);
    refused("train --garments 60 --final-rate 0.1", &folder, &["--schedule"]);
    refused("train --garments 60 --schedule cosine --final-rate 0.1", &folder, &["--final-rate", "0.1", "0.001"]);
    refused("train --resume kept.safetensors --drawings 0.3", &folder, &["--drawings", "--resume"]);
    write_set(&folder, &[16, 16, 3], 4, 8);
    refused("train --data . --renderings 0.5", &folder, &["28x28x1", "16x16x3"]);
}

/// A run that was stopped and goes on ends where one that was not does: each epoch's pictures and rates are its own.
#[test]
fn a_mixed_run_goes_on_as_it_began() {
    let folder = folder("mixed");
    fs::write(folder.join("line.json"), network("[28, 28, 1]", 10)).expect("a file can be written");
    let train = "train --garments 60 --batch 10 --network line.json --device cpu --epochs 3 --drawings 0.3 \
                 --renderings 0.2 --augment mirror,affine --schedule cosine --average 2 --out whole --half half.safetensors";
    let whole = run(train, &folder);
    assert!(whole.status.success(), "{}", said(&whole));
    let resumed = run(
        "train --garments 60 --device cpu --resume whole/epoch-001.safetensors --out resumed --half resumed.safetensors",
        &folder,
    );
    // The mean is of two epochs' weights, and the run that went on wrote both.
    assert!(resumed.status.success(), "{}", said(&resumed));
    let read = |name: &str| fs::read(folder.join(name)).expect("a file that the run wrote");
    // Not byte by byte: what is said beside the tensors stands in any order.
    let kept = |name: &str| Checkpoint::from_bytes(&read(name)).expect("a checkpoint");
    for file in ["epoch-002.safetensors", "epoch-003.safetensors", "averaged.safetensors"] {
        assert!(kept(&format!("whole/{file}")) == kept(&format!("resumed/{file}")), "{file} differs");
    }
    assert!(kept("half.safetensors") == kept("resumed.safetensors"));
    // 7,850 parameters of two bytes, and what is said of them; nothing of the optimiser.
    let bytes = read("half.safetensors").len();
    assert!((15_700..18_000).contains(&bytes), "{bytes} bytes");
    let longer = "train --garments 60 --device cpu --resume whole/epoch-001.safetensors --epochs 5";
    refused(longer, &folder, &["falls over its 3 epochs"]);
    let evaluated = run("evaluate half.safetensors --garments 60", &folder);
    assert!(String::from_utf8_lossy(&evaluated.stdout).contains("accuracy"), "{}", said(&evaluated));
}

/// The Vulkan loader tells when it is opened. Where there is none, nothing can be seen.
#[test]
fn training_on_the_cpu_opens_no_gpu() {
    let folder = folder("no-gpu");
    fs::write(folder.join("line.json"), network("[28, 28, 1]", 10)).expect("a file can be written");
    let loader_said = |device: &str| {
        let arguments = ["train", "--garments", "12", "--network", "line.json", "--epochs", "1", "--device", device];
        let output = command(&arguments, &folder).env("VK_LOADER_DEBUG", "all").output().expect("the command starts");
        assert!(output.status.success(), "{}", said(&output));
        said(&output).contains("Vulkan")
    };
    assert!(!loader_said("cpu"), "the GPU was looked for");
    if !loader_said("auto") {
        println!("skipped: there is no Vulkan loader that would tell of itself");
    }
}

#[test]
fn a_run_whose_numbers_end_stops_and_keeps_what_was_good() {
    let folder = folder("diverged");
    fs::write(folder.join("line.json"), network("[28, 28, 1]", 10)).expect("a file can be written");
    let train = "train --garments 60 --batch 10 --network line.json --device cpu --epochs 2";
    let good = run(train, &folder);
    assert!(good.status.success(), "{}", said(&good));
    let kept = folder.join("checkpoints/epoch-001.safetensors");
    let before = fs::read(&kept).expect("the epoch's checkpoint");

    // Weights of 1e37 overflow in the next product.
    let output = run(&format!("{train} --optimizer sgd --learning-rate 3e38"), &folder);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for word in ["update", "NaN", "--learning-rate below"] {
        assert!(said(&output).contains(word), "{}", said(&output));
    }
    assert_eq!(fs::read(&kept).expect("the epoch's checkpoint"), before, "a spoilt run was kept over a good one");
}

#[test]
fn the_opening_network_is_made_for_the_pictures() {
    let folder = folder("opening");
    write_set(&folder, &[16, 16, 3], 4, 8);
    let output = run("train --data . --device cpu --workers 1 --batch 4 --epochs 1", &folder);
    assert!(output.status.success(), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("each 16x16x3, of 4 classes"));
}

#[test]
fn a_network_that_does_not_fit_is_refused_with_what_would() {
    let folder = folder("misfit");
    write_set(&folder, &[32, 32, 3], 4, 8);
    fs::write(folder.join("grey.json"), network("[28, 28, 1]", 4)).expect("a file can be written");
    fs::write(folder.join("ten.json"), network("[32, 32, 3]", 10)).expect("a file can be written");
    let train = "train --data . --device cpu --network";
    refused(&format!("{train} grey.json"), &folder, &["grey.json", "[28, 28, 1]", "[32, 32, 3]"]);
    refused(&format!("{train} ten.json"), &folder, &["ten.json", "10", "Dense layer of 4 units"]);
}
