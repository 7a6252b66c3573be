//! Plans over the same parameters: one memory, one version, and packed kernels that follow every change.

use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_nn::{
    Activation, BatchNormalization, BufferId, Conv2D, Dense, Executor, Layer, Loss, Lowering, Network, Optimizer,
    Padding, Plan, Sgd, StepData,
};

use crate::support::{numbers, plan};

const BATCH: usize = 4;
const INPUTS: usize = 6 * 6 * 2;
const CLASSES: usize = 3;

/// Products of many rows and of one, and moments that training moves.
fn network(filters: usize) -> Network {
    let mut network = Network::new("shared", &[6, 6, 2]);
    network.push(Conv2D { filters, padding: Padding::Same, ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::Flatten);
    network.push(Dense { units: 20, activation: Activation::Relu, ..Dense::default() });
    network.push(Dense { units: CLASSES, activation: Activation::Softmax, ..Dense::default() });
    network
}

fn lower(network: &Network, lowering: &Lowering) -> Arc<Plan> {
    Arc::new(network.lower(lowering).expect("the network is sound"))
}

fn training(optimizer: Optimizer) -> Lowering {
    Lowering::training(BATCH, Loss::CategoricalCrossentropy, optimizer)
}

/// With the initial values of a seed.
fn trained(plan: &Arc<Plan>, isa: Isa) -> CpuExecutor {
    let mut executor = CpuExecutor::with_isa(Arc::clone(plan), isa).expect("the plan is sound");
    for (buffer, values) in plan.initial_values(7) {
        executor.write(buffer, &values).expect("the values fit");
    }
    executor.write(plan.input, &numbers(BATCH * INPUTS, 1)).expect("the examples fit");
    let targets: Vec<f32> = (0..BATCH * CLASSES).map(|i| f32::from(u8::from(i % CLASSES == i / CLASSES % 3))).collect();
    executor.write(plan.target.expect("it has a loss"), &targets).expect("the targets fit");
    executor
}

fn step(executor: &mut CpuExecutor, iteration: u32) {
    let data = StepData { learning_rate: 0.05, iteration, ..StepData::forward(BATCH) };
    let steps = executor.plan().steps.len();
    executor.run(0..steps, &data).expect("the data are sound");
}

/// Outputs of an executor that infers, for one example or several.
fn infer(executor: &mut CpuExecutor, batch: usize) -> Vec<f32> {
    let (input, output, steps) = (executor.plan().input, executor.plan().output, executor.plan().steps.len());
    executor.write(input, &numbers(batch * INPUTS, 2)).expect("the examples fit");
    executor.run(0..steps, &StepData::forward(batch)).expect("the data are sound");
    executor.get(output)[..batch * CLASSES].to_vec()
}

fn parameter(executor: &CpuExecutor, name: &str) -> BufferId {
    let parameters = &executor.plan().parameters;
    parameters.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("there is no {name}")).buffer
}

/// What an executor with memory of its own infers from the same parameters: it never had others to remember.
fn afresh(of: &CpuExecutor, batch: usize) -> Vec<f32> {
    let plan = Arc::new(of.plan().clone());
    let mut executor = CpuExecutor::with_isa(Arc::clone(&plan), of.isa()).expect("the plan is sound");
    for parameter in &plan.parameters {
        executor.write(parameter.buffer, &of.get(parameter.buffer)).expect("the values fit");
    }
    infer(&mut executor, batch)
}

#[test]
fn every_change_reaches_every_plan() {
    let network = network(5);
    let sgd = |momentum, nesterov| Optimizer::Sgd(Sgd { momentum, nesterov });
    for isa in Isa::available() {
        for optimizer in [sgd(0.0, false), sgd(0.9, true), Optimizer::default()] {
            let plan = lower(&network, &training(optimizer.clone()));
            let mut train = trained(&plan, isa);
            let mut many = CpuExecutor::sharing(lower(&network, &Lowering::inference(BATCH)), &train).unwrap();
            let mut one = CpuExecutor::sharing(lower(&network, &Lowering::inference(1)), &many).unwrap();
            let mut seen = Vec::new();
            let mut check = |train: &CpuExecutor, many: &mut CpuExecutor, one: &mut CpuExecutor, what: &str| {
                let version = train.version();
                let outputs = infer(many, BATCH);
                assert_eq!(outputs, afresh(many, BATCH), "{isa} {optimizer:?}: {what}");
                assert_eq!(infer(one, 1), outputs[..CLASSES], "{isa} {optimizer:?}: {what}, one example");
                assert_eq!([train.version(), many.version(), one.version()], [version; 3], "inference changes nothing");
                assert!(!seen.contains(&(version, outputs.clone())), "{isa} {optimizer:?}: {what} changed nothing");
                assert!(seen.iter().all(|(before, _)| *before < version), "{isa}: the version does not grow");
                seen.push((version, outputs));
            };
            check(&train, &mut many, &mut one, "initial values");
            for iteration in 1..=3 {
                step(&mut train, iteration);
                check(&train, &mut many, &mut one, "a step");
            }
            // Moving averages alone, and each kind of kernel alone.
            let kernel = parameter(&one, "conv2d/kernel");
            let changed: Vec<f32> = one.get(kernel).iter().map(|x| x + 0.25).collect();
            one.write(kernel, &changed).unwrap();
            check(&train, &mut many, &mut one, "a write by the plan of one example");
            assert_eq!(*train.get(parameter(&train, "conv2d/kernel")), changed);
            let kernel = parameter(&train, "dense/kernel");
            let changed: Vec<f32> = train.get(kernel).iter().map(|x| -x).collect();
            train.write(kernel, &changed).unwrap();
            check(&train, &mut many, &mut one, "a write by the plan that trains");
            let averages = |step: &&atelier_nn::plan::Step| step.op.stem() == "moving_average";
            let index = plan.steps.iter().position(|step| averages(&step)).expect("it has moving averages");
            train.run(index..index + 1, &StepData::forward(BATCH)).unwrap();
            check(&train, &mut many, &mut one, "a moving average");
        }
    }
}

