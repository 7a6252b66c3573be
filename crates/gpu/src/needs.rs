//! What a plan takes on a device, added up before anything is made there, in 64 bits also where addresses have 32.

use atelier_nn::{BufferId, Plan};

use crate::dispatch::Dispatch;
use crate::{Gpu, GpuError, steps};

/// Of the uniform buffer that tells a step what it is told.
pub(crate) const STEP_BYTES: u64 = 32;

/// Bytes of each slot of the plan.
pub(crate) fn slots(plan: &Plan) -> Vec<u64> {
    let bytes = |len: usize, batched: bool| {
        let examples = if batched { plan.max_batch } else { 1 };
        let bytes = (len as u64).saturating_mul(examples as u64).saturating_mul(4);
        // A whole number of vectors.
        bytes.checked_next_multiple_of(16).unwrap_or(u64::MAX).max(16)
    };
    plan.slots.iter().map(|slot| bytes(slot.len, slot.batched)).collect()
}

pub(crate) fn total(bytes: impl IntoIterator<Item = u64>) -> u64 {
    bytes.into_iter().fold(0, u64::saturating_add)
}

/// Of the room for partial sums, which all steps use one after another; 0 where none needs it.
pub(crate) fn scratch<'a>(dispatches: impl Iterator<Item = &'a Dispatch>) -> u64 {
    dispatches.map(|dispatch| dispatch.scratch).max().unwrap_or(0).next_multiple_of(16)
}

/// Bytes that are on their way back at once: what the plan's steps are run for, all of it read together. A plan that
/// updates is read for its metrics, its weights and their optimiser's state, one that scores for its outputs and their
/// losses, any other for the outputs of its layers.
pub(crate) fn staging(plan: &Plan) -> u64 {
    let bytes = |buffer: &BufferId| {
        let buffer = plan.buffer(*buffer);
        let examples = if buffer.batched { plan.max_batch } else { 1 };
        let each = buffer.shape.iter().fold(4_u64, |bytes, n| bytes.saturating_mul(*n as u64));
        each.saturating_mul(examples as u64)
    };
    let parameters = plan.parameters.iter().map(|parameter| parameter.buffer);
    let read: Vec<BufferId> = if plan.update.is_empty() {
        match plan.example_loss {
            Some(loss) => vec![loss, plan.output],
            None => plan.layer_outputs.iter().copied().chain([plan.output]).collect(),
        }
    } else {
        parameters.chain(plan.optimizer_state.iter().copied()).chain(plan.metrics).collect()
    };
    total(read.iter().map(bytes))
}

/// Bytes that an executor of the plan takes on a device of its own, everything counted: slots, scratch and staging.
/// `software`: the device's adapter is the processor itself, for which products are cut otherwise.
pub(crate) fn all(plan: &Plan, software: bool) -> u64 {
    let slots = total(slots(plan));
    // What no address reaches is too much whatever comes beside it, and the sizes of its scratch would wrap.
    if slots >= usize::MAX as u64 {
        return slots;
    }
    let dispatches: Vec<Dispatch> =
        plan.steps.iter().flat_map(|step| steps::dispatches(plan, &step.op, software)).collect();
    total([slots, scratch(dispatches.iter()), STEP_BYTES, staging(plan)])
}

/// Refuses what one buffer of the device does not hold.
pub(crate) fn fits_a_buffer(gpu: &Gpu, what: impl FnOnce() -> String, bytes: u64) -> Result<(), GpuError> {
    let limit = gpu.largest_buffer();
    if bytes > limit { Err(GpuError::TooBig { what: what(), bytes, limit }) } else { Ok(()) }
}

/// Refuses what the device has no room for beside what is alive on it.
pub(crate) fn fits_the_room(gpu: &Gpu, what: &str, bytes: u64) -> Result<(), GpuError> {
    let limit = gpu.room();
    if bytes > limit { Err(GpuError::TooBig { what: what.to_owned(), bytes, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use atelier_nn::{Loss, Lowering, Network, Optimizer};

    use super::*;

    fn plan(batch: usize) -> Plan {
        let lowering = Lowering::training(batch, Loss::CategoricalCrossentropy, Optimizer::default());
        Network::seed().lower(&lowering).expect("the network can be built")
    }

    /// Batch sizes that no memory holds are summed, and the sums stay where they would wrap.
    #[test]
    fn sums_do_not_wrap() {
        let (one, many) = (plan(1), plan(1 << 20));
        assert!(all(&one, false) < 1 << 30);
        assert!(total(slots(&many)) > 1 << 32, "{}", total(slots(&many)));
        let mut absurd = plan(1);
        absurd.max_batch = usize::MAX;
        assert_eq!(all(&absurd, false), u64::MAX);
    }

    #[test]
    fn a_plan_is_read_for_what_it_is_for() {
        let training = plan(4);
        let numbers = |buffers: &[BufferId]| buffers.iter().map(|b| training.buffer(*b).len() as u64).sum::<u64>();
        let parameters: Vec<BufferId> = training.parameters.iter().map(|p| p.buffer).collect();
        let read = numbers(&parameters) + numbers(&training.optimizer_state) + 2;
        assert_eq!(staging(&training), read * 4);
        let evaluation = Network::seed().lower(&Lowering::evaluation(8, Loss::CategoricalCrossentropy));
        assert_eq!(staging(&evaluation.expect("the network can be built")), 8 * (10 + 1) * 4);
    }
}
