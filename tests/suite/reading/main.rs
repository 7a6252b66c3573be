//! What a reader says of a picture, against the f64 reference: answers, Grad-CAM, the input's gradient, occlusion, neighbours.
//!
//! The reference carries along how far f32 may lie from it. Its own gradients are held to finite differences of its forward pass,
//! which nothing here shares with backward.

#[path = "../executors/mod.rs"]
mod executors;
#[allow(dead_code, reason = "a walk goes through more of them")]
#[path = "../walk/networks.rs"]
mod networks;

use std::sync::Arc;

use atelier_data::garments;
use atelier_nn::{BufferId, Dense, Executor, Gradients, Keep, Layer, Lowering, Network, Op, Origin, Plan, StepData};
use atelier_session::reading::Reader;
use atelier_session::{Alone, Breathless, Checkpoint, Room, Run, SessionError, Setup, Training};
use atelier_tests::{Bounded, Draw, Interpreter, Real};
use pollster::block_on;

const PIXELS: usize = 784;
const CLASSES: usize = 10;

fn below(draw: &mut Draw, end: usize) -> usize {
    draw.between(0, end - 1)
}

/// A run of the network that has trained some batches, saved.
fn saved(network: Network) -> Checkpoint {
    let data = Arc::new(garments::generate(5, 60, 10));
    let training = Training { batch_size: 20, ..Training::default() };
    let mut run = Run::new(Setup { network, training, workers: 1 }, data, Alone, Breathless).expect("a sound setup");
    for _ in 0..3 {
        block_on(run.step()).expect("the run goes on");
    }
    let bytes = block_on(run.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
    Checkpoint::from_bytes(&bytes).expect("what was written can be read")
}

fn pictures(count: usize) -> Vec<f32> {
    garments::generate(11, 1, count).test.images().iter().copied().map(atelier_data::input_of).collect()
}

/// The reference of the way from the picture to one number and back.
struct Reference<T> {
    plan: Plan,
    interpreter: Interpreter<T>,
}

impl<T: Real> Reference<T> {
    fn new(checkpoint: &Checkpoint, layers: Vec<String>) -> Self {
        let network = &checkpoint.network;
        let last = network.layers.last().expect("a network has layers");
        let lowering = Lowering {
            keep: Keep::Everything,
            origin: Origin::Layer {
                name: last.name.clone(),
                before_activation: matches!(last.layer, Layer::Dense(_) | Layer::Activation(_)),
            },
            gradients: Gradients { input: true, parameters: false, layers },
            ..Lowering::inference(1)
        };
        let plan = network.lower(&lowering).expect("it is a network");
        let bytes = checkpoint.to_bytes().expect("it can be kept");
        let file = safetensors::SafeTensors::deserialize(&bytes).expect("it is a file of tensors");
        let mut interpreter = Interpreter::new(plan.clone());
        for parameter in &plan.parameters {
            let tensor = file.tensor(&parameter.name).expect("every parameter is in the file");
            let values = tensor.data().as_chunks::<4>().0.iter().map(|b| T::exact(f32::from_le_bytes(*b).into()));
            interpreter.set(parameter.buffer, &values.collect::<Vec<T>>());
        }
        Reference { plan, interpreter }
    }

    fn forward(&mut self, picture: &[f32]) {
        let picture: Vec<T> = picture.iter().map(|pixel| T::exact(f64::from(*pixel))).collect();
        self.interpreter.set(self.plan.input, &picture);
        self.run(self.plan.forward.clone());
    }

    fn run(&mut self, steps: std::ops::Range<usize>) {
        self.interpreter.run(steps, &StepData::forward(1)).expect("the reference refuses no step");
    }

    fn numbers(&self, buffer: BufferId) -> Vec<T> {
        self.interpreter.numbers(buffer, 1).to_vec()
    }

    fn backward(&mut self, target: usize) {
        let origin = self.plan.origin.expect("gradients were asked for");
        let one: Vec<T> = (0..CLASSES).map(|class| T::exact(f64::from(u8::from(class == target)))).collect();
        self.interpreter.set(origin, &one);
        self.run(self.plan.backward.clone());
    }

    /// What backward begins at: the numbers before the last activation.
    fn logits(&self) -> BufferId {
        let last = &self.plan.steps[self.plan.forward.end - 1].op;
        match *last {
            Op::Softmax { x, .. } | Op::Activate { x, .. } => x,
            _ => self.plan.output,
        }
    }
}

#[track_caller]
fn close(what: &str, got: &[f32], expected: &[Bounded]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let off = (f64::from(*got) - expected.value()).abs();
        let may = expected.rounded_error();
        assert!(off <= may, "{what}, number {i}: {got} and {} ± {may:e}", expected.value());
    }
}