#[test]
fn only_equal_parameters_are_shared() {
    let (five, six) = (network(5), network(6));
    let mut train = trained(&lower(&five, &training(Optimizer::default())), Isa::best());
    let other = CpuExecutor::sharing(lower(&six, &Lowering::inference(1)), &train).unwrap();
    let read = |executor: &CpuExecutor, name| executor.get(parameter(executor, name)).to_vec();
    assert_eq!(read(&other, "dense_1/kernel"), read(&train, "dense_1/kernel"));
    assert!(read(&other, "conv2d/kernel").iter().all(|x| *x == 0.0));
    // A third plan finds what the second brought.
    let mut third = CpuExecutor::sharing(lower(&six, &Lowering::inference(2)), &train).unwrap();
    let kernel = parameter(&third, "conv2d/kernel");
    third.write(kernel, &numbers(3 * 3 * 2 * 6, 5)).unwrap();
    assert_eq!(read(&other, "conv2d/kernel"), numbers(3 * 3 * 2 * 6, 5));
    let before = read(&train, "conv2d/kernel");
    step(&mut train, 1);
    assert_ne!(read(&train, "conv2d/kernel"), before);
    assert_eq!(read(&other, "conv2d/kernel"), numbers(3 * 3 * 2 * 6, 5));
}

#[test]
fn what_was_read_stays_as_it_was() {
    let network = network(5);
    let mut train = trained(&lower(&network, &training(Optimizer::default())), Isa::best());
    let shared = CpuExecutor::sharing(lower(&network, &Lowering::inference(1)), &train).unwrap();
    let kernel = parameter(&shared, "dense/kernel");
    let read = shared.get(kernel);
    let copy = read.to_vec();
    step(&mut train, 1);
    assert_eq!(*read, copy);
    assert_ne!(*shared.get(kernel), copy);
    assert_eq!(*shared.get(kernel), *train.get(parameter(&train, "dense/kernel")));
}

#[test]
fn plans_share_from_several_threads() {
    let network = network(5);
    let mut train = trained(&lower(&network, &training(Optimizer::default())), Isa::best());
    let mut many = CpuExecutor::sharing(lower(&network, &Lowering::inference(BATCH)), &train).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (1..=50).for_each(|iteration| step(&mut train, iteration)));
        scope.spawn(|| (0..50).for_each(|_| assert!(infer(&mut many, BATCH).iter().all(|x| x.is_finite()))));
    });
    assert_eq!(infer(&mut many, BATCH), afresh(&many, BATCH));
}

#[test]
fn a_product_of_one_row_is_the_product_of_many() {
    // Each number is summed in the same order, so they agree to the bit, however the columns fall into vectors.
    for (inputs, units) in [(1, 1), (3, 10), (64, 16), (65, 33), (130, 128), (200, 300), (63, 4096)] {
        let (x, kernel, bias) = (numbers(2 * inputs, 1), numbers(inputs * units, 2), numbers(units, 3));
        for isa in Isa::available() {
            let outputs = |max_batch: usize, batch: usize| {
                let mut ids = Vec::new();
                let plan = plan(max_batch, |b| {
                    ids = vec![b.batched(inputs), b.single(inputs * units), b.single(units), b.batched(units)];
                    let [x, kernel, bias, y] = [ids[0], ids[1], ids[2], ids[3]];
                    atelier_nn::Op::Dense {
                        inputs,
                        units,
                        activation: Activation::Tanh,
                        x,
                        kernel,
                        bias: Some(bias),
                        y,
                    }
                });
                let mut executor = CpuExecutor::with_isa(Arc::new(plan), isa).unwrap();
                executor.write(ids[0], &x[..batch * inputs]).unwrap();
                executor.write(ids[1], &kernel).unwrap();
                executor.write(ids[2], &bias).unwrap();
                executor.run(0..1, &StepData::forward(batch)).unwrap();
                executor.get(ids[3])[..units].to_vec()
            };
            let many = outputs(2, 2);
            assert_eq!(outputs(1, 1), many, "{isa} {inputs} x {units}");
            assert_eq!(outputs(2, 1), many, "{isa} {inputs} x {units}, in a plan for two");
        }
    }
}
