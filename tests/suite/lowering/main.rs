//! Plans of random branching networks, run by the reference in f64: what lowering decides (which buffers share memory,
//! what is fused, how gradients meet again behind a branch) may change no number.

mod exchange;
#[path = "../executors/mod.rs"]
mod executors;
mod networks;

use std::collections::BTreeMap;
use std::ops::Range;

use atelier_cpu::Isa;
use atelier_nn::{Activation, BufferId, Executor, Keep, Lowering, Network, Plan, StepData};
use atelier_tests::{Bounded, Draw, Interpreter, Real, compare};

const BATCH: usize = 3;
const NETWORKS: u32 = 60;

fn lower(network: &Network, lowering: &Lowering) -> Plan {
    network.lower(lowering).unwrap_or_else(|e| panic!("{e}: {lowering:?} of {network:?}"))
}

/// What is asked of the network of a seed, and the network: its training, or any gradients of it.
fn questions(seed: u32, activation: fn(&mut Draw) -> Activation, kinks: bool) -> [(Network, Lowering); 2] {
    let trained = networks::network(seed, activation, kinks);
    let mut other = trained.clone();
    let asked = networks::asked(&mut other, seed, BATCH);
    [(trained, networks::training(BATCH, Keep::Needed)), (other, asked)]
}

const DATA: StepData =
    StepData { batch: BATCH, batch_total: BATCH, first_example: 0, learning_rate: 0.1, iteration: 1, seed: 5 };

fn run<E: Executor>(executor: &mut E, steps: Range<usize>, data: &StepData) {
    executor.run(steps, data).unwrap_or_else(|e| panic!("{e}"));
}

/// The gradient that backward begins from, where it is written from outside.
fn outer_origin(plan: &Plan) -> Option<BufferId> {
    plan.origin.filter(|origin| plan.steps.iter().all(|step| !step.op.writes().contains(origin)))
}

/// Gives an executor parameters and, for some examples of a batch, pictures, labels and what backward begins from, all drawn
/// from the seed.
fn prepare<E: Executor>(executor: &mut E, plan: &Plan, seed: u32, examples: Range<usize>) {
    let mut set = |buffer: BufferId, numbers: &[f32]| {
        executor.write(buffer, numbers).unwrap_or_else(|e| panic!("{e}"));
    };
    for parameter in &plan.parameters {
        let (mut draw, len) = (Draw::new(&parameter.name, seed), parameter.shape.iter().product());
        let numbers = match parameter.shape[..] {
            [ref field @ .., _] if !field.is_empty() => draw.weights(field.iter().product(), len),
            _ => draw.values_in(0.1, 1.0, len),
        };
        set(parameter.buffer, &numbers);
    }
    let mut batched = |name, buffer: BufferId| {
        let len = plan.buffer(buffer).len();
        let numbers = Draw::new(name, seed).values(examples.end * len);
        set(buffer, &numbers[examples.start * len..]);
    };
    batched("input", plan.input);
    outer_origin(plan).into_iter().for_each(|origin| batched("origin", origin));
    let mut labels = Draw::new("labels", seed);
    let one_hot: Vec<f32> = (0..examples.end)
        .flat_map(|_| {
            let label = labels.between(0, 3);
            (0..4).map(move |class| f32::from(u8::from(class == label)))
        })
        .collect();
    plan.target.into_iter().for_each(|target| set(target, &one_hot[examples.start * 4..]));
}

/// Output, loss, every gradient, and every parameter after the update, by name.
fn outcome<E: Executor, T>(mut executor: E, seed: u32, read: impl Fn(&E, BufferId) -> Vec<T>) -> Vec<(String, Vec<T>)> {
    let plan = executor.plan().clone();
    prepare(&mut executor, &plan, seed, 0..BATCH);
    run(&mut executor, plan.forward.start..plan.backward.end, &DATA);
    let mut seen = vec![("output".to_owned(), plan.output)];
    seen.extend(plan.metrics.map(|metrics| ("metrics".to_owned(), metrics)));
    seen.extend(gradients(&plan).into_iter().map(|(_, gradient)| (plan.buffer(gradient).name.clone(), gradient)));
    let mut outcome: Vec<_> = seen.into_iter().map(|(name, buffer)| (name, read(&executor, buffer))).collect();
    run(&mut executor, plan.update.clone(), &DATA);
    outcome.extend(plan.parameters.iter().map(|p| (p.name.clone(), read(&executor, p.buffer))));
    outcome
}

