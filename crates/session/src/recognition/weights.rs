//! Weights from a file of safetensors whose tensors are called `layer/weight`.

use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::Recogniser;
use crate::{Misfit, SessionError, Unreadable};

impl Recogniser {
    /// Writes every parameter from a file's bytes: F32, F16 and BF16. Nothing is written where anything does not fit; tensors
    /// that are no parameter's are passed over.
    ///
    /// # Errors
    /// If it is no sound file, or lacks a tensor or has it in another shape or type: all of them are named.
    pub fn read_weights(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        let unsound = |error: safetensors::SafeTensorError| Unreadable::Format { reason: error.to_string() };
        let file = SafeTensors::deserialize(bytes).map_err(unsound)?;
        let misfits: Vec<Misfit> = (self.parameters().iter())
            .filter_map(|parameter| {
                let tensor = parameter.name.clone();
                match file.tensor(&tensor) {
                    Err(_) => Some(Misfit::Missing { tensor }),
                    Ok(found) if found.shape() != parameter.shape => {
                        Some(Misfit::Shape { tensor, got: found.shape().to_vec(), expected: parameter.shape.clone() })
                    }
                    Ok(found) if !matches!(found.dtype(), Dtype::F32 | Dtype::F16 | Dtype::BF16) => {
                        Some(Misfit::Numbers { tensor, numbers: found.dtype().to_string() })
                    }
                    Ok(_) => None,
                }
            })
            .collect();
        if !misfits.is_empty() {
            return Err(SessionError::Weights { misfits, of: self.parameters().len() });
        }
        for index in 0..self.parameters().len() {
            // It was there a moment ago.
            let tensor = file.tensor(&self.parameters()[index].name).map_err(unsound)?;
            self.write(index, &numbers(&tensor))?;
        }
        Ok(())
    }
}

fn numbers(tensor: &TensorView) -> Vec<f32> {
    let bytes = tensor.data();
    match tensor.dtype() {
        Dtype::F16 => bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
        Dtype::BF16 => bytes.chunks_exact(2).map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
        _ => bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use atelier_nn::{Dense, Layer, Network};
    use pollster::block_on;

    use super::*;
    use crate::Room;

    fn network() -> Network {
        let mut network = Network::new("two", &[2]);
        network.push(Layer::Dense(Dense { units: 1, ..Dense::default() }));
        network
    }

    fn file(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> Vec<u8> {
        let views = tensors.iter().map(|(name, dtype, shape, data)| {
            (*name, TensorView::new(*dtype, shape.to_vec(), data).expect("a sound tensor"))
        });
        safetensors::serialize(views, None).expect("a sound file")
    }

    #[test]
    fn numbers_of_three_widths_are_read_and_others_are_named() {
        let mut recogniser = Recogniser::new(&network(), Room::UNKNOWN).expect("it can be built");
        let kernel: Vec<u8> = [1.5, -2.0].into_iter().flat_map(|v| f16::from_f32(v).to_le_bytes()).collect();
        let bias = bf16::from_f32(0.25).to_le_bytes().to_vec();
        let bytes =
            file(&[("dense/kernel", Dtype::F16, &[2, 1], kernel.clone()), ("dense/bias", Dtype::BF16, &[1], bias)]);
        recogniser.read_weights(&bytes).expect("it fits");
        assert_eq!(block_on(recogniser.answer(&[1.0, 2.0])).expect("an answer"), [-2.25]);

        let bytes = file(&[("dense/kernel", Dtype::F16, &[1, 2], kernel), ("dense/bias", Dtype::U8, &[1], vec![1])]);
        let refused = recogniser.read_weights(&bytes).expect_err("it does not fit");
        let SessionError::Weights { misfits, of: 2 } = refused else { panic!("{refused}") };
        assert!(matches!(&misfits[0], Misfit::Shape { tensor, .. } if tensor == "dense/kernel"), "{misfits:?}");
        assert!(matches!(&misfits[1], Misfit::Numbers { numbers, .. } if numbers == "U8"), "{misfits:?}");
        for cut in 0..bytes.len() {
            assert!(recogniser.read_weights(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        // What was there stays.
        assert_eq!(block_on(recogniser.answer(&[1.0, 2.0])).expect("an answer"), [-2.25]);
    }

    #[test]
    fn a_seed_gives_the_same_weights_again() {
        let answer = |seed| {
            let mut recogniser = Recogniser::new(&network(), Room::UNKNOWN).expect("it can be built");
            recogniser.begin(seed).expect("every parameter has a first value");
            block_on(recogniser.answer(&[1.0, 2.0])).expect("an answer")
        };
        assert_eq!(answer(1), answer(1));
        assert_ne!(answer(1), answer(2));
        assert_ne!(answer(1), [0.0]);
    }
}
