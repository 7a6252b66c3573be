//! The same picture as the network sees it when nobody trains it: no dropout, and batch normalisation by its moving averages.

use std::sync::Arc;

use atelier_cpu::CpuExecutor;
use atelier_gpu::GpuExecutor;
use atelier_nn::plan::{Operand, Step};
use atelier_nn::{Lowering, Plan, StepData};
use serde::Serialize;

use super::explain::{Explanation, Operands};
use super::{Walk, When};
use crate::SessionError;
use crate::runner::{Runner, read};

/// One layer in inference, and one number that it gives.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Inference {
    /// What comes into the layer, in inference as it is too.
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    /// How the number was made; none where the layer does nothing in inference. Steps and buffers are those of a plan of its own.
    pub explanation: Option<Explanation>,
}

/// A plan for inference with the walk's weights, run over the shown picture.
pub struct Inferred {
    plan: Arc<Plan>,
    runner: Box<dyn Runner>,
}

impl Walk {
    /// What a layer makes of the shown picture in inference, with the weights before the update. The first question runs the
    /// network.
    ///
    /// # Errors
    /// Where there is no such layer, number or memory, and where the GPU is lost.
    pub async fn inference(&mut self, layer: usize, index: usize) -> Result<Inference, SessionError> {
        if self.inferred.is_none() {
            self.inferred = Some(self.infer().await?);
        }
        let missing = |what: String| SessionError::NotInPlan { what };
        let Some(Inferred { plan, runner }) = &self.inferred else { return Err(missing("nothing is inferred".into())) };
        let Some(&output) = plan.layer_outputs.get(layer) else {
            return Err(missing(format!("there is no layer {layer}")));
        };
        if index >= plan.buffer(output).len() {
            return Err(missing(format!("`{}` has no number {index}", plan.buffer(output).name)));
        }
        let made = |(_, step): &(usize, &Step)| step.op.writes().contains(&output);
        let made =
            plan.steps[plan.forward.clone()].iter().enumerate().find(made).filter(|(_, step)| step.layer == layer);
        let Some((at, step)) = made else {
            // It only hands on what it is given.
            let x = read(&**runner, plan, &[output], 1).await?.swap_remove(0);
            return Ok(Inference { y: x.clone(), x, explanation: None });
        };
        let operands: Vec<Operand> = step.op.operands().into_iter().filter(|operand| operand.access.reads()).collect();
        let wanted = operands.iter().map(|operand| operand.buffer).chain([output]);
        let mut numbers = read(&**runner, plan, &wanted.collect::<Vec<_>>(), 1).await?;
        let y = numbers.pop().unwrap_or_default();
        let x = numbers.first().cloned().unwrap_or_default();
        let mut all = Operands::new(&step.op, StepData::forward(1), 0, true);
        for (operand, values) in operands.into_iter().zip(numbers) {
            all.add(operand, Box::new(values), plan.buffer(operand.buffer));
        }
        let explanation = all.explain(at, output, index, y[index]);
        Ok(Inference { x, y, explanation: Some(explanation) })
    }

    async fn infer(&self) -> Result<Inferred, SessionError> {
        let plan = Arc::new(self.network.lower(&Lowering::trace(1))?);
        let mut runner: Box<dyn Runner> = match &self.gpu {
            Some(gpu) => Box::new(GpuExecutor::new(gpu, Arc::clone(&plan)).await?),
            None => Box::new(CpuExecutor::new(Arc::clone(&plan))?),
        };
        for (own, walked) in plan.parameters.iter().zip(&self.plan.parameters) {
            runner.write(own.buffer, &self.values(walked.buffer, When::Before, self.shown).await?)?;
        }
        runner.write(plan.input, &self.values(self.plan.input, When::Before, self.shown).await?)?;
        runner.run(plan.forward.clone(), &StepData::forward(1))?;
        Ok(Inferred { plan, runner })
    }
}
