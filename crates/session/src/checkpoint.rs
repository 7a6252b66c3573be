use std::borrow::Cow;
use std::collections::HashMap;

use atelier_nn::plan::Plan;
use atelier_nn::{BufferId, Network};
use safetensors::{Dtype, SafeTensors, View};
use serde::{Deserialize, Serialize};

use crate::trainer::Weights;
use crate::{Progress, SessionError, Training};

/// A run at rest, as a `.safetensors` file: the parameters and the optimiser's state as tensors under their buffers'
/// names, and in the file's metadata the network, the settings and the progress as JSON.
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
        Checkpoint { network, training, progress, data: Some(data), classes: None, tensors }
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, SessionError> {
        let unreadable = |reason: String| SessionError::NotACheckpoint { reason };
        let tensors = self.tensors.iter().map(|(name, (shape, values))| (name, Tensor { shape, values }));
        let metadata = Metadata {
            network: self.network.clone(),
            training: self.training.clone(),
            progress: self.progress.clone(),
            data: self.data.clone(),
            classes: self.classes.clone(),
        };
        let metadata = serde_json::to_string(&metadata).map_err(|e| unreadable(e.to_string()))?;
        let metadata = [("format".to_owned(), FORMAT.to_owned()), ("atelier".to_owned(), metadata)];
        safetensors::serialize(tensors, Some(metadata.into_iter().collect())).map_err(|e| unreadable(e.to_string()))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SessionError> {
        let unreadable = |reason: String| SessionError::NotACheckpoint { reason };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| unreadable(e.to_string()))?;
        let metadata = header.metadata().as_ref();
        let text = (metadata.filter(|m| m.get("format").is_some_and(|f| f == FORMAT)))
            .and_then(|m| m.get("atelier"))
            .ok_or_else(|| unreadable(format!("its metadata do not say `{FORMAT}`")))?;
        let Metadata { network, training, progress, data, classes } =
            serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
        if progress.iteration > MOST_UPDATES {
            return Err(unreadable(format!("it tells of {} updates, more than any run does", progress.iteration)));
        }
        let mut tensors = HashMap::new();
        for (name, view) in SafeTensors::deserialize(bytes).map_err(|e| unreadable(e.to_string()))?.tensors() {
            if view.dtype() != Dtype::F32 {
                return Err(unreadable(format!("`{name}` holds {:?}, not F32", view.dtype())));
            }
            let values = view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
            tensors.insert(name, (view.shape().to_vec(), values));
        }
        Ok(Checkpoint { network, training, progress, data, classes, tensors })
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
            let other = |reason| SessionError::OtherNetwork { reason };
            let (shape, values) =
                self.tensors.get(&buffer.name).ok_or_else(|| other(format!("it has no `{}`", buffer.name)))?;
            if *shape != buffer.shape {
                return Err(other(format!("`{}` is {:?} there and {:?} here", buffer.name, shape, buffer.shape)));
            }
            all.extend_from_slice(values);
        }
        Ok(all)
    }
}

/// A tensor as the file takes it: its bytes are made when they are asked for, one tensor's at a time.
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
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn data_len(&self) -> usize {
        size_of_val(self.values)
    }
}

fn parameter_buffers(plan: &Plan) -> Vec<BufferId> {
    plan.parameters.iter().map(|p| p.buffer).collect()
}
