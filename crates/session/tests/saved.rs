//! What a saved run is when it is opened again: in the same place, over other data, after its numbers went wrong.

use std::future::{Future, ready};
use std::sync::Arc;

use atelier_data::{Dataset, garments};
use atelier_nn::{Adam, Dense, Layer, Network, Optimizer, Sgd};
use atelier_session::{Alone, Checkpoint, Event, Host, Restored, Room, Run, SessionError, Setup, Training};
use pollster::block_on;

/// No clock; memory as far as `room`.
struct Still(Room);

impl Host for Still {
    fn now(&self) -> f64 {
        0.0
    }

    fn breathe(&self) -> impl Future<Output = ()> {
        ready(())
    }

    fn room(&self) -> Room {
        self.0
    }
}

fn network(units: usize) -> Network {
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(Layer::Flatten);
    network.push(Dense { units, ..Dense::default() });
    network.push(Dense { units: 10, activation: atelier_nn::Activation::Softmax, ..Dense::default() });
    network
}

fn training() -> Training {
    Training { batch_size: 16, epochs: 3, ..Training::default() }
}

fn data(seed: u64, pictures: usize) -> Arc<Dataset> {
    Arc::new(garments::generate(seed, pictures, 20))
}

fn run_in(room: Room, units: usize, training: Training, data: Arc<Dataset>) -> Result<Run<Alone, Still>, SessionError> {
    Run::new(Setup { network: network(units), training, workers: 1 }, data, Alone, Still(room))
}

fn run(training: Training, data: Arc<Dataset>) -> Run<Alone, Still> {
    run_in(Room::UNKNOWN, 8, training, data).expect("the setup is sound")
}

/// Trains so many batches; the last report of each epoch on the way.
fn advance(run: &mut Run<Alone, Still>, batches: usize) -> Vec<(f32, f32)> {
    let (mut left, mut epochs) = (batches, Vec::new());
    while left > 0 {
        match block_on(run.advance()).expect("the run goes on") {
            Event::Step { .. } => left -= 1,
            Event::Epoch { report } => epochs.push((report.loss, report.accuracy)),
            Event::Finished => break,
            _ => {}
        }
    }
    epochs
}

fn saved(run: &mut Run<Alone, Still>) -> Checkpoint {
    let bytes = block_on(run.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
    Checkpoint::from_bytes(&bytes).expect("what was written can be read")
}

#[test]
fn over_other_data_the_epoch_begins_anew() {
    let mut first = run(training(), data(1, 400));
    advance(&mut first, 20);
    let checkpoint = saved(&mut first);
    assert_eq!((checkpoint.progress.epoch, checkpoint.progress.batch), (0, 20));
    // Fewer batches than were done, and more.
    for other in [data(2, 100), data(3, 1000)] {
        let mut second = run(training(), Arc::clone(&other));
        let restored = block_on(second.restore(&checkpoint)).expect("it is the same network");
        assert_eq!(restored, Restored { epoch_anew: true, fresh_optimizer: false });
        assert_eq!((second.progress().iteration, second.progress().batch), (20, 0));
        let batches = other.train.len().div_ceil(16);
        let epochs = advance(&mut second, batches + 1);
        let (loss, accuracy) = epochs[0];
        assert!(accuracy <= 1.0 && loss < 5.0, "an epoch's mean loss {loss} and accuracy {accuracy}");
    }
    // Between two epochs nothing is begun that could be of other data.
    advance(&mut first, 6);
    let mut at_an_end = saved(&mut first);
    assert_eq!((at_an_end.progress.epoch, at_an_end.progress.batch), (1, 1));
    at_an_end.progress.batch = 0;
    let mut third = run(training(), data(2, 100));
    let restored = block_on(third.restore(&at_an_end));
    assert_eq!(restored.expect("it is the same network"), Restored::default());
}

#[test]
fn where_nobody_knows_the_data_an_epoch_that_was_begun_begins_anew() {
    let mut first = run(training(), data(1, 400));
    advance(&mut first, 5);
    let mut unknown = saved(&mut first);
    unknown.data = None;
    let restored = block_on(first.restore(&unknown)).expect("it is the same network");
    assert!(restored.epoch_anew);
    assert_eq!(first.progress().batch, 0);
}

#[test]
fn the_state_of_another_optimiser_is_not_taken() {
    let sgd = Training { optimizer: Optimizer::Sgd(Sgd { momentum: 0.9, nesterov: false }), ..training() };
    let mut first = run(sgd, data(1, 400));
    advance(&mut first, 5);
    let checkpoint = saved(&mut first);
    let mut adam = run(training(), data(1, 400));
    let restored = block_on(adam.restore(&checkpoint)).expect("it is the same network");
    assert_eq!(restored, Restored { epoch_anew: false, fresh_optimizer: true });
    // The same kind with other betas has moments of another meaning.
    let other = Training { optimizer: Optimizer::Adam(Adam { beta_1: 0.5, ..Adam::default() }), ..training() };
    let checkpoint = saved(&mut adam);
    assert!(block_on(run(other, data(1, 400)).restore(&checkpoint)).expect("it is the same network").fresh_optimizer);
}

#[test]
fn a_run_whose_loss_became_no_number_can_be_opened() {
    let sgd = Training { optimizer: Optimizer::Sgd(Sgd::default()), learning_rate: 1e30, ..training() };
    let mut first = run(sgd.clone(), data(1, 400));
    advance(&mut first, 5);
    let checkpoint = saved(&mut first);
    assert!(checkpoint.progress.loss.is_nan(), "the loss is {}", checkpoint.progress.loss);
    let mut second = run(sgd, data(1, 400));
    block_on(second.restore(&checkpoint)).expect("it is the same network");
    assert!(second.progress().loss.is_nan());
    block_on(second.reset()).expect("a run can begin again");
    assert_eq!(second.progress().iteration, 0);
}

#[test]
fn a_count_of_updates_that_no_run_reaches_is_refused() {
    let mut first = run(training(), data(1, 400));
    advance(&mut first, 5);
    let mut checkpoint = saved(&mut first);
    checkpoint.progress.iteration = u32::MAX;
    let refused = Checkpoint::from_bytes(&checkpoint.to_bytes().expect("it can be written"));
    let message = refused.expect_err("it wraps to 0 in the next update").to_string();
    assert!(message.contains("4294967295"), "{message}");
}

#[test]
fn what_is_too_big_is_refused_with_what_would_fit_and_nothing_is_taken() {
    let batch_size = 4096;
    let big = Training { batch_size, ..training() };
    let room = Room { worker: 10_000_000, together: 10_000_000 };
    let Err(SessionError::TooBig { needed, room: there, batch, fits }) = run_in(room, 8, big.clone(), data(1, 64))
    else {
        panic!("4,096 pictures at a time fit 10 MB");
    };
    assert!(needed > there && there == 10_000_000 && batch == batch_size);
    assert!((1..batch_size).contains(&fits), "{fits}");
    // What is said to fit does, and one more does not.
    let with = |batch_size| run_in(room, 8, Training { batch_size, ..big.clone() }, data(1, 64));
    assert!(with(fits).is_ok());
    assert!(matches!(with(fits + 1), Err(SessionError::TooBig { .. })));
    // Not even one: 784 × 4,096 weights of 4 bytes, their gradients and Adam's state.
    for _ in 0..20 {
        let refused = run_in(room, 4096, training(), data(1, 64)).err().map(|e| e.to_string());
        assert!(refused.is_some_and(|m| m.contains("not even one picture") && m.contains("10 MB")));
    }
    advance(&mut run_in(room, 8, training(), data(1, 64)).expect("a small network fits"), 4);
}
