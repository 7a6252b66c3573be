//! A run taken apart: one update of a saved run over some pictures, every number of it at hand.
//!
//! A [`Walk`] is a function of a checkpoint and of pictures alone. It runs the update that training would make next, forward,
//! loss, backward and update, by a plan that keeps everything; afterwards it only reads. Parameters and optimiser state are
//! changed in place by the plan's last phase, so what they were before stays beside what they became. Every other buffer is
//! written by one step, so at any step of the walk it is either not yet written or what it will remain.

mod explain;
mod field;
mod inference;
mod nudge;
mod replay;
mod rounding;
mod survey;

use std::collections::HashMap;
use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_gpu::{Gpu, GpuExecutor};
use atelier_nn::plan::{Operand, Outline, Role};
use atelier_nn::{BufferId, Gradients, Keep, Lowering, Network, Optimizer, Plan, StepData};
use serde::Serialize;

pub use explain::{Column, Explanation, Line};
pub use field::{Direction, Field};
pub use inference::Inference;
pub use nudge::Nudge;
pub use replay::{Moved, Replay};
pub use survey::Survey;

use crate::budget::largest_below;
use crate::evaluate::{largest, one_hot};
use crate::runner::{Held, Runner, read};
use crate::trainer::write_each;
use crate::{Checkpoint, NO_ANSWER, Room, SessionError};
use explain::{Operands, shown_first};
use inference::Inferred;

/// Pictures and their classes.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// As the network takes them, one picture after another.
    pub inputs: Vec<f32>,
    /// One for each.
    pub labels: Vec<u16>,
}

/// Whether what an update changes is asked for as it was, or as it became. All else is the same at both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

/// What a walk is of.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WalkOutline {
    pub outline: Outline,
    /// Pictures in the batch.
    pub batch: usize,
    /// Which of them is shown.
    pub shown: usize,
    /// Number of the update that is walked: 1 is the first.
    pub iteration: u32,
    pub learning_rate: f32,
    pub optimizer: Optimizer,
    /// The shown picture's.
    pub loss: f32,
    /// The mean over the batch.
    pub batch_loss: f32,
    /// The shown picture's class.
    pub label: u16,
    /// The class that the network says of it; 65,535 where its outputs are not numbers.
    pub predicted: u16,
    /// Numbers that the network has learnt.
    pub parameters: usize,
    /// The identity of the data set that the run trains on, where the file knows it.
    pub data: Option<String>,
}

/// One update of a saved run, taken apart.
pub struct Walk {
    network: Network,
    plan: Arc<Plan>,
    runner: Box<dyn Runner>,
    /// Where it is not the CPU that computes.
    gpu: Option<Gpu>,
    /// Made when it is first asked for.
    inferred: Option<Inferred>,
    data: StepData,
    shown: usize,
    /// What the update changed, as it became. The executor holds it as it was.
    after: HashMap<BufferId, Vec<f32>>,
    outline: WalkOutline,
}

impl Walk {
    /// The update that the run would make next over these pictures, of which one is shown, on the CPU.
    ///
    /// # Errors
    /// Where the pictures do not fit the network, there are none or none of that number, the checkpoint lacks a tensor, or what
    /// the walk keeps does not fit `room`.
    pub async fn new(
        checkpoint: &Checkpoint,
        pictures: &Pictures,
        shown: usize,
        room: Room,
    ) -> Result<Self, SessionError> {
        let plan = plan_for(checkpoint, pictures)?;
        let needs = |plan: &Plan| Ok(CpuExecutor::needs([plan], Isa::best())?.total().saturating_add(kept(plan)));
        fits(checkpoint, pictures.labels.len(), needs, room.worker.min(room.together))?;
        let executor = CpuExecutor::new(Arc::clone(&plan))?;
        Walk::over(Box::new(executor), None, plan, checkpoint, pictures, shown).await
    }

    /// The same on a GPU, whose own room counts.
    ///
    /// # Errors
    /// As [`Walk::new`], and where the GPU is lost.
    pub async fn on_gpu(
        gpu: &Gpu,
        checkpoint: &Checkpoint,
        pictures: &Pictures,
        shown: usize,
    ) -> Result<Self, SessionError> {
        let plan = plan_for(checkpoint, pictures)?;
        let software = gpu.adapter().software;
        fits(checkpoint, pictures.labels.len(), |plan| Ok(GpuExecutor::needs(plan, software)), gpu.room())?;
        let executor = GpuExecutor::new(gpu, Arc::clone(&plan)).await?;
        Walk::over(Box::new(executor), Some(gpu.clone()), plan, checkpoint, pictures, shown).await
    }