/// Every buffer that a gradient was asked of, with that gradient.
fn gradients(plan: &Plan) -> Vec<(BufferId, BufferId)> {
    let parameters = plan.parameters.iter().filter_map(|p| Some((p.buffer, p.gradient?)));
    let layers = plan.layer_gradients.iter().map(|gradient| {
        let name = &plan.buffer(*gradient).name;
        (named(plan, name.strip_suffix("/gradient").unwrap_or(name)), *gradient)
    });
    parameters.chain(layers).chain(plan.input_gradient.map(|gradient| (plan.input, gradient))).collect()
}

fn named(plan: &Plan, name: &str) -> BufferId {
    let found = plan.buffers.iter().zip(0..).find(|(buffer, _)| buffer.name == name);
    found.map(|(_, id)| BufferId(id)).unwrap_or_else(|| panic!("no buffer is called {name}"))
}

fn reference<T: Real>(plan: &Plan, seed: u32) -> Vec<(String, Vec<T>)> {
    let executor: Interpreter<T> = Interpreter::new(plan.clone());
    outcome(executor, seed, |e, buffer| e.numbers(buffer, BATCH).to_vec())
}

/// A plan in which nothing is fused and no memory used twice gives the same numbers to the bit.
#[test]
fn sharing_memory_and_fusing_change_no_number() {
    let mut saved = 0;
    for seed in 0..NETWORKS {
        for (network, lowering) in questions(seed, networks::any, true) {
            let tight = lower(&network, &lowering);
            let roomy = lower(&network, &Lowering { keep: Keep::Everything, ..lowering });
            saved += roomy.memory().total() - tight.memory().total();
            for ((name, tight), (_, roomy)) in
                reference::<f64>(&tight, seed).into_iter().zip(reference::<f64>(&roomy, seed))
            {
                assert_eq!(tight, roomy, "seed {seed}, {name}: {network:?}");
            }
        }
    }
    assert!(saved > 0, "no plan used memory twice, so nothing was tested");
}

