//! A model's weights from a file of safetensors whose tensors are called `layer/weight`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use atelier_session::recognition::Recogniser;
use safetensors::{Dtype, SafeTensors};

/// Misfits that are told; more of them say nothing new.
const TOLD: usize = 5;

/// Writes every parameter of the network from the file. Nothing is written where anything does not fit.
///
/// # Errors
/// If it is no such file, or lacks a tensor or has it in another shape or type: the first few are named.
pub fn write(file: &Path, network: &mut Recogniser) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let tensors = SafeTensors::deserialize(&bytes).with_context(|| {
        format!("{} is no sound file of safetensors, the one form that is read here", file.display())
    })?;
    let mut misfits = Vec::new();
    for parameter in network.parameters() {
        match tensors.tensor(&parameter.name) {
            Err(_) => misfits.push(format!("`{}` is not there", parameter.name)),
            Ok(tensor) if tensor.dtype() != Dtype::F32 => {
                misfits.push(format!("`{}` is of {:?}, and F32 is read", parameter.name, tensor.dtype()));
            }
            Ok(tensor) if tensor.shape() != parameter.shape => {
                let (found, expected) = (tensor.shape(), &parameter.shape);
                misfits.push(format!("`{}` is {found:?} and the network has {expected:?}", parameter.name));
            }
            Ok(_) => {}
        }
    }
    if !misfits.is_empty() {
        let more = misfits.len().saturating_sub(TOLD);
        let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
        misfits.truncate(TOLD);
        bail!("{} does not fit: {}{rest}", file.display(), misfits.join("; "));
    }
    for index in 0..network.parameters().len() {
        let tensor = tensors.tensor(&network.parameters()[index].name)?;
        let values: Vec<f32> =
            tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        network.write(index, &values)?;
    }
    Ok(())
}
