//! The harness is tested too: an executor that is wrong in one number, one flag or one kernel must fail its case.

mod executors;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::ops::Range;

use atelier_cpu::Isa;
use atelier_nn::{BufferId, Executor, Plan, StepData};
use atelier_tests::{Case, Draw, Interpreter, Real, Report, Stem, run_case};

/// What is wrong with an executor.
#[derive(Clone, Copy)]
enum Fault {
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
    /// Only what the plan says, which may be a slip.
    None,
}

struct Faulty<E> {
    inner: E,
    fault: Fault,
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

fn run_faulty(case: &Case, fault: Fault) -> Report {
    pollster::block_on(run_case(case, async |plan| {
        let inner = Interpreter::<f32>::new(plan);
        Ok::<_, Infallible>(Faulty { inner, fault })
    }))
}

const SEEDS: Range<u32> = 0..8;

/// Every number of every written buffer is looked at: one of them, drawn at random, is off by a little more than
/// rounding could explain.
#[test]
fn notices_one_number_off() {
    for stem in Stem::ALL {
        for seed in SEEDS {
            let case = Case::draw(*stem, seed);
            for expected in case.expected() {
                let index = Draw::new("index", seed).between(0, expected.numbers.len() - 1);
                let number = expected.numbers[index];
                // Three bounds; where exactness is asked for, a few units in the last place.
                let by = 3.0 * number.error() + 4.0 * f64::from(f32::EPSILON) * (number.value().abs() + 1e-30);
                let report = run_faulty(&case, Fault::Off { buffer: expected.buffer, index, by });
                assert!(!report.passed(), "an error of {by:e} at {index} went unnoticed: {report}");
            }
        }
    }
}

/// The bounds are far below the numbers themselves, or, where those cancel to nothing, below what they were made of.
#[test]
fn bounds_are_tight() {
    for stem in Stem::ALL {
        for seed in SEEDS {
            let case = Case::draw(*stem, seed);
            let inputs = case.inputs.iter().flat_map(|(_, numbers)| numbers);
            let largest_input = inputs.map(|x| f64::from(x.abs())).fold(0.0, f64::max);
            for expected in case.expected() {
                let largest = expected.numbers.iter().map(|n| n.value().abs()).fold(0.0, f64::max);
                let loosest = expected.numbers.iter().map(|n| n.error()).fold(0.0, f64::max);
                let name = &case.plan.buffer(expected.buffer).name;
                let limit = (0.01 * largest).max(1e-5 * largest_input);
                assert!(loosest <= limit, "{name} ± {loosest:e} of {largest:e}: {case}");
            }
        }
    }
}

#[test]
fn notices_what_was_not_written_or_must_not_be() {
    for stem in Stem::ALL {
        for seed in SEEDS {
            let case = Case::draw(*stem, seed);
            let mut faults = vec![Fault::Idle];
            faults.extend(case.op().writes().into_iter().map(Fault::LeftOut));
            let slot = |b: &BufferId| case.plan.buffer(*b).slot;
            let written: Vec<usize> = case.op().writes().iter().map(slot).collect();
            let only_read = case.inputs.iter().filter(|(b, numbers)| !written.contains(&slot(b)) && numbers[0] != 0.0);
            faults.extend(only_read.map(|(b, _)| Fault::Scribbles(*b)));
            for fault in faults {
                let report = run_faulty(&case, fault);
                assert!(!report.passed(), "went unnoticed: {report}");
            }
        }
    }
}

/// An executor that computes a neighbouring operation in place of the case's (padding off by one, a bias or an
/// activation forgotten, a kernel transposed) or the right one for too few examples: each kind of slip must be noticed.
fn notices_slips<E: Executor, X: fmt::Display>(makers: &[(String, impl Fn(Plan) -> Result<E, X>)]) {
    for stem in Stem::ALL {
        // Executor and kind, how many cases it was made in, and in how many of them it was noticed.
        let mut kinds: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
        for seed in 0..40 {
            let case = Case::draw(*stem, seed);
            let mut slips: Vec<_> = case.mistakes().into_iter().map(|(kind, op)| (kind, op, Fault::None)).collect();
            // Parameters and their optimisers know no examples.
            if case.data.batch > 1 && !matches!(stem, Stem::MovingAverage | Stem::Sgd | Stem::Adam) {
                slips.push(("one example less", case.op().clone(), Fault::OneExampleLess));
            }
            for (name, make) in makers {
                for (kind, op, fault) in &slips {
                    let faulty = |plan| make(plan).map(|inner| Faulty { inner, fault: *fault });
                    let plan = case.plan_with(op.clone());
                    let report = pollster::block_on(run_case(&case, async |_| faulty(plan)));
                    assert!(report.failure.is_none(), "{kind} never ran, so it says nothing: {report}");
                    let (made, noticed) = kinds.entry((name, kind)).or_default();
                    (*made, *noticed) = (*made + 1, *noticed + u32::from(!report.passed()));
                }
            }
        }
        assert!(!kinds.is_empty(), "{stem}: no slip to make");
        for ((name, kind), (made, noticed)) in kinds {
            println!("{name}, {stem}: {kind}: noticed in {noticed} of {made}");
            assert!(noticed > 0, "{name}, {stem}: {kind} went unnoticed in all of {made} cases");
        }
    }
}

#[test]
fn notices_slips_of_a_naive_executor() {
    notices_slips(&[("naive".to_owned(), |plan| Ok::<_, Infallible>(Interpreter::<f32>::new(plan)))]);
}

#[test]
fn notices_slips_of_the_cpu() {
    let maker = |isa| (format!("{isa:?}"), move |plan| executors::cpu(plan, isa));
    notices_slips(&Isa::available().map(maker).collect::<Vec<_>>());
}

#[test]
fn an_executor_that_cannot_be_made_fails() {
    let case = Case::draw(Stem::Add, 0);
    let report = pollster::block_on(run_case(&case, async |_| Err::<Interpreter<f32>, _>("no such device")));
    assert!(!report.passed());
    assert!(report.to_string().contains("no such device"));
}