/// Whole plans on the CPU, made for a larger batch than they run, within the bounds that the reference carries along.
#[test]
fn the_cpu_runs_whole_plans() {
    let mut failures = Vec::new();
    for seed in 0..NETWORKS {
        for (network, lowering) in questions(seed, networks::any, true) {
            let plan = lower(&network, &Lowering { max_batch: BATCH + 2, ..lowering });
            let expected = reference::<Bounded>(&plan, seed);
            let loosest = expected[0].1.iter().map(|n| n.rounded_error()).fold(0.0, f64::max);
            assert!(loosest < 1e-3, "seed {seed}: ± {loosest:e} says nothing of a probability: {network:?}");
            for isa in Isa::available() {
                let cpu = executors::cpu(plan.clone(), isa).unwrap_or_else(|e| panic!("{e}"));
                let got = outcome(cpu, seed, |e, buffer| {
                    pollster::block_on(e.read(buffer, e.plan().len_of(buffer, BATCH))).unwrap_or_else(|e| panic!("{e}"))
                });
                for ((name, got), (_, expected)) in got.iter().zip(&expected) {
                    let comparison = compare(name, got, expected.iter().map(|n| (n.value(), n.rounded_error())));
                    if comparison.wrong > 0 {
                        failures.push(format!("seed {seed}, {isa:?}: {comparison}: {network:?}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} differ, of which\n{}", failures.len(), failures[0]);
}

/// The gradients that reverse mode finds, along random directions through all that they were asked of, against central
/// differences of what backward begins from: the loss, or the mixture of a layer's outputs that was written to the origin. A
/// layer's output is moved between the step that writes it and the next; all else before the first step. As in
/// `src/gradient.rs`, the difference of two step widths tells the truncation's error; the rounding of the loss, a sum of
/// some hundred terms a layer, is far below `1e-13` of the size of its terms.
#[test]
fn gradients_of_whole_networks_match_finite_differences() {
    const H: f64 = 1.0 / 16_384.0;
    let (mut told, mut asked) = (0_u32, 0_u32);
    for seed in 0..NETWORKS {
        for (network, lowering) in questions(seed, networks::smooth, false) {
            let plan = lower(&network, &Lowering { keep: Keep::Everything, ..lowering.clone() });
            let mut reference: Interpreter<f64> = Interpreter::new(plan.clone());
            prepare(&mut reference, &plan, seed, 0..BATCH);
            run(&mut reference, plan.forward.start..plan.backward.end, &DATA);
            let numbers = |reference: &Interpreter<f64>, buffer| reference.numbers(buffer, BATCH).to_vec();
            // Parameters and the input are moved before all steps, and a layer's output behind the one that writes it. A view
            // has no numbers of its own to be moved: they are another's, who may have other readers.
            let mut groups: BTreeMap<usize, Vec<(BufferId, BufferId)>> = BTreeMap::new();
            for (x, dx) in gradients(&plan) {
                let writer = plan.steps[plan.forward.clone()].iter().position(|s| s.op.writes().contains(&x));
                let given = x == plan.input || plan.parameters.iter().any(|p| p.buffer == x);
                if let Some(first) = if given { Some(0) } else { writer.map(|step| step + 1) } {
                    groups.entry(first).or_default().push((x, dx));
                }
            }
            for (first, pairs) in groups {
                let gradients: Vec<_> = pairs.iter().map(|(_, dx)| numbers(&reference, *dx)).collect();
                for direction in 0..3 {
                    let mut draw = Draw::new("direction", direction);
                    let along: Vec<Vec<f64>> =
                        gradients.iter().map(|g| draw.values(g.len()).into_iter().map(f64::from).collect()).collect();
                    let dot = |(g, d): (&Vec<f64>, &Vec<f64>)| g.iter().zip(d).map(|(g, d)| g * d).sum::<f64>();
                    let slope: f64 = gradients.iter().zip(&along).map(dot).sum();
                    let mut moved = Interpreter::<f64>::new(plan.clone());
                    let mut begun_at = |h: f64| {
                        prepare(&mut moved, &plan, seed, 0..BATCH);
                        run(&mut moved, 0..first, &DATA);
                        for ((x, _), along) in pairs.iter().zip(&along) {
                            let at = numbers(&moved, *x);
                            let to: Vec<f64> = at.iter().zip(along).map(|(x, d)| x + h * d).collect();
                            moved.set(*x, &to);
                        }
                        run(&mut moved, first..plan.loss.end, &DATA);
                        begun_from(&plan, &moved)
                    };
                    let size = begun_at(0.0).abs().max(1.0);
                    let mut central = |h: f64| (begun_at(h) - begun_at(-h)) / (2.0 * h);
                    let (near, far) = (central(H), central(2.0 * H));
                    let tolerance = (near - far).abs() + 1e-13 * size / H;
                    let off = (slope - near).abs();
                    let what = || format!("seed {seed}, after step {first}: {:?} of {network:?}", lowering.origin);
                    assert!(off <= tolerance, "slope {slope:e}, difference {near:e} ± {tolerance:e}: {}", what());
                    told += u32::from(tolerance < 1e-3 * slope.abs());
                    asked += 1;
                }
            }
        }
    }
    assert!(4 * told > 3 * asked, "only {told} of {asked} slopes were told to a thousandth");
}

/// What backward differentiates: the mean loss, or the numbers at the origin, mixed as was written there.
fn begun_from(plan: &Plan, reference: &Interpreter<f64>) -> f64 {
    let Some(origin) = outer_origin(plan) else {
        return reference.numbers(plan.metrics.expect("a loss is scored"), BATCH)[0] / BATCH as f64;
    };
    let name = &plan.buffer(origin).name;
    let value = named(plan, name.strip_suffix("/gradient").unwrap_or(name));
    let terms = reference.numbers(value, BATCH).iter().zip(reference.numbers(origin, BATCH));
    terms.map(|(value, weight)| value * weight).sum()
}
