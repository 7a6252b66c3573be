use std::fmt;

use atelier_nn::{BufferId, Executor, Plan};

use crate::Real;
use crate::case::{Case, Expected};

/// What an executor made of a case.
pub struct Report {
    pub case: String,
    pub buffers: Vec<Comparison>,
    /// What kept the case from running to its end.
    pub failure: Option<String>,
}

/// A written buffer against the reference, or a buffer only read against what was written into it.
pub struct Comparison {
    pub name: String,
    pub compared: usize,
    pub wrong: usize,
    /// The number furthest off, in units of its tolerance.
    pub worst: Option<Difference>,
}

pub struct Difference {
    pub index: usize,
    pub got: f32,
    pub expected: f64,
    pub tolerance: f64,
}

impl Difference {
    /// How many tolerances it is off; infinite where exactness was asked for and missed. What is expected to be NaN must be
    /// NaN, and an infinity the same one.
    pub fn ratio(&self) -> f64 {
        let got = f64::from(self.got);
        if got.is_nan() && self.expected.is_nan() || got == self.expected {
            return 0.0;
        }
        let off = (got - self.expected).abs();
        if off.is_finite() && self.tolerance.is_finite() { off / self.tolerance } else { f64::INFINITY }
    }
}

impl Report {
    pub fn passed(&self) -> bool {
        let compared: usize = self.buffers.iter().map(|b| b.compared).sum();
        self.failure.is_none() && compared > 0 && self.buffers.iter().all(|b| b.wrong == 0)
    }

    /// The largest error in units of its tolerance.
    pub fn worst_ratio(&self) -> f64 {
        self.buffers.iter().filter_map(|b| b.worst.as_ref()).map(Difference::ratio).fold(0.0, f64::max)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}", self.case)?;
        if let Some(failure) = &self.failure {
            writeln!(f, "  {failure}")?;
        }
        for comparison in &self.buffers {
            writeln!(f, "  {comparison}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Comparison { name, compared, wrong, worst } = self;
        write!(f, "{name}: {wrong} of {compared} wrong")?;
        if let Some(Difference { index, got, expected, tolerance }) = worst {
            write!(f, "; worst at {index}: got {got:e}, expected {expected:e} ± {tolerance:e}")?;
        }
        Ok(())
    }
}

/// Compares numbers with what they should be.
pub fn compare(name: &str, got: &[f32], expected: impl ExactSizeIterator<Item = (f64, f64)>) -> Comparison {
    let mut wrong = got.len().abs_diff(expected.len());
    let mut worst: Option<Difference> = None;
    let compared = expected.len();
    for (index, (got, (expected, tolerance))) in got.iter().zip(expected).enumerate() {
        let difference = Difference { index, got: *got, expected, tolerance };
        let ratio = difference.ratio();
        wrong += usize::from(ratio > 1.0);
        if worst.as_ref().is_none_or(|w| ratio > w.ratio()) {
            worst = Some(difference);
        }
    }
    Comparison { name: name.to_owned(), compared, wrong, worst }
}

/// What a buffer holds that nothing was written into: no operation computes it by chance.
pub const UNWRITTEN: f32 = -654_321.0;

/// Runs a case on an executor and compares every buffer.
///
/// What the operation is to overwrite begins as [`UNWRITTEN`], so that a number left out shows, and behind the batch's
/// examples it must stay that; what it only reads must stay as it was, and is NaN behind the batch's examples, so that
/// it shows where one of those is counted.
pub async fn run_case<E, X>(case: &Case, make_executor: impl AsyncFnOnce(Plan) -> Result<E, X>) -> Report
where
    E: Executor,
    X: fmt::Display,
{
    let mut report = Report { case: case.to_string(), buffers: Vec::new(), failure: None };
    match make_executor(case.plan.clone()).await {
        Err(error) => report.failure = Some(format!("no executor: {error}")),
        Ok(mut executor) => match compare_all(case, &mut executor).await {
            Err(error) => report.failure = Some(format!("the executor failed: {error}")),
            Ok(buffers) => report.buffers = buffers,
        },
    }
    report
}

async fn compare_all<E: Executor>(case: &Case, executor: &mut E) -> Result<Vec<Comparison>, E::Error> {
    let batch = case.data.batch;
    let name = |buffer: BufferId| case.plan.buffer(buffer).name.as_str();
    let len = |buffer: BufferId| case.plan.len_of(buffer, case.plan.max_batch);
    let written = case.op().writes();
    for buffer in &written {
        executor.write(*buffer, &vec![UNWRITTEN; len(*buffer)])?;
    }
    let overwritten: Vec<usize> = written.iter().map(|b| case.plan.buffer(*b).slot).collect();
    let only_read = |buffer: BufferId| !overwritten.contains(&case.plan.buffer(buffer).slot);
    for (buffer, numbers) in &case.inputs {
        let behind = if only_read(*buffer) { f32::NAN } else { UNWRITTEN };
        let mut numbers = numbers.clone();
        numbers.resize(len(*buffer), behind);
        executor.write(*buffer, &numbers)?;
    }
    executor.run(0..1, &case.data)?;

    let mut comparisons = Vec::new();
    for Expected { buffer, numbers } in case.expected() {
        let got = executor.read(*buffer, len(*buffer)).await?;
        let (batch, behind) = got.split_at(case.plan.len_of(*buffer, batch));
        let expected = numbers.iter().map(|n| (n.value(), n.rounded_error()));
        comparisons.push(compare(name(*buffer), batch, expected));
        let untouched = behind.iter().map(|_| (f64::from(UNWRITTEN), 0.0));
        comparisons.push(compare(&format!("{} (behind the batch)", name(*buffer)), behind, untouched));
    }
    for (buffer, numbers) in case.inputs.iter().filter(|(buffer, _)| only_read(*buffer)) {
        let got = executor.read(*buffer, len(*buffer)).await?;
        let kept = numbers.iter().map(|x| f64::from(*x)).chain(vec![f64::NAN; got.len() - numbers.len()]);
        let kept: Vec<_> = kept.map(|x| (x, 0.0)).collect();
        comparisons.push(compare(&format!("{} (read only)", name(*buffer)), &got, kept.into_iter()));
    }
    Ok(comparisons)
}
