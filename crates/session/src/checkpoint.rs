use std::borrow::Cow;
use std::collections::HashMap;

use atelier_nn::plan::{Buffer, Plan};
use atelier_nn::{BufferId, Lowering, Network};
use half::f16;
use safetensors::{Dtype, SafeTensorError, SafeTensors, View};
use serde::{Deserialize, Serialize};

use crate::trainer::Weights;
use crate::{Misfit, Progress, Recipe, SessionError, Training, Unreadable};

/// A run at rest, as a `.safetensors` file: the parameters and the optimiser's state as tensors under their buffers'
/// names, and in the file's metadata the network, the settings and the progress as JSON. A file of parameters alone, in
/// single or half precision, is one too.
///
/// The format: <https://github.com/huggingface/safetensors>.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub network: Network,
    pub training: Training,
    pub progress: Progress,
    /// The identity of the data set that it was trained on, where the file knows it.
    pub data: Option<String>,
    /// What its classes are called, where they are not the data set's: new ones were taught.
    pub classes: Option<Vec<String>>,
    /// How its pictures and rates were made, where that is more than a data set and a rate.
    pub recipe: Option<Recipe>,
    /// By name: shape and values.
    tensors: HashMap<String, (Vec<usize>, Vec<f32>)>,
}

/// What a checkpoint keeps beside the weights.
pub(crate) struct Moment {
    pub network: Network,
    pub training: Training,
    pub progress: Progress,
    /// The data set's identity.
    pub data: String,
}

// The file's numbers are little-endian, and so is every machine that this runs on.
const _: () = assert!(cfg!(target_endian = "little"));

/// What the metadata's `format` says.
const FORMAT: &str = "atelier.checkpoint.1";

#[derive(Serialize, Deserialize)]
struct Metadata {
    network: Network,
    training: Training,
    progress: Progress,
    #[serde(default)]
    data: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    classes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipe: Option<Recipe>,
}

/// More updates than any run does, and few enough that Adam's count of them never runs over.
const MOST_UPDATES: u32 = u32::MAX - 1_000_000_000;

impl Checkpoint {
    /// `weights` in the plan's order.
    pub(crate) fn new(moment: Moment, plan: &Plan, weights: &Weights) -> Self {
        let mut tensors = HashMap::new();
        for (buffers, values) in
            [(parameter_buffers(plan), &weights.parameters), (plan.optimizer_state.clone(), &weights.state)]
        {
            let mut rest = &values[..];
            for buffer in buffers.into_iter().map(|id| plan.buffer(id)) {
                let (these, after) = rest.split_at(buffer.len());
                tensors.insert(buffer.name.clone(), (buffer.shape.clone(), these.to_vec()));
                rest = after;
            }
        }
        let Moment { network, training, progress, data } = moment;
        Checkpoint { network, training, progress, data: Some(data), classes: None, recipe: None, tensors }
    }