    async fn over(
        mut runner: Box<dyn Runner>,
        gpu: Option<Gpu>,
        plan: Arc<Plan>,
        checkpoint: &Checkpoint,
        Pictures { inputs, labels }: &Pictures,
        shown: usize,
    ) -> Result<Self, SessionError> {
        let batch = labels.len();
        let Some(&label) = labels.get(shown) else {
            return Err(SessionError::NoSuchPicture { index: shown, last: batch.saturating_sub(1) });
        };
        let data = StepData {
            batch,
            batch_total: batch,
            first_example: 0,
            learning_rate: checkpoint.training.learning_rate,
            iteration: checkpoint.progress.iteration.saturating_add(1),
            seed: checkpoint.training.seed,
        };
        // Weights alone go on with a fresh optimiser (`Run::restore`), whose state is zeros; so do those of a run before its first update.
        let state = checkpoint.optimizer_state_for(&plan).unwrap_or_default();
        let parameters = plan.parameters.iter().map(|parameter| parameter.buffer);
        write_each(&plan, parameters, &checkpoint.parameters_for(&plan)?, |buffer, values| {
            runner.write(buffer, values)
        })?;
        if !state.is_empty() {
            let kept = plan.optimizer_state.iter().copied();
            write_each(&plan, kept, &state, |buffer, values| runner.write(buffer, values))?;
        }
        runner.write(plan.input, inputs)?;
        if let Some(target) = plan.target {
            runner.write(target, &one_hot(labels, plan.buffer(target).len()))?;
        }
        let changed: Vec<BufferId> =
            (plan.steps[plan.update.clone()].iter()).flat_map(|step| step.op.writes()).collect();
        runner.run(0..plan.backward.end, &data)?;
        let before = read(&*runner, &plan, &changed, batch).await?;
        runner.run(plan.update.clone(), &data)?;
        let after = read(&*runner, &plan, &changed, batch).await?;
        for (buffer, values) in changed.iter().zip(&before) {
            runner.write(*buffer, values)?;
        }
        let after = changed.into_iter().zip(after).collect();
        let outline = WalkOutline {
            outline: plan.outline(),
            batch,
            shown,
            iteration: data.iteration,
            learning_rate: data.learning_rate,
            optimizer: checkpoint.training.optimizer.clone(),
            loss: f32::NAN,
            batch_loss: f32::NAN,
            label,
            predicted: NO_ANSWER,
            parameters: plan.parameters.iter().map(|parameter| plan.buffer(parameter.buffer).len()).sum(),
            data: checkpoint.data.clone(),
        };
        let network = checkpoint.network.clone();
        let mut walk = Walk { network, plan, runner, gpu, inferred: None, data, shown, after, outline };
        if let Some(loss) = walk.plan.example_loss {
            let losses = walk.whole(loss).await?;
            walk.outline.loss = losses.get(shown).copied().unwrap_or(f32::NAN);
            walk.outline.batch_loss = mean(&losses) as f32;
        }
        let output = walk.values(walk.plan.output, When::After, shown).await?;
        walk.outline.predicted = largest(&output).map_or(NO_ANSWER, |(class, _)| class);
        Ok(walk)
    }

    /// What it is of.
    pub fn outline(&self) -> &WalkOutline {
        &self.outline
    }

    /// The numbers of a buffer: those of one picture of the batch, or the whole where it has one tensor for all.
    ///
    /// # Errors
    /// Where there is no such buffer or picture, or the GPU is lost.
    pub async fn values(&self, buffer: BufferId, when: When, example: usize) -> Result<Vec<f32>, SessionError> {
        self.check(buffer, 0)?;
        if example >= self.data.batch {
            return Err(SessionError::NoSuchPicture { index: example, last: self.data.batch - 1 });
        }
        if let (When::After, Some(after)) = (when, self.after.get(&buffer)) {
            return Ok(after.clone());
        }
        let described = self.plan.buffer(buffer);
        let (examples, first) = if described.batched { (example + 1, example * described.len()) } else { (1, 0) };
        let held = self.read(vec![(buffer, self.plan.len_of(buffer, examples))]).await?;
        Ok(held[0][first..][..described.len()].to_vec())
    }

    /// Which number of a buffer, of the shown picture, is the furthest from zero: the first of several.
    ///
    /// # Errors
    /// Where there is no such buffer, or the GPU is lost.
    pub async fn foremost(&self, buffer: BufferId) -> Result<usize, SessionError> {
        let values = self.values(buffer, When::After, self.shown).await?;
        let sizes = values.iter().map(|value| value.abs()).enumerate().filter(|(_, size)| !size.is_nan());
        let further = |most: (usize, f32), next: (usize, f32)| if next.1 > most.1 { next } else { most };
        Ok(sizes.reduce(further).map_or(0, |(index, _)| index))
    }

