//! A whole model's description as Keras writes it into its files, as a [`Network`]
//! (`keras/src/models/functional.py`, `sequential.py`).

use atelier_nn::{Activation, Layer, Network, Node};
use serde_json::{Map, Value, json};

use crate::FormatError;

/// The networks are read in Keras's own words, which are this project's; what only training or saving asks for is left out, and
/// weights come from the file, so initialisers are the default ones.
pub fn network(config: &str) -> Result<Network, FormatError> {
    let damaged =
        |error: serde_json::Error| FormatError::Damaged { reason: format!("its description of the network: {error}") };
    let model: Value = serde_json::from_str(config).map_err(damaged)?;
    let class = text(&model, "class_name");
    if !matches!(class, "Functional" | "Model" | "Sequential") {
        return Err(unknown("the model", format!("it is of class `{class}`")));
    }
    let config = &model["config"];
    let Some(described) = config["layers"].as_array() else {
        return Err(unknown("the model", "it lists no layers".to_owned()));
    };
    let mut network = Network { name: text(config, "name").to_owned(), layers: Vec::new() };
    for layer in described {
        let name = match text(layer, "name") {
            "" => text(&layer["config"], "name"),
            name => name,
        };
        let last = network.layers.last().map(|node| node.name.clone());
        let inbound = match class {
            "Sequential" => last.clone().into_iter().collect(),
            _ => inbound(&layer["inbound_nodes"]),
        };
        let trainable = layer["config"]["trainable"].as_bool().unwrap_or(true);
        // Keras 2 may describe a Sequential's input by its first layer alone.
        if last.is_none() && text(layer, "class_name") != "InputLayer" {
            let input = input(&layer["config"]).map_err(|why| unknown(name, why))?;
            network.layers.push(Node { name: "input".to_owned(), inbound: Vec::new(), layer: input, trainable: true });
            let (inbound, layer) = (vec!["input".to_owned()], self::layer(layer).map_err(|why| unknown(name, why))?);
            network.layers.push(Node { name: name.to_owned(), inbound, layer, trainable });
            continue;
        }
        let layer = self::layer(layer).map_err(|why| unknown(name, why))?;
        network.layers.push(Node { name: name.to_owned(), inbound, layer, trainable });
    }
    Ok(network)
}

fn unknown(layer: &str, why: String) -> FormatError {
    FormatError::Layer { layer: layer.to_owned(), why }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

/// The names of the layers that feed one: of Keras 2 `[[["conv2d", 0, 0, {}], …]]`, of Keras 3 tensors with a history.
fn inbound(nodes: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let mut waiting = vec![nodes];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(parts) => match parts.first() {
                Some(Value::String(name)) => names.push(name.clone()),
                _ => waiting.extend(parts.iter().rev()),
            },
            Value::Object(tensor) if tensor.contains_key("args") => waiting.push(&tensor["args"]),
            Value::Object(tensor) => {
                waiting.extend(tensor.get("config").and_then(|config| config.get("keras_history")))
            }
            _ => {}
        }
    }
    names
}

/// The input's shape, as an input layer or the first of a Sequential has it.
fn input(config: &Value) -> Result<Layer, String> {
    let shape = [&config["batch_shape"], &config["batch_input_shape"]].into_iter().find_map(Value::as_array);
    let shape = shape.and_then(|shape| shape.get(1..)).ok_or("it says no shape")?;
    serde_json::from_value(json!({ "class_name": "InputLayer", "shape": shape }))
        .map_err(|_| format!("its shape is {}, and every side must be known", Value::from(shape)))
}

fn layer(described: &Value) -> Result<Layer, String> {
    let (class, config) = (text(described, "class_name"), &described["config"]);
    if class == "InputLayer" {
        return input(config);
    }
    for (key, wanted) in [("data_format", json!("channels_last")), ("keepdims", json!(false))] {
        if !config[key].is_null() && config[key] != wanted {
            return Err(format!("its {key} is {}, and {wanted} is known", config[key]));
        }
    }
    // Keras itself ignores it there.
    if class != "DepthwiseConv2D" && config["groups"].as_u64().is_some_and(|groups| groups != 1) {
        return Err(format!("its groups are {}, and 1 is known", config["groups"]));
    }
    let plain = serde_json::from_value::<Layer>(json!({ "class_name": class }));
    let mut wanted = Map::from_iter([("class_name".to_owned(), json!(class))]);
    let keys: &[&str] = match class {
        "Conv2D" => &["filters", "kernel_size", "strides", "padding", "dilation_rate", "use_bias", "activation"],
        "DepthwiseConv2D" => {
            &["kernel_size", "strides", "padding", "depth_multiplier", "dilation_rate", "use_bias", "activation"]
        }
        "MaxPooling2D" | "AveragePooling2D" => &["pool_size", "strides", "padding"],
        "Dense" => &["units", "use_bias", "activation"],
        "Activation" => &["activation"],
        "ReLU" => &["max_value"],
        "BatchNormalization" => &["momentum", "epsilon", "center", "scale"],
        "Dropout" => &["rate"],
        "ZeroPadding2D" => &["padding"],
        _ if plain.is_ok() => &[],
        _ => return Err(format!("its class `{class}` is not known")),
    };
    for key in keys {
        match (*key, &config[*key]) {
            (_, Value::Null) => {}
            ("activation", value) => {
                wanted.insert((*key).to_owned(), json!(activation(value)?));
            }
            (_, value) => {
                wanted.insert((*key).to_owned(), value.clone());
            }
        }
    }
    serde_json::from_value(Value::Object(wanted)).map_err(|error| error.to_string())
}

