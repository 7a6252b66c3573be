//! Whole trainings: from pictures through the session to falling losses.

use std::future::{Future, ready};
use std::path::PathBuf;
use std::sync::Arc;

use atelier_data::{Dataset, garments};
use atelier_nn::plan::Role;
use atelier_nn::{
    Activation, Conv2D, Dense, Dropout, Layer, Loss, Lowering, Network, Optimizer, Padding, Pooling2D, Sgd,
};
use atelier_session::{Event, Host, Run, Setup, Threads, Training};

/// No clock, and nobody waits for the thread.
struct Still;

impl Host for Still {
    fn now(&self) -> f64 {
        0.0
    }

    fn breathe(&self) -> impl Future<Output = ()> {
        ready(())
    }
}

/// Two convolutions, a dropout and two dense layers.
fn small_cnn() -> Network {
    let conv = |filters| Conv2D { filters, padding: Padding::Same, activation: Activation::Relu, ..Conv2D::default() };
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(conv(8));
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(conv(16));
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(Layer::Flatten);
    network.push(Layer::Dropout(Dropout { rate: 0.25 }));
    network.push(Dense { units: 32, activation: Activation::Relu, ..Dense::default() });
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// Losses and accuracies of the first `steps` batches.
fn train(network: Network, training: Training, workers: usize, data: &Arc<Dataset>, steps: usize) -> Vec<(f32, f32)> {
    let setup = Setup { network, training, workers };
    let helpers = Threads::new(&setup).expect("the network can be built");
    let mut run = Run::new(setup, Arc::clone(data), helpers, Still).expect("the network fits the pictures");
    let mut reports = Vec::new();
    while reports.len() < steps {
        match pollster::block_on(run.advance()).expect("the run goes on") {
            Event::Step { report } => reports.push((report.loss, report.accuracy)),
            Event::Finished => panic!("only {} steps in all epochs", reports.len()),
            Event::Validating { .. } | Event::Epoch { .. } => {}
            Event::Executor { .. } | Event::Rewind { .. } => panic!("there is no GPU to move to"),
        }
    }
    reports
}

fn mean<'a>(values: impl ExactSizeIterator<Item = &'a (f32, f32)>) -> (f32, f32) {
    let n = values.len() as f32;
    let (loss, accuracy) = values.fold((0.0, 0.0), |(l, a), (loss, accuracy)| (l + loss, a + accuracy));
    (loss / n, accuracy / n)
}

#[test]
fn a_small_cnn_learns_the_procedural_garments() {
    let data = Arc::new(garments::generate(1, 1600, 10));
    let training = Training { learning_rate: 3e-3, batch_size: 32, ..Training::default() };
    let reports = train(small_cnn(), training, 2, &data, 96);
    let (first, chance) = (reports[0].0, 10.0_f32.ln());
    let (loss, accuracy) = mean(reports[86..].iter());
    println!("first loss {first:.3}, last ten {loss:.3}, accuracy {accuracy:.3}");
    // Ten balanced classes and small weights: the first guess is nearly chance.
    assert!((first - chance).abs() < 0.25 * chance, "the first loss is {first}, not about ln 10");
    assert!(loss < 0.5 * chance, "the loss is {loss} after 96 steps");
    assert!(accuracy > 0.6, "the accuracy is {accuracy} after 96 steps");
}

/// 100 garments in batches of 24: the fifth batch of an epoch is a smaller one, and an epoch ends within the steps.
fn uneven() -> (Arc<Dataset>, Training) {
    (Arc::new(garments::generate(2, 100, 7)), Training { batch_size: 24, seed: 11, ..Training::default() })
}

#[test]
fn the_same_seed_and_workers_give_the_same_losses_to_the_bit() {
    let (data, training) = uneven();
    for workers in [1, 2, 3] {
        let run = || train(small_cnn(), training.clone(), workers, &data, 12);
        let bits = |reports: Vec<(f32, f32)>| reports.iter().map(|(loss, _)| loss.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(run()), bits(run()), "{workers} workers");
    }
    let other = Training { seed: 12, ..training.clone() };
    assert_ne!(train(small_cnn(), training, 1, &data, 1), train(small_cnn(), other, 1, &data, 1));
}