    /// The whole run, to go on from.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SessionError> {
        let tensors = self.tensors.iter().map(|(name, (shape, values))| (name.as_str(), Tensor { shape, values }));
        self.serialized(tensors)
    }

    /// The parameters alone, each rounded to the nearest half-precision number: a quarter of the size or less, to infer with
    /// or to train on from with a fresh optimiser.
    pub fn to_half_bytes(&self) -> Result<Vec<u8>, SessionError> {
        let plan = self.network.lower(&Lowering::trace(1))?;
        let halves = parameter_buffers(&plan).into_iter().map(|id| {
            let (shape, values) = self.tensor(plan.buffer(id))?;
            let name = plan.buffer(id).name.as_str();
            Ok((name, HalfTensor { shape, values: values.iter().map(|value| f16::from_f32(*value)).collect() }))
        });
        self.serialized(halves.collect::<Result<Vec<_>, SessionError>>()?)
    }

    fn serialized<'a, V: View>(
        &self,
        tensors: impl IntoIterator<Item = (&'a str, V)>,
    ) -> Result<Vec<u8>, SessionError> {
        let unwritable = |reason: String| Unreadable::Format { reason };
        let metadata = Metadata {
            network: self.network.clone(),
            training: self.training.clone(),
            progress: self.progress.clone(),
            data: self.data.clone(),
            classes: self.classes.clone(),
            recipe: self.recipe.clone(),
        };
        let metadata = serde_json::to_string(&metadata).map_err(|e| unwritable(e.to_string()))?;
        let metadata = [("format".to_owned(), FORMAT.to_owned()), ("atelier".to_owned(), metadata)];
        let file = safetensors::serialize(tensors, Some(metadata.into_iter().collect()));
        Ok(file.map_err(|e| unwritable(e.to_string()))?)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SessionError> {
        let unreadable = |error: SafeTensorError| Unreadable::Format { reason: error.to_string() };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let metadata = header.metadata().as_ref();
        let text = (metadata.filter(|m| m.get("format").is_some_and(|f| f == FORMAT)))
            .and_then(|m| m.get("atelier"))
            .ok_or(Unreadable::Foreign)?;
        let Metadata { network, training, progress, data, classes, recipe } =
            serde_json::from_str(text).map_err(|e| Unreadable::Description { reason: e.to_string() })?;
        if progress.iteration > MOST_UPDATES {
            return Err(Unreadable::Updates { count: progress.iteration }.into());
        }
        let mut tensors = HashMap::new();
        for (name, view) in SafeTensors::deserialize(bytes).map_err(unreadable)?.tensors() {
            let values = match view.dtype() {
                Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
                Dtype::F16 => view.data().as_chunks::<2>().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
                other => return Err(Unreadable::Numbers { tensor: name, numbers: format!("{other:?}") }.into()),
            };
            tensors.insert(name, (view.shape().to_vec(), values));
        }
        Ok(Checkpoint { network, training, progress, data, classes, recipe, tensors })
    }

    /// The mean of the parameters of checkpoints of one network, without the optimiser's state, which has no mean; the rest
    /// is the last one's. Averaged in f64.
    ///
    /// # Errors
    /// If there are none, or they are of different networks.
    pub fn mean(checkpoints: &[Self]) -> Result<Self, SessionError> {
        let last = checkpoints.last().ok_or(Misfit::None)?;
        let plan = last.network.lower(&Lowering::trace(1))?;
        let mut tensors = HashMap::new();
        for buffer in parameter_buffers(&plan).into_iter().map(|id| plan.buffer(id)) {
            let mut sums = vec![0.0f64; buffer.len()];
            for checkpoint in checkpoints {
                let (_, values) = checkpoint.tensor(buffer)?;
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            let mean = sums.iter().map(|sum| (sum / checkpoints.len() as f64) as f32).collect();
            tensors.insert(buffer.name.clone(), (buffer.shape.clone(), mean));
        }
        Ok(Self { tensors, ..last.clone() })
    }

    /// All parameters in the order of a plan of the same network.
    pub(crate) fn parameters_for(&self, plan: &Plan) -> Result<Vec<f32>, SessionError> {
        self.gather(plan, parameter_buffers(plan))
    }

    /// All optimiser state in the order of a plan with the same optimiser.
    pub(crate) fn optimizer_state_for(&self, plan: &Plan) -> Result<Vec<f32>, SessionError> {
        self.gather(plan, plan.optimizer_state.clone())
    }

    fn gather(&self, plan: &Plan, buffers: Vec<BufferId>) -> Result<Vec<f32>, SessionError> {
        let mut all = Vec::new();
        for buffer in buffers.into_iter().map(|id| plan.buffer(id)) {
            all.extend_from_slice(self.tensor(buffer)?.1);
        }
        Ok(all)
    }

    /// Shape and values of what a buffer is to hold.
    fn tensor(&self, buffer: &Buffer) -> Result<(&[usize], &[f32]), SessionError> {
        let tensor = || buffer.name.clone();
        let (shape, values) = self.tensors.get(&buffer.name).ok_or_else(|| Misfit::Missing { tensor: tensor() })?;
        if *shape != buffer.shape {
            let (got, expected) = (shape.clone(), buffer.shape.clone());
            return Err(Misfit::Shape { tensor: tensor(), got, expected }.into());
        }
        Ok((shape, values))
    }
}

/// A tensor as the file takes it: its numbers lie in memory as they do there.
struct Tensor<'a> {
    shape: &'a [usize],
    values: &'a [f32],
}

impl View for Tensor<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(bytemuck::cast_slice(self.values))
    }

    fn data_len(&self) -> usize {
        size_of_val(self.values)
    }
}

/// The same in half precision.
struct HalfTensor<'a> {
    shape: &'a [usize],
    values: Vec<f16>,
}

impl View for HalfTensor<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F16
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn data_len(&self) -> usize {
        size_of_val(&self.values[..])
    }
}

fn parameter_buffers(plan: &Plan) -> Vec<BufferId> {
    plan.parameters.iter().map(|p| p.buffer).collect()
}