/// By name, or of Keras 3 perhaps with arguments.
fn activation(value: &Value) -> Result<Activation, String> {
    if value == "relu6" {
        return Ok(Activation::ClippedRelu { max_value: 6.0 });
    }
    serde_json::from_value(value.clone()).map_err(|_| format!("its activation {value} is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(class: &str, layers: Value) -> Result<Network, FormatError> {
        network(&json!({ "class_name": class, "config": { "name": "m", "layers": layers } }).to_string())
    }

    fn input() -> Value {
        json!({ "class_name": "InputLayer", "config": { "name": "i", "batch_shape": [null, 8, 8, 3] } })
    }

    /// Keras 3 tells of tensors where Keras 2 tells of layers.
    #[test]
    fn both_ways_of_wiring_are_read() {
        let relu = |nodes: Value| json!({ "class_name": "ReLU", "config": { "max_value": 6.0 }, "name": "r", "inbound_nodes": nodes });
        let add = |nodes: Value| json!({ "class_name": "Add", "config": {}, "name": "a", "inbound_nodes": nodes });
        let tensor = |name: &str| json!({ "class_name": "__keras_tensor__", "config": { "shape": [null, 8, 8, 3], "keras_history": [name, 0, 0] } });
        let old = model(
            "Functional",
            json!([input(), relu(json!([[["i", 0, 0, {}]]])), add(json!([[["i", 0, 0, {}], ["r", 0, 0, {}]]]))]),
        );
        let new = model(
            "Functional",
            json!([
                input(),
                relu(json!([{ "args": [tensor("i")], "kwargs": {} }])),
                add(json!([{ "args": [[tensor("i"), tensor("r")]], "kwargs": {} }])),
            ]),
        );
        let (old, new) = (old.expect("Keras 2"), new.expect("Keras 3"));
        assert_eq!(old, new);
        assert_eq!(new.layers[2].inbound, ["i", "r"]);
        assert!(new.check().is_ok());
    }

    #[test]
    fn a_sequential_s_layers_follow_each_other() {
        let dense = json!({ "class_name": "Dense", "config": { "name": "d", "units": 2, "activation": "softmax", "batch_input_shape": [null, 4] } });
        let network = model("Sequential", json!([dense])).expect("a sound model");
        assert_eq!(network.layers[1].inbound, ["input"]);
        assert!(network.check().is_ok());
    }

    #[test]
    fn what_is_not_known_is_told_by_its_layer() {
        for (layer, words) in [
            (json!({ "class_name": "LSTM", "config": {}, "name": "l" }), ["`l`", "LSTM"]),
            (
                json!({ "class_name": "Conv2D", "config": { "filters": 2, "kernel_size": [1, 1], "data_format": "channels_first" }, "name": "c" }),
                ["`c`", "channels_first"],
            ),
            (
                json!({ "class_name": "Conv2D", "config": { "filters": 2, "kernel_size": [1, 1], "groups": 2 }, "name": "c" }),
                ["`c`", "groups"],
            ),
            (
                json!({ "class_name": "Dense", "config": { "units": 2, "activation": "gelu" }, "name": "d" }),
                ["`d`", "gelu"],
            ),
            (json!({ "class_name": "Dense", "config": { "units": -2 }, "name": "d" }), ["`d`", "-2"]),
        ] {
            let refused = model("Functional", json!([input(), layer])).expect_err("not known").to_string();
            for word in words {
                assert!(refused.contains(word), "{refused}");
            }
        }
        for text in ["", "[]", "{\"class_name\": \"Functional\"}"] {
            assert!(network(text).is_err(), "{text}");
        }
    }
}
