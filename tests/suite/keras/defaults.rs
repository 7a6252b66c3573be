//! Every default against Keras's own, as `golden/keras_defaults.py` asked it: those of what a network or an optimiser leaves
//! out, and what Atelier always does where Keras lets one choose.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use atelier_cpu::Isa;
use atelier_nn::{
    Activation, Executor, Initializer, Layer, Loss, Lowering, Network, NetworkCatalogue, Node, Optimizer, StepData,
};
use atelier_session::Training;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::executors;

type Arguments = Map<String, Value>;

#[derive(Deserialize)]
struct Golden {
    layers: BTreeMap<String, KerasLayer>,
    activations: BTreeMap<String, Arguments>,
    leaky_relu_layer: Arguments,
    initializers: BTreeMap<String, KerasInitializer>,
    optimizers: BTreeMap<String, Arguments>,
    losses: BTreeMap<String, Arguments>,
    epsilon: f64,
    compile: Arguments,
    fit: Arguments,
}

#[derive(Deserialize)]
struct KerasLayer {
    name: String,
    trainable: bool,
    required: Vec<String>,
    /// Defaults of the arguments.
    signature: Arguments,
    /// What a layer made of those that it was not given.
    made: Arguments,
}

/// Of one that scales with the fans; nothing of a constant.
#[derive(Deserialize)]
struct KerasInitializer {
    scale: Option<f64>,
    mode: Option<String>,
    distribution: Option<String>,
}

fn golden() -> Golden {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/keras_defaults.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What Atelier does where Keras has an argument that Atelier lacks: Keras's default, always.
fn layers_always() -> Value {
    json!({
        // Nobody is asked for what a data set decides: the batch is any, the shape is required and dense.
        "InputLayer": {
            "batch_size": null, "batch_shape": null, "input_tensor": null, "sparse": false, "ragged": false, "optional": false,
        },
        "Conv2D": {
            "data_format": "channels_last", "groups": 1, "kernel_regularizer": null, "bias_regularizer": null,
            "activity_regularizer": null, "kernel_constraint": null, "bias_constraint": null,
        },
        "DepthwiseConv2D": {
            "data_format": "channels_last", "depthwise_regularizer": null, "bias_regularizer": null,
            "activity_regularizer": null, "depthwise_constraint": null, "bias_constraint": null,
        },
        "ReLU": { "negative_slope": 0.0, "threshold": 0.0 },
        "MaxPooling2D": { "data_format": "channels_last" },
        "AveragePooling2D": { "data_format": "channels_last" },
        "GlobalAveragePooling2D": { "data_format": "channels_last", "keepdims": false },
        "Flatten": { "data_format": "channels_last" },
        "Dense": {
            "kernel_regularizer": null, "bias_regularizer": null, "activity_regularizer": null, "kernel_constraint": null,
            "bias_constraint": null, "lora_rank": null, "lora_alpha": null, "quantization_config": null,
        },
        // How gamma, beta and the moments begin is compared with the plan's parameters below; `renorm` is off, and what it
        // would go by means nothing.
        "BatchNormalization": {
            "axis": -1, "beta_initializer": "zeros", "gamma_initializer": "ones", "moving_mean_initializer": "zeros",
            "moving_variance_initializer": "ones", "beta_regularizer": null, "gamma_regularizer": null,
            "beta_constraint": null, "gamma_constraint": null, "renorm": false, "renorm_clipping": null,
            "renorm_momentum": 0.99, "synchronized": false,
        },
        // The seed of the masks is the run's.
        "Dropout": { "noise_shape": null, "seed": null },
        "ZeroPadding2D": { "data_format": "channels_last" },
        "Concatenate": { "axis": -1 },
    })
}

/// Arguments that Keras asks for and Atelier has an example of, so that an editor can put the layer in at once.
const EXAMPLES: [(&str, &str); 5] = [
    ("Conv2D", "filters"),
    ("Conv2D", "kernel_size"),
    ("DepthwiseConv2D", "kernel_size"),
    ("Dense", "units"),
    ("AveragePooling2D", "pool_size"),
];

/// Keras leaves a shape out where there is a batch's shape, which Atelier does not know.
const ASKED_FOR: [(&str, &str); 1] = [("InputLayer", "shape")];

/// There is one input, and networks in files and addresses know it by this name.
const OTHER_NAMES: [(&str, &str); 1] = [("InputLayer", "input")];

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{value}: {e}"))
}

