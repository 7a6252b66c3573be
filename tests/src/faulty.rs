use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use atelier_nn::{BufferId, Executor, Plan, StepData};

use crate::{Case, Stem, run_case};

/// What is wrong with an executor.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// One number of a buffer is off by so much.
    Off { buffer: BufferId, index: usize, by: f64 },
    /// The last written number stays as it was.
    LeftOut(BufferId),
    /// The first number of a buffer that is only read gets another sign.
    Scribbles(BufferId),
    /// Nothing happens.
    Idle,
    /// The last example of the batch is forgotten.
    OneExampleLess,
    /// A shard is taken for the whole batch.
    ShardForWhole,
    /// Only what the plan says, which may be a slip.
    None,
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
            Fault::ShardForWhole => {
                self.inner.run(steps, &StepData { batch_total: data.batch, first_example: 0, ..*data })
            }
            Fault::OneExampleLess => self.inner.run(steps, &StepData { batch: data.batch - 1, ..*data }),
            _ => self.inner.run(steps, data),
        }
    }

    async fn read(&self, buffer: BufferId, len: usize) -> Result<Vec<f32>, E::Error> {
        let mut numbers = self.inner.read(buffer, len).await?;
        match self.fault {
            Fault::Off { buffer: at, index, by } if at == buffer => {
                numbers[index] = (f64::from(numbers[index]) + by) as f32;
            }
            Fault::LeftOut(at) if at == buffer => numbers[len - 1] = f32::NAN,
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
}

/// Puts an executor that computes a neighbouring operation in place of the case's (padding off by one, a bias or an
/// activation forgotten, a kernel transposed) or the right one for too few examples through some cases. Each kind of slip
/// must be noticed in some of them.
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
    for seed in seeds {
        let case = Case::draw(stem, seed);
        let mut slips: Vec<_> = case.mistakes().into_iter().map(|(kind, op)| (kind, op, Fault::None)).collect();
        // Parameters and their optimisers know no examples.
        if case.data.batch > 1 && !matches!(stem, Stem::MovingAverage | Stem::Sgd | Stem::Adam) {
            slips.push(("one example less", case.op().clone(), Fault::OneExampleLess));
        }
        if case.data.batch < case.data.batch_total && matches!(stem, Stem::BatchNormGradInput | Stem::LossGrad) {
            slips.push(("a shard taken for the whole", case.op().clone(), Fault::ShardForWhole));
        }
        for (kind, op, fault) in slips {
            let plan = case.plan_with(op);
            let faulty = async |_| make_executor(plan).await.map(|inner| Faulty { inner, fault });
            let report = run_case(&case, faulty).await;
            if report.failure.is_some() {
                return Err(format!("{kind} never ran: {report}"));
            }
            let count = kinds.entry(kind).or_default();
            count.made += 1;
            count.noticed += u32::from(!report.passed());
        }
    }
    Ok(kinds)
}
