//! Weights of networks in other people's files.
//!
//! A [`WeightsFile`] is opened from anything that can be read at any place, so that a file of half a gigabyte is never held whole:
//! its list of tensors is read, [fitted](WeightsFile::fit) onto a network, and then one tensor at a time is asked for. Files come
//! from strangers: whatever they say of themselves is checked before anything is allocated by it, and what does not fit is told
//! tensor by tensor.
//!
//! * `safetensors.rs`: safetensors with Keras's names (`layer/kernel`) or PyTorch's (`layer.weight`, other axes);
//! * `keras.rs` (feature `hdf5`): HDF5 as Keras wrote it until version 2 (weights alone or whole models), and as version 3 does;
//! * `model.rs`: the network that a whole model's file describes;
//! * `fit.rs`: which tensor becomes which parameter.

mod error;
mod fit;
#[cfg(feature = "hdf5")]
mod keras;
#[cfg(feature = "hdf5")]
mod model;
mod safetensors;
mod source;

pub use error::{FormatError, Misfit, Misfits};
pub use fit::Fitted;
pub use source::ReadAt;

use std::sync::Arc;

use atelier_nn::Network;
use atelier_nn::plan::Parameter;

/// A tensor as its file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The layer that it belongs to, as the file calls it.
    pub layer: String,
    /// What it is to the layer, in the file's words: `kernel`, `running_mean`, a number.
    pub name: String,
    pub shape: Vec<usize>,
}

/// How a file says which of its tensors belongs where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By the layer's and the parameter's name, as the network calls them.
    Names,
    /// By the layer's name, with PyTorch's words for its parameters and PyTorch's order of axes.
    Torch,
    /// By order alone: layers that have weights one after another. So Keras loads them too: names changed between its versions.
    Order,
    /// By the layer's class and its number among those of its class, and the parameter's number.
    Classes,
}

/// A file of weights: what it holds, and one tensor at a time.
pub struct WeightsFile {
    naming: Naming,
    tensors: Vec<Tensor>,
    body: Body,
}

enum Body {
    Safetensors(safetensors::Body),
    #[cfg(feature = "hdf5")]
    Keras(keras::Body),
}

impl WeightsFile {
    /// Reads what a file holds; its kind is told by its first bytes.
    ///
    /// # Errors
    /// If it is neither, or damaged.
    pub fn open(source: impl ReadAt + Send + Sync + 'static) -> Result<Self, FormatError> {
        let source: Arc<dyn ReadAt + Send + Sync> = Arc::new(source);
        if source::is_hdf5(&*source)? {
            #[cfg(feature = "hdf5")]
            return keras::open(source).map(|(naming, tensors, body)| WeightsFile {
                naming,
                tensors,
                body: Body::Keras(body),
            });
            #[cfg(not(feature = "hdf5"))]
            return Err(FormatError::Hdf5);
        }
        let (naming, tensors, body) = safetensors::open(source)?;
        Ok(WeightsFile { naming, tensors, body: Body::Safetensors(body) })
    }

    pub fn naming(&self) -> Naming {
        self.naming
    }

    /// In the file's order, where that says something.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// The network that the file describes, where it is a whole model's.
    ///
    /// # Errors
    /// If it describes none, or one with layers that are not known: they are named.
    pub fn network(&self) -> Result<Network, FormatError> {
        match &self.body {
            #[cfg(feature = "hdf5")]
            Body::Keras(body) => model::network(&body.model_config()?.ok_or(FormatError::NoNetwork)?),
            Body::Safetensors(_) => Err(FormatError::NoNetwork),
        }
    }

    /// Which tensor becomes each of the network's parameters; `parameters` are those of a plan of it.
    ///
    /// # Errors
    /// Where one is missing or has another shape, or, of a file that goes by order, layers or tensors are more or fewer: all that does
    /// not fit.
    pub fn fit(&self, network: &Network, parameters: &[Parameter]) -> Result<Fitted, Misfits> {
        fit::fit(self.naming, &self.tensors, network, parameters)
    }

    /// The numbers of one parameter, in the order in which the network has them.
    ///
    /// # Errors
    /// If the file ends before, or is damaged there.
    pub fn read(&self, fitted: &Fitted, parameter: usize) -> Result<Vec<f32>, FormatError> {
        let place = &fitted.places[parameter];
        let values = match &self.body {
            Body::Safetensors(body) => body.read(place.tensor)?,
            #[cfg(feature = "hdf5")]
            Body::Keras(body) => body.read(place.tensor)?,
        };
        Ok(place.arrange(values, &self.tensors[place.tensor].shape))
    }
}