fn written(value: &impl serde::Serialize) -> Arguments {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        other => panic!("{other:?} is no object"),
    }
}

/// Numbers are compared as Atelier holds them, in f32.
fn same(ours: &Value, keras: &Value) -> bool {
    match (ours, keras) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a as f32 == b as f32,
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b,
    }
}

/// Compares what was left out with Keras's defaults: each argument that Keras has is ours or has what we always do.
fn compare(what: &str, ours: &Arguments, always: &Arguments, keras: &Arguments) {
    for (argument, default) in keras {
        let own = ours.get(argument).or_else(|| always.get(argument));
        let own = own.unwrap_or_else(|| panic!("{what}: nothing says what Atelier does about {argument}, {default}"));
        assert!(same(own, default), "{what}: {argument} is {own} here and {default} in Keras");
    }
    for argument in always.keys() {
        assert!(
            keras.contains_key(argument) && !ours.contains_key(argument),
            "{what}: {argument} is no choice of Keras's"
        );
    }
}

/// A class of layer read with nothing but what must be given.
fn with_nothing(class_name: &str) -> Layer {
    let mut least = json!({ "class_name": class_name });
    match class_name {
        "InputLayer" => least["shape"] = json!([8, 8, 1]),
        "Activation" => least["activation"] = json!("relu"),
        "Dropout" => least["rate"] = json!(0.5),
        _ => {}
    }
    read(least)
}

#[test]
fn layers() {
    let (golden, always) = (golden(), layers_always());
    let catalogue = NetworkCatalogue::new();
    let classes: Vec<&str> = catalogue.layers.iter().map(|entry| entry.class_name).collect();
    assert!(golden.layers.keys().all(|class| classes.contains(&class.as_str())), "{classes:?}");
    for entry in &catalogue.layers {
        let class = entry.class_name;
        let keras = golden.layers.get(class).unwrap_or_else(|| panic!("keras_defaults.py does not ask about {class}"));
        let layer = with_nothing(class);
        let mut ours = written(&layer);
        ours.remove("class_name");

        // Examples that Keras has no default for, and what neither leaves out, are no defaults.
        let is = |list: &[(&str, &str)], argument: &str| list.contains(&(class, argument));
        let asked: Vec<&str> = ours.keys().map(String::as_str).filter(|a| entry.required.contains(a)).collect();
        for argument in &keras.required {
            assert!(
                asked.contains(&argument.as_str()) || is(&EXAMPLES, argument),
                "{class}: Keras asks for {argument}"
            );
        }
        for argument in &asked {
            let needed = keras.required.iter().any(|a| a == argument) || is(&ASKED_FOR, argument);
            assert!(needed, "{class}: {argument} has a default in Keras: {:?}", keras.made.get(*argument));
        }
        ours.retain(|argument, _| !keras.required.contains(argument) && !is(&ASKED_FOR, argument));

        // What Keras works out from others when it makes a layer (a pool's strides, its own size) is compared as it is left
        // out; everything else as it is then.
        let mut defaults = keras.signature.clone();
        for (argument, made) in &keras.made {
            if let Some(default) = defaults.get_mut(argument)
                && !(default.is_null() && ours.get(argument).is_some_and(Value::is_null))
            {
                *default = made.clone();
            }
        }
        defaults.retain(|argument, _| !is(&ASKED_FOR, argument));
        if class == "InputLayer" {
            // Made of the example's shape.
            defaults.insert("batch_shape".to_owned(), keras.signature["batch_shape"].clone());
        }
        for argument in ours.keys() {
            assert!(defaults.contains_key(argument), "{class}: Keras has no {argument}");
        }
        let nothing = Arguments::new();
        compare(class, &ours, always[class].as_object().unwrap_or(&nothing), &defaults);

        let name = OTHER_NAMES.iter().find(|(other, _)| *other == class).map_or(keras.name.as_str(), |(_, name)| name);
        assert_eq!(layer.default_name(), name);
        let node: Node = read(json!({ "name": "n", "layer": layer }));
        assert_eq!(node.trainable, keras.trainable, "{class}");
    }
}

