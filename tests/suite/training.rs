//! Whole trainings: from pictures through the session to falling losses.

use std::path::PathBuf;
use std::sync::Arc;

use atelier_data::rng::Rng;
use atelier_data::{Dataset, garments};
use atelier_nn::plan::Role;
use atelier_nn::{
    Activation, Conv2D, Dense, Dropout, Layer, Loss, Lowering, Network, Optimizer, Padding, Pooling2D, Preset, Sgd,
};
use atelier_session::{Breathless, EpochReport, Event, Run, Setup, Threads, Training};

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
    let mut run = Run::new(setup, Arc::clone(data), helpers, Breathless).expect("the network fits the pictures");
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
        // A machine that is asked for every check has to have what they need.
        assert!(std::env::var_os("CI").is_none(), "ATELIER_DATA names no folder with the four Fashion-MNIST files");
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

/// A file in the IDX form, of unsigned bytes.
fn idx(axes: &[usize], values: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, axes.len() as u8];
    bytes.extend(axes.iter().flat_map(|axis| (*axis as u32).to_be_bytes()));
    bytes.extend(values);
    bytes
}

/// A set read from four files: picture `i` of a part is `draw(i % classes, rng)`, labelled `first + i % classes`.
fn set_of_files(
    shape: [usize; 3],
    classes: usize,
    first: usize,
    each: [usize; 2],
    draw: impl Fn(usize, &mut Rng) -> Vec<u8>,
) -> Arc<Dataset> {
    let files = ["train", "test"].into_iter().zip(each).enumerate().flat_map(|(part, (name, each))| {
        let n = each * classes;
        let axes = if shape[2] == 1 { vec![n, shape[0], shape[1]] } else { vec![n, shape[0], shape[1], shape[2]] };
        let pixels = (0..n).flat_map(|i| draw(i % classes, &mut Rng::keyed([5, part as u64, i as u64])));
        let labels = (0..n).map(|i| (first + i % classes) as u8);
        [(format!("{name}-images"), idx(&axes, pixels)), (format!("{name}-labels"), idx(&[n], labels))]
    });
    Arc::new(Dataset::from_files(files).expect("four sound files"))
}

/// A preset for the set's pictures and classes, trained for two epochs: the first loss and the last epoch's report.
fn two_epochs(data: &Arc<Dataset>) -> (f32, EpochReport) {
    let network = Network::preset(Preset::Small, &data.shape(), data.classes());
    let training = Training { learning_rate: 5e-3, batch_size: 16, epochs: 2, ..Training::default() };
    let setup = Setup { network, training, workers: 2 };
    let helpers = Threads::new(&setup).expect("the network can be built");
    let mut run = Run::new(setup, Arc::clone(data), helpers, Breathless).expect("the network fits the pictures");
    let (mut first, mut last) = (None, None);
    loop {
        match pollster::block_on(run.advance()).expect("the run goes on") {
            Event::Step { report } => first = first.or(Some(report.loss)),
            Event::Epoch { report } => last = Some(report),
            Event::Finished => return (first.expect("a batch"), last.expect("an epoch")),
            _ => {}
        }
    }
}

/// That a run of this many balanced classes began at chance, and got at least half of the test pictures right. By chance it
/// would get one in `classes`, with a standard deviation of `√(p(1−p)/n)`: half is then more than five of them away.
fn learnt(data: &Dataset, first: f32, report: &EpochReport) {
    let (classes, n) = (data.classes() as f32, data.test.len() as f32);
    println!("first loss {first:.3}, val_loss {:.3}, val_accuracy {:.3}", report.val_loss, report.val_accuracy);
    assert!((first - classes.ln()).abs() < 0.25 * classes.ln(), "the first loss is {first}, not about ln {classes}");
    let (chance, deviation) = (1.0 / classes, ((classes - 1.0) / classes / classes / n).sqrt());
    assert!(0.5 > chance + 5.0 * deviation, "too few pictures to tell learning from luck");
    assert!(report.val_accuracy > 0.5, "the accuracy is {} after two epochs", report.val_accuracy);
    let counts: u32 = report.confusion.iter().flatten().sum();
    assert_eq!((report.confusion.len(), counts), (data.classes(), data.test.len() as u32));
    assert!(report.worst.iter().all(|mistake| usize::from(mistake.label) < data.classes()));
}

/// Squares in red, green, blue or yellow, somewhere on grey noise: only the channels tell them apart.
#[test]
fn four_classes_of_32x32_pictures_in_colour_are_learnt() {
    const SIDE: usize = 32;
    const COLOURS: [[u8; 3]; 4] = [[220, 40, 40], [40, 220, 40], [40, 40, 220], [220, 220, 40]];
    let draw = |class: usize, rng: &mut Rng| {
        let [top, left] = [0; 2].map(|_| rng.below(SIDE as u32 - 16) as usize);
        let cells = (0..SIDE * SIDE).map(|i| (i / SIDE, i % SIDE));
        cells
            .flat_map(|(row, column)| {
                let grey = rng.below(160) as u8;
                let inside = (top..top + 16).contains(&row) && (left..left + 16).contains(&column);
                if inside { COLOURS[class] } else { [grey; 3] }
            })
            .collect()
    };
    let data = set_of_files([SIDE, SIDE, 3], 4, 0, [100, 25], draw);
    assert_eq!((data.shape(), data.classes()), ([32, 32, 3], 4));
    let (first, report) = two_epochs(&data);
    learnt(&data, first, &report);
}

/// Twenty-six signs that stand for letters, labelled 1 to 26 as EMNIST labels them: 7x7 cells of 3 pixels drawn from a seed, a
/// little displaced, on noise. Two signs differ in about half of their cells.
#[test]
fn twenty_six_letters_that_count_from_one_are_learnt() {
    const SIDE: usize = 28;
    let signs: Vec<[bool; 49]> = (0..26)
        .map(|letter| {
            let mut rng = Rng::keyed([9, letter, 0]);
            std::array::from_fn(|_| rng.chance(0.5))
        })
        .collect();
    let draw = |class: usize, rng: &mut Rng| {
        let [top, left] = [0; 2].map(|_| 2 + rng.below(4) as usize);
        let cells = (0..SIDE * SIDE).map(|i| (i / SIDE, i % SIDE));
        cells
            .map(|(row, column)| {
                let cell = |at: usize, from: usize| at.checked_sub(from).map(|d| d / 3).filter(|d| *d < 7);
                let ink = cell(row, top).zip(cell(column, left)).is_some_and(|(r, c)| signs[class][7 * r + c]);
                rng.below(80) as u8 + if ink { 170 } else { 0 }
            })
            .collect()
    };
    let data = set_of_files([SIDE, SIDE, 1], 26, 1, [40, 8], draw);
    assert_eq!((data.classes(), data.class_names[25].as_str(), data.train.labels()[25]), (26, "Z", 25));
    let (first, report) = two_epochs(&data);
    learnt(&data, first, &report);
}
