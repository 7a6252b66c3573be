//! A run from its first batch to its end, on garments that the data crate draws.

use std::cell::Cell;
use std::sync::Arc;

use atelier_data::{Dataset, Part, garments};
use atelier_nn::{Activation, BatchNormalization, Conv2D, Dense, Dropout, Layer, Network, Pooling2D};
use atelier_session::{Checkpoint, Event, Host, Run, SessionError, Setup, Threads, Training};
use pollster::block_on;

/// A clock that ticks once a look.
#[derive(Default)]
struct Ticks(Cell<f64>);

impl Host for Ticks {
    fn now(&self) -> f64 {
        self.0.set(self.0.get() + 1.0);
        self.0.get()
    }

    async fn breathe(&self) {}
}

fn network() -> Network {
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(Conv2D { filters: 4, strides: [2, 2], activation: Activation::Relu, ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(Layer::Flatten);
    network.push(Layer::Dropout(Dropout { rate: 0.2 }));
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

fn training() -> Training {
    Training { batch_size: 32, epochs: 2, ..Training::default() }
}

fn data() -> Arc<Dataset> {
    // The last batch holds 8.
    Arc::new(garments::generate(3, 200, 150))
}

fn run(workers: usize) -> Run<Threads, Ticks> {
    let setup = Setup { network: network(), training: training(), workers };
    let threads = Threads::new(&setup).expect("the setup is sound");
    Run::new(setup, data(), threads, Ticks::default()).expect("the setup is sound")
}

fn advance(run: &mut Run<Threads, Ticks>) -> Event {
    block_on(run.advance()).expect("the run goes on")
}

fn to_the_end(run: &mut Run<Threads, Ticks>) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        match advance(run) {
            Event::Finished => return events,
            event => events.push(event),
        }
    }
}

fn losses(events: &[Event]) -> Vec<f32> {
    events.iter().filter_map(|e| if let Event::Step { report } = e { Some(report.loss) } else { None }).collect()
}

#[test]
fn a_run_tells_every_batch_and_epoch_in_order() {
    let mut run = run(2);
    let events = to_the_end(&mut run);
    let steps: Vec<(u32, u32, u32)> = (events.iter())
        .filter_map(|e| if let Event::Step { report: r } = e { Some((r.epoch, r.batch, r.iteration)) } else { None })
        .collect();
    let expected: Vec<(u32, u32, u32)> = (0..14).map(|i| (i / 7 + 1, i % 7 + 1, i + 1)).collect();
    assert_eq!(steps, expected);
    let epochs: Vec<_> =
        events.iter().filter_map(|e| if let Event::Epoch { report } = e { Some(report) } else { None }).collect();
    assert_eq!(epochs.len(), 2);
    for report in epochs {
        let seen: u32 = report.confusion.iter().flatten().sum();
        let right: u32 = (0..10).map(|c| report.confusion[c][c]).sum();
        assert_eq!(seen, 150);
        assert_eq!(report.val_accuracy, right as f32 / 150.0);
        assert!(report.worst.windows(2).all(|w| w[0].loss >= w[1].loss));
        assert!(report.worst.iter().all(|m| m.predicted.is_some_and(|class| class != m.label)));
    }
    assert_eq!(run.evaluation().predictions.len(), 150);
    // The clock ticks twice a piece of work, one tick apart: a second a step, and the last step leaves none.
    let Some(Event::Step { report }) = events.iter().rev().find(|e| matches!(e, Event::Step { .. })) else {
        panic!("there were steps");
    };
    assert_eq!(report.seconds_left, 0.0);
}

#[test]
fn a_seed_and_a_number_of_workers_give_the_same_losses_to_the_bit() {
    for workers in [1, 2, 3] {
        assert_eq!(losses(&to_the_end(&mut run(workers))), losses(&to_the_end(&mut run(workers))));
    }
}

#[test]
fn other_pictures_begin_a_run_as_if_it_had_been_made_for_them() {
    let mut other = run(2);
    for _ in 0..9 {
        advance(&mut other);
    }
    // More of them, and a last batch of another size.
    let pictures = Arc::new(garments::generate(4, 230, 170));
    block_on(other.use_data(Arc::clone(&pictures))).expect("they are of the same shape");
    let setup = Setup { network: network(), training: training(), workers: 2 };
    let threads = Threads::new(&setup).expect("the setup is sound");
    let mut fresh = Run::new(setup, pictures, threads, Ticks::default()).expect("the setup is sound");
    assert_eq!(losses(&to_the_end(&mut other)), losses(&to_the_end(&mut fresh)));
    assert_eq!(other.evaluation().predictions, fresh.evaluation().predictions);
}

#[test]
fn pictures_that_the_network_does_not_fit_are_refused_and_the_run_goes_on() {
    let mut run = run(2);
    let mut strange = garments::generate(4, 40, 20);
    strange.class_names.push("an eleventh class".to_owned());
    assert!(block_on(run.use_data(Arc::new(strange))).is_err());
    assert_eq!(losses(&to_the_end(&mut run)), losses(&to_the_end(&mut self::run(2))));
}

#[test]
fn reset_begins_the_same_run_again() {
    let mut run = run(2);
    let first = losses(&to_the_end(&mut run));
    block_on(run.reset()).expect("a run can begin again");
    assert_eq!(losses(&to_the_end(&mut run)), first);
}

/// Also where the last batch of an epoch is done and its validation is not.
#[test]
fn one_step_is_one_batch_wherever_the_run_stands() {
    let mut run = run(2);
    for iteration in 1..=14 {
        block_on(run.step()).expect("the run goes on");
        assert_eq!(run.progress().iteration, iteration);
    }
    block_on(run.step()).expect("it tells that it is over");
    assert_eq!((run.progress().iteration, run.progress().epoch), (14, 2));
    assert_eq!(run.news().last(), Some(&Event::Finished));
}

#[test]
fn looking_predicting_and_keeping_change_nothing() {
    let mut plain = run(2);
    let mut watched = run(2);
    let mut seen = Vec::new();
    loop {
        let event = advance(&mut watched);
        if event == Event::Finished {
            break;
        }
        seen.push(event);
        let maps = block_on(watched.trace(Part::Train, 3, &[0, 1, 2, 3, 4, 5, 6])).expect("the picture is there");
        assert_eq!(maps.len(), network().layers.len());
        block_on(watched.predict(&[0, 5, 149])).expect("the pictures are there");
        block_on(watched.checkpoint()).expect("a run can be kept");
    }
    assert_eq!(losses(&seen), losses(&to_the_end(&mut plain)));
}

#[test]
fn a_checkpoint_goes_on_where_it_was_taken() {
    for taken_after in [0, 3, 7, 8, 12] {
        let mut whole = run(2);
        let mut first = run(2);
        let mut losses_seen = Vec::new();
        for _ in 0..taken_after {
            losses_seen.push(advance(&mut first));
        }
        let bytes = block_on(first.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
        let mut second = run(2);
        block_on(second.restore(&Checkpoint::from_bytes(&bytes).expect("what was written can be read")))
            .expect("it fits");
        losses_seen.extend(to_the_end(&mut second));
        assert_eq!(losses(&losses_seen), losses(&to_the_end(&mut whole)), "taken after {taken_after}");
    }
}

#[test]
fn a_checkpoint_of_another_network_changes_nothing() {
    let bytes = block_on(run(1).checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
    let mut other = network();
    other.layers[1].layer = Layer::Conv2D(Conv2D { filters: 5, strides: [2, 2], ..Conv2D::default() });
    let setup = Setup { network: other, training: training(), workers: 1 };
    let threads = Threads::new(&setup).expect("the setup is sound");
    let mut run = Run::new(setup, data(), threads, Ticks::default()).expect("the setup is sound");
    advance(&mut run);
    let before = block_on(run.checkpoint()).expect("a run can be kept");
    let refusal = block_on(run.restore(&Checkpoint::from_bytes(&bytes).expect("the file itself is sound")));
    match refusal {
        Err(SessionError::OtherNetwork(_)) => {
            assert_eq!(block_on(run.checkpoint()).expect("a run can be kept"), before);
        }
        other => panic!("five filters took the weights of four: {other:?}"),
    }
}

#[test]
fn damaged_checkpoints_are_refused() {
    let bytes = block_on(run(1).checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
    for broken in [&bytes[..0], &bytes[..7], &bytes[..bytes.len() - 1], b"not a checkpoint at all", &[0xff; 64]] {
        assert!(matches!(Checkpoint::from_bytes(broken), Err(SessionError::NotACheckpoint(_))));
    }
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Training)| {
        let mut training = training();
        change(&mut training);
        let setup = Setup { network: network(), training, workers: 1 };
        let threads = Threads::new(&setup).ok()?;
        Run::new(setup, data(), threads, Ticks::default()).err().map(|e| e.to_string())
    };
    assert_eq!(refused(&|_| ()), None);
    assert!(refused(&|t| t.learning_rate = f32::NAN).is_some_and(|m| m.contains("learning_rate")));
    assert!(refused(&|t| t.epochs = 0).is_some_and(|m| m.contains("epochs")));
    let mut narrow = network();
    narrow.push(Dense { units: 3, activation: Activation::Softmax, ..Dense::default() });
    let setup = Setup { network: narrow, training: training(), workers: 1 };
    let threads = Threads::new(&setup).expect("the network itself is sound");
    assert!(matches!(
        Run::new(setup, data(), threads, Ticks::default()).err(),
        Some(SessionError::OutputShape { classes: 10, .. })
    ));
}
