//! The catalogue against what the engine reads and refuses.

use atelier_nn::catalogue::LayerEntry;
use atelier_nn::{Hyperparameter, Initializer, Layer, Network, NetworkCatalogue, Optimizer, Padding, Preset, Problem};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn written<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("it has a JSON form")
}

fn name(hyperparameter: &Hyperparameter) -> &'static str {
    match hyperparameter {
        Hyperparameter::Whole(range) => range.name,
        Hyperparameter::Real(range) => range.name,
        Hyperparameter::Pair(range) => range.name,
        Hyperparameter::Borders(range) => range.name,
        Hyperparameter::Choice { name, .. } | Hyperparameter::Flag { name } | Hyperparameter::Activation { name } => {
            name
        }
    }
}

/// The names in an object, its tag left out.
fn names(object: &Value) -> Vec<String> {
    let keys = object.as_object().expect("an object").keys();
    let mut names: Vec<String> = keys.filter(|key| *key != "class_name").cloned().collect();
    names.sort_unstable();
    names
}

fn sorted(hyperparameters: &[Hyperparameter]) -> Vec<String> {
    let mut names: Vec<String> = hyperparameters.iter().map(|h| name(h).to_owned()).collect();
    names.sort_unstable();
    names
}

#[test]
fn defaults_are_what_the_engine_takes_for_what_is_left_out() {
    for entry in NetworkCatalogue::new().layers {
        let mut least = json!({ "class_name": entry.class_name });
        let full = written(&entry.default);
        for required in entry.required {
            assert!(read::<Layer>(least.clone()).is_none(), "{}: {required} can be left out", entry.class_name);
            least[*required] = full[*required].clone();
        }
        assert_eq!(read(least), Some(entry.default), "{}", entry.class_name);
    }
}

#[test]
fn every_hyperparameter_is_listed_once() {
    let catalogue = NetworkCatalogue::new();
    for entry in catalogue.layers.iter().filter(|entry| entry.class_name != "InputLayer") {
        assert_eq!(sorted(&entry.hyperparameters), names(&written(&entry.default)), "{}", entry.class_name);
    }
    for entry in &catalogue.optimizers {
        assert_eq!(sorted(&entry.hyperparameters), names(&written(&entry.default)), "{}", entry.class_name);
        assert_eq!(written(&entry.default)["class_name"], entry.class_name);
    }
    for entry in &catalogue.activations {
        match written(&entry.default) {
            Value::String(name) => assert!(name == entry.name && entry.arguments.is_empty(), "{name}"),
            object => assert_eq!(sorted(&entry.arguments), names(&object[entry.name]), "{}", entry.name),
        }
    }
}

#[test]
fn choices_are_all_that_the_engine_knows() {
    let initializers = [
        Initializer::Zeros,
        Initializer::Ones,
        Initializer::GlorotUniform,
        Initializer::GlorotNormal,
        Initializer::HeUniform,
        Initializer::HeNormal,
    ];
    let known = |name: &str| -> Vec<Value> {
        match name {
            "padding" => [Padding::Valid, Padding::Same].iter().map(written).collect(),
            _ => initializers.iter().map(written).collect(),
        }
    };
    for entry in NetworkCatalogue::new().layers {
        for hyperparameter in entry.hyperparameters {
            let Hyperparameter::Choice { name, choices } = hyperparameter else { continue };
            let offered: Vec<Value> = choices.iter().map(|choice| json!(choice)).collect();
            let known = known(name);
            assert_eq!(offered.len(), known.len(), "{name}");
            assert!(known.iter().all(|choice| offered.contains(choice)), "{name}: {offered:?}");
        }
    }
}

/// Whether a layer with this hyper-parameter is refused for it, alone behind an input that it can stand behind.
fn refused(entry: &LayerEntry, name: &str, value: &Value) -> bool {
    let mut layer = written(&entry.default);
    match name {
        "negative_slope" => layer["activation"] = json!({ "leaky_relu": { name: value } }),
        "max_value" if entry.class_name != "ReLU" => layer["activation"] = json!({ "clipped_relu": { name: value } }),
        _ => layer[name] = value.clone(),
    }
    let Some(layer) = read::<Layer>(layer) else { return true };
    let shape: &[usize] = if matches!(layer, Layer::Dense(_)) { &[4] } else { &[4, 4, 1] };
    let mut network = Network::new("one", shape);
    network.push(layer);
    // What is within its range may still make windows or tensors that are too large.
    match network.analyze().problem.map(|e| *e.problem) {
        Some(Problem::Value { field, .. }) => {
            assert_eq!(field, name);
            true
        }
        _ => false,
    }
}