#[test]
fn what_batch_normalisation_begins_with() {
    let keras = &golden().layers["BatchNormalization"].signature;
    let mut network = Network::new("one", &[4, 4, 3]);
    network.push(with_nothing("BatchNormalization"));
    let plan = network.lower(&Lowering::inference(1)).expect("it is sound");
    assert_eq!(plan.parameters.len(), 4);
    for parameter in &plan.parameters {
        let (_, name) = parameter.name.rsplit_once('/').expect("a layer's parameter");
        let ours = serde_json::to_value(parameter.initializer).expect("it has a name");
        assert_eq!(ours, keras[&format!("{name}_initializer")], "{name}");
    }
}

/// Atelier's activations are arguments of layers, as Keras's functions are: their slope is the function's, not that of the
/// layer `LeakyReLU`.
#[test]
fn activations() {
    let golden = golden();
    let always = json!({
        "relu": { "negative_slope": 0.0, "max_value": null, "threshold": 0.0 },
        "softmax": { "axis": -1 },
    });
    let catalogue = NetworkCatalogue::new();
    assert_eq!(catalogue.activations.len(), golden.activations.len());
    for entry in &catalogue.activations {
        // Keras's function with a maximum is `relu6`, whose maximum is no argument.
        let name = if entry.name == "clipped_relu" { "relu6" } else { entry.name };
        let keras =
            golden.activations.get(name).unwrap_or_else(|| panic!("keras_defaults.py does not ask about {name}"));
        let ours = match serde_json::to_value(entry.default).expect("it has a form") {
            Value::Object(object) => object[entry.name].as_object().cloned().expect("its arguments"),
            _ => Arguments::new(),
        };
        if name == "relu6" {
            assert_eq!((ours, keras.is_empty()), (written(&json!({ "max_value": 6.0 })), true));
            continue;
        }
        let nothing = Arguments::new();
        compare(name, &ours, always[name].as_object().unwrap_or(&nothing), keras);
    }
    assert!(!same(&golden.leaky_relu_layer["negative_slope"], &golden.activations["leaky_relu"]["negative_slope"]));
    assert_eq!(
        golden.layers["Conv2D"].made["activation"],
        serde_json::to_value(Activation::default()).expect("a name")
    );
}

