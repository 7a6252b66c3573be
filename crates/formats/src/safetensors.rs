//! The format: <https://github.com/huggingface/safetensors>. Its header is read and checked by its own crate; the tensors lie
//! behind it as they are in memory.

use std::sync::Arc;

use half::{bf16, f16};
use safetensors::Dtype;
use safetensors::tensor::Metadata;

use crate::source::bytes_at;
use crate::{FormatError, Naming, ReadAt, Tensor};

/// As much as the format allows; the header of a network of a thousand layers has a hundredth of it.
const LONGEST_HEADER: u64 = 100_000_000;

pub struct Body {
    source: Arc<dyn ReadAt + Send + Sync>,
    places: Vec<Place>,
}

/// Of one tensor.
struct Place {
    name: String,
    dtype: Dtype,
    from: u64,
    len: u64,
}

pub fn open(source: Arc<dyn ReadAt + Send + Sync>) -> Result<(Naming, Vec<Tensor>, Body), FormatError> {
    let Ok(length) = bytes_at(&*source, 0, 8) else { return Err(FormatError::Unknown) };
    let length = u64::from_le_bytes(length.try_into().unwrap_or_default());
    if length > LONGEST_HEADER || length.saturating_add(8) > source.len() {
        return Err(FormatError::Unknown);
    }
    let header = bytes_at(&*source, 8, length)?;
    if header.first() != Some(&b'{') {
        return Err(FormatError::Unknown);
    }
    let damaged = |error: serde_json::Error| FormatError::Damaged { reason: error.to_string() };
    let metadata: Metadata = serde_json::from_slice(&header).map_err(damaged)?;
    let begin = 8 + length;
    let held = metadata.data_len() as u64;
    if begin + held != source.len() {
        let there = source.len() - begin;
        return Err(FormatError::Damaged { reason: format!("its tensors take {held} bytes, and {there} are there") });
    }
    let names = metadata.offset_keys();
    // Keras's names have a slash; PyTorch's dots.
    let torch = !names.iter().any(|name| name.contains('/'));
    let separator = if torch { '.' } else { '/' };
    let (mut tensors, mut places) = (Vec::new(), Vec::new());
    for name in names {
        let Some(info) = metadata.info(&name) else { continue };
        let (layer, last) = name.rsplit_once(separator).unwrap_or((&name, ""));
        tensors.push(Tensor { layer: layer.to_owned(), name: last.to_owned(), shape: info.shape.clone() });
        let (from, to) = info.data_offsets;
        places.push(Place { dtype: info.dtype, from: begin + from as u64, len: (to - from) as u64, name });
    }
    let naming = if torch { Naming::Torch } else { Naming::Names };
    Ok((naming, tensors, Body { source, places }))
}

impl Body {
    pub fn read(&self, tensor: usize) -> Result<Vec<f32>, FormatError> {
        let Place { name, dtype, from, len } = &self.places[tensor];
        let bytes = bytes_at(&*self.source, *from, *len)?;
        Ok(match dtype {
            Dtype::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Dtype::F64 => bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
            Dtype::F16 => bytes.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
            Dtype::BF16 => bytes.as_chunks().0.iter().map(|b| bf16::from_le_bytes(*b).to_f32()).collect(),
            other => {
                return Err(FormatError::Numbers { tensor: name.clone(), numbers: format!("{other:?}") });
            }
        })
    }
}
