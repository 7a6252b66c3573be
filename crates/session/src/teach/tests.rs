//! Teaching against a run over the same batches, and at its edges.

use std::sync::{Arc, OnceLock};

use atelier_data::rng::Rng;
use atelier_data::{Dataset, Shuffle, Source, Split, garments};
use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Executor, Layer, Lowering, Network,
    Optimizer, Pooling2D, StepData,
};
use pollster::block_on;

use super::*;
use crate::replica::Compiled;
use crate::{Alone, Event, Run};

/// Everything that behaves differently while it trains, and two layers to teach.
fn network(classes: usize) -> Network {
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(Conv2D { filters: 4, strides: [2, 2], activation: Activation::Relu, ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(Layer::Flatten);
    network.push(Layer::Dropout(Dropout { rate: 0.2 }));
    network.push(Dense { units: 24, activation: Activation::Relu, ..Dense::default() });
    network.push(Dense { units: classes, ..Dense::default() });
    network.push(Layer::Activation(ActivationLayer { activation: Activation::Softmax }));
    network
}

fn data() -> Dataset {
    garments::generate(3, 600, 100)
}

/// A network of ten classes that was trained a little.
fn trained(data: &Dataset) -> Checkpoint {
    static ONCE: OnceLock<Checkpoint> = OnceLock::new();
    let train = || {
        let training = Training { batch_size: 32, epochs: 12, learning_rate: 3e-3, ..Training::default() };
        let setup = Setup { network: network(10), training, workers: 1 };
        let mut run = Run::new(setup, Arc::new(data.clone()), Alone, Breathless).unwrap();
        while !matches!(block_on(run.advance()).unwrap(), Event::Finished) {}
        block_on(run.checkpoint()).unwrap()
    };
    ONCE.get_or_init(train).clone()
}

/// A picture of a new class, which looks like no garment: the class's own pattern of squares, and some noise.
fn pattern(class: u16, number: usize) -> Vec<u8> {
    let mut noise = Rng::keyed([u64::from(class), number as u64, 1]);
    let mut squares = Rng::keyed([u64::from(class), 0, 0]);
    let bright: Vec<bool> = (0..49).map(|_| squares.chance(0.5)).collect();
    let pixel = |at: usize| if bright[at / 28 / 4 * 7 + at % 28 / 4] { 160 + noise.below(90) } else { noise.below(60) };
    (0..784).map(pixel).map(|pixel| pixel as u8).collect()
}

/// Kept drawings with labels by this rule: of the old classes the first garments of the test set, of new ones their patterns.
fn kept(data: &Dataset, classes: usize, count: usize, label: impl Fn(usize) -> u16) -> Kept {
    let names = data.class_names.iter().cloned().chain((data.classes()..classes).map(|i| format!("new {i}")));
    let drawing = |i: usize| {
        let label = label(i);
        let pixels = if label < 10 { data.test.image(i).to_vec() } else { pattern(label, i) };
        KeptDrawing { label, pixels, drawing: None }
    };
    Kept { shape: [28, 28, 1], classes: names.take(classes).collect(), drawings: (0..count).map(drawing).collect() }
}

fn nothing() -> [Split; 2] {
    [Split::with_capacity(784, 0), Split::with_capacity(784, 0)]
}

fn finish(teacher: &mut Teacher) -> Outcome {
    loop {
        let Lesson { done, of, loss } = block_on(teacher.step()).unwrap();
        assert!(loss.is_none_or(f32::is_finite), "{loss:?}");
        if done == of {
            return teacher.outcome().unwrap().clone();
        }
    }
}

fn taught(checkpoint: &Checkpoint, kept: &Kept, samples: [Split; 2], teaching: Teaching) -> (Teacher, Outcome) {
    let mut teacher = Teacher::new(checkpoint, kept, samples, teaching, Room::UNKNOWN).unwrap();
    let outcome = finish(&mut teacher);
    (teacher, outcome)
}

/// Name and values of every parameter.
fn parameters(checkpoint: &Checkpoint) -> Vec<(String, Vec<f32>)> {
    let plan = checkpoint.network.lower(&Lowering::inference(1)).unwrap();
    let mut rest = &checkpoint.parameters_for(&plan).unwrap()[..];
    let each = plan.parameters.iter().map(|parameter| {
        let (these, others) = rest.split_at(parameter.shape.iter().product());
        rest = others;
        (parameter.name.clone(), these.to_vec())
    });
    each.collect()
}

#[test]
fn a_run_of_the_frozen_network_over_the_same_batches_learns_the_same_to_the_bit() {
    let data = data();
    let checkpoint = trained(&data);
    for scope in [Scope::LastLayer, Scope::LastBlock] {
        let teaching = Teaching { scope, updates: 7, batch_size: 16, learning_rate: 0.01, ..Teaching::default() };
        let kept = kept(&data, 10, 21, |i| (i % 7) as u16);
        let samples = [data.train.clone(), data.test.clone()];
        let mut teacher = Teacher::new(&checkpoint, &kept, samples, teaching.clone(), Room::UNKNOWN).unwrap();
        let batches: Vec<(&[u8], u16)> = (0..teaching.updates).flat_map(|update| teacher.batch(update)).collect();
        // The run shuffles: what it takes as its n-th is put where it takes it from.
        let order = Shuffle::new(batches.len() as u32, u64::from(teaching.seed), 0);
        let mut place = vec![0; batches.len()];
        for (turn, index) in order.order().iter().enumerate() {
            place[*index as usize] = turn;
        }
        let mut train = Split::with_capacity(784, batches.len());
        for turn in place {
            train.push(batches[turn].1, batches[turn].0);
        }
        let same = Dataset { source: Source::Files, identity: "lessons".to_owned(), train, ..data.clone() };
        let setup = Setup {
            network: scope.of(&checkpoint.network),
            training: Training {
                batch_size: 16,
                epochs: 1,
                learning_rate: 0.01,
                seed: teaching.seed,
                optimizer: Optimizer::default(),
                ..checkpoint.training.clone()
            },
            workers: 1,
        };
        let plan = setup.network.lower(&setup.training_plan(1)).unwrap();
        let state = plan.optimizer_state.iter().map(|id| plan.buffer(*id).len()).sum();
        let weights = Weights { parameters: checkpoint.parameters_for(&plan).unwrap(), state: vec![0.0; state] };
        let moment = Moment {
            network: setup.network.clone(),
            training: setup.training.clone(),
            progress: Progress::default(),
            data: same.identity.clone(),
        };
        let beginning = Checkpoint::new(moment, &plan, &weights);
        let mut run = Run::new(setup, Arc::new(same), Alone, Breathless).unwrap();
        block_on(run.restore(&beginning)).unwrap();
        for _ in 0..teaching.updates {
            block_on(run.step()).unwrap();
        }
        finish(&mut teacher);
        let (learnt, expected) = (block_on(teacher.checkpoint()).unwrap(), block_on(run.checkpoint()).unwrap());
        assert_eq!(parameters(&learnt), parameters(&expected));
        assert_ne!(parameters(&learnt), parameters(&checkpoint));
    }
}

#[test]
fn what_is_frozen_keeps_every_bit() {
    let data = data();
    let checkpoint = trained(&data);
    for (scope, changes) in [(Scope::LastLayer, &["dense_1"][..]), (Scope::LastBlock, &["dense", "dense_1"])] {
        let teaching = Teaching { scope, updates: 5, ..Teaching::default() };
        let samples = [data.train.clone(), data.test.clone()];
        let (teacher, _) = taught(&checkpoint, &kept(&data, 12, 9, |i| 9 + (i % 3) as u16), samples, teaching);
        let after = block_on(teacher.checkpoint()).unwrap();
        assert_eq!(after.network, network(12));
        for ((name, before), (_, after)) in parameters(&checkpoint).iter().zip(&parameters(&after)) {
            let layer = name.split('/').next().unwrap();
            assert_eq!(changes.contains(&layer), before != after, "{name}");
        }
    }
}

#[test]
fn a_grown_head_gives_the_old_classes_the_same_logits_to_the_bit() {
    let data = data();
    let checkpoint = trained(&data);
    for classes in [11, 12, 17, 50] {
        let (grown, values) = head::grown(&checkpoint, classes, 7).unwrap();
        let old = checkpoint.network.lower(&Lowering::inference(1)).unwrap();
        let logits = |network: &Network, values: &[f32]| {
            let mut compiled = Compiled::new(network, &Lowering::trace(4)).unwrap();
            let plan = Arc::clone(&compiled.plan);
            let mut rest = values;
            for parameter in &plan.parameters {
                let (these, others) = rest.split_at(plan.buffer(parameter.buffer).len());
                compiled.executor.write(parameter.buffer, these).unwrap();
                rest = others;
            }
            let inputs: Vec<f32> = data.test.images()[..4 * 784].iter().map(|pixel| input_of(*pixel)).collect();
            compiled.executor.write(plan.input, &inputs).unwrap();
            compiled.executor.run(plan.forward.clone(), &StepData::forward(4)).unwrap();
            block_on(compiled.read([plan.layer_outputs[plan.layer_outputs.len() - 2]], 4)).unwrap()
        };
        let before = logits(&checkpoint.network, &checkpoint.parameters_for(&old).unwrap());
        let after = logits(&grown, &values);
        for (before, after) in before.chunks(10).zip(after.chunks(classes)) {
            assert_eq!(before, &after[..10]);
            // The new ones are there, and small beside those that decide.
            let largest = before.iter().copied().fold(0.0, f32::max);
            assert!(after[10..].iter().all(|logit| *logit != 0.0 && logit.abs() < largest), "{after:?}");
        }
    }
}

#[test]
fn few_many_and_contradictory_drawings_are_learnt_as_far_as_they_can_be() {
    let data = data();
    let checkpoint = trained(&data);
    let teaching = || Teaching { scope: Scope::LastBlock, learning_rate: 0.01, ..Teaching::default() };
    let learnt = |classes: usize, count: usize, label: &dyn Fn(usize) -> u16, least: u32| {
        let samples = [data.train.clone(), data.test.clone()];
        let (teacher, outcome) = taught(&checkpoint, &kept(&data, classes, count, label), samples, teaching());
        assert_eq!((outcome.before.kept.of, outcome.after.said.len()), (count as u32, count));
        assert!(outcome.after.kept.right >= least, "{classes} classes, {count} drawings: {:?}", outcome.after.kept);
        let saved = block_on(teacher.checkpoint()).unwrap();
        assert_eq!(saved.classes.as_ref().map(Vec::len), Some(classes));
        outcome
    };
    assert_eq!(learnt(11, 1, &|_| 10, 1).before.kept.right, 0);
    learnt(11, 3, &|_| 10, 3);
    learnt(10, 8, &|_| 4, 8);
    learnt(40, 30, &|i| 10 + i as u16, 27);
    // One picture twice, said to be one thing and another: one of the two is got, and neither for sure.
    let mut both = kept(&data, 12, 2, |i| 10 + i as u16);
    both.drawings[1].pixels = both.drawings[0].pixels.clone();
    let (_, outcome) = taught(&checkpoint, &both, nothing(), teaching());
    assert_eq!(outcome.after.kept, Right { right: 1, of: 2 });
    assert_eq!(outcome.after.validation, Right { right: 0, of: 0 });
    assert!((0.4..0.6).contains(&outcome.after.said[0].confidence), "{:?}", outcome.after.said);
}

#[test]
fn what_is_rehearsed_is_not_forgotten() {
    let data = data();
    let checkpoint = trained(&data);
    let right = |rehearsal: f32| {
        let teaching = Teaching { rehearsal, scope: Scope::LastBlock, learning_rate: 0.01, ..Teaching::default() };
        let samples = [data.train.clone(), data.test.clone()];
        let (_, outcome) = taught(&checkpoint, &kept(&data, 11, 5, |_| 10), samples, teaching);
        assert_eq!(outcome.after.kept.right, 5);
        [outcome.before.validation.right, outcome.after.validation.right]
    };
    let ([before, forgotten], [_, remembered]) = (right(0.0), right(0.5));
    // Nothing but the new class in every batch: the network learns to say it always.
    assert!(forgotten < before / 2 && remembered > before * 9 / 10, "{before}: {forgotten} and {remembered}");
}

#[test]
fn before_is_what_the_network_said_without_its_new_classes() {
    let data = data();
    let checkpoint = trained(&data);
    let evaluation = block_on(crate::evaluate(&checkpoint, &data, |_| {})).unwrap();
    let right = evaluation.predictions.iter().zip(data.test.labels()).filter(|(said, label)| said == label).count();
    let samples = || [data.train.clone(), data.test.clone()];
    let new = kept(&data, 14, 5, |_| 13);
    let mut old = kept(&data, 10, 5, |_| 3);
    for (old, new) in old.drawings.iter_mut().zip(&new.drawings) {
        old.pixels.clone_from(&new.pixels);
    }
    let (_, grown) = taught(&checkpoint, &new, samples(), Teaching::default());
    let (_, same) = taught(&checkpoint, &old, samples(), Teaching::default());
    for before in [&grown.before, &same.before] {
        assert_eq!(before.validation, Right { right: right as u32, of: data.test.len() as u32 });
    }
    for (grown, same) in grown.before.said.iter().zip(&same.before.said) {
        assert_eq!(grown.class, same.class);
        // Quotients of sums of ten and of fourteen exponentials, over as many readings.
        assert!((grown.confidence - same.confidence).abs() <= 32.0 * f32::EPSILON * same.confidence);
    }
}

#[test]
fn the_same_lessons_give_the_same_network() {
    let data = data();
    let checkpoint = trained(&data);
    let learn = |seed: u32| {
        let samples = [data.train.clone(), data.test.clone()];
        let (teacher, outcome) =
            taught(&checkpoint, &kept(&data, 11, 4, |_| 10), samples, Teaching { seed, ..Teaching::default() });
        (parameters(&block_on(teacher.checkpoint()).unwrap()), outcome)
    };
    assert_eq!(learn(7), learn(7));
    assert_ne!(learn(7).0, learn(8).0);
}

#[test]
fn a_taught_network_is_saved_and_taught_again() {
    let data = data();
    let (teacher, _) = taught(&trained(&data), &kept(&data, 11, 3, |_| 10), nothing(), Teaching::default());
    let saved = Checkpoint::from_bytes(&block_on(teacher.checkpoint()).unwrap().to_bytes().unwrap()).unwrap();
    let again = kept(&data, 12, 3, |i| 10 + (i % 2) as u16);
    assert_eq!(saved.classes.as_deref(), Some(&again.classes[..11]));
    taught(&saved, &again, nothing(), Teaching::default());
    let mut other = again;
    other.classes[10] = "scarf".to_owned();
    let refused = Teacher::new(&saved, &other, nothing(), Teaching::default(), Room::UNKNOWN).err();
    assert!(matches!(refused, Some(SessionError::Kept(KeptError::OtherClasses { index: 10, .. }))), "{refused:?}");
}

#[test]
fn what_cannot_be_taught_is_refused_before_anything_is_made() {
    let data = data();
    let checkpoint = trained(&data);
    let good = kept(&data, 11, 3, |_| 10);
    let refused = |checkpoint: &Checkpoint, kept: &Kept, samples: [Split; 2], teaching: Teaching, room: Room| {
        Teacher::new(checkpoint, kept, samples, teaching, room).err().expect("it is refused")
    };
    let with = |teaching: Teaching| refused(&checkpoint, &good, nothing(), teaching, Room::UNKNOWN);
    for teaching in [
        Teaching { updates: 0, ..Teaching::default() },
        Teaching { batch_size: 0, ..Teaching::default() },
        Teaching { learning_rate: f32::NAN, ..Teaching::default() },
        Teaching { rehearsal: 1.0, ..Teaching::default() },
    ] {
        assert!(matches!(with(teaching), SessionError::Setting(_)));
    }
    let of = |kept: &Kept| refused(&checkpoint, kept, nothing(), Teaching::default(), Room::UNKNOWN);
    assert!(matches!(of(&kept(&data, 11, 0, |_| 0)), SessionError::Kept(KeptError::Empty)));
    assert!(matches!(of(&kept(&data, 9, 3, |_| 0)), SessionError::OutputShape { classes: 9, .. }));
    let small = Kept { shape: [4, 7, 1], ..kept(&data, 11, 0, |_| 0) };
    let drawing = KeptDrawing { label: 0, pixels: vec![0; 28], drawing: None };
    let small = Kept { drawings: vec![drawing], ..small };
    assert!(matches!(of(&small), SessionError::InputShape { .. }));
    let tiny = Room { worker: 1000, together: 1000 };
    let error = refused(&checkpoint, &good, nothing(), Teaching::default(), tiny);
    assert!(matches!(error, SessionError::TooBig { fits: 0, .. }), "{error}");
    let mut unknown = Split::with_capacity(784, 1);
    unknown.push(10, &[0; 784]);
    let error = refused(&checkpoint, &good, [unknown, nothing()[1].clone()], Teaching::default(), Room::UNKNOWN);
    assert!(matches!(error, SessionError::OutputShape { classes: 11, .. }), "{error}");
    let mut other = Split::with_capacity(9, 1);
    other.push(1, &[0; 9]);
    let error = refused(&checkpoint, &good, [nothing()[0].clone(), other], Teaching::default(), Room::UNKNOWN);
    assert!(matches!(error, SessionError::PictureLength { expected: 784, got: 9 }), "{error}");
}
