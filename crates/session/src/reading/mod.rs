//! What a saved network makes of a picture, and why.
//!
//! A [`Reader`] holds one plan: inference, with everything kept, and the way back from one number before the last activation to
//! the input and to the maps that Grad-CAM weighs. Answers are forward runs of it over any number of pictures, explanations
//! (`why.rs`) runs of its backward steps over the picture that was read last, [`toward`](Reader::toward) both in turn. It can
//! write no weight: the plan has no update.

mod gallery;
mod toward;
mod why;

use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_gpu::{Gpu, GpuExecutor};
use atelier_nn::plan::Outline;
use atelier_nn::{BufferId, Gradients, Keep, Layer, Lowering, Op, Origin, Plan, StepData};

pub use gallery::Neighbour;
pub use toward::Toward;
pub use why::{GradCam, Occlusion};

use crate::budget::largest_below;
use crate::evaluate::mean_row;
use crate::runner::{Runner, read};
use crate::trainer::write_each;
use crate::{Checkpoint, Room, SessionError};
use gallery::Gallery;

/// Pictures that are run at a time, where there is room for so many.
const AT_ONCE: usize = 32;

/// Reads pictures with a saved network.
pub struct Reader {
    plan: Arc<Plan>,
    runner: Box<dyn Runner>,
    /// Name of the layer whose maps Grad-CAM weighs, and its output; none where no layer on the way has maps.
    maps: Option<(String, BufferId)>,
    /// Where backward begins: the gradient of what the last layer gives before its activation.
    origin: BufferId,
    input_gradient: BufferId,
    /// What the last layer with weights takes: the picture as the network knows it before it decides.
    features: BufferId,
    /// The picture that was read last; empty before.
    seen: Vec<f32>,
    /// What the buffers hold of it.
    held: Held,
    gallery: Gallery,
}

/// What the first example of all buffers belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// To some other picture.
    Other,
    /// Forward, to the picture that was read last.
    Seen,
    /// Backward as well, from this output.
    Explained(usize),
}

impl Reader {
    /// On the CPU.
    ///
    /// # Errors
    /// Where the network cannot be built, the checkpoint lacks a tensor, or not even one picture fits into `room`.
    pub fn new(checkpoint: &Checkpoint, room: Room) -> Result<Self, SessionError> {
        let needs = |plan: &Plan| Ok(CpuExecutor::needs([plan], Isa::best())?.total());
        let maps = maps_of(checkpoint)?;
        let plan = plan_for(checkpoint, maps, needs, room.worker.min(room.together))?;
        let executor = CpuExecutor::new(Arc::clone(&plan))?;
        Reader::over(Box::new(executor), plan, maps, checkpoint)
    }

    /// On a GPU, whose own room counts.
    ///
    /// # Errors
    /// As [`Reader::new`], and where the GPU is lost.
    pub async fn on_gpu(gpu: &Gpu, checkpoint: &Checkpoint) -> Result<Self, SessionError> {
        let software = gpu.adapter().software;
        let maps = maps_of(checkpoint)?;
        let plan = plan_for(checkpoint, maps, |plan| Ok(GpuExecutor::needs(plan, software)), gpu.room())?;
        let executor = GpuExecutor::new(gpu, Arc::clone(&plan)).await?;
        Reader::over(Box::new(executor), plan, maps, checkpoint)
    }

    fn over(
        mut runner: Box<dyn Runner>,
        plan: Arc<Plan>,
        maps: Option<usize>,
        checkpoint: &Checkpoint,
    ) -> Result<Self, SessionError> {
        let parameters = plan.parameters.iter().map(|parameter| parameter.buffer);
        write_each(&plan, parameters, &checkpoint.parameters_for(&plan)?, |buffer, values| {
            runner.write(buffer, values)
        })?;
        let maps = maps.map(|layer| (checkpoint.network.layers[layer].name.clone(), plan.layer_outputs[layer]));
        let (Some(origin), Some(input_gradient)) = (plan.origin, plan.input_gradient) else {
            return Err(SessionError::NotInPlan { what: "there is no way back to the picture".to_owned() });
        };
        let weighted = plan.steps[plan.forward.clone()].iter().rev().find_map(|step| match step.op {
            Op::Dense { x, .. } | Op::Conv2d { x, .. } | Op::DepthwiseConv2d { x, .. } => Some(x),
            _ => None,
        });
        let features = weighted.unwrap_or(plan.input);
        let gallery = Gallery::new(plan.buffer(features).len());
        Ok(Reader {
            plan,
            runner,
            maps,
            origin,
            input_gradient,
            features,
            seen: Vec::new(),
            held: Held::Other,
            gallery,
        })
    }

    /// Its plan: forward from the input, backward from one number before the last activation.
    pub fn outline(&self) -> Outline {
        self.plan.outline()
    }

    /// Reads a picture of which there are one or more readings, one after another, as the network takes them: the mean of the
    /// network's outputs over them. The first is the picture itself: all else that is asked for is of that one.
    ///
    /// # Errors
    /// Where they are not whole pictures, there is none, or the GPU is lost.
    pub async fn read(&mut self, readings: &[f32]) -> Result<Vec<f32>, SessionError> {
        let one = self.plan.buffer(self.plan.input).len();
        if readings.is_empty() || !readings.len().is_multiple_of(one) {
            return Err(SessionError::PictureLength { expected: one, got: readings.len() });
        }
        let outputs = self.outputs(readings).await?;
        self.seen = readings[..one].to_vec();
        self.held = Held::Seen;
        let classes = self.plan.buffer(self.plan.output).len();
        Ok(mean_row(&outputs, classes))
    }

