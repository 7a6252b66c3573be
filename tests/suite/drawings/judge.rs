//! The set, read by a saved network in the way of `cargo xtask classify`.

use atelier_data::{Wishes, input_of, prepare};
use atelier_native::decode::{self, Content};
use atelier_session::reading::Reader;
use atelier_session::{Checkpoint, Room};
use atelier_tests::drawings::{Drawing, Score};
use pollster::block_on;

/// What the network answers to each drawing: once to what it sees alone, once to the mean over all readings.
///
/// # Panics
/// Where the checkpoint is not of a network of garments, or a drawing cannot be read.
pub fn judge(checkpoint: &Checkpoint, set: &[Drawing]) -> [Score; 2] {
    let mut reader = Reader::new(checkpoint, Room::UNKNOWN).expect("the network can be read with");
    let mut scores = [Score::default(), Score::default()];
    for drawing in set {
        let content = decode::content(drawing.svg.as_bytes()).unwrap_or_else(|e| panic!("{}: {e:#}", drawing.name));
        let Content::Picture(picture) = content else { panic!("{} is no picture", drawing.name) };
        let prepared = prepare(&picture, &Wishes::default()).unwrap_or_else(|e| panic!("{}: {e}", drawing.name));
        for (score, readings) in scores.iter_mut().zip([&prepared.readings[..1], &prepared.readings[..]]) {
            let inputs: Vec<f32> = readings.iter().flatten().map(|pixel| input_of(*pixel)).collect();
            let answer = block_on(reader.read(&inputs)).unwrap_or_else(|e| panic!("{}: {e}", drawing.name));
            let best = answer.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            score.add(drawing, best.map_or(0, |(class, _)| class));
        }
    }
    scores
}
