//! Every executor against the reference, on cases drawn from seeds.

mod executors;

use std::convert::Infallible;

use atelier_cpu::Isa;
use atelier_nn::Plan;
use atelier_tests::{Case, Interpreter, Report, Stem, run_case};

/// Cases of each operation in every run, and in a full one.
const CASES: u32 = 100;
const FULL: u32 = 500;

/// Runs the cases of every operation; the failures' first reports are the message.
fn put_through(cases: u32, mut run: impl FnMut(&Case) -> Report) {
    let mut failures = Vec::new();
    for stem in Stem::ALL {
        let mut worst = 0.0_f64;
        for seed in 0..cases {
            let report = run(&Case::draw(*stem, seed));
            worst = worst.max(report.worst_ratio());
            if !report.passed() {
                failures.push(report);
            }
        }
        println!("{:28} {cases} cases, largest error {worst:.3} of its bound", stem.name());
    }
    let shown: Vec<String> = failures.iter().take(10).map(Report::to_string).collect();
    assert!(failures.is_empty(), "{} cases failed, of which\n{}", failures.len(), shown.join("\n"));
}

fn put_the_cpu_through(cases: u32) {
    for isa in Isa::available() {
        println!("{isa:?}");
        put_through(cases, |case| pollster::block_on(run_case(case, async |plan| executors::cpu(plan, isa))));
    }
}

/// The bounds hold for f32 arithmetic as such, and the harness passes an executor that is right.
#[test]
fn naive_f32() {
    put_through(CASES, |case| {
        pollster::block_on(run_case(case, async |plan: Plan| Ok::<_, Infallible>(Interpreter::<f32>::new(plan))))
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
