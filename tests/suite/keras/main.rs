//! Against Keras 3: outputs, gradients, losses and updates, as `golden/generate.py` computed them in double precision.
//!
//! # Where the tolerances come from
//!
//! **One step.** The reference runs the same plan over [`Bounded`] numbers, which carry the error that f32 arithmetic
//! may have made in every number so far, from the first sum to the last (`src/real.rs`). An executor must be within
//! that error of Keras's number. The reference itself computes in double precision, whose unit roundoff is 2⁻²⁹ of
//! f32's, so that it and Keras may each be 2⁻²⁹ of the bound away from the truth, and 2⁻²⁸ from each other.
//!
//! **Many steps.** Rounding errors feed back into the weights, and now and then a pool's maximum changes places: a
//! worst-case bound soon says nothing. How far single precision drifts in a given run is measured instead: twelve runs of
//! Keras's own in float32, from first weights moved by a unit in the last place, against its run in double precision.
//! The order of every sum is arbitrary, so that another f32 executor draws once more from the same distribution. The
//! tolerance of a loss is [`DRAWS`] times the largest drift of the twelve up to [`AHEAD`] steps later (the switch of a
//! maximum may come as much earlier), and of a weight [`DRAWS`] times the largest drift in its tensor; where units
//! begin or cease to fire a step earlier in one run than in another, one more may do so, which moves its weights by one
//! step of Adam: by at most the learning rate.

mod defaults;
mod golden;
mod origins;
mod walked;

#[path = "../executors/mod.rs"]
mod executors;

use std::collections::BTreeMap;

use atelier_cpu::Isa;
use atelier_nn::{BufferId, Executor, Gradients, Keep, Lowering, Network, Plan, StepData};
use atelier_tests::{Bounded, Interpreter, Real};
use golden::{Golden, Observed, condensed};

const DRAWS: f64 = 4.0;
const AHEAD: usize = 2;

/// Unit roundoff of f32, and how much smaller that of f64 is.
const U: f64 = 1.0 / 16_777_216.0;
const DOUBLE_IN_SINGLE: f64 = 1.0 / 536_870_912.0;

fn training(golden: &Golden, keep: Keep) -> Plan {
    let lowering = Lowering {
        keep,
        gradients: Gradients { parameters: true, input: true, ..Gradients::default() },
        ..Lowering::training(golden.batch, golden.loss, golden.optimizer.clone())
    };
    golden.network.lower(&lowering).unwrap_or_else(|e| panic!("{}: {e}", golden.name))
}

fn inference(golden: &Golden) -> Plan {
    golden.network.lower(&Lowering::inference(golden.batch)).unwrap_or_else(|e| panic!("{}: {e}", golden.name))
}

fn step_data(golden: &Golden, step: usize) -> StepData {
    StepData { learning_rate: golden.learning_rate, iteration: step as u32 + 1, ..StepData::forward(golden.batch) }
}

fn write<E: Executor>(executor: &mut E, buffer: BufferId, numbers: &[f32]) {
    executor.write(buffer, numbers).unwrap_or_else(|e| panic!("{e}"));
}

fn write_parameters<E: Executor>(executor: &mut E, golden: &Golden) {
    let plan = executor.plan().clone();
    for (parameter, numbers) in plan.parameters.iter().zip(golden::parameters(&plan, golden.seed)) {
        write(executor, parameter.buffer, &numbers);
    }
}

/// Runs a golden case's inference.
fn infer<E: Executor, T>(golden: &Golden, executor: &mut E, read: impl Fn(&E, BufferId) -> Vec<T>) -> Observed<T> {
    write_parameters(executor, golden);
    let plan = executor.plan().clone();
    write(executor, plan.input, &golden.batch(&plan, 0).0);
    executor.run(plan.forward.clone(), &step_data(golden, 0)).unwrap_or_else(|e| panic!("{e}"));
    Observed::from([("inference".to_owned(), read(executor, plan.output))])
}

/// Runs a golden case's training steps.
fn train<E: Executor, T: Real>(
    golden: &Golden,
    executor: &mut E,
    read: impl Fn(&E, BufferId) -> Vec<T>,
) -> Observed<T> {
    write_parameters(executor, golden);
    let plan = executor.plan().clone();
    let mut observed = Observed::new();
    let mut losses = Vec::new();
    for step in 0..golden.steps {
        let (inputs, targets) = golden.batch(&plan, step);
        write(executor, plan.input, &inputs);
        write(executor, plan.target.expect("a training plan has targets"), &targets);
        let data = step_data(golden, step);
        let run = |executor: &mut E, steps| executor.run(steps, &data).unwrap_or_else(|e| panic!("{e}"));
        run(executor, plan.forward.start..plan.backward.end);
        let sum = read(executor, plan.metrics.expect("a training plan has metrics"))[0];
        losses.push(sum / T::exact(golden.batch as f64));
        if step == 0 {
            observed.insert("output".to_owned(), read(executor, plan.output));
            let input_gradient = plan.input_gradient.expect("it was asked for");
            observed.insert("input/gradient".to_owned(), read(executor, input_gradient));
            for parameter in &plan.parameters {
                if let Some(gradient) = parameter.gradient {
                    observed.insert(format!("{}/gradient", parameter.name), read(executor, gradient));
                }
            }
        }
        run(executor, plan.update.clone());
    }
    for parameter in &plan.parameters {
        let numbers = read(executor, parameter.buffer);
        let name = &parameter.name;
        observed.insert(if golden.steps == 1 { name.clone() } else { format!("{name}/final") }, numbers);
    }
    observed.insert("losses".to_owned(), losses);
    observed
}

