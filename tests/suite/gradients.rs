//! The reference's gradients against finite differences.

use atelier_tests::gradient::{self, Outcome};
use atelier_tests::{Case, Stem};

/// Cases compared for each operation.
const CASES: usize = 12;

/// Differences of a case cost its size squared: larger ones say nothing new.
const MOST_INPUTS: usize = 600;
const MOST_FLOPS: usize = 100_000;

#[test]
fn of_every_operation_match_finite_differences() {
    let mut failures = Vec::new();
    for stem in gradient::FORWARD {
        let (mut cases, mut derivatives, mut on_kink) = (0, 0, 0);
        for seed in 0..2000 {
            let case = Case::draw(*stem, seed);
            let inputs: usize = case.inputs.iter().map(|(_, numbers)| numbers.len()).sum();
            if !case.is_finite() || inputs > MOST_INPUTS || case.flops() > MOST_FLOPS {
                continue;
            }
            match gradient::check(&case) {
                Outcome::OnKink => on_kink += 1,
                Outcome::Compared { compared, wrong } => {
                    cases += 1;
                    derivatives += compared;
                    failures.extend(wrong.first().map(|w| format!("{case}\n  {} wrong, first {w}", wrong.len())));
                }
            }
            if cases == CASES {
                break;
            }
        }
        println!("{:28} {cases} cases, {derivatives} derivatives, {on_kink} on a kink", stem.name());
        assert_eq!(cases, CASES, "{stem}: too few cases away from kinks");
    }
    let shown = failures.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} cases failed, of which\n{shown}", failures.len());
}

/// Operations that have a derivative are all named, so that a new one cannot be forgotten.
#[test]
fn every_stem_is_accounted_for() {
    let without_derivative = ["moving_average", "add", "bias_grad", "metrics", "sgd", "adam"];
    for stem in Stem::ALL.iter().filter(|s| !s.name().contains("_grad")) {
        let named = gradient::FORWARD.contains(stem) || without_derivative.contains(&stem.name());
        assert!(named, "{stem} is checked neither here nor as part of another operation");
    }
}