    /// How one number was made by the step that wrote it: of the shown picture, where its buffer has one tensor for each.
    ///
    /// # Errors
    /// Where there is no such step or number, the step does not write the buffer, or the GPU is lost.
    pub async fn explain(&self, step: usize, buffer: BufferId, index: usize) -> Result<Explanation, SessionError> {
        self.check(buffer, index)?;
        let made = self.plan.steps.get(step).map(|step| &step.op);
        let Some(op) = made.filter(|op| op.writes().contains(&buffer)) else {
            return Err(SessionError::NotInPlan { what: format!("step {step} does not write buffer {}", buffer.0) });
        };
        let result = self.plan.buffer(buffer);
        let operands: Vec<Operand> = op.operands().into_iter().filter(|operand| operand.access.reads()).collect();
        // What goes over the batch takes all its pictures in.
        let examples = if result.batched { self.shown + 1 } else { self.data.batch };
        let read = operands.iter().map(|operand| operand.buffer).chain([buffer]);
        let read = read.map(|buffer| (buffer, self.plan.len_of(buffer, examples)));
        let mut held = self.read(read.collect()).await?;
        let own = held.pop();
        let value = match (self.after.get(&buffer), own) {
            (Some(after), _) => after[index],
            (None, own) => own.map_or(f32::NAN, |own| own[self.place(buffer, index)]),
        };
        let mut all = Operands::new(op, self.data, self.shown, result.batched);
        for (operand, values) in operands.into_iter().zip(held) {
            all.add(operand, values, self.plan.buffer(operand.buffer));
        }
        Ok(all.explain(step, buffer, index, value))
    }

    /// What each picture of the batch has to say in a number that goes over the batch, such as a weight's gradient: the shares
    /// add up to it.
    ///
    /// # Errors
    /// As [`Walk::explain`].
    pub async fn shares(&self, step: usize, buffer: BufferId, index: usize) -> Result<Vec<f32>, SessionError> {
        let explanation = self.explain(step, buffer, index).await?;
        let mut shares = vec![0.0; self.data.batch];
        let each = explanation.of_shown.max(1);
        let examples = shown_first(self.shown, self.data.batch);
        for (example, products) in examples.zip(explanation.products.chunks(each)) {
            shares[example] = products.iter().sum::<f64>() as f32;
        }
        Ok(shares)
    }

    /// All numbers of a buffer, of every picture, as they were before the update.
    async fn whole(&self, buffer: BufferId) -> Result<Vec<f32>, SessionError> {
        let len = self.plan.len_of(buffer, self.data.batch);
        Ok(self.read(vec![(buffer, len)]).await?[0][..len].to_vec())
    }

    async fn read(&self, wanted: Vec<(BufferId, usize)>) -> Result<Vec<Held<'_>>, SessionError> {
        self.runner.read(wanted).await
    }

    fn check(&self, buffer: BufferId, index: usize) -> Result<(), SessionError> {
        match self.plan.buffers.get(buffer.index()) {
            Some(found) if index < found.len() => Ok(()),
            Some(found) => {
                let what = format!("`{}` has {} numbers and not number {index}", found.name, found.len());
                Err(SessionError::NotInPlan { what })
            }
            None => Err(SessionError::NotInPlan { what: format!("there is no buffer {}", buffer.0) }),
        }
    }
}

/// As the run trains, and everything kept.
fn lowering(checkpoint: &Checkpoint, batch: usize) -> Lowering {
    let training = &checkpoint.training;
    Lowering {
        keep: Keep::Everything,
        gradients: Gradients { parameters: true, input: true, layers: Vec::new() },
        ..Lowering::training(batch, training.loss, training.optimizer.clone())
    }
}

fn plan_for(checkpoint: &Checkpoint, Pictures { inputs, labels }: &Pictures) -> Result<Arc<Plan>, SessionError> {
    if labels.is_empty() {
        return Err(SessionError::NoPictures { part: "chosen" });
    }
    let plan = checkpoint.network.lower(&lowering(checkpoint, labels.len()))?;
    let expected = plan.len_of(plan.input, labels.len());
    if inputs.len() != expected {
        return Err(SessionError::PictureLength { expected, got: inputs.len() });
    }
    let classes = plan.buffer(plan.output).len();
    match labels.iter().find(|label| usize::from(**label) >= classes) {
        Some(_) => Err(SessionError::OutputShape {
            classes: usize::from(labels.iter().copied().max().unwrap_or(0)) + 1,
            got: plan.buffer(plan.output).shape.clone(),
        }),
        None => Ok(Arc::new(plan)),
    }
}

/// Refuses what there is no room for, before anything of it is allocated.
fn fits(
    checkpoint: &Checkpoint,
    batch: usize,
    needs: impl Fn(&Plan) -> Result<u64, SessionError>,
    room: u64,
) -> Result<(), SessionError> {
    let of = |batch: usize| needs(&checkpoint.network.lower(&lowering(checkpoint, batch))?);
    let needed = of(batch)?;
    if needed <= room {
        return Ok(());
    }
    let fits = largest_below(batch, |batch| Ok(of(batch)? <= room))?;
    Err(SessionError::TooBig { needed, room, batch, fits })
}

/// Bytes of what the update changes, which is kept twice beside the executor: as it was while it is read, and as it became.
fn kept(plan: &Plan) -> u64 {
    let changed = plan.buffers.iter().filter(|b| matches!(b.role, Role::Parameter | Role::OptimizerState));
    changed.map(|buffer| 8 * buffer.len() as u64).sum()
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len().max(1) as f64
}
