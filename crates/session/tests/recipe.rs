//! What makes a run more than its epochs over one data set: other pictures each epoch, a falling rate, what is kept of its
//! weights.

use std::collections::BTreeMap;
use std::sync::Arc;

use atelier_data::{Dataset, garments};
use atelier_nn::{Activation, BatchNormalization, Dense, Layer, Network};
use atelier_session::{Alone, Breathless, Checkpoint, CosineDecay, Event, Recipe, Run, SessionError, Setup, Training};
use pollster::block_on;
use safetensors::{Dtype, SafeTensors};

fn training() -> Training {
    Training { batch_size: 16, epochs: 2, ..Training::default() }
}

fn data(seed: u64) -> Arc<Dataset> {
    Arc::new(garments::generate(seed, 64, 20))
}

fn run(data: Arc<Dataset>) -> Run<Alone, Breathless> {
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(Layer::Flatten);
    network.push(Dense { units: 8, ..Dense::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    Run::new(Setup { network, training: training(), workers: 1 }, data, Alone, Breathless).expect("the setup is sound")
}

/// Until so many epochs more are done.
fn train(run: &mut Run<Alone, Breathless>, epochs: usize) {
    let mut done = 0;
    while done < epochs {
        match block_on(run.advance()).expect("the run goes on") {
            Event::Epoch { .. } => done += 1,
            Event::Finished => panic!("the run is over"),
            _ => {}
        }
    }
}

fn kept(run: &mut Run<Alone, Breathless>) -> Checkpoint {
    block_on(run.checkpoint()).expect("a run can be kept")
}

/// The tensors of a file by name: their type and bytes.
fn tensors(bytes: &[u8]) -> BTreeMap<String, (Dtype, Vec<u8>)> {
    let file = SafeTensors::deserialize(bytes).expect("it is a safetensors file");
    file.tensors().into_iter().map(|(name, view)| (name, (view.dtype(), view.data().to_vec()))).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// The other way to go on over other pictures is a run that was begun over them and takes the weights over.
#[test]
fn an_epoch_over_other_pictures_is_as_if_the_run_were_theirs() {
    let mut first = run(data(1));
    train(&mut first, 1);
    let between = kept(&mut first);
    first.next_epoch_over(data(2)).expect("an epoch begins");
    assert_eq!((first.progress().epoch, first.progress().iteration), (1, 4));
    train(&mut first, 1);
    let mut second = run(data(2));
    block_on(second.restore(&between)).expect("it is the same network");
    train(&mut second, 1);
    assert_eq!(kept(&mut first), kept(&mut second));
}

#[test]
fn pictures_are_changed_between_epochs_and_for_fitting_ones_only() {
    let mut run = run(data(1));
    block_on(run.step()).expect("the run goes on");
    assert!(matches!(run.next_epoch_over(data(2)), Err(SessionError::EpochUnderWay)));
    train(&mut run, 1);
    let mut small = garments::generate(2, 64, 20);
    (small.height, small.width) = (14, 56);
    assert!(matches!(run.next_epoch_over(Arc::new(small)), Err(SessionError::InputShape { .. })));
    train(&mut run, 1);
}

/// A schedule is what setting each update's rate before it is.
#[test]
fn a_schedule_sets_the_rate_of_each_update() {
    let schedule = CosineDecay { steps: 6, final_rate: 1e-4 };
    let (mut planned, mut steered) = (run(data(1)), run(data(1)));
    planned.set_schedule(Some(schedule));
    for iteration in 1..=8 {
        block_on(planned.step()).expect("the run goes on");
        steered.set_learning_rate(schedule.rate(1e-3, iteration)).expect("it is a rate");
        block_on(steered.step()).expect("the run goes on");
    }
    let (planned, mut steered) = (kept(&mut planned), kept(&mut steered));
    // The run's own rate is the one that the schedule begins with.
    assert_eq!(planned.training.learning_rate, 1e-3);
    steered.training = planned.training.clone();
    assert_eq!(steered, planned);
}

#[test]
fn a_recipe_survives_the_file() {
    let mut checkpoint = kept(&mut run(data(1)));
    assert_eq!(checkpoint.recipe, None);
    let plain = checkpoint.to_bytes().expect("it can be written");
    assert!(!String::from_utf8_lossy(&plain).contains("recipe"), "a plain run's file is as it was");
    checkpoint.recipe =
        Some(Recipe { schedule: Some(CosineDecay { steps: 9, final_rate: 0.0 }), average: 3, ..Recipe::default() });
    let bytes = checkpoint.to_bytes().expect("it can be written");
    assert_eq!(Checkpoint::from_bytes(&bytes).expect("it can be read"), checkpoint);
}

/// Half the bytes of the parameters, nothing of the optimiser; each number the nearest that half precision has.
#[test]
fn half_precision_keeps_the_parameters() {
    let mut first = run(data(1));
    train(&mut first, 1);
    let checkpoint = kept(&mut first);
    let (whole, half) = (checkpoint.to_bytes().expect("it can be written"), checkpoint.to_half_bytes());
    let half = half.expect("it can be written");
    let opened = Checkpoint::from_bytes(&half).expect("it can be read");
    let (whole, back) = (tensors(&whole), tensors(&opened.to_bytes().expect("it can be written")));
    let half = tensors(&half);
    // Two kernels, two biases, and of batch normalisation scale, shift and two moments.
    assert_eq!((half.len(), back.len()), (8, 8));
    for (name, (dtype, bytes)) in &half {
        assert_eq!((*dtype, bytes.len() * 2), (Dtype::F16, whole[name].1.len()), "{name}");
        for (before, after) in floats(&whole[name].1).into_iter().zip(floats(&back[name].1)) {
            // Eleven significant bits, and steps of 2⁻²⁴ among the smallest.
            let bound = (before.abs() / 2048.0).max(1.0 / 33_554_432.0);
            assert!((before - after).abs() <= bound, "{name}: {before} became {after}");
        }
    }
    let mut second = run(data(1));
    let restored = block_on(second.restore(&opened)).expect("it is the same network");
    assert!(restored.fresh_optimizer);
    train(&mut second, 1);
}

#[test]
fn the_mean_of_checkpoints_is_that_of_their_parameters() {
    let mut first = run(data(1));
    train(&mut first, 1);
    let early = kept(&mut first);
    train(&mut first, 1);
    let late = kept(&mut first);
    let mean = Checkpoint::mean(&[early.clone(), late.clone()]).expect("they are of one network");
    assert_eq!(mean.progress, late.progress);
    let bytes = |checkpoint: &Checkpoint| tensors(&checkpoint.to_bytes().expect("it can be written"));
    let (early, late, mean) = (bytes(&early), bytes(&late), bytes(&mean));
    assert_eq!(mean.len(), 8);
    for (name, (_, values)) in &mean {
        let pairs = floats(&early[name].1).into_iter().zip(floats(&late[name].1));
        let expected: Vec<f32> = pairs.map(|(a, b)| ((f64::from(a) + f64::from(b)) / 2.0) as f32).collect();
        assert_eq!(floats(values), expected, "{name}");
    }
    assert!(matches!(Checkpoint::mean(&[]), Err(SessionError::OtherNetwork(_))));
}