/// A layer's maps, weighed by hand.
fn weighed(reference: &Reference<Bounded>, maps: BufferId) -> Vec<Bounded> {
    let [height, width, channels] = reference.plan.buffer(maps).shape[..] else { panic!("maps have three axes") };
    let places = height * width;
    let (values, gradients) = (reference.numbers(maps), reference.numbers(reference.plan.layer_gradients[0]));
    let weight = |channel: usize| {
        let sum = Bounded::sum((0..places).map(|place| gradients[place * channels + channel]));
        sum / Bounded::exact(places as f64)
    };
    let weights: Vec<Bounded> = (0..channels).map(weight).collect();
    let cell = |place: usize| Bounded::sum((0..channels).map(|c| values[place * channels + c] * weights[c]));
    (0..places).map(cell).collect()
}

/// All that a reader says of three pictures, of three outputs.
fn holds(mut reader: Reader, checkpoint: &Checkpoint) {
    let all = pictures(3);
    for (picture, target) in all.chunks(PIXELS).zip([0, 4, 9]) {
        let answer = block_on(reader.read(picture)).expect("it is a picture");
        let cam = block_on(reader.grad_cam(target)).expect("the network has maps");
        let gradient = block_on(reader.input_gradient(target)).expect("there is a way back");
        let mut reference: Reference<Bounded> = Reference::new(checkpoint, vec![cam.layer.clone()]);
        reference.forward(picture);
        close("the answer", &answer, &reference.numbers(reference.plan.output));
        reference.backward(target);
        let input_gradient = reference.plan.input_gradient.expect("it was asked for");
        close("the input's gradient", &gradient, &reference.numbers(input_gradient));
        let layer = checkpoint.network.layers.iter().position(|node| node.name == cam.layer).expect("it is a layer");
        let maps = reference.plan.layer_outputs[layer];
        assert_eq!([cam.height, cam.width], reference.plan.buffer(maps).shape[..2]);
        close("Grad-CAM", &cam.cells, &weighed(&reference, maps));
        let shown = block_on(reader.values(maps)).expect("it is a buffer");
        close("the maps", &shown, &reference.numbers(maps));

        let occlusion = block_on(reader.occlusion(target)).expect("it is a picture");
        assert_eq!((occlusion.tops.len(), occlusion.lefts.len()), (occlusion.height, occlusion.width));
        let whole = reference.numbers(reference.plan.output)[target];
        let mut draw = Draw::new("occlusion", target as u32);
        for _ in 0..6 {
            let cell = below(&mut draw, occlusion.cells.len());
            let (top, left) = (occlusion.tops[cell / occlusion.width], occlusion.lefts[cell % occlusion.width]);
            let mut covered = picture.to_vec();
            for (row, column) in (0..occlusion.patch[0]).flat_map(|r| (0..occlusion.patch[1]).map(move |c| (r, c))) {
                covered[(top + row) * 28 + left + column] = 0.0;
            }
            reference.forward(&covered);
            let outputs = reference.numbers(reference.plan.output);
            close("what a patch takes away", &occlusion.cells[cell..=cell], &[whole - outputs[target]]);
            let said = outputs[usize::from(occlusion.says[cell])];
            let beaten = |other: &Bounded| other.value() - other.error() <= said.value() + said.error();
            assert!(outputs.iter().all(beaten), "another class is likelier than the one said");
        }
        // What it says of the picture is as before, whatever was run between.
        assert_eq!(block_on(reader.grad_cam(target)).expect("as before"), cam);
        assert_eq!(block_on(reader.values(maps)).expect("as before"), shown);
    }
}

fn networks() -> [Network; 4] {
    [networks::everything(true), networks::everything(false), networks::smooth(), networks::plain()]
}

#[test]
fn a_reader_says_what_the_reference_computes() {
    for network in networks() {
        let checkpoint = saved(network);
        holds(Reader::new(&checkpoint, Room::UNKNOWN).expect("there is room"), &checkpoint);
    }
}

#[test]
fn a_reader_on_a_gpu_says_what_the_reference_computes() {
    let Some(gpu) = executors::gpu() else { return };
    let before = gpu.memory().bytes;
    for network in networks() {
        let checkpoint = saved(network);
        holds(block_on(Reader::on_gpu(&gpu, &checkpoint)).expect("there is room"), &checkpoint);
    }
    assert_eq!(gpu.memory().bytes, before, "a reader leaves nothing on the device");
}

