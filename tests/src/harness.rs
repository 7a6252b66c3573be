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
    /// How many tolerances it is off; infinite where exactness was asked for and missed, or where it is no number.
    pub fn ratio(&self) -> f64 {
        let off = (f64::from(self.got) - self.expected).abs();
        match off {
            0.0 => 0.0,
            _ if off.is_nan() || !self.tolerance.is_finite() => f64::INFINITY,
            _ => off / self.tolerance,
        }
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

/// Runs a case on an executor and compares every buffer.
///
/// What the operation is to overwrite begins as NaN, so that a number left unwritten shows; what it only reads must
/// stay as it was.
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
    let written = case.op().writes();
    for buffer in &written {
        executor.write(*buffer, &vec![f32::NAN; case.plan.len_of(*buffer, case.plan.max_batch)])?;
    }
    for (buffer, numbers) in &case.inputs {
        executor.write(*buffer, numbers)?;
    }
    executor.run(0..1, &case.data)?;

    let mut comparisons = Vec::new();
    for Expected { buffer, numbers } in case.expected() {
        let got = executor.read(*buffer, case.plan.len_of(*buffer, batch)).await?;
        let expected = numbers.iter().map(|n| (n.value(), n.rounded_error()));
        comparisons.push(compare(name(*buffer), &got, expected));
    }
    let overwritten: Vec<usize> = written.iter().map(|b| case.plan.buffer(*b).slot).collect();
    for (buffer, numbers) in &case.inputs {
        if !overwritten.contains(&case.plan.buffer(*buffer).slot) {
            let got = executor.read(*buffer, numbers.len()).await?;
            let kept = numbers.iter().map(|x| (f64::from(*x), 0.0));
            comparisons.push(compare(&format!("{} (read only)", name(*buffer)), &got, kept));
        }
    }
    Ok(comparisons)
}
