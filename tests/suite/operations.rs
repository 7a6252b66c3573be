//! Every executor against the reference, on cases drawn from seeds.

mod executors;

use std::convert::Infallible;

use atelier_cpu::Isa;
use atelier_gpu::{Gpu, Wanted};
use atelier_nn::Plan;
use atelier_tests::{Case, Interpreter, Report, Stem, Tally, run_case};

/// Cases of each operation in every run, and in a full one.
const CASES: u32 = 100;
const GPU_CASES: u32 = 40;
const FULL: u32 = 500;

/// Runs the cases of every operation on some executors, which are made anew for each operation; the failures' first reports
/// are the message.
fn put_through<R: Fn(&Case) -> Vec<Report>>(cases: u32, executors: impl Fn() -> R) {
    let mut failures = Vec::new();
    for stem in Stem::ALL {
        let (run, mut tally) = (executors(), Tally::default());
        for seed in 0..cases {
            let reports = run(&Case::draw(*stem, seed));
            assert!(!reports.is_empty(), "no executor ran");
            reports.iter().for_each(|report| tally.add(report));
        }
        println!("{:28} {cases} cases, largest error {:.3} of its bound", stem.name(), tally.worst);
        failures.append(&mut tally.failures);
    }
    let shown = &failures[..failures.len().min(10)];
    assert!(failures.is_empty(), "{} cases failed, of which\n{}", failures.len(), shown.join("\n"));
}

fn on_the_cpu(case: &Case) -> Vec<Report> {
    let run = |isa| {
        let mut report = pollster::block_on(run_case(case, async |plan| executors::cpu(plan, isa)));
        report.case = format!("{isa:?}, {}", report.case);
        report
    };
    Isa::available().map(run).collect()
}

fn naively(case: &Case) -> Vec<Report> {
    let naive = async |plan: Plan| Ok::<_, Infallible>(Interpreter::<f32>::new(plan));
    vec![pollster::block_on(run_case(case, naive))]
}

/// On the device as it is, and cut into the pieces of a real GPU where it is a software adapter.
fn on_the_gpu(gpu: &Gpu, case: &Case) -> Vec<Report> {
    let run = |(cut, gpu)| {
        let mut report = pollster::block_on(run_case(case, async |plan| executors::on_gpu(gpu, plan).await));
        report.case = format!("{cut}, {}", report.case);
        report
    };
    [("GPU", gpu), ("GPU as a real one", &gpu.as_real())].map(run).into()
}

/// The bounds hold for f32 arithmetic as such, and the harness passes an executor that is right.
#[test]
fn naive_f32() {
    put_through(CASES, || naively);
}

/// Every instruction set that this machine has runs the same kernels.
#[test]
fn cpu() {
    put_through(CASES, || on_the_cpu);
}

#[test]
#[ignore = "500 cases of each operation: part of a full run"]
fn cpu_in_full() {
    put_through(FULL, || on_the_cpu);
}

fn put_the_gpu_through(cases: u32) {
    if executors::gpu().is_none() {
        return;
    }
    // A device of its own for each operation: the pipelines of hundreds of shapes go with it.
    put_through(cases, || {
        let gpu = pollster::block_on(Gpu::request(&Wanted::default())).expect("there was one before");
        move |case: &Case| on_the_gpu(&gpu, case)
    });
}

#[test]
fn gpu() {
    put_the_gpu_through(GPU_CASES);
}

#[test]
#[ignore = "500 cases of each operation: part of a full run"]
fn gpu_in_full() {
    put_the_gpu_through(FULL);
}
