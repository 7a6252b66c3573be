//! Whether a GPU computes what the CPU does.

use std::sync::Arc;

use atelier_cpu::CpuExecutor;
use atelier_gpu::GpuExecutor;
use atelier_nn::random::{pcg4d, unit};
use atelier_nn::{Executor, Lowering, StepData};

use crate::{Host, SessionError, Setup};

/// Examples of the test.
const EXAMPLES: usize = 3;

/// How far a number may lie from the CPU's, as a share of the largest number of its buffer. Both compute in f32 from the
/// same operands; sums of n products differ by at most `2·n·u` of the sum of their sizes (Higham, *Accuracy and
/// Stability of Numerical Algorithms*), which for the some thousand terms of a network's sums is below this. A wrong
/// index, a missing term or a wrong factor is far above.
const TOLERANCE: f32 = 1e-3;

/// An operation that computed something else than the CPU.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    pub operation: &'static str,
    pub got: f32,
    pub expected: f32,
}

/// Runs every operation of a training step on the CPU and on the GPU, each from the CPU's operands, and compares what they
/// wrote. The executor's buffers hold the test's numbers afterwards.
pub(crate) async fn self_test(
    gpu: &mut GpuExecutor,
    setup: &Setup,
    host: &impl Host,
) -> Result<Option<Wrong>, SessionError> {
    let training = &setup.training;
    let examples = EXAMPLES.min(gpu.plan().max_batch);
    let lowering = Lowering::training(examples, training.loss, training.optimizer.clone());
    // Lowered for another batch the plan has the same buffers and steps.
    let plan = Arc::new(setup.network.lower(&lowering)?);
    let mut cpu = CpuExecutor::new(Arc::clone(&plan))?;
    for (buffer, values) in plan.initial_values(training.seed) {
        cpu.write(buffer, &values)?;
    }
    let random = |i| unit(pcg4d([i, 0, 0, training.seed])[0]);
    let inputs: Vec<f32> = (0..plan.len_of(plan.input, examples) as u32).map(random).collect();
    cpu.write(plan.input, &inputs)?;
    if let Some(target) = plan.target {
        let classes = plan.buffer(target).len();
        let one_hot = |i: usize| f32::from(u8::from(i % classes == i / classes % classes));
        let targets: Vec<f32> = (0..examples * classes).map(one_hot).collect();
        cpu.write(target, &targets)?;
    }
    let data = StepData { learning_rate: training.learning_rate, ..StepData::forward(examples) };
    let mut compared = Vec::with_capacity(plan.steps.len());
    for (index, step) in plan.steps.iter().enumerate() {
        for buffer in step.op.reads() {
            gpu.write(buffer, &cpu.get(buffer)[..plan.len_of(buffer, examples)])?;
        }
        let written = step.op.writes();
        let reads: Vec<_> = written.iter().map(|b| (*b, plan.len_of(*b, examples))).collect();
        let readback = gpu.submit(index..index + 1, &data, &reads)?;
        cpu.run(index..index + 1, &data)?;
        let expected: Vec<Vec<f32>> = reads.iter().map(|(b, len)| cpu.get(*b)[..*len].to_vec()).collect();
        compared.push((step.op.stem(), readback, expected));
        host.breathe().await;
    }
    for (operation, readback, expected) in compared {
        let got: Vec<Vec<f32>> = readback.numbers().await?;
        for (got, expected) in got.iter().zip(&expected) {
            if let Some((got, expected)) = differing(got, expected) {
                return Ok(Some(Wrong { operation, got, expected }));
            }
        }
    }
    Ok(None)
}

/// The first pair of numbers that are too far apart.
///
/// What is no finite number on the CPU need be none on the GPU either: weights may have run away by the time of the test.
/// NaN agrees with NaN and an infinity with the same one; an infinity also with NaN, which comes of it where a sum was
/// added in another order and two overflows met.
fn differing(got: &[f32], expected: &[f32]) -> Option<(f32, f32)> {
    let largest = expected.iter().filter(|x| x.is_finite()).fold(0.0_f32, |largest, x| largest.max(x.abs()));
    let near = |got: f32, expected: f32| match (got.is_finite(), expected.is_finite()) {
        (true, true) => (got - expected).abs() <= TOLERANCE * largest,
        (false, false) => got == expected || got.is_nan() || expected.is_nan(),
        _ => false,
    };
    got.iter().copied().zip(expected.iter().copied()).find(|(got, expected)| !near(*got, *expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFINITY: f32 = f32::INFINITY;

    #[test]
    fn rounding_passes_and_wrong_numbers_do_not() {
        assert_eq!(differing(&[1.0, -2.0, 1e-6], &[1.000_001, -2.0, 0.0]), None);
        assert_eq!(differing(&[1.0, -2.0], &[1.0, -1.99]), Some((-2.0, -1.99)));
        assert_eq!(differing(&[1e-6], &[0.0]), Some((1e-6, 0.0)));
    }

    #[test]
    fn what_is_no_number_on_both_sides_is_right() {
        assert_eq!(differing(&[f32::NAN, 1.0], &[f32::NAN, 1.0]), None);
        assert_eq!(differing(&[INFINITY, -INFINITY, 2.0], &[INFINITY, -INFINITY, 2.0]), None);
        assert_eq!(differing(&[f32::NAN, INFINITY], &[INFINITY, f32::NAN]), None);
    }

    #[test]
    fn what_is_no_number_on_one_side_is_wrong() {
        assert!(differing(&[f32::NAN], &[1.0]).is_some());
        assert!(differing(&[1.0], &[f32::NAN]).is_some());
        assert_eq!(differing(&[INFINITY], &[3e38]), Some((INFINITY, 3e38)));
        assert_eq!(differing(&[3e38], &[INFINITY]), Some((3e38, INFINITY)));
        assert_eq!(differing(&[INFINITY], &[-INFINITY]), Some((INFINITY, -INFINITY)));
    }

    /// An infinity in a buffer must not make room for whatever else is in it.
    #[test]
    fn beside_an_infinity_a_wrong_number_is_still_wrong() {
        assert_eq!(differing(&[INFINITY, 7.0], &[INFINITY, 1.0]), Some((7.0, 1.0)));
        assert_eq!(differing(&[f32::NAN, 7.0], &[f32::NAN, 1.0]), Some((7.0, 1.0)));
    }
}
