use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use atelier_nn::{BufferId, Executor, Plan, StepData};

use crate::harness::UNWRITTEN;
use crate::{Bounded, Case, Interpreter, Real, Stem, run_case};

/// What is wrong with an executor.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// One number of a buffer is off by so much.
    Off { buffer: BufferId, index: usize, by: f64 },
    /// A number that was to be written stays as it was.
    LeftOut { buffer: BufferId, index: usize },
    /// The last number of a buffer is written, which lies behind the examples of the batch.
    PastTheBatch(BufferId),
    /// NaN becomes zero, as `max` makes it.
    SwallowsNan,
    /// Infinities become the largest finite numbers.
    Saturates,
    /// The first number of a buffer that is only read gets another sign.
    Scribbles(BufferId),
    /// Nothing happens.
    Idle,
    /// The last example of the batch is forgotten.
    OneExampleLess,
    /// The example behind the last of the batch is taken along.
    OneExampleMore,
    /// A shard is taken for the whole batch.
    ShardForWhole,
    /// Only what the plan says, which may be a slip.
    None,
}

impl Fault {
    /// What the executor takes for the step's data.
    fn told(self, data: &StepData) -> StepData {
        match self {
            Fault::OneExampleLess => StepData { batch: data.batch - 1, ..*data },
            Fault::OneExampleMore => {
                let batch = data.batch + 1;
                StepData { batch, batch_total: data.batch_total.max(data.first_example + batch), ..*data }
            }
            Fault::ShardForWhole => StepData { batch_total: data.batch, first_example: 0, ..*data },
            _ => *data,
        }
    }
}

/// An executor that is wrong on purpose: what the harness must notice.
pub struct Faulty<E> {
    pub inner: E,
    pub fault: Fault,
}

impl<E: Executor> Executor for Faulty<E> {
    type Error = E::Error;

    fn plan(&self) -> &Plan {
        self.inner.plan()
    }

    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), E::Error> {
        self.inner.write(buffer, data)
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), E::Error> {
        match self.fault {
            Fault::Idle => Ok(()),
            fault => self.inner.run(steps, &fault.told(data)),
        }
    }

    async fn read(&self, buffer: BufferId, len: usize) -> Result<Vec<f32>, E::Error> {
        let mut numbers = self.inner.read(buffer, len).await?;
        match self.fault {
            Fault::Off { buffer: at, index, by } if at == buffer => {
                numbers[index] = (f64::from(numbers[index]) + by) as f32;
            }
            Fault::LeftOut { buffer: at, index } if at == buffer => numbers[index] = UNWRITTEN,
            Fault::PastTheBatch(at) if at == buffer => numbers[len - 1] = 0.0,
            Fault::SwallowsNan => numbers.iter_mut().filter(|x| x.is_nan()).for_each(|x| *x = 0.0),
            Fault::Saturates => numbers.iter_mut().for_each(|x| *x = x.clamp(f32::MIN, f32::MAX)),
            Fault::Scribbles(at) if at == buffer => numbers[0] = -numbers[0],
            _ => {}
        }
        Ok(numbers)
    }
}

/// In how many cases a slip was made, and in how many of them it was noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    pub made: u32,
    pub noticed: u32,
    /// Went unnoticed although the slip's numbers, in f64, lie further from the right ones than the two together may be off
    /// by rounding: of those there may be none.
    pub missed: u32,
}

impl Noticed {
    /// The share of the cases in which every kind of slip must be noticed. The others are those in which the slip
    /// changes nothing: a row of padding where no window reaches it, a flip of momentum at a velocity of zero. Cases that
    /// are drawn so that a kind of slip changes nothing in three of four do not try it.
    pub const SHARE: f64 = 0.25;

    /// Nothing was missed, and the cases try the slip.
    pub fn enough(&self) -> bool {
        self.missed == 0 && f64::from(self.noticed) >= Noticed::SHARE * f64::from(self.made)
    }
}

/// Puts an executor that computes a neighbouring operation in place of the case's (padding off by one, a bias or an
/// activation forgotten, a kernel transposed) or the right one for too few or too many examples through the finite ones
/// among some cases. Each kind of slip must be noticed in [`enough`](Noticed::enough) of them.
///
/// # Errors
/// The report of a case in which the executor refused a slip, so that it says nothing.
pub async fn run_slips<E, X>(
    stem: Stem,
    seeds: Range<u32>,
    make_executor: impl AsyncFn(Plan) -> Result<E, X>,
) -> Result<BTreeMap<&'static str, Noticed>, String>
where
    E: Executor,
    X: fmt::Display,
{
    let mut kinds: BTreeMap<_, Noticed> = BTreeMap::new();
    for case in seeds.map(|seed| Case::draw(stem, seed)).filter(Case::is_finite) {
        let mut slips: Vec<_> = case.mistakes().into_iter().map(|(kind, op)| (kind, op, Fault::None)).collect();
        // Parameters and their optimisers know no examples.
        let batched = !matches!(stem, Stem::MovingAverage | Stem::Sgd | Stem::Adam);
        if batched && case.data.batch > 1 {
            slips.push(("one example less", case.op().clone(), Fault::OneExampleLess));
        }
        if batched && case.data.batch < case.plan.max_batch {
            slips.push(("one example more", case.op().clone(), Fault::OneExampleMore));
        }
        if case.data.batch < case.data.batch_total && matches!(stem, Stem::BatchNormGradInput | Stem::LossGrad) {
            slips.push(("a shard taken for the whole", case.op().clone(), Fault::ShardForWhole));
        }
        for (kind, op, fault) in slips {
            let plan = case.plan_with(op);
            let faulty = async |_| make_executor(plan.clone()).await.map(|inner| Faulty { inner, fault });
            let report = run_case(&case, faulty).await;
            if report.failure.is_some() {
                return Err(format!("{kind} never ran: {report}"));
            }
            let count = kinds.entry(kind).or_default();
            count.made += 1;
            count.noticed += u32::from(!report.passed());
            count.missed += u32::from(report.passed() && tells(&case, plan, fault));
        }
    }
    Ok(kinds)
}

/// Whether a slip changes a number by more than rounding can, on an executor that rounds as badly as it may.
fn tells(case: &Case, plan: Plan, fault: Fault) -> bool {
    let written_behind = |buffer: BufferId| plan.buffer(buffer).batched && matches!(fault, Fault::OneExampleMore);
    if case.op().writes().into_iter().any(written_behind) {
        return true;
    }
    let mut slip: Interpreter<Bounded> = Interpreter::new(plan.clone());
    for (buffer, numbers) in &case.inputs {
        let mut exact: Vec<_> = numbers.iter().map(|x| Bounded::exact(f64::from(*x))).collect();
        // As the harness fills it.
        exact.resize(plan.len_of(*buffer, plan.max_batch), Bounded::exact(f64::NAN));
        slip.set(*buffer, &exact);
    }
    slip.run(0..1, &fault.told(&case.data)).expect("the reference refuses no step");
    case.expected().iter().any(|expected| {
        let got = slip.numbers(expected.buffer, case.data.batch);
        let apart = |(got, right): (&Bounded, &Bounded)| {
            let off = (got.value() - right.value()).abs();
            off.is_nan() || off > got.rounded_error() + right.rounded_error()
        };
        got.iter().zip(&expected.numbers).any(apart)
    })
}