#[test]
fn the_engine_refuses_what_lies_outside_a_range_and_nothing_inside() {
    let catalogue = NetworkCatalogue::new();
    let arguments = catalogue.activations.iter().flat_map(|entry| entry.arguments.clone()).collect::<Vec<_>>();
    for entry in &catalogue.layers {
        let has_activation = entry.hyperparameters.iter().any(|h| matches!(h, Hyperparameter::Activation { .. }));
        let arguments = arguments.iter().filter(|_| has_activation);
        for hyperparameter in entry.hyperparameters.iter().chain(arguments) {
            let name = name(hyperparameter);
            let wrap = |n: usize| match hyperparameter {
                Hyperparameter::Pair(_) => json!([1, n]),
                Hyperparameter::Borders(_) => json!([[1, 1], [n, 1]]),
                _ => json!(n),
            };
            let (inside, outside) = match *hyperparameter {
                Hyperparameter::Whole(atelier_nn::Whole { least, most, .. })
                | Hyperparameter::Pair(atelier_nn::Pair { least, most, .. })
                | Hyperparameter::Borders(atelier_nn::Borders { least, most, .. }) => {
                    let below = least.checked_sub(1).map(wrap);
                    let outside = below.into_iter().chain([wrap(most + 1)]).collect::<Vec<_>>();
                    (vec![wrap(least), wrap(most)], outside)
                }
                Hyperparameter::Real(range) => {
                    let (least, most) = (range.least, range.most);
                    let lower = [least.next_down(), least, least.next_up()];
                    let upper = [most.next_down(), most, most.next_up()];
                    let from = if range.above_least { 2 } else { 1 };
                    let to = if range.below_most { 1 } else { 2 };
                    let inside = [&lower[from..], &upper[..to]].concat();
                    let outside = [&lower[..from], &upper[to..]].concat();
                    // JSON has no infinity; one too large to be narrowed stands for it.
                    let number = |v: &f32| if v.is_infinite() { json!(1e39) } else { json!(v) };
                    (inside.iter().map(number).collect(), outside.iter().map(number).collect())
                }
                _ => continue,
            };
            for value in inside {
                assert!(!refused(entry, name, &value), "{} with {name} {value}", entry.class_name);
            }
            for value in outside {
                assert!(refused(entry, name, &value), "{} with {name} {value}", entry.class_name);
            }
        }
    }
}

#[test]
fn an_optimizer_is_checked_as_the_engine_computes() {
    let check = |optimizer: Value| read::<Optimizer>(optimizer).map(|o| o.check().map_err(|e| e.field));
    for entry in NetworkCatalogue::new().optimizers {
        assert_eq!(entry.default.check(), Ok(()));
    }
    assert_eq!(check(json!({ "class_name": "Adam", "beta_1": 0.999_999_999_99 })), Some(Err("beta_1")));
    assert_eq!(check(json!({ "class_name": "Adam", "beta_2": 1.0 })), Some(Err("beta_2")));
    assert_eq!(check(json!({ "class_name": "Adam", "epsilon": 1e-50 })), Some(Err("epsilon")));
    assert_eq!(check(json!({ "class_name": "SGD", "momentum": -0.1 })), Some(Err("momentum")));
    assert_eq!(check(json!({ "class_name": "SGD", "momentum": 0.99, "nesterov": true })), Some(Ok(())));
}

#[test]
fn presets_fit_the_pictures_and_their_classes() {
    let names = |shape: &[usize], classes| -> Vec<String> {
        Network::presets(shape, classes).into_iter().map(|network| network.name).collect()
    };
    let all = Preset::ALL.map(|preset| preset.name().to_owned());
    assert_eq!(written(&Preset::ALL), written(&all), "a preset is called on the page as its network is");
    assert_eq!(names(&[28, 28, 1], 10), all);
    assert_eq!(names(&[32, 32, 3], 4), all);
    // Three poolings halve 7 to 0; two take 4 to 1; one takes 2 to 1.
    assert_eq!(names(&[7, 7, 1], 2), ["small", "normalized", "residual"]);
    assert_eq!(names(&[2, 2, 1], 2), ["residual"]);
    assert!(names(&[784], 10).is_empty(), "presets are for pictures");

    for shape in [[28, 28, 1], [32, 32, 3], [64, 48, 3]] {
        for network in Network::presets(&shape, 26) {
            let layers = network.check().expect("it is offered because it can be built");
            assert_eq!(layers[0].output_shape, shape);
            assert_eq!(layers.last().map(|l| l.output_shape.clone()), Some(vec![26]), "{}", network.name);
        }
    }
}

/// Parameters by hand: kernels, biases and batch normalisation's four numbers a channel.
#[test]
fn presets_have_the_sizes_of_their_papers_and_courses() {
    for (preset, params) in [
        (Preset::Seed, 287_402),
        (Preset::Small, 80 + 1_168 + 784 * 10 + 10),
        (Preset::Lenet, 156 + 2_416 + 400 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10),
        (Preset::Normalized, 144 + 64 + 4_608 + 128 + 1_568 * 64 + 64 + 64 * 10 + 10),
        (Preset::Residual, 160 + 4 * 2_320 + 16 * 10 + 10),
    ] {
        let network = Network::preset(preset, &[28, 28, 1], 10);
        assert_eq!(network.analyze().total_params(), params, "{preset:?}");
    }
}
