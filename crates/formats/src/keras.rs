//! HDF5 as Keras writes it (`keras/src/legacy/saving/legacy_h5_format.py` and `keras/src/saving/saving_lib.py` of Keras 3).
//!
//! Until version 2: a group with an attribute `layer_names` (the root of a file of weights, `model_weights` of a whole model); each
//! layer is a group with an attribute `weight_names`, paths below it. An attribute that is too long for HDF5 is cut into
//! `layer_names0`, `layer_names1`, …
//!
//! Since version 3: `layers/CLASS_NUMBER/vars/INDEX`, a layer being called by its class and its number among those of its class.

use std::collections::HashMap;
use std::sync::Arc;

use hdf5_pure::{AttrValue, DType, File, Group, Source};

use crate::{FormatError, Naming, ReadAt, Tensor};

/// A layer that has more tensors is none of Keras's.
const MOST_TENSORS: usize = 64;

pub struct Body {
    file: File,
    /// Of each tensor.
    paths: Vec<String>,
}

pub fn open(source: Arc<dyn ReadAt + Send + Sync>) -> Result<(Naming, Vec<Tensor>, Body), FormatError> {
    let file = File::from_source(Bytes(source))?;
    let root = file.root();
    let groups = root.groups()?;
    let has = |name: &str| groups.iter().any(|group| group == name);
    let mut tensors = Tensors { file: &file, tensors: Vec::new(), paths: Vec::new() };
    let naming = if let Some(layers) = names(&root.attrs()?, "layer_names") {
        tensors.of_layers("", &layers)?;
        Naming::Order
    } else if has("model_weights") {
        let model = root.group("model_weights")?;
        let layers = names(&model.attrs()?, "layer_names").ok_or(FormatError::NotKeras)?;
        tensors.of_layers("model_weights/", &layers)?;
        Naming::Order
    } else if has("layers") {
        tensors.of_classes(&root.group("layers")?)?;
        Naming::Classes
    } else {
        return Err(FormatError::NotKeras);
    };
    let Tensors { tensors, paths, .. } = tensors;
    Ok((naming, tensors, Body { file, paths }))
}

impl Body {
    /// JSON, in whole models.
    pub fn model_config(&self) -> Result<Option<String>, FormatError> {
        let pieces = names(&self.file.root().attrs()?, "model_config");
        Ok(pieces.map(|pieces| pieces.concat()))
    }

    pub fn read(&self, tensor: usize) -> Result<Vec<f32>, FormatError> {
        let dataset = self.file.dataset(&self.paths[tensor])?;
        match dataset.dtype()? {
            DType::F32 | DType::F64 => Ok(dataset.read_f32()?),
            other => {
                let tensor = self.paths[tensor].clone();
                Err(FormatError::Numbers { tensor, numbers: other.to_string() })
            }
        }
    }
}

struct Tensors<'a> {
    file: &'a File,
    tensors: Vec<Tensor>,
    paths: Vec<String>,
}

impl Tensors<'_> {
    fn of_layers(&mut self, below: &str, layers: &[String]) -> Result<(), FormatError> {
        for layer in layers {
            let group = self.file.group(&format!("{below}{layer}"))?;
            for weight in names(&group.attrs()?, "weight_names").unwrap_or_default() {
                let last = weight.rsplit('/').next().unwrap_or(&weight);
                let name = last.strip_suffix(":0").unwrap_or(last).to_owned();
                self.add(layer, name, format!("{below}{layer}/{weight}"))?;
            }
        }
        Ok(())
    }

    fn of_classes(&mut self, layers: &Group) -> Result<(), FormatError> {
        for layer in layers.groups()? {
            let group = layers.group(&layer)?;
            if !group.groups()?.iter().any(|name| name == "vars") {
                continue;
            }
            let there = group.group("vars")?.datasets()?;
            for index in 0..there.len().min(MOST_TENSORS) {
                self.add(&layer, index.to_string(), format!("layers/{layer}/vars/{index}"))?;
            }
        }
        Ok(())
    }

    fn add(&mut self, layer: &str, name: String, path: String) -> Result<(), FormatError> {
        let sizes = self.file.dataset(&path)?.shape()?;
        let too_large = |_| FormatError::Damaged { reason: format!("`{path}` is {sizes:?}, larger than any memory") };
        let shape = sizes.iter().map(|size| usize::try_from(*size)).collect::<Result<_, _>>().map_err(too_large)?;
        self.tensors.push(Tensor { layer: layer.to_owned(), name, shape });
        self.paths.push(path);
        Ok(())
    }
}

/// An attribute of strings, whole or in its pieces; an empty one may be of any type. None where it is not there.
fn names(attributes: &HashMap<String, AttrValue>, name: &str) -> Option<Vec<String>> {
    let strings = |value: &AttrValue| value.as_strings().unwrap_or_default().to_vec();
    if let Some(whole) = attributes.get(name) {
        return Some(strings(whole));
    }
    let mut pieces = (0..).map_while(|piece| attributes.get(&format!("{name}{piece}"))).peekable();
    pieces.peek()?;
    Some(pieces.flat_map(strings).collect())
}

/// What can be read at any place, as the reader of HDF5 wants it.
struct Bytes(Arc<dyn ReadAt + Send + Sync>);

impl Source for Bytes {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), hdf5_pure::FormatError> {
        self.0.read_at(offset, into).map_err(|error| hdf5_pure::FormatError::Source(error.to_string()))
    }
}
