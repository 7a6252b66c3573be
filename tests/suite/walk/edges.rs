//! What is refused, and what is no number.

use atelier_nn::plan::{Phase, Role};
use atelier_nn::{BufferId, Loss};
use atelier_session::walk::{Direction, Pictures, Walk, When};
use atelier_session::{Event, Room, SessionError, Training};
use pollster::block_on;

use crate::networks::{everything, plain};
use crate::{adam, begun, sgd, training};

#[test]
fn what_is_not_there_is_refused() {
    let mut begun = begun(plain(), training(Loss::MeanSquaredError, adam()), 0);
    let checkpoint = begun.checkpoint();
    let pictures = begun.pictures(&[0, 1]);
    let refused = |pictures: &Pictures, shown, room| block_on(Walk::new(&checkpoint, pictures, shown, room)).err();
    assert!(matches!(refused(&pictures, 2, Room::UNKNOWN), Some(SessionError::NoSuchPicture { index: 2, last: 1 })));
    let none = Pictures { inputs: Vec::new(), labels: Vec::new() };
    assert!(matches!(refused(&none, 0, Room::UNKNOWN), Some(SessionError::NoPictures { .. })));
    let short = Pictures { inputs: vec![0.0; 5], labels: vec![1] };
    assert!(matches!(refused(&short, 0, Room::UNKNOWN), Some(SessionError::PictureLength { expected: 784, got: 5 })));
    let wrong = Pictures { labels: vec![1, 77], ..pictures.clone() };
    assert!(matches!(refused(&wrong, 0, Room::UNKNOWN), Some(SessionError::OutputShape { classes: 78, .. })));
    let narrow = Room { worker: 30_000, together: 30_000 };
    let many = begun.pictures(&(0..33).collect::<Vec<_>>());
    let Some(SessionError::TooBig { fits, batch: 33, .. }) = refused(&many, 0, narrow) else { panic!("it is too big") };
    assert!(fits < 33);
    let mut walk = block_on(Walk::new(&checkpoint, &pictures, 1, Room::UNKNOWN)).expect("it can be walked");
    assert!(block_on(walk.values(BufferId(9999), When::After, 0)).is_err());
    assert!(block_on(walk.values(BufferId(0), When::After, 2)).is_err());
    assert!(block_on(walk.explain(0, BufferId(0), 1 << 20)).is_err());
    assert!(block_on(walk.explain(9999, BufferId(1), 0)).is_err());
    assert!(walk.field(BufferId(0), 1 << 20, Direction::MadeOf).is_err());
    assert!(block_on(walk.nudge(BufferId(9999), 0, &[0.1])).is_err());
}

/// Weights that are no numbers are walked like others.
#[test]
fn nan_is_walked() {
    let training = Training { learning_rate: 1e30, ..training(Loss::MeanSquaredError, sgd(0.0, false)) };
    let mut begun = begun(everything(true), training, 0);
    for _ in 0..6 {
        let told = block_on(begun.run.advance()).expect("the run goes on");
        assert!(matches!(told, Event::Step { .. }));
    }
    let mut walk = begun.walk(&[0], 0);
    let outline = walk.outline().outline.clone();
    for (step, planned) in outline.steps.iter().enumerate() {
        for operand in planned.operands.iter().filter(|operand| operand.access.writes()) {
            block_on(walk.explain(step, operand.buffer, 0)).expect("it is told");
        }
    }
    block_on(walk.nudge(outline.input, 0, &[0.1, 1e-30])).expect("it is moved");
}

/// A network that learns nothing is walked forward and back, and no weight changes.
#[test]
fn a_frozen_network_has_no_update() {
    let mut network = plain();
    network.layers.iter_mut().for_each(|node| node.trainable = false);
    let mut begun = begun(network, training(Loss::MeanSquaredError, adam()), 1);
    let mut walk = begun.walk(&[0, 1], 1);
    let outline = walk.outline().outline.clone();
    assert!(outline.steps.iter().all(|step| step.phase != Phase::Update));
    assert!(
        outline.steps.iter().any(|step| step.phase == Phase::Backward),
        "the picture has its gradient all the same"
    );
    for (buffer, described) in outline.buffers.iter().enumerate().filter(|(_, b)| b.role == Role::Parameter) {
        let buffer = BufferId(buffer as u32);
        let of = |when| block_on(walk.values(buffer, when, 0)).expect("it is there");
        assert_eq!(of(When::Before), of(When::After), "{}", described.name);
    }
    let nudge = block_on(walk.nudge(outline.input, 300, &[0.01])).expect("the picture is moved");
    assert!(nudge.rounding[0] > 0.0);
}

/// What is said to fit does, and one picture more does not.
#[test]
fn what_fits_is_told() {
    let mut begun = begun(plain(), training(Loss::MeanSquaredError, adam()), 0);
    let checkpoint = begun.checkpoint();
    let many = begun.pictures(&(0..33).collect::<Vec<_>>());
    let room = |bytes| Room { worker: bytes, together: u64::MAX };
    let refused = |bytes| block_on(Walk::new(&checkpoint, &many, 0, room(bytes))).err();
    let Some(SessionError::TooBig { needed, .. }) = refused(0) else { panic!("nothing fits nowhere") };
    for share in 1..8 {
        let there = needed / 8 * share;
        let Some(SessionError::TooBig { fits, batch: 33, room: told, .. }) = refused(there) else { panic!("{share}") };
        assert_eq!(told, there);
        if fits > 0 {
            let fewer = begun.pictures(&(0..fits as u32).collect::<Vec<_>>());
            assert!(block_on(Walk::new(&checkpoint, &fewer, 0, room(there))).is_ok(), "{fits} in {there}");
            let more = begun.pictures(&(0..=fits as u32).collect::<Vec<_>>());
            assert!(block_on(Walk::new(&checkpoint, &more, 0, room(there))).is_err(), "{fits} in {there}");
        }
    }
    assert!(block_on(Walk::new(&checkpoint, &many, 0, room(needed))).is_ok());
}
