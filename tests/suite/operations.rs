//! Every executor against the reference, on cases drawn from seeds.

mod executors;

use std::convert::Infallible;

use atelier_cpu::Isa;
use atelier_nn::Plan;
use atelier_tests::{Case, Interpreter, Report, Stem, run_case};

/// Cases of each operation in every run, and in a full one.
const CASES: u32 = 100;
const FULL: u32 = 500;

/// Runs the cases of every operation on some executors; the failures' first reports are the message.
fn put_through(cases: u32, run: impl Fn(&Case) -> Vec<Report>) {
    let mut failures = Vec::new();
    for stem in Stem::ALL {
        let mut worst = 0.0_f64;
        for seed in 0..cases {
            let reports = run(&Case::draw(*stem, seed));
            assert!(!reports.is_empty(), "no executor ran");
            worst = reports.iter().map(Report::worst_ratio).fold(worst, f64::max);
            failures.extend(reports.into_iter().filter(|report| !report.passed()));
        }
        println!("{:28} {cases} cases, largest error {worst:.3} of its bound", stem.name());
    }
    let shown: Vec<String> = failures.iter().take(10).map(Report::to_string).collect();
    assert!(failures.is_empty(), "{} cases failed, of which\n{}", failures.len(), shown.join("\n"));
}

fn put_the_cpu_through(cases: u32) {
    put_through(cases, |case| {
        let run = |isa| {
            let mut report = pollster::block_on(run_case(case, async |plan| executors::cpu(plan, isa)));
            report.case = format!("{isa:?}, {}", report.case);
            report
        };
        Isa::available().map(run).collect()
    });
}

/// The bounds hold for f32 arithmetic as such, and the harness passes an executor that is right.
#[test]
fn naive_f32() {
    put_through(CASES, |case| {
        let naive = async |plan: Plan| Ok::<_, Infallible>(Interpreter::<f32>::new(plan));
        vec![pollster::block_on(run_case(case, naive))]
    });
}

/// Every instruction set that this machine has runs the same kernels.
#[test]
fn cpu() {
    put_the_cpu_through(CASES);
}

#[test]
#[ignore = "500 cases of each operation: part of a full run"]
fn cpu_in_full() {
    put_the_cpu_through(FULL);
}
