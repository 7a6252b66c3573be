//! Every executor against the reference, on cases drawn from seeds.
//!
//! `ATELIER_CASES` says how many cases an operation runs (100 unless told; a full run takes 500).

mod executors;

use std::convert::Infallible;

use atelier_cpu::Isa;
use atelier_nn::Plan;
use atelier_tests::{Case, Interpreter, Report, Stem, run_case};

fn cases_per_stem() -> u32 {
    std::env::var("ATELIER_CASES").map_or(100, |n| n.parse().expect("ATELIER_CASES is a number of cases"))
}

/// Runs the cases of every operation; the failures' first reports are the message.
fn put_through(mut run: impl FnMut(&Case) -> Report) {
    assert!(cases_per_stem() > 0, "no cases to run");
    let mut failures = Vec::new();
    for stem in Stem::ALL {
        let mut worst = 0.0_f64;
        for seed in 0..cases_per_stem() {
            let report = run(&Case::draw(*stem, seed));
            worst = worst.max(report.worst_ratio());
            if !report.passed() {
                failures.push(report);
            }
        }
        println!("{:28} {} cases, largest error {worst:.3} of its bound", stem.name(), cases_per_stem());
    }
    let shown: Vec<String> = failures.iter().take(10).map(Report::to_string).collect();
    assert!(failures.is_empty(), "{} cases failed, of which\n{}", failures.len(), shown.join("\n"));
}

/// The bounds hold for f32 arithmetic as such, and the harness passes an executor that is right.
#[test]
fn naive_f32() {
    put_through(|case| {
        pollster::block_on(run_case(case, async |plan: Plan| Ok::<_, Infallible>(Interpreter::<f32>::new(plan))))
    });
}

/// Every instruction set that this machine has runs the same kernels.
#[test]
fn cpu() {
    for isa in Isa::available() {
        println!("{isa:?}");
        put_through(|case| pollster::block_on(run_case(case, async |plan| executors::cpu(plan, isa))));
    }
}
