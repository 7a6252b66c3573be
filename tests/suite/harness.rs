//! The harness is tested too: an executor that is wrong in one number, one flag or one kernel must fail its case.

mod executors;

use std::convert::Infallible;
use std::fmt;
use std::ops::Range;

use atelier_cpu::Isa;
use atelier_nn::{BufferId, Executor, Plan};
use atelier_tests::{Case, Draw, Fault, Faulty, Interpreter, Real, Report, Stem, run_case, run_slips};

fn run_faulty(case: &Case, fault: Fault) -> Report {
    pollster::block_on(run_case(case, async |plan| {
        let inner = Interpreter::<f32>::new(plan);
        Ok::<_, Infallible>(Faulty { inner, fault })
    }))
}

const SEEDS: Range<u32> = 0..10;

/// Cases of numbers: every number can be changed.
fn finite(stem: Stem) -> impl Iterator<Item = (u32, Case)> {
    SEEDS.map(move |seed| (seed, Case::draw(stem, seed))).filter(|(_, case)| case.is_finite())
}

/// Every number of every written buffer is looked at: one of them, drawn at random, is off by a little more than
/// rounding could explain.
#[test]
fn notices_one_number_off() {
    for stem in Stem::ALL {
        for (seed, case) in finite(*stem) {
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
        for (_, case) in finite(*stem) {
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
        for (_, case) in finite(*stem) {
            let mut faults = vec![Fault::Idle];
            let last = |buffer| case.plan.len_of(buffer, case.data.batch) - 1;
            faults.extend(case.op().writes().into_iter().map(|b| Fault::LeftOut { buffer: b, index: last(b) }));
            let room = |b: &BufferId| case.plan.buffer(*b).batched && case.data.batch < case.plan.max_batch;
            faults.extend(case.op().writes().into_iter().filter(room).map(Fault::PastTheBatch));
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

/// Every operation has cases whose results hold NaN, and, but for counts and clipped gradients, infinities; an executor
/// that makes numbers of them fails all of those.
#[test]
fn notices_that_nan_or_an_infinity_became_a_number() {
    for stem in Stem::ALL {
        let special = (0..100).map(|seed| Case::draw(*stem, seed)).filter(|case| !case.is_finite());
        let (mut nans, mut infinities) = (0, 0);
        for case in special {
            let holds = |what: fn(f64) -> bool| {
                case.expected().iter().any(|expected| expected.numbers.iter().any(|n| what(n.value())))
            };
            if holds(f64::is_nan) {
                nans += 1;
                let report = run_faulty(&case, Fault::SwallowsNan);
                assert!(!report.passed(), "a NaN was swallowed, and went unnoticed: {report}");
            }
            if holds(f64::is_infinite) {
                infinities += 1;
                let report = run_faulty(&case, Fault::Saturates);
                assert!(!report.passed(), "an infinity became a number, and went unnoticed: {report}");
            }
        }
        println!("{:28} {nans} cases with NaN, {infinities} with infinities", stem.name());
        assert!(nans > 0, "{stem}: no case with NaN");
    }
}

/// Every kind of slip is noticed wherever it changes a number, and that is in enough of forty cases.
fn notices_slips<E: Executor, X: fmt::Display>(name: &str, make: impl AsyncFn(Plan) -> Result<E, X>) {
    for stem in Stem::ALL {
        let kinds =
            pollster::block_on(run_slips(*stem, 0..40, &make)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!kinds.is_empty(), "{stem}: no slip to make");
        for (kind, noticed) in kinds {
            println!("{name}, {stem}: {kind}: {noticed:?}");
            assert!(noticed.enough(), "{name}, {stem}: {kind} went unnoticed: {noticed:?}");
        }
    }
}

#[test]
fn notices_slips_of_a_naive_executor() {
    notices_slips("naive", async |plan| Ok::<_, Infallible>(Interpreter::<f32>::new(plan)));
}

#[test]
fn notices_slips_of_the_cpu() {
    for isa in Isa::available() {
        notices_slips(&format!("{isa:?}"), async |plan| executors::cpu(plan, isa));
    }
}

#[test]
fn notices_slips_of_the_gpu() {
    let Some(gpu) = executors::gpu() else { return };
    notices_slips("GPU", async |plan| executors::on_gpu(&gpu, plan).await);
}

/// WGSL whose stores into outputs are a hundredth too large, and a little more.
fn broken(source: &str) -> String {
    let outputs = source.lines().filter_map(|line| line.split_once("var<storage, read_write> ")?.1.split_once(':'));
    let outputs: Vec<String> = outputs.map(|(name, _)| format!("{name}[")).collect();
    let store = |line: &str| {
        let into_an_output = outputs.iter().any(|output| line.trim_start().starts_with(output));
        let (place, value) = line.strip_suffix(';').filter(|_| into_an_output)?.split_once("] = ")?;
        Some(format!("{place}] = 1.01 * ({value}) + 0.01;\n"))
    };
    source.lines().map(|line| store(line).unwrap_or_else(|| format!("{line}\n"))).collect()
}

#[test]
fn stores_are_broken_in_place() {
    let text = |value: &str| {
        format!(
            "@group(0) var<storage, read_write> y: array<f32>;\n  y[i] = {value};\nx[i] = 1.0;\nlet z = y[i] = 2;\n"
        )
    };
    assert_eq!(broken(&text("a + b")), text("1.01 * (a + b) + 0.01"));
}

/// A shader broken on purpose, one an operation: none goes unnoticed in any case.
#[test]
fn notices_broken_shaders() {
    let Some(gpu) = executors::gpu() else { return };
    for stem in Stem::ALL {
        let file = stem.name();
        let gpu = gpu.with_shader_filter(move |name, source| if name == file { broken(&source) } else { source });
        for (_, case) in finite(*stem) {
            let report = pollster::block_on(run_case(&case, async |plan| executors::on_gpu(&gpu, plan).await));
            assert!(report.failure.is_none(), "the broken shader never ran, so it says nothing: {report}");
            assert!(!report.passed(), "a broken {file}.wgsl went unnoticed: {report}");
        }
    }
}

/// Shaders that leave NaN to `max`, which on a software adapter gives the other number: some case of each shows it.
#[test]
fn notices_shaders_that_swallow_nan() {
    let Some(gpu) = executors::gpu() else { return };
    if !gpu.adapter().software {
        println!("skipped: other adapters may keep NaN in a maximum");
        return;
    }
    let gpu = gpu.with_shader_filter(|_, source| {
        let careless = "fn or_nan(y: Numbers, x: Numbers) -> Numbers {\n    return y;\n}\n";
        let swallows = source.replace("fn or_nan(", "fn as_it_was(");
        if swallows == source { source } else { swallows + careless }
    });
    for stem in [Stem::Activate, Stem::MaxPool2d] {
        let special = (0..40).map(|seed| Case::draw(stem, seed)).filter(|case| !case.is_finite());
        let noticed = special.filter(|case| {
            let report = pollster::block_on(run_case(case, async |plan| executors::on_gpu(&gpu, plan).await));
            assert!(report.failure.is_none(), "the careless shader never ran, so it says nothing: {report}");
            !report.passed()
        });
        assert!(noticed.count() > 0, "{stem}: a swallowed NaN went unnoticed in all cases");
    }
}

#[test]
fn an_executor_that_cannot_be_made_fails() {
    let case = Case::draw(Stem::Add, 0);
    let report = pollster::block_on(run_case(&case, async |_| Err::<Interpreter<f32>, _>("no such device")));
    assert!(!report.passed());
    assert!(report.to_string().contains("no such device"));
}