/// How the batch is cut changes the order in which gradients are added, and nothing else: not the pictures' order, not
/// dropout's masks.
///
/// A sum of the batch's `B` gradients errs by about `√B·u` of its size (Higham and Mary 2019: rounding errors are as
/// good as independent), whichever way it is cut; two ways differ by at most twice that. Gradient descent moves the
/// weights by the rate times the gradient, and no step of these changes the loss by more than its own size: after k
/// steps two runs differ by at most `2·k·√B·u` of the loss.
#[test]
fn the_number_of_workers_changes_losses_by_rounding_only() {
    let (data, training) = uneven();
    let optimizer = Optimizer::Sgd(Sgd { momentum: 0.9, nesterov: false });
    let training = Training { optimizer, learning_rate: 0.01, ..training };
    let steps = 12;
    let alone = train(small_cnn(), training.clone(), 1, &data, steps);
    for workers in [2, 3, 5] {
        let shared = train(small_cnn(), training.clone(), workers, &data, steps);
        for (step, ((a, _), (b, _))) in alone.iter().zip(&shared).enumerate() {
            let rounding = (training.batch_size as f32).sqrt() * f32::EPSILON / 2.0;
            let tolerance = 2.0 * (step + 1) as f32 * rounding * a;
            assert!((a - b).abs() <= tolerance, "{workers} workers, step {step}: {b}, alone {a} ± {tolerance:e}");
        }
    }
}

/// Validation and tracing cannot change what is trained.
#[test]
fn plans_without_an_optimizer_write_no_weight_and_no_gradient() {
    let mut network = Network::new("normalised", &[28, 28, 1]);
    network.push(Conv2D::default());
    network.push(Layer::BatchNormalization(Default::default()));
    network.push(Layer::Dropout(Dropout { rate: 0.5 }));
    network.push(Layer::Flatten);
    network.push(Dense { activation: Activation::Softmax, ..Dense::default() });
    let loss = Loss::CategoricalCrossentropy;
    for lowering in [Lowering::inference(4), Lowering::trace(1), Lowering::evaluation(4, loss)] {
        for network in [network.clone(), Network::seed()] {
            let plan = network.lower(&lowering).expect("both networks can be built");
            assert!(plan.backward.is_empty() && plan.update.is_empty());
            for buffer in plan.steps.iter().flat_map(|step| step.op.writes()) {
                let role = plan.buffer(buffer).role;
                assert!(matches!(role, Role::Activation | Role::Metric), "{lowering:?} writes a {role:?}");
            }
        }
    }
}

#[test]
fn the_seed_network_learns_fashion_mnist() {
    let Some(folder) = std::env::var_os("ATELIER_DATA").map(PathBuf::from) else {
        println!("skipped: ATELIER_DATA names no folder with the four Fashion-MNIST files");
        return;
    };
    let files: Vec<(String, Vec<u8>)> = (atelier_data::official::FILES.iter())
        .map(|file| {
            let bytes = std::fs::read(folder.join(file.name)).expect("a file in the folder that ATELIER_DATA names");
            (file.name.to_owned(), bytes)
        })
        .collect();
    let data = Arc::new(Dataset::from_files(files).expect("the published files"));
    let training = Training { batch_size: 64, ..Training::default() };
    let reports = train(Network::seed(), training, 2, &data, 60);
    let (first, (loss, accuracy)) = (reports[0].0, mean(reports[50..].iter()));
    println!("first loss {first:.3}, last ten {loss:.3}, accuracy {accuracy:.3}");
    let chance = 10.0_f32.ln();
    assert!((first - chance).abs() < 0.05 * chance, "the first loss is {first}, not within 5 % of ln 10");
    assert!(loss < 1.0, "the loss is {loss} after 60 steps");
    assert!(accuracy > 0.6, "the accuracy is {accuracy} after 60 steps");
}
