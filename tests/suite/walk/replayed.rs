//! The last updates made again: the weights, the order of the pictures and the gradients of the run itself.

use atelier_nn::Loss;
use atelier_session::walk::{Moved, Pictures, Replay, When};
use atelier_session::{Checkpoint, Room, SessionError};
use pollster::block_on;

use crate::networks::{everything, plain};
use crate::{Begun, adam, begun, sgd, training};

const WEIGHT: &str = "dense/kernel";

fn replayed(begun: &Begun, copy: &Checkpoint, anew: bool, updates: usize) -> Result<Vec<Moved>, SessionError> {
    let pictures = begun.data.train.len();
    let mut replay = Replay::new(copy, anew, pictures, WEIGHT, 3, Room::UNKNOWN)?;
    let mut moved = Vec::new();
    for _ in 0..updates {
        let next = replay.next_batch();
        let Pictures { inputs, labels } = begun.pictures(&next);
        let pixels: Vec<u8> = inputs.iter().map(|input| (input * 255.0).round() as u8).collect();
        moved.push(replay.train(&pixels, &labels)?);
    }
    Ok(moved)
}

/// On one worker a replay is the run, bit for bit, over the end of an epoch too: every update begins with the weight that a walk of
/// the run at that moment shows, has its gradient, and ends with the next one's.
#[test]
fn a_replay_makes_the_updates_that_the_run_made() {
    for optimizer in [adam(), sgd(0.9, true)] {
        let mut begun = begun(everything(true), training(Loss::CategoricalCrossentropy, optimizer), 15);
        let copy = begun.checkpoint();
        let mut walked = Vec::new();
        for _ in 0..9 {
            let next = begun.run.next_batch();
            let walk = begun.walk(&next, 0);
            let buffers = &walk.outline().outline.buffers;
            let find = |name: &str| buffers.iter().position(|b| b.name == name).expect("it is learnt") as u32;
            let at = |name: &str, when| {
                block_on(walk.values(atelier_nn::BufferId(find(name)), when, 0)).expect("it is there")[3]
            };
            walked.push(Moved {
                iteration: walk.outline().iteration,
                before: at(WEIGHT, When::Before),
                gradient: at(&format!("{WEIGHT}/gradient"), When::Before),
                after: at(WEIGHT, When::After),
            });
            block_on(begun.run.step()).expect("the run goes on");
        }
        let moved = replayed(&begun, &copy, false, 9).expect("it can be replayed");
        assert_eq!(moved, walked);
        assert!(moved.windows(2).all(|pair| pair[0].after == pair[1].before));
        // From the seed alone the same moments come 15 updates later.
        let anew = replayed(&begun, &copy, true, 24).expect("it can be replayed");
        assert_eq!(anew[15..], walked[..]);
    }
}

#[test]
fn what_cannot_be_replayed_is_refused() {
    let mut begun = begun(plain(), training(Loss::MeanSquaredError, adam()), 1);
    let copy = begun.checkpoint();
    let new = |name: &str, index| Replay::new(&copy, false, 60, name, index, Room::UNKNOWN).map(|_| ());
    assert!(new(WEIGHT, 0).is_ok());
    for (name, index) in [("nothing", 0), (WEIGHT, 1 << 30), ("conv2d/kernel", 0)] {
        assert!(matches!(new(name, index), Err(SessionError::NotInPlan { .. })), "{name} at {index}");
    }
    let room = Room { worker: 1000, ..Room::UNKNOWN };
    let refused = Replay::new(&copy, false, 60, WEIGHT, 0, room).map(|_| ());
    assert!(matches!(refused, Err(SessionError::TooBig { .. })));
    let mut replay = Replay::new(&copy, false, 60, WEIGHT, 0, Room::UNKNOWN).expect("it is learnt");
    assert!(matches!(replay.train(&[0; 7], &[1]), Err(SessionError::PictureLength { .. })));
}