/// By the scale, the fans and the distribution that Keras has for a name: mean and variance of n draws lie within five
/// standard errors of that distribution's, and no draw outside it.
#[test]
fn initializers() {
    let golden = golden();
    let shape = [3, 3, 24, 40];
    let (fan_in, fan_out) = (9.0 * 24.0, 9.0 * 40.0);
    for (name, keras) in &golden.initializers {
        let ours: Initializer = read(json!(name));
        let values: Vec<f64> = ours.values(&shape, 11, 2).into_iter().map(f64::from).collect();
        let (Some(scale), Some(mode), Some(distribution)) = (keras.scale, &keras.mode, &keras.distribution) else {
            let constant = if name == "ones" { 1.0 } else { 0.0 };
            assert!(values.iter().all(|v| *v == constant), "{name}");
            continue;
        };
        let fan = match mode.as_str() {
            "fan_in" => fan_in,
            "fan_out" => fan_out,
            "fan_avg" => (fan_in + fan_out) / 2.0,
            other => panic!("{name}: {other}"),
        };
        let variance = scale / fan;
        // Standard deviation of a standard normal that is cut at two: sqrt(1 - 4 phi(2) / (2 Phi(2) - 1)).
        let most = match distribution.as_str() {
            "uniform" => (3.0 * variance).sqrt(),
            "truncated_normal" => 2.0 * variance.sqrt() / 0.879_625_661_034_239_8,
            other => panic!("{name}: {other}"),
        };
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let spread = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 5.0 * (variance / n).sqrt(), "{name}: mean {mean}");
        // Neither distribution has a kurtosis above the normal's 3.
        assert!((spread / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{name}: variance {spread}, not {variance}");
        let largest = values.iter().fold(0.0, |a: f64, v| a.max(v.abs()));
        assert!(largest <= most * (1.0 + f64::from(f32::EPSILON)), "{name}: {largest} is beyond {most}");
    }
    let known = NetworkCatalogue::new().layers.into_iter().flat_map(|entry| entry.hyperparameters);
    for choices in known.filter_map(|h| match h {
        atelier_nn::Hyperparameter::Choice { name, choices } if name.ends_with("initializer") => Some(choices),
        _ => None,
    }) {
        for choice in choices {
            assert!(golden.initializers.contains_key(*choice), "keras_defaults.py does not ask about {choice}");
        }
    }
}

#[test]
fn optimizers() {
    let golden = golden();
    // Without decay, clipping or averages, one update a batch.
    let always = json!({
        "weight_decay": null, "clipnorm": null, "clipvalue": null, "global_clipnorm": null, "use_ema": false,
        "ema_momentum": 0.99, "ema_overwrite_frequency": null, "loss_scale_factor": null,
        "gradient_accumulation_steps": null,
    });
    let catalogue = NetworkCatalogue::new();
    assert_eq!(catalogue.optimizers.len(), golden.optimizers.len());
    for entry in &catalogue.optimizers {
        let class = entry.class_name;
        let optimizer: Optimizer = read(json!({ "class_name": class }));
        assert_eq!(entry.default, optimizer, "{class}");
        assert_eq!(entry.default_learning_rate, optimizer.default_learning_rate(), "{class}");
        let mut ours = written(&optimizer);
        ours.remove("class_name");
        ours.insert("learning_rate".to_owned(), json!(optimizer.default_learning_rate()));
        let mut always = always.as_object().cloned().expect("an object");
        if class == "Adam" {
            always.insert("amsgrad".to_owned(), json!(false));
        }
        compare(class, &ours, &always, &golden.optimizers[class]);
        for argument in ours.keys() {
            assert!(golden.optimizers[class].contains_key(argument), "{class}: Keras has no {argument}");
        }
    }
}

#[test]
fn losses() {
    let golden = golden();
    let always = json!({
        "CategoricalCrossentropy": {
            "from_logits": false, "label_smoothing": 0.0, "axis": -1, "reduction": "sum_over_batch_size",
        },
        "MeanSquaredError": { "reduction": "sum_over_batch_size" },
    });
    for (class, keras) in &golden.losses {
        compare(class, &Arguments::new(), always[class].as_object().expect("what is always so"), keras);
    }
    // A certain answer that is wrong costs what keeping it `epsilon` away from 0 makes it.
    let mut network = Network::new("as given", &[2]);
    network.push(Layer::Flatten);
    let plan = network.lower(&Lowering::evaluation(1, Loss::CategoricalCrossentropy)).expect("it is sound");
    let (input, target, metrics) = (plan.input, plan.target.expect("targets"), plan.metrics.expect("metrics"));
    let steps = plan.forward.start..plan.loss.end;
    for isa in Isa::available() {
        let mut cpu = executors::cpu(plan.clone(), isa).expect("there is memory for it");
        cpu.write(input, &[0.0, 1.0]).expect("an input");
        cpu.write(target, &[1.0, 0.0]).expect("a target");
        cpu.run(steps.clone(), &StepData::forward(1)).expect("it is sound");
        let loss = f64::from(pollster::block_on(cpu.read(metrics, 1)).expect("a loss")[0]);
        let keras = -golden.epsilon.ln();
        // Epsilon and the logarithm are rounded to f32, and the logarithm's own error is a few units in its last place.
        assert!((loss - keras).abs() < 8.0 * f64::from(f32::EPSILON) * keras, "{isa:?}: {loss}, Keras {keras}");
    }
}

/// The settings of a run are not Keras's: it would train one epoch in batches of 32 with RMSprop. Atelier's opening trains
/// ten in larger batches, which every executor needs to be fast, with the optimiser of most courses. Were one of these to
/// become Keras's, it would no longer belong here.
#[test]
fn settings_that_are_not_keras_own() {
    let golden = golden();
    let ours: Training = read(json!({}));
    assert_eq!(ours, Training::default());
    assert!(golden.fit["batch_size"].is_null(), "which `fit` takes for 32");
    assert_ne!(ours.batch_size, 32);
    assert_ne!(json!(ours.epochs), golden.fit["epochs"]);
    assert_eq!(golden.compile["optimizer"], "rmsprop");
    // But the rate is that of the optimiser, and the order is another in each epoch.
    assert_eq!(ours.learning_rate, ours.optimizer.default_learning_rate());
    assert_eq!(golden.fit["shuffle"], true);
}
