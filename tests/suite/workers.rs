//! The number of workers changes nothing but rounding, for every layer: also batch normalisation, whose moments are the
//! whole batch's however it is cut.
//!
//! A run that is cut otherwise adds in another order. What rounding then grows to is measured, not assumed: the same run on
//! one worker, begun from first weights whose last bits are flipped at random, drifts from itself; a cut run may drift four
//! times as far as the farthest of some such runs has come up to the same update. Before it has grown, rounding is that of
//! the sums over a batch of `B`, `√B·u` of their size (Higham and Mary 2019).

use std::sync::Arc;

use atelier_data::{Dataset, garments};
use atelier_nn::random::pcg4d;
use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Layer, Network, Optimizer, Padding,
    Pooling2D, Sgd,
};
use atelier_session::{Breathless, Checkpoint, Event, Run, Setup, Threads, Training};
use pollster::block_on;

fn norm(center: bool, scale: bool) -> Layer {
    Layer::BatchNormalization(BatchNormalization { momentum: 0.5, center, scale, ..BatchNormalization::default() })
}

/// Dense layers with a normalisation between.
fn dense() -> Network {
    let mut network = Network::new("dense", &[28, 28, 1]);
    network.push(Layer::Flatten);
    network.push(Dense { units: 16, ..Dense::default() });
    network.push(norm(true, true));
    network.push(Layer::Activation(ActivationLayer { activation: Activation::Relu }));
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// Normalisations with and without their parameters, one behind the other and around a shortcut, and dropout.
fn deep() -> Network {
    let conv =
        |filters| Conv2D { filters, strides: [2, 2], padding: Padding::Same, use_bias: false, ..Conv2D::default() };
    let mut network = Network::new("deep", &[28, 28, 1]);
    network.push(norm(false, false));
    network.push(conv(1));
    network.push(norm(true, false));
    network.push(conv(6));
    let shortcut = network.push(norm(false, true));
    network.push(Layer::Activation(ActivationLayer { activation: Activation::Tanh }));
    network.push(Layer::Dropout(Dropout { rate: 0.25 }));
    let path = network.push(norm(true, true));
    network.join(Layer::Add, &[&path, &shortcut]);
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(Layer::Flatten);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

struct Course {
    network: Network,
    training: Training,
    data: Arc<Dataset>,
}

impl Course {
    fn new(network: Network, batch_size: usize, pictures: usize) -> Self {
        let optimizer = Optimizer::Sgd(Sgd { momentum: 0.9, nesterov: false });
        let training = Training { batch_size, optimizer, learning_rate: 0.02, epochs: 1, ..Training::default() };
        Course { network, training, data: Arc::new(garments::generate(5, pictures, 40)) }
    }

    fn run(&self, workers: usize) -> Run<Threads, Breathless> {
        let setup = Setup { network: self.network.clone(), training: self.training.clone(), workers };
        let helpers = Threads::new(&setup).expect("the network can be built");
        Run::new(setup, Arc::clone(&self.data), helpers, Breathless).expect("the network fits the pictures")
    }

    /// The loss of every update of the epoch, its validation's loss, and the weights at its end.
    fn train(&self, mut run: Run<Threads, Breathless>) -> (Vec<f32>, Checkpoint) {
        let mut losses = Vec::new();
        loop {
            match block_on(run.advance()).expect("the run goes on") {
                Event::Step { report } => losses.push(report.loss),
                Event::Epoch { report } => losses.push(report.val_loss),
                Event::Finished => break,
                _ => {}
            }
        }
        (losses, block_on(run.checkpoint()).expect("a run can be kept"))
    }

    fn on(&self, workers: usize) -> Vec<f32> {
        self.train(self.run(workers)).0
    }

    /// One worker from first weights whose last bits are others.
    fn rounded(&self, seed: u32) -> Vec<f32> {
        let mut run = self.run(1);
        let mut bytes = block_on(run.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
        // A safetensors file: the header's length, the header, then little-endian f32.
        let header = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
        for (i, number) in bytes[8 + header..].chunks_exact_mut(4).enumerate() {
            let value = f32::from_le_bytes(number.try_into().expect("four bytes"));
            // What is exactly zero or one (biases, momenta, gammas) begins so in every run.
            if value != 0.0 && value != 1.0 {
                number[0] ^= (pcg4d([i as u32, 0, seed, 0])[0] & 1) as u8;
            }
        }
        let checkpoint = Checkpoint::from_bytes(&bytes).expect("it is still a checkpoint");
        block_on(run.restore(&checkpoint)).expect("it is of the same network");
        self.train(run).0
    }

    fn check(&self, name: &str) {
        let alone = self.on(1);
        let mut drift = vec![0.0_f32; alone.len()];
        for seed in 0..4 {
            let mut so_far = 0.0_f32;
            for ((drift, a), b) in drift.iter_mut().zip(&alone).zip(&self.rounded(seed)) {
                so_far = so_far.max((a - b).abs());
                *drift = drift.max(so_far);
            }
        }
        for workers in [2, 3, 8] {
            let shared = self.on(workers);
            assert_eq!(shared.len(), alone.len());
            for (step, ((a, b), drift)) in alone.iter().zip(&shared).zip(&drift).enumerate() {
                let sums = 4.0 * (self.training.batch_size as f32 * 784.0).sqrt() * f32::EPSILON / 2.0 * a;
                let tolerance = 4.0 * drift + sums;
                assert!(
                    (a - b).abs() <= tolerance,
                    "{name}, batch {}, {workers} workers, update {}: {b}, alone {a} ± {tolerance:e}",
                    self.training.batch_size,
                    step + 1
                );
            }
        }
    }
}

#[test]
fn a_normalised_dense_network_trains_alike_on_any_number_of_workers() {
    // Shards of one example, an uneven last batch, fewer examples than workers, one example.
    for (batch, pictures) in [(8, 100), (24, 100), (33, 99), (3, 20), (1, 6)] {
        Course::new(dense(), batch, pictures).check("dense");
    }
}

#[test]
fn normalisations_of_every_kind_train_alike_on_any_number_of_workers() {
    for (batch, pictures) in [(8, 60), (33, 99), (2, 9)] {
        Course::new(deep(), batch, pictures).check("deep");
    }
}

/// Eight workers with a picture each: by the shard's own moments the variance would be 0, and nothing would be learnt.
#[test]
fn a_batch_of_one_picture_a_worker_learns() {
    let mut course = Course::new(dense(), 8, 1200);
    course.training = Training { optimizer: Optimizer::default(), learning_rate: 1e-3, epochs: 2, ..course.training };
    for workers in [1, 8] {
        let mut run = course.run(workers);
        let mut accuracy = 0.0;
        loop {
            match block_on(run.advance()).expect("the run goes on") {
                Event::Epoch { report } => accuracy = report.val_accuracy,
                Event::Finished => break,
                _ => {}
            }
        }
        println!("{workers} workers: {accuracy}");
        // Ten classes: chance is 0.1, and of 40 pictures 12 right by chance come about once in 10,000 times.
        assert!(accuracy >= 0.5, "{workers} workers: {accuracy} of the test pictures are right");
    }
}
