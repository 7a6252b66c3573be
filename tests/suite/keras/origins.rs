//! Gradients of anything but a loss: of one number of a layer's output, or a mixture of them, before or behind the activation,
//! in inference and in training, with respect to the input, to layers' outputs and to parameters.

use std::collections::BTreeMap;

use atelier_cpu::Isa;
use atelier_nn::plan::Plan;
use atelier_nn::{BufferId, Executor, Keep, Lowering, StepData};
use atelier_tests::{Bounded, Interpreter, Real};

use super::golden::{self, Differentiated, Observed, condensed};
use super::{DOUBLE_IN_SINGLE, U, executors, write};

fn plan(case: &Differentiated, keep: Keep) -> Plan {
    let lowering = Lowering { keep, ..case.lowering() };
    case.network.lower(&lowering).unwrap_or_else(|e| panic!("{}: {e}", case.name))
}

/// Forward, then backward from the gradient that is written to the origin.
fn run<E: Executor, T: Real>(
    case: &Differentiated,
    executor: &mut E,
    read: impl Fn(&E, BufferId) -> Vec<T>,
) -> Observed<T> {
    let plan = executor.plan().clone();
    for (parameter, numbers) in plan.parameters.iter().zip(golden::parameters(&plan, case.seed)) {
        write(executor, parameter.buffer, &numbers);
    }
    write(executor, plan.input, &case.inputs(&plan));
    let origin = plan.origin.expect("gradients were asked for");
    let data = StepData::forward(case.batch);
    let run = |executor: &mut E, steps| executor.run(steps, &data).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    run(executor, plan.forward.clone());
    write(executor, origin, &case.gradient(&plan, origin));
    run(executor, plan.backward.clone());
    let layers = case.layers.iter().zip(&plan.layer_gradients).map(|(name, id)| (format!("{name}/gradient"), *id));
    let parameters = plan.parameters.iter().filter_map(|p| Some((format!("{}/gradient", p.name), p.gradient?)));
    let input = plan.input_gradient.map(|id| ("input/gradient".to_owned(), id));
    layers.chain(parameters).chain(input).map(|(name, id)| (name, read(executor, id))).collect()
}

fn cpu(case: &Differentiated, isa: Isa, keep: Keep) -> Observed<f32> {
    let mut executor = executors::cpu(plan(case, keep), isa).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    run(case, &mut executor, |e, buffer| {
        let len = e.plan().len_of(buffer, case.batch);
        pollster::block_on(e.read(buffer, len)).unwrap_or_else(|e| panic!("{e}"))
    })
}

/// As a golden case of one step: the reference against Keras, and every executor within the reference's bounds.
#[test]
fn gradients_of_one_number_and_of_mixtures() {
    let mut compared = 0;
    let mut failures = Vec::new();
    for case in golden::origins() {
        let mut interpreter = Interpreter::<Bounded>::new(plan(&case, Keep::Needed));
        let bounded = run(&case, &mut interpreter, |e, buffer| e.numbers(buffer, case.batch).to_vec());
        let mut observed: BTreeMap<String, Observed<f32>> =
            Isa::available().map(|isa| (format!("{isa:?}"), cpu(&case, isa, Keep::Needed))).collect();
        observed.insert("keeping everything".into(), cpu(&case, Isa::best(), Keep::Everything));
        for (what, len, keras) in case.expected() {
            let tensor = bounded.get(what).unwrap_or_else(|| panic!("{}: the plan has no {what}", case.name));
            assert_eq!(tensor.len(), len, "{}: {what}", case.name);
            let bounds = condensed(what, tensor);
            let mut judge = |who: &str, index: usize, got: f64, keras: f64, tolerance: f64| {
                compared += 1;
                let off = (got - keras).abs();
                if off.is_nan() || off > tolerance {
                    failures.push(format!(
                        "{}, {what}, {index}: {who} {got:e}, Keras {keras:e} ± {tolerance:e}",
                        case.name
                    ));
                }
            };
            for (index, (bound, keras)) in bounds.iter().zip(keras).enumerate() {
                let tolerance = 2.0 * DOUBLE_IN_SINGLE * bound.error + 2.0 * bound.summing;
                judge("reference", index, bound.value, *keras, tolerance);
            }
            for (name, observed) in &observed {
                let got = condensed(what, &observed[what]);
                for (index, ((got, bound), keras)) in got.iter().zip(&bounds).zip(keras).enumerate() {
                    let rounding = if bound.error == 0.0 { 0.0 } else { U * keras.abs() };
                    judge(name, index, got.value, *keras, bound.error + rounding + 2.0 * bound.summing);
                }
            }
        }
        // What Keras has no gradient of, Atelier has none of either: frozen layers, and what lies behind the origin.
        let known: Vec<&str> = case.expected().map(|(what, ..)| what).collect();
        for what in bounded.keys() {
            assert!(known.contains(&what.as_str()), "{}: Keras knows no {what}", case.name);
        }
    }
    assert!(compared > 0, "no golden numbers");
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} of {compared} numbers differ:\n{shown}", failures.len());
}
