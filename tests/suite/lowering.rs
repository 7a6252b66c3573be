//! Plans of random branching networks, run by the reference in f64: what lowering decides (which buffers share memory,
//! what is fused, how gradients meet again behind a branch) may change no number.

mod executors;

use atelier_cpu::Isa;
use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, BufferId, Conv2D, Dense, Dropout, Executor, Gradients, Keep,
    Layer, Loss, Lowering, Network, Optimizer, Padding, Plan, Pooling2D, Sgd, StepData, ZeroPadding2D,
};
use atelier_tests::{Bounded, Draw, Interpreter, Real, compare};

const BATCH: usize = 3;
const NETWORKS: u32 = 60;

fn smooth(draw: &mut Draw) -> Activation {
    draw.one_of(&[Activation::Linear, Activation::Tanh, Activation::Sigmoid, Activation::Softmax])
}

fn any(draw: &mut Draw) -> Activation {
    draw.one_of(&[
        Activation::Linear,
        Activation::Relu,
        Activation::Tanh,
        Activation::LeakyRelu { negative_slope: 0.1 },
        Activation::Softmax,
    ])
}

/// A layer that keeps a map's height and width.
fn layer(draw: &mut Draw, activation: fn(&mut Draw) -> Activation, kinks: bool) -> Layer {
    let pool = Pooling2D { pool_size: [2, 3], strides: Some([1, 1]), padding: Padding::Same };
    match draw.between(0, if kinks { 6 } else { 5 }) {
        0 | 1 => Layer::Conv2D(Conv2D {
            filters: draw.between(1, 3),
            kernel_size: [draw.between(1, 3), draw.between(1, 3)],
            padding: Padding::Same,
            use_bias: draw.chance(0.5),
            activation: activation(draw),
            ..Conv2D::default()
        }),
        2 => Layer::BatchNormalization(BatchNormalization {
            center: draw.chance(0.5),
            scale: draw.chance(0.5),
            ..BatchNormalization::default()
        }),
        3 => Layer::Dropout(Dropout { rate: 0.3 }),
        4 => Layer::Activation(ActivationLayer { activation: activation(draw) }),
        5 => Layer::AveragePooling2D(pool),
        _ => Layer::MaxPooling2D(pool),
    }
}

/// A graph whose layers may each feed several, whose loose ends are joined before the classifier.
fn network(seed: u32, activation: fn(&mut Draw) -> Activation, kinks: bool) -> Network {
    let mut draw = Draw::new("networks", seed);
    let mut network = Network::new("random", &[5, 4, 2]);
    // Name and channels of every map so far.
    let mut maps = vec![(network.layers[0].name.clone(), 2)];
    for _ in 0..draw.between(2, 7) {
        let (from, channels) = draw.one_of(&maps);
        let (other, more) = draw.one_of(&maps);
        let made = match draw.between(0, 7) {
            0 if channels == more => (network.join(Layer::Add, &[&from, &other]), channels),
            1 if channels + more < 9 => (network.join(Layer::Concatenate, &[&from, &other]), channels + more),
            2 => {
                let padded = network.join(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 1], [2, 0]] }), &[&from]);
                let conv = Conv2D { filters: 2, activation: activation(&mut draw), ..Conv2D::default() };
                (network.join(conv, &[&padded]), 2)
            }
            _ => {
                let layer = layer(&mut draw, activation, kinks);
                let channels = if let Layer::Conv2D(conv) = &layer { conv.filters } else { channels };
                (network.join(layer, &[&from]), channels)
            }
        };
        maps.push(made);
    }
    let used = |name: &String| network.layers.iter().any(|node| node.inbound.contains(name));
    let loose: Vec<String> = maps.iter().map(|(name, _)| name.clone()).filter(|name| !used(name)).collect();
    if let [_, _, ..] = loose[..] {
        network.join(Layer::Concatenate, &loose.iter().map(String::as_str).collect::<Vec<_>>());
    }
    network.push(if draw.chance(0.5) { Layer::Flatten } else { Layer::GlobalAveragePooling2D });
    network.push(Dense { units: 4, activation: Activation::Softmax, ..Dense::default() });
    network
}

fn lower(network: &Network, max_batch: usize, keep: Keep) -> Plan {
    let training = Lowering::training(max_batch, Loss::CategoricalCrossentropy, Optimizer::Sgd(Sgd::default()));
    let gradients = Gradients { parameters: true, input: true, ..Gradients::default() };
    let lowering = Lowering { keep, gradients, ..training };
    network.lower(&lowering).unwrap_or_else(|e| panic!("{e}: {network:?}"))
}

const DATA: StepData =
    StepData { batch: BATCH, batch_total: BATCH, first_example: 0, learning_rate: 0.1, iteration: 1, seed: 5 };

fn run<E: Executor>(executor: &mut E, steps: std::ops::Range<usize>) {
    executor.run(steps, &DATA).unwrap_or_else(|e| panic!("{e}"));
}

/// Gives an executor parameters, pictures and labels drawn from the seed.
fn prepare<E: Executor>(executor: &mut E, plan: &Plan, seed: u32) {
    let mut set = |buffer: BufferId, numbers: Vec<f32>| {
        executor.write(buffer, &numbers).unwrap_or_else(|e| panic!("{e}"));
    };
    for parameter in &plan.parameters {
        let (mut draw, len) = (Draw::new(&parameter.name, seed), parameter.shape.iter().product());
        let numbers = match parameter.shape[..] {
            [ref field @ .., _] if !field.is_empty() => draw.weights(field.iter().product(), len),
            _ => draw.values_in(0.1, 1.0, len),
        };
        set(parameter.buffer, numbers);
    }
    set(plan.input, Draw::new("input", seed).values(plan.len_of(plan.input, BATCH)));
    let mut labels = Draw::new("labels", seed);
    let one_hot = (0..BATCH).flat_map(|_| {
        let label = labels.between(0, 3);
        (0..4).map(move |class| f32::from(u8::from(class == label)))
    });
    set(plan.target.expect("a training plan has targets"), one_hot.collect());
}