/// In f64, at a step where what the third derivative leaves (h²) and what rounding leaves (u/h) are alike: some 1e-10 of numbers
/// around 1, of which a thousandfold is allowed.
#[test]
fn the_references_gradients_are_its_slopes() {
    const H: f64 = 1e-5;
    let checkpoint = saved(networks::smooth());
    let layer = "conv2d_1";
    let mut reference: Reference<f64> = Reference::new(&checkpoint, vec![layer.to_owned()]);
    let picture = pictures(1);
    reference.forward(&picture);
    reference.backward(3);
    let (input, logits) = (reference.plan.input, reference.logits());
    let gradient = reference.numbers(reference.plan.input_gradient.expect("it was asked for"));
    let of_maps = reference.numbers(reference.plan.layer_gradients[0]);
    let index = checkpoint.network.layers.iter().position(|node| node.name == layer).expect("it is a layer");
    let plan = &reference.plan;
    let (maps, forward) = (plan.layer_outputs[index], plan.forward.clone());
    let made = plan.steps.iter().position(|step| step.op.writes().contains(&maps)).expect("some step makes it");
    let (behind, channels) = (made + 1..forward.end, *plan.buffer(maps).shape.last().expect("it has channels"));
    let mut slope = |buffer: BufferId, steps: std::ops::Range<usize>, moved: &dyn Fn(usize) -> bool| {
        let before = reference.numbers(buffer);
        let mut at = |h: f64| {
            let numbers: Vec<f64> = before.iter().enumerate().map(|(i, n)| if moved(i) { n + h } else { *n }).collect();
            reference.interpreter.set(buffer, &numbers);
            reference.run(steps.clone());
            reference.numbers(logits)[3]
        };
        let slope = (at(H) - at(-H)) / (2.0 * H);
        at(0.0);
        slope
    };
    for pixel in (0..PIXELS).step_by(31) {
        let slope = slope(input, forward.clone(), &|i| i == pixel);
        assert!((slope - gradient[pixel]).abs() < 1e-7, "pixel {pixel}: {slope} and {}", gradient[pixel]);
    }
    for channel in 0..channels {
        let slope = slope(maps, behind.clone(), &|i| i % channels == channel);
        let sum: f64 = of_maps.iter().skip(channel).step_by(channels).sum();
        assert!((slope - sum).abs() < 1e-7, "map {channel}: {slope} and {sum}");
    }
}

/// The mean over readings, also where fewer fit at a time than there are: to the bit.
#[test]
fn readings_are_averaged_however_many_fit() {
    let checkpoint = saved(networks::everything(true));
    let mut roomy = Reader::new(&checkpoint, Room::UNKNOWN).expect("there is room");
    let one = fits_only_one(&checkpoint);
    let mut tight = Reader::new(&checkpoint, Room { worker: one, together: u64::MAX }).expect("one picture fits");
    let all = pictures(37);
    let each: Vec<Vec<f32>> =
        all.chunks(PIXELS).map(|picture| block_on(roomy.read(picture)).expect("it is a picture")).collect();
    let mean = |class: usize| (each.iter().map(|answer| f64::from(answer[class])).sum::<f64>() / 37.0) as f32;
    let mean: Vec<f32> = (0..CLASSES).map(mean).collect();
    for reader in [&mut roomy, &mut tight] {
        assert_eq!(block_on(reader.read(&all)).expect("they are pictures"), mean);
        // The first is the picture itself.
        let input = reader.outline().input;
        assert_eq!(block_on(reader.values(input)).expect("it is a buffer"), all[..PIXELS]);
    }
    let of = |reader: &mut Reader| {
        let occlusion = block_on(reader.occlusion(2)).expect("it is a picture");
        let toward = block_on(reader.toward(2, 3)).expect("there is a way");
        (occlusion, toward)
    };
    assert_eq!(of(&mut roomy), of(&mut tight));
}

/// The least room in which a reader is made.
fn fits_only_one(checkpoint: &Checkpoint) -> u64 {
    match Reader::new(checkpoint, Room { worker: 1, together: u64::MAX }) {
        Err(SessionError::TooBig { needed, room: 1, fits: 0, batch: 1 }) => needed,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("a network does not fit into a byte"),
    }
}

