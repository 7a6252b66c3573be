//! Proof by nudge: the loss with one number moved a little up and down, beside the gradient that came back.

use std::f64::consts::FRAC_1_SQRT_2;
use std::ops::Range;

use atelier_nn::plan::{Role, Step};
use atelier_nn::{BufferId, Op};
use serde::Serialize;

use super::rounding::UNIT;
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
    /// For each ε how far the quotient `(L(+ε) − L(−ε)) / 2ε` may be off by rounding, to first order: of every number on the way
    /// to the loss, and of the number itself, which moves by what f32 can hold of ε. The worst case, which never comes.
    pub rounding: Vec<f64>,
    /// The same with probability 0.95, where roundings go either way.
    pub likely: Vec<f64>,
}

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
            return Err(SessionError::NotInPlan { what });
        };
        let gradient = self.values(gradient_buffer, When::Before, self.shown).await?[index];
        let (before, at) = (self.whole(buffer).await?, self.place(buffer, index));
        // Only what reads it, and what comes after, is run again.
        let plan = &*self.plan;
        let same = |read: &BufferId| plan.buffer(*read).slot == plan.buffer(buffer).slot;
        let first = plan.steps[..plan.loss.end].iter().position(|step| step.op.reads().iter().any(same));
        let first = first.unwrap_or(plan.loss.end);
        let loss = self.mean_loss().await?;
        let moved = self.moved(buffer, &before, at, first, epsilons).await;
        // Everything as it was, also after a failure.
        self.runner.write(buffer, &before)?;
        self.runner.run(first..self.plan.loss.end, &self.data)?;
        let losses = moved?;
        let noise = self.rounding(first, self.moving(buffer, first)).await?;
        // Rounded to f32, the number is off by a unit of itself on both sides.
        let shift = |epsilon: f64| f64::from(gradient).abs() * UNIT * (f64::from(before[at]).abs() + epsilon);
        let off = |noise: f64| epsilons.iter().map(move |e| f64::from(*e).abs()).map(move |e| (noise + shift(e)) / e);
        let rounding = off(noise.worst).collect();
        // Two losses, whose roundings are as independent as those of one, and half of their difference.
        let likely = off(noise.likely * FRAC_1_SQRT_2).collect();
        Ok(Nudge { losses, gradient, gradient_buffer, loss, rounding, likely })
    }

    /// The examples whose numbers change with one of the buffer's: of a picture its own, where nothing mixes the batch.
    fn moving(&self, buffer: BufferId, first: usize) -> Range<usize> {
        let mixes = |step: &Step| matches!(step.op, Op::BatchMoments { .. });
        let mixed = self.plan.steps[first..self.plan.loss.end].iter().any(mixes);
        if self.plan.buffer(buffer).batched && !mixed { self.shown..self.shown + 1 } else { 0..self.data.batch }
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
    pub(super) fn place(&self, buffer: BufferId, index: usize) -> usize {
        let described = self.plan.buffer(buffer);
        if described.batched { self.shown * described.len() + index } else { index }
    }

    /// Where backward puts the loss's derivative by this buffer's numbers.
    pub(super) fn gradient_of(&self, buffer: BufferId) -> Option<BufferId> {
        let plan = &*self.plan;
        if let Some(parameter) = plan.parameters.iter().find(|parameter| parameter.buffer == buffer) {
            return parameter.gradient;
        }
        if buffer == plan.input {
            return plan.input_gradient;
        }
        let name = format!("{}/gradient", plan.buffer(buffer).name);
        let named = plan.buffers.iter().position(|other| other.role == Role::Gradient && other.name == name);
        if let Some(found) = named {
            return Some(BufferId(found as u32));
        }
        // A sum hands its own gradient on, as it is, to what has no other way to the loss.
        let mut readers = plan.steps[..plan.loss.end].iter().filter(|step| step.op.reads().contains(&buffer));
        match (readers.next().map(|step| &step.op), readers.next()) {
            (Some(Op::Add { y, .. }), None) => self.gradient_of(*y),
            _ => None,
        }
    }

    /// Of the losses as the executor has them, in f64: a mean rounded to f32 would hide what a small ε moves.
    async fn mean_loss(&self) -> Result<f64, SessionError> {
        let Some(loss) = self.plan.example_loss else { return Ok(f64::NAN) };
        Ok(mean(&self.whole(loss).await?))
    }
}
