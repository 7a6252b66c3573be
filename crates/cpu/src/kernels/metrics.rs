use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `[Σ loss, examples whose largest output is their target's largest]`: of outputs among which is NaN none is the largest.
pub struct Metrics<'a> {
    pub outputs: usize,
    pub output: &'a [f32],
    pub target: &'a [f32],
    pub loss: &'a [f32],
    pub metrics: &'a mut [f32],
}

impl Kernel for Metrics<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let sum: f64 = self.loss.iter().map(|loss| f64::from(*loss)).sum();
        let examples = self.output.chunks_exact(self.outputs).zip(self.target.chunks_exact(self.outputs));
        let right = examples.filter(|(output, target)| right(output, target)).count();
        self.metrics.copy_from_slice(&[sum as f32, right as f32]);
    }
}

fn right(output: &[f32], target: &[f32]) -> bool {
    !output.iter().any(|x| x.is_nan()) && largest(output) == largest(target)
}

/// Index of the first of the largest numbers.
fn largest(numbers: &[f32]) -> usize {
    let mut best = 0;
    for (i, x) in numbers.iter().enumerate() {
        if *x > numbers[best] {
            best = i;
        }
    }
    best
}