/// By the numbers that the last layer with weights takes, as the reference has them; those that lie too near each other for f32
/// may change places.
#[test]
fn neighbours_are_the_nearest_by_the_last_hidden_layer() {
    let checkpoint = saved(Network::seed());
    let mut reader = Reader::new(&checkpoint, Room::UNKNOWN).expect("there is room");
    let all = pictures(71);
    let (seen, remembered) = all.split_at(PIXELS);
    block_on(reader.read(seen)).expect("it is a picture");
    assert!(block_on(reader.nearest(5)).expect("nothing is remembered").is_empty());
    for some in remembered.chunks(40 * PIXELS) {
        assert_eq!(block_on(reader.remember(some)).expect("they are pictures"), some.len() / PIXELS);
    }
    let nearest = block_on(reader.nearest(70)).expect("a picture was read");
    assert_eq!(nearest.len(), 70);
    assert!(nearest.is_sorted_by(|a, b| a.distance <= b.distance));
    let features = |picture: &[f32]| -> Vec<f64> {
        let mut reference: Reference<f64> = Reference::new(&checkpoint, Vec::new());
        reference.forward(picture);
        let hidden = checkpoint.network.layers.len() - 2;
        reference.numbers(reference.plan.layer_outputs[hidden])
    };
    let here = features(seen);
    // A dozen are enough: each is a run of the reference.
    for neighbour in nearest.iter().step_by(6) {
        let there = features(&remembered[neighbour.index * PIXELS..][..PIXELS]);
        let distance = here.iter().zip(&there).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        let off = (f64::from(neighbour.distance) - distance).abs();
        assert!(off < 1e-4 * (1.0 + distance), "{} and {distance}", neighbour.distance);
    }
}

/// Each step of the same length or shorter, the wanted class likelier at the end, and what is told of a picture is what the network
/// says of it when it is read.
#[test]
fn a_picture_goes_toward_a_class() {
    let checkpoint = saved(Network::seed());
    let mut reader = Reader::new(&checkpoint, Room::UNKNOWN).expect("there is room");
    let picture = pictures(1);
    let before = block_on(reader.read(&picture)).expect("it is a picture");
    for target in [1, 7] {
        let toward = block_on(reader.toward(target, 12)).expect("there is a way");
        let frames: Vec<&[u8]> = toward.frames.chunks(PIXELS).collect();
        assert_eq!((frames.len(), toward.outputs.len()), (13, 13));
        assert_eq!(toward.outputs[0], before);
        for pair in frames.windows(2) {
            let apart = pair[0].iter().zip(pair[1]).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
            // A 128th of the way from black to white, and half a byte of rounding at either end.
            let most = 28.0 * (255.0 / 128.0 + 1.0);
            assert!(apart.sum::<f64>().sqrt() <= most);
        }
        assert!(toward.outputs[12][target] > before[target], "{:?} and {before:?}", toward.outputs[12]);
        let last: Vec<f32> = frames[12].iter().copied().map(atelier_data::input_of).collect();
        assert_eq!(block_on(reader.read(&last)).expect("it is a picture"), toward.outputs[12]);
        block_on(reader.read(&picture)).expect("it is a picture");
    }
    let only = block_on(reader.toward(1, 0)).expect("no step is asked for");
    assert_eq!((only.frames.len(), only.outputs.len()), (PIXELS, 1));
}

#[test]
fn what_is_not_there_is_refused_and_all_goes_on() {
    let checkpoint = saved(networks::plain());
    let mut reader = Reader::new(&checkpoint, Room::UNKNOWN).expect("there is room");
    let nothing = SessionError::NoPictures { part: "chosen" }.to_string();
    assert_eq!(block_on(reader.grad_cam(0)).expect_err("nothing was read").to_string(), nothing);
    assert_eq!(block_on(reader.nearest(3)).expect_err("nothing was read").to_string(), nothing);
    for wrong in [vec![], vec![0.0; 783], vec![0.0; 785]] {
        let refused = block_on(reader.read(&wrong)).expect_err("no picture");
        assert!(matches!(refused, SessionError::PictureLength { expected: PIXELS, got } if got == wrong.len()));
    }
    assert!(block_on(reader.remember(&[0.0; 3])).is_err());
    let picture = pictures(1);
    let answer = block_on(reader.read(&picture)).expect("it is a picture");
    for refused in [
        block_on(reader.grad_cam(CLASSES)).err(),
        block_on(reader.input_gradient(CLASSES)).err(),
        block_on(reader.occlusion(CLASSES)).err(),
        block_on(reader.toward(CLASSES, 1)).err(),
        block_on(reader.values(BufferId(9_999))).err(),
    ] {
        assert!(matches!(refused, Some(SessionError::NotInPlan { .. })), "{refused:?}");
    }
    assert_eq!(block_on(reader.read(&picture)).expect("it is a picture"), answer);
    // A network without maps has no Grad-CAM, and all else.
    let mut flat = Network::new("flat", &networks::SHAPE);
    flat.push(Layer::Flatten);
    flat.push(Dense { units: CLASSES, ..Dense::default() });
    let mut reader = Reader::new(&saved(flat), Room::UNKNOWN).expect("there is room");
    block_on(reader.read(&picture)).expect("it is a picture");
    assert!(matches!(block_on(reader.grad_cam(0)), Err(SessionError::NoMaps)));
    assert_eq!(block_on(reader.input_gradient(0)).expect("there is a way back").len(), PIXELS);
    assert_eq!(block_on(reader.occlusion(0)).expect("it is a picture").cells.len(), 64);
}