    /// The numbers of a buffer: those of the picture that was read last, or the whole where there is one tensor for all.
    ///
    /// # Errors
    /// Where there is no such buffer, nothing was read yet, or the GPU is lost.
    pub async fn values(&mut self, buffer: BufferId) -> Result<Vec<f32>, SessionError> {
        if buffer.index() >= self.plan.buffers.len() {
            return Err(SessionError::NotInPlan { what: format!("there is no buffer {}", buffer.0) });
        }
        self.look().await?;
        self.first(buffer).await
    }

    /// What the network gives each of some pictures. The first of them is in the buffers afterwards.
    async fn outputs(&mut self, pictures: &[f32]) -> Result<Vec<f32>, SessionError> {
        self.held = Held::Other;
        let one = self.plan.buffer(self.plan.input).len();
        let mut outputs = Vec::new();
        // Backwards, so that it is the first that stays.
        for chunk in pictures.chunks(self.plan.max_batch * one).rev() {
            outputs.push(self.run(chunk, self.plan.output).await?);
        }
        Ok(outputs.into_iter().rev().flatten().collect())
    }

    /// Runs pictures forward, no more than the plan takes, and reads one of its batched buffers.
    async fn run(&mut self, pictures: &[f32], buffer: BufferId) -> Result<Vec<f32>, SessionError> {
        let batch = pictures.len() / self.plan.buffer(self.plan.input).len();
        self.runner.write(self.plan.input, pictures)?;
        self.runner.run(self.plan.forward.clone(), &StepData::forward(batch))?;
        self.numbers(buffer, batch).await
    }

    /// Runs the picture that was read last again, where another has been run since.
    async fn look(&mut self) -> Result<(), SessionError> {
        if self.seen.is_empty() {
            return Err(SessionError::NoPictures { part: "chosen" });
        }
        if self.held == Held::Other {
            let seen = std::mem::take(&mut self.seen);
            let run = self.run(&seen, self.plan.output).await;
            self.seen = seen;
            run?;
            self.held = Held::Seen;
        }
        Ok(())
    }

    /// The numbers that a buffer has for one example.
    async fn first(&self, buffer: BufferId) -> Result<Vec<f32>, SessionError> {
        self.numbers(buffer, 1).await
    }

    /// Those of the first `batch` examples.
    async fn numbers(&self, buffer: BufferId, batch: usize) -> Result<Vec<f32>, SessionError> {
        Ok(read(&*self.runner, &self.plan, &[buffer], batch).await?.swap_remove(0))
    }

    /// Refuses an output that there is not.
    fn check(&self, target: usize) -> Result<(), SessionError> {
        let classes = self.plan.buffer(self.plan.output).len();
        if target < classes {
            return Ok(());
        }
        Err(SessionError::NotInPlan { what: format!("the network has {classes} outputs and not number {target}") })
    }
}

/// Inference with the way back, for as many pictures at a time as there is room for.
fn plan_for(
    checkpoint: &Checkpoint,
    maps: Option<usize>,
    needs: impl Fn(&Plan) -> Result<u64, SessionError>,
    room: u64,
) -> Result<Arc<Plan>, SessionError> {
    let network = &checkpoint.network;
    let layers = network.check()?;
    let last = layers.len() - 1;
    let activates = matches!(
        network.layers[last].layer,
        Layer::Conv2D(_) | Layer::DepthwiseConv2D(_) | Layer::Dense(_) | Layer::Activation(_) | Layer::ReLU(_)
    );
    let maps = maps.map(|layer| layers[layer].name.clone());
    let lowering = |max_batch| Lowering {
        keep: Keep::Everything,
        origin: Origin::Layer { name: layers[last].name.clone(), before_activation: activates },
        gradients: Gradients { input: true, layers: maps.iter().cloned().collect(), parameters: false },
        ..Lowering::inference(max_batch)
    };
    let of = |batch| needs(&network.lower(&lowering(batch))?);
    let batch = match of(AT_ONCE)? <= room {
        true => AT_ONCE,
        false => largest_below(AT_ONCE, |batch| Ok(of(batch)? <= room))?,
    };
    if batch == 0 {
        return Err(SessionError::TooBig { needed: of(1)?, room, batch: 1, fits: 0 });
    }
    Ok(Arc::new(network.lower(&lowering(batch))?))
}

/// The layer whose maps Grad-CAM weighs: the last convolution whose output has more than one place, or where there is none the
/// last layer with such an output behind the input. None for a network that has no maps.
fn maps_of(checkpoint: &Checkpoint) -> Result<Option<usize>, SessionError> {
    let layers = checkpoint.network.check()?;
    let has_places = |layer: &usize| matches!(layers[*layer].output_shape[..], [h, w, _] if h * w > 1);
    let behind = || (1..layers.len()).rev().filter(has_places);
    let convolution = behind().find(|layer| matches!(checkpoint.network.layers[*layer].layer, Layer::Conv2D(_)));
    Ok(convolution.or_else(|| behind().next()))
}
