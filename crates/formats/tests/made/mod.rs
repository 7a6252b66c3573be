//! Files of one small network in every format, made here.

use atelier_formats::{Fitted, FormatError, WeightsFile};
use atelier_nn::plan::Parameter;
use atelier_nn::{BatchNormalization, Conv2D, Dense, Layer, Lowering, Network};
use hdf5_pure::{AttrValue, FileBuilder};
use safetensors::{Dtype, View};

/// A tensor's path in its layer, its shape, its numbers.
pub type Made = (String, Vec<usize>, Vec<f32>);

pub fn network() -> Network {
    let mut network = Network::new("small", &[6, 6, 2]);
    network.push(Conv2D { filters: 3, kernel_size: [3, 2], ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::GlobalAveragePooling2D);
    network.push(Dense { units: 4, ..Dense::default() });
    network
}

pub fn parameters(network: &Network) -> Vec<Parameter> {
    network.lower(&Lowering::inference(1)).expect("a sound network").parameters
}

/// Every number is another.
pub fn tensors(parameters: &[Parameter]) -> Vec<Made> {
    let mut next = 0.0;
    let mut numbers = |len: usize| {
        (0..len)
            .map(|_| {
                next += 0.25;
                next
            })
            .collect()
    };
    parameters.iter().map(|p| (p.name.clone(), p.shape.clone(), numbers(p.shape.iter().product()))).collect()
}

struct Plain<'a>(&'a Made);

impl View for Plain<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.0.1
    }

    fn data(&self) -> std::borrow::Cow<'_, [u8]> {
        self.0.2.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn data_len(&self) -> usize {
        4 * self.0.2.len()
    }
}

pub fn safetensors(tensors: &[Made]) -> Vec<u8> {
    safetensors::serialize(tensors.iter().map(|made| (made.0.clone(), Plain(made))), None).expect("sound tensors")
}

fn layer(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// The layers in their order, each with its tensors.
fn layers(tensors: &[Made]) -> Vec<(&str, Vec<&Made>)> {
    let mut layers: Vec<(&str, Vec<&Made>)> = Vec::new();
    for made in tensors {
        match layers.last_mut() {
            Some((name, own)) if *name == layer(&made.0) => own.push(made),
            _ => layers.push((layer(&made.0), vec![made])),
        }
    }
    layers
}

fn sizes(shape: &[usize]) -> Vec<u64> {
    shape.iter().map(|size| *size as u64).collect()
}

/// As Keras 2 has it; the lists are attributes of fixed strings.
pub fn legacy(tensors: &[Made]) -> Vec<u8> {
    let mut file = FileBuilder::new();
    let layers = layers(tensors);
    let names = layers.iter().map(|(name, _)| (*name).to_owned()).collect();
    file.set_attr("layer_names", AttrValue::AsciiStringArray(names));
    for (name, own) in layers {
        let mut group = file.create_group(name);
        let weights = own.iter().map(|made| format!("{}:0", made.0)).collect();
        group.set_attr("weight_names", AttrValue::AsciiStringArray(weights));
        let mut inner = group.create_group(name);
        for made in own {
            let last = made.0.rsplit('/').next().unwrap_or_default();
            inner.create_dataset(&format!("{last}:0")).with_f32_data(&made.2).with_shape(&sizes(&made.1));
        }
        group.add_group(inner.finish());
        file.add_group(group.finish());
    }
    file.finish().expect("a sound file")
}

/// As Keras 3 has it.
pub fn keras_3(tensors: &[Made]) -> Vec<u8> {
    let mut file = FileBuilder::new();
    let mut all = file.create_group("layers");
    for (name, own) in layers(tensors) {
        let mut group = all.create_group(name);
        let mut vars = group.create_group("vars");
        for (index, made) in own.into_iter().enumerate() {
            vars.create_dataset(&index.to_string()).with_f32_data(&made.2).with_shape(&sizes(&made.1));
        }
        group.add_group(vars.finish());
        all.add_group(group.finish());
    }
    file.add_group(all.finish());
    file.finish().expect("a sound file")
}

/// What a stranger does with a file.
pub fn all_of(bytes: Vec<u8>, network: &Network, parameters: &[Parameter]) -> Result<Vec<Vec<f32>>, String> {
    let file = WeightsFile::open(bytes).map_err(|error| error.to_string())?;
    let fitted: Fitted = file.fit(network, parameters).map_err(|misfits| misfits.to_string())?;
    let read = |index| file.read(&fitted, index).map_err(|error: FormatError| error.to_string());
    (0..parameters.len()).map(read).collect()
}