/// Output, loss, every gradient, and every parameter after the update, by name.
fn outcome<E: Executor, T>(mut executor: E, seed: u32, read: impl Fn(&E, BufferId) -> Vec<T>) -> Vec<(String, Vec<T>)> {
    let plan = executor.plan().clone();
    prepare(&mut executor, &plan, seed);
    run(&mut executor, plan.forward.start..plan.backward.end);
    let mut seen = vec![
        ("output".to_owned(), plan.output),
        ("metrics".to_owned(), plan.metrics.expect("a training plan has metrics")),
        ("input gradient".to_owned(), plan.input_gradient.expect("it was asked for")),
    ];
    let gradients = plan.parameters.iter().filter_map(|p| Some((format!("{}/gradient", p.name), p.gradient?)));
    seen.extend(gradients);
    let mut outcome: Vec<_> = seen.into_iter().map(|(name, buffer)| (name, read(&executor, buffer))).collect();
    run(&mut executor, plan.update.clone());
    outcome.extend(plan.parameters.iter().map(|p| (p.name.clone(), read(&executor, p.buffer))));
    outcome
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
        let network = network(seed, any, true);
        let (tight, roomy) = (lower(&network, BATCH, Keep::Needed), lower(&network, BATCH, Keep::Everything));
        saved += roomy.memory().total() - tight.memory().total();
        for ((name, tight), (_, roomy)) in reference::<f64>(&tight, seed).into_iter().zip(reference(&roomy, seed)) {
            assert_eq!(tight, roomy, "seed {seed}, {name}: {network:?}");
        }
    }
    assert!(saved > 0, "no plan used memory twice, so nothing was tested");
}

/// Whole plans on the CPU, made for a larger batch than they run, within the bounds that the reference carries along.
#[test]
fn the_cpu_runs_whole_plans() {
    let mut failures = Vec::new();
    for seed in 0..NETWORKS {
        let network = network(seed, any, true);
        let plan = lower(&network, BATCH + 2, Keep::Needed);
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
    assert!(failures.is_empty(), "{} differ, of which\n{}", failures.len(), failures[0]);
}

/// The gradients that reverse mode finds, along random directions through all parameters and the input at once,
/// against central differences of the loss. As in `src/gradient.rs`, the difference of two step widths tells the
/// truncation's error; the rounding of the loss, a sum of some hundred terms a layer, is far below `1e-13`.
#[test]
fn gradients_of_whole_networks_match_finite_differences() {
    const H: f64 = 1.0 / 16_384.0;
    for seed in 0..NETWORKS {
        let network = network(seed, smooth, false);
        let plan = lower(&network, BATCH, Keep::Everything);
        let mut reference: Interpreter<f64> = Interpreter::new(plan.clone());
        prepare(&mut reference, &plan, seed);
        run(&mut reference, plan.forward.start..plan.backward.end);
        let trained = plan.parameters.iter().filter_map(|p| Some((p.buffer, p.gradient?)));
        let pairs: Vec<(BufferId, BufferId)> =
            trained.chain([(plan.input, plan.input_gradient.expect("it was asked for"))]).collect();
        let numbers = |reference: &Interpreter<f64>, buffer| reference.numbers(buffer, BATCH).to_vec();
        let at: Vec<_> = pairs.iter().map(|(x, _)| numbers(&reference, *x)).collect();
        let gradients: Vec<_> = pairs.iter().map(|(_, dx)| numbers(&reference, *dx)).collect();
        for direction in 0..3 {
            let mut draw = Draw::new("direction", direction);
            let along: Vec<Vec<f64>> =
                at.iter().map(|x| draw.values(x.len()).into_iter().map(f64::from).collect()).collect();
            let dot = |(g, d): (&Vec<f64>, &Vec<f64>)| g.iter().zip(d).map(|(g, d)| g * d).sum::<f64>();
            let slope: f64 = gradients.iter().zip(&along).map(dot).sum();
            let mut loss_at = |h: f64| {
                for ((x, _), (at, along)) in pairs.iter().zip(at.iter().zip(&along)) {
                    let moved: Vec<f64> = at.iter().zip(along).map(|(x, d)| x + h * d).collect();
                    reference.set(*x, &moved);
                }
                run(&mut reference, plan.forward.start..plan.loss.end);
                reference.numbers(plan.metrics.expect("a training plan has metrics"), BATCH)[0] / BATCH as f64
            };
            let mut central = |h: f64| (loss_at(h) - loss_at(-h)) / (2.0 * h);
            let (near, far) = (central(H), central(2.0 * H));
            let tolerance = (near - far).abs() + 1e-13 / H;
            let size: f64 = gradients.iter().flatten().map(|g| g.abs()).sum();
            assert!(tolerance < 1e-4 * size, "seed {seed}: ± {tolerance:e} says nothing of {size:e}: {network:?}");
            let off = (slope - near).abs();
            assert!(off <= tolerance, "seed {seed}: slope {slope:e}, difference {near:e} ± {tolerance:e}: {network:?}");
        }
    }
}
