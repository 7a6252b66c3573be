//! Proof by nudge: the loss with one number moved a little up and down, beside the gradient that came back.

use atelier_nn::BufferId;
use atelier_nn::plan::Role;
use serde::Serialize;

use super::{Walk, When, mean};
use crate::SessionError;

/// The mean loss of the batch with a number moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Nudge {
    /// For each ε: the loss with the number plus ε, and minus ε.
    pub losses: Vec<[f64; 2]>,
    /// What backward says of the number.
    pub gradient: f32,
    pub gradient_buffer: BufferId,
    /// With the number as it is.
    pub loss: f64,
    /// For each ε how far the quotient `(L(+ε) − L(−ε)) / 2ε` may be off by rounding: each number on the way, rounded to f32,
    /// moves the loss by its gradient times what was rounded off.
    pub rounding: Vec<f64>,
}

/// Half of the distance between 1 and the next f32.
const UNIT: f64 = f32::EPSILON as f64 / 2.0;

impl Walk {
    /// Moves one number of a parameter, of the input or of what the forward pass makes by each ε both ways, runs forward
    /// again, and puts everything back.
    ///
    /// # Errors
    /// Where there is no such number, backward has no gradient of it, or the GPU is lost.
    pub async fn nudge(&mut self, buffer: BufferId, index: usize, epsilons: &[f32]) -> Result<Nudge, SessionError> {
        self.check(buffer, index)?;
        let Some(gradient_buffer) = self.gradient_of(buffer) else {
            let what = format!("backward has no gradient of `{}`", self.plan.buffer(buffer).name);
            return Err(SessionError::NotInWalk { what });
        };
        let gradient = self.values(gradient_buffer, When::Before, self.shown).await?[index];
        let (before, at) = (self.whole(buffer).await?, self.place(buffer, index));
        // What is written after its step runs is read by the steps behind it.
        let plan = &*self.plan;
        let makes = |written: &BufferId| plan.buffer(*written).slot == plan.buffer(buffer).slot;
        let first = plan.steps[..plan.forward.end].iter().position(|step| step.op.writes().iter().any(makes));
        let first = first.map_or(0, |step| step + 1);
        let loss = self.mean_loss().await?;
        let moved = self.moved(buffer, &before, at, first, epsilons).await;
        // Everything as it was, also after a failure.
        self.runner.write(buffer, &before)?;
        self.runner.run(first..self.plan.loss.end, &self.data)?;
        let noise = self.noise().await?;
        let rounding = epsilons.iter().map(|epsilon| noise / f64::from(*epsilon).abs()).collect();
        Ok(Nudge { losses: moved?, gradient, gradient_buffer, loss, rounding })
    }

    async fn moved(
        &mut self,
        buffer: BufferId,
        before: &[f32],
        at: usize,
        first: usize,
        epsilons: &[f32],
    ) -> Result<Vec<[f64; 2]>, SessionError> {
        let mut losses = Vec::with_capacity(epsilons.len());
        let mut values = before.to_vec();
        for epsilon in epsilons {
            let mut pair = [f64::NAN; 2];
            for (loss, step) in pair.iter_mut().zip([*epsilon, -epsilon]) {
                values[at] = before[at] + step;
                self.runner.write(buffer, &values)?;
                self.runner.run(first..self.plan.loss.end, &self.data)?;
                *loss = self.mean_loss().await?;
            }
            losses.push(pair);
        }
        Ok(losses)
    }

    /// Where the shown picture's number lies in the whole buffer.
    fn place(&self, buffer: BufferId, index: usize) -> usize {
        let described = self.plan.buffer(buffer);
        if described.batched { self.shown * described.len() + index } else { index }
    }

    /// Where backward puts the loss's derivative by this buffer's numbers.
    fn gradient_of(&self, buffer: BufferId) -> Option<BufferId> {
        let plan = &*self.plan;
        if let Some(parameter) = plan.parameters.iter().find(|parameter| parameter.buffer == buffer) {
            return parameter.gradient;
        }
        if buffer == plan.input {
            return plan.input_gradient;
        }
        let name = format!("{}/gradient", plan.buffer(buffer).name);
        let found = plan.buffers.iter().position(|other| other.role == Role::Gradient && other.name == name)?;
        Some(BufferId(found as u32))
    }

    /// Of the losses as the executor has them, in f64: a mean rounded to f32 would hide what a small ε moves.
    async fn mean_loss(&self) -> Result<f64, SessionError> {
        let Some(loss) = self.plan.example_loss else { return Ok(f64::NAN) };
        let losses = self.whole(loss).await?;
        Ok(losses.iter().map(|loss| f64::from(*loss)).sum::<f64>() / losses.len().max(1) as f64)
    }

    /// How far the loss may be off by the rounding of every number of the forward pass to f32: to first order each counts by
    /// its gradient, and two runs differ by at most twice that.
    async fn noise(&self) -> Result<f64, SessionError> {
        let plan = std::sync::Arc::clone(&self.plan);
        let mut noise = match plan.example_loss {
            Some(loss) => f64::from(mean(&self.whole(loss).await?).abs()),
            None => 0.0,
        };
        for step in &plan.steps[plan.forward.clone()] {
            for buffer in step.op.writes() {
                let Some(gradient) = self.gradient_of(buffer) else { continue };
                let (values, gradients) = (self.whole(buffer).await?, self.whole(gradient).await?);
                let pairs =
                    values.iter().zip(&gradients).map(|(value, gradient)| f64::from(*value) * f64::from(*gradient));
                noise += pairs.map(f64::abs).sum::<f64>();
            }
        }
        Ok(noise * UNIT)
    }
}