fn reference<T: Real>(golden: &Golden, keep: Keep) -> Observed<T> {
    let read = |e: &Interpreter<T>, buffer| e.numbers(buffer, golden.batch).to_vec();
    let mut observed = infer(golden, &mut Interpreter::<T>::new(inference(golden)), read);
    if golden.steps > 0 {
        observed.extend(train(golden, &mut Interpreter::<T>::new(training(golden, keep)), read));
    }
    observed
}

fn cpu(golden: &Golden, isa: Isa, keep: Keep) -> Observed<f32> {
    let make = |plan| executors::cpu(plan, isa).unwrap_or_else(|e| panic!("{}: {e}", golden.name));
    let read = |e: &atelier_cpu::CpuExecutor, buffer| {
        let len = e.plan().len_of(buffer, golden.batch);
        pollster::block_on(e.read(buffer, len)).unwrap_or_else(|e| panic!("{e}"))
    };
    let mut observed = infer(golden, &mut make(inference(golden)), read);
    if golden.steps > 0 {
        observed.extend(train(golden, &mut make(training(golden, keep)), read));
    }
    observed
}

/// Every golden case of at most one step against the reference, and every executor against it within the reference's
/// bounds.
#[test]
fn one_step() {
    let mut compared = 0;
    let mut failures = Vec::new();
    let mut worst: BTreeMap<String, f64> = BTreeMap::new();
    for golden in golden::load().iter().filter(|g| g.steps <= 1) {
        let bounded = reference::<Bounded>(golden, Keep::Needed);
        let mut executors: Vec<(String, Observed<f32>)> =
            Isa::available().map(|isa| (format!("{isa:?}"), cpu(golden, isa, Keep::Needed))).collect();
        executors.push(("keeping intermediates".to_owned(), cpu(golden, Isa::best(), Keep::Everything)));
        if walked::can_be_walked(golden) {
            let mut told = walked::walked(golden);
            // A walk is of an update.
            told.insert("inference".to_owned(), executors[0].1["inference"].clone());
            executors.push(("as a walk tells it".to_owned(), told));
        }
        for (what, len, expected) in golden.expected() {
            let tensor = bounded.get(what).unwrap_or_else(|| panic!("{}: the plan has no {what}", golden.name));
            assert_eq!(tensor.len(), len, "{}: {what}", golden.name);
            let bounds = condensed(what, tensor);
            for (index, (bound, keras)) in bounds.iter().zip(expected).enumerate() {
                let tolerance = 2.0 * DOUBLE_IN_SINGLE * bound.error + 2.0 * bound.summing;
                if (bound.value - keras).abs() > tolerance {
                    let got = bound.value;
                    failures.push(format!(
                        "{}, {what}, {index}: reference {got:e}, Keras {keras:e} ± {tolerance:e}",
                        golden.name
                    ));
                }
                compared += 1;
            }
            for (name, observed) in &executors {
                let got = condensed(what, &observed[what]);
                for (index, ((got, bound), keras)) in got.iter().zip(&bounds).zip(expected).enumerate() {
                    let rounding = if bound.error == 0.0 { 0.0 } else { U * keras.abs() };
                    let tolerance = bound.error + rounding + 2.0 * bound.summing;
                    let off = (got.value - keras).abs();
                    if off.is_nan() || off > tolerance {
                        let got = got.value;
                        failures.push(format!(
                            "{}, {what}, {index}: {name} {got:e}, Keras {keras:e} ± {tolerance:e}",
                            golden.name
                        ));
                    }
                    if tolerance > 0.0 {
                        let ratio = worst.entry(golden.group.clone()).or_default();
                        *ratio = ratio.max(off / tolerance);
                    }
                }
            }
        }
    }
    for (group, ratio) in worst {
        println!("{group:28} largest error {ratio:.3} of its bound");
    }
    assert!(compared > 0, "no golden numbers");
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} of {compared} numbers differ:\n{shown}", failures.len());
}

/// Losses of 20 steps, and the weights after them.
#[test]
fn twenty_steps() {
    let mut failures = Vec::new();
    for golden in golden::load().iter().filter(|g| g.steps > 1) {
        let mut runs: Vec<(String, Observed<f64>, f64)> = Vec::new();
        let widen =
            |o: Observed<f32>| o.into_iter().map(|(k, v)| (k, v.into_iter().map(f64::from).collect())).collect();
        // The seed network is too much work for loops that are obviously right, and for every instruction set.
        let isas = if golden.network.name == "seed" { vec![Isa::best()] } else { Isa::available().collect() };
        for isa in isas {
            runs.push((format!("{isa:?}"), widen(cpu(golden, isa, Keep::Needed)), 1.0));
        }
        if golden.network.name != "seed" {
            runs.push(("reference".to_owned(), reference(golden, Keep::Needed), 2.0 * DOUBLE_IN_SINGLE));
        }
        if golden.group == "optimizer" && walked::can_be_walked(golden) {
            runs.push(("walked".to_owned(), widen(walked::walked(golden)), 1.0));
        }
        let losses = golden.numbers("losses");
        let drift = golden.numbers("losses/float32_drift");
        let most_drift = golden.numbers("final/float32_drift");
        // Drifts of more than a tenth of a step are such units; rounding alone is far below.
        let most = most_drift.iter().fold(0.0, |a: f64, b| a.max(*b));
        let rate = f64::from(golden.learning_rate);
        let one_step = if most > 0.1 * rate { rate } else { 0.0 };
        for (name, observed, share) in &runs {
            let mut worst = 0.0_f64;
            for step in 0..golden.steps {
                let so_far = &drift[..=(step + AHEAD).min(golden.steps - 1)];
                let tolerance = share * DRAWS * (so_far.iter().fold(0.0, |a: f64, b| a.max(*b)) + U * losses[step]);
                let (got, keras) = (observed["losses"][step], losses[step]);
                let off = (got - keras).abs();
                worst = worst.max(off / tolerance);
                if off.is_nan() || off > tolerance {
                    failures.push(format!(
                        "{}, {name}, loss {step}: {got:e}, Keras {keras:e} ± {tolerance:e}",
                        golden.name
                    ));
                }
            }
            let finals = golden.expected().filter(|(what, ..)| what.ends_with("/final"));
            let mut worst_weight = 0.0_f64;
            for ((what, len, expected), drift) in finals.zip(most_drift) {
                let tensor = &observed[what];
                assert_eq!(tensor.len(), len, "{}: {what}", golden.name);
                for (index, (got, keras)) in condensed(what, tensor).iter().zip(expected).enumerate() {
                    // A projection's weights lie between −1 and 1: independent errors add up like their squares.
                    let terms = if got.summing > 0.0 { (len as f64 / 3.0).sqrt() } else { 1.0 };
                    let drifts = share * (DRAWS * (drift + U * keras.abs()) + one_step);
                    let tolerance = terms * drifts + 2.0 * got.summing;
                    let off = (got.value - keras).abs();
                    worst_weight = worst_weight.max(off / tolerance);
                    if off.is_nan() || off > tolerance {
                        let got = got.value;
                        failures.push(format!(
                            "{}, {name}, {what}, {index}: {got:e}, Keras {keras:e} ± {tolerance:e}",
                            golden.name
                        ));
                    }
                }
            }
            println!("{:36} {name:12} losses {worst:.3}, weights {worst_weight:.3} of their tolerance", golden.name);
        }
    }
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} numbers differ:\n{shown}", failures.len());
}

/// Shapes, parameter counts and the network that Atelier opens with.
#[test]
fn shapes_and_counts() {
    for golden in golden::load() {
        let analysis = golden.network.analyze();
        assert_eq!(analysis.problem, None, "{}", golden.name);
        assert_eq!(analysis.total_params(), golden.total_params, "{}", golden.name);
        assert_eq!(analysis.layers.len(), golden.layers.len(), "{}", golden.name);
        for (ours, keras) in analysis.layers.iter().zip(&golden.layers) {
            assert_eq!(ours.output_shape, keras.output_shape, "{}, {}", golden.name, ours.name);
            let params = ours.trainable_params + ours.non_trainable_params;
            assert_eq!(params, keras.params, "{}, {}", golden.name, ours.name);
        }
    }
}

#[test]
fn the_seed_network_is_the_one_in_the_golden_files() {
    let cases = golden::load();
    let golden = cases.iter().find(|g| g.name == "seed").expect("the seed network has a golden run");
    let layers = |n: &Network| n.layers.iter().map(|node| node.layer.clone()).collect::<Vec<_>>();
    assert_eq!(layers(&golden.network), layers(&Network::seed()));
    assert_eq!(golden.total_params, 287_402);
}

/// At least ten configurations of every kind of layer.
#[test]
fn every_layer_is_covered() {
    let cases = golden::load();
    for group in [
        "conv2d",
        "max_pooling2d",
        "average_pooling2d",
        "global_average_pooling2d",
        "dense",
        "flatten",
        "activation",
        "batch_normalization",
        "dropout",
        "add",
        "concatenate",
        "zero_padding2d",
        "crossentropy",
        "optimizer",
    ] {
        let configurations = cases.iter().filter(|g| g.group == group).count();
        assert!(configurations >= 10, "{group}: {configurations} configurations");
    }
}
