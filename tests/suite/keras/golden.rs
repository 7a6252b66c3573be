//! Reads the golden files and draws again what `golden/generate.py` did not store.

use std::collections::HashMap;
use std::path::Path;

use atelier_nn::{BufferId, Gradients, Loss, Lowering, Mode, Network, Optimizer, Origin, Plan};
use atelier_tests::{Draw, Real};
use safetensors::SafeTensors;
use serde::Deserialize;

/// A tensor of more numbers is stored as samples and projections.
const WHOLE: usize = 64;
const SAMPLES: usize = 32;
const PROJECTIONS: usize = 4;

#[derive(Deserialize)]
struct Index {
    made_with: String,
    cases: Vec<Golden>,
    #[serde(default)]
    origins: Vec<Differentiated>,
}

/// A network, how it was run, and what Keras found.
#[derive(Deserialize)]
pub struct Golden {
    pub name: String,
    pub group: String,
    pub network: Network,
    pub batch: usize,
    pub seed: u32,
    pub loss: Loss,
    pub optimizer: Optimizer,
    pub learning_rate: f32,
    pub steps: usize,
    pub layers: Vec<LayerFacts>,
    pub total_params: u64,
    #[serde(flatten)]
    stored: Stored,
}

/// A network differentiated from one of its layers, and what Keras found.
#[derive(Deserialize)]
pub struct Differentiated {
    pub name: String,
    pub network: Network,
    pub batch: usize,
    pub seed: u32,
    /// The layer where backward begins.
    origin: String,
    before_activation: bool,
    mode: GoldenMode,
    weights: Weights,
    /// Layers whose outputs' gradients are asked for.
    pub layers: Vec<String>,
    #[serde(flatten)]
    stored: Stored,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GoldenMode {
    Inference,
    Training,
}

/// What is differentiated: one number of each example, or a mixture of all of them.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Weights {
    One,
    Mixture,
}

/// The numbers that Keras found, by name.
#[derive(Deserialize)]
struct Stored {
    expected: Vec<Entry>,
    #[serde(skip)]
    numbers: Vec<f64>,
}

#[derive(Deserialize)]
pub struct LayerFacts {
    pub output_shape: Vec<usize>,
    pub params: usize,
}

#[derive(Deserialize)]
struct Entry {
    what: String,
    len: usize,
}

/// All runs of both pairs of files.
pub fn load() -> Vec<Golden> {
    ["keras", "keras_origins"].into_iter().flat_map(|pair| read(pair).cases).collect()
}

/// Everything that is differentiated from a layer.
pub fn origins() -> Vec<Differentiated> {
    read("keras_origins").origins
}

fn read(pair: &str) -> Index {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let bytes = |name: String| std::fs::read(folder.join(&name)).unwrap_or_else(|e| panic!("golden/{name}: {e}"));
    let index = serde_json::from_slice(&bytes(format!("{pair}.json")));
    let mut index: Index = index.unwrap_or_else(|e| panic!("golden/{pair}.json is no index: {e}"));
    assert!(index.made_with.starts_with("keras 3"), "made with {}", index.made_with);
    let bytes = bytes(format!("{pair}.safetensors"));
    let tensors = SafeTensors::deserialize(&bytes).unwrap_or_else(|e| panic!("golden/{pair}.safetensors: {e}"));
    let runs = index.cases.iter_mut().map(|case| (&case.name, &mut case.stored));
    for (name, stored) in runs.chain(index.origins.iter_mut().map(|case| (&case.name, &mut case.stored))) {
        let tensor = tensors.tensor(name).unwrap_or_else(|e| panic!("{name}: {e}"));
        let number = |b: &[u8]| f64::from_le_bytes(b.try_into().expect("chunks of eight bytes"));
        stored.numbers = tensor.data().chunks_exact(8).map(number).collect();
        let len: usize = stored.expected.iter().map(|e| stored_len(e.len)).sum();
        assert_eq!(len, stored.numbers.len(), "{name}: index and tensor differ");
    }
    index
}

fn stored_len(len: usize) -> usize {
    if len <= WHOLE { len } else { SAMPLES + PROJECTIONS }
}

impl Stored {
    /// Names, lengths and stored numbers of everything that Keras found, in its order.
    fn iter(&self) -> impl Iterator<Item = (&str, usize, &[f64])> {
        let mut at = 0;
        self.expected.iter().map(move |entry| {
            let stored = &self.numbers[at..at + stored_len(entry.len)];
            at += stored.len();
            (entry.what.as_str(), entry.len, stored)
        })
    }
}

impl Golden {
    /// Names, lengths and stored numbers of everything that Keras found, in its order.
    pub fn expected(&self) -> impl Iterator<Item = (&str, usize, &[f64])> {
        self.stored.iter()
    }

    pub fn numbers(&self, what: &str) -> &[f64] {
        let found = self.expected().find(|(name, ..)| *name == what);
        found.map(|(_, _, numbers)| numbers).unwrap_or_else(|| panic!("{} has no {what}", self.name))
    }

    /// Inputs and targets of a step.
    pub fn batch(&self, plan: &Plan, step: usize) -> (Vec<f32>, Vec<f32>) {
        let shape = &plan.buffer(plan.input).shape;
        let inputs = self.batch * shape.iter().product::<usize>();
        let outputs = plan.buffer(plan.output).len();
        let mut noise = Draw::new(&format!("input/{step}"), self.seed);
        let mut targets = Draw::new(&format!("target/{step}"), self.seed);
        if self.loss == Loss::MeanSquaredError {
            return (noise.values(inputs), targets.values(self.batch * outputs));
        }
        let labels: Vec<usize> = (0..self.batch).map(|_| targets.between(0, outputs - 1)).collect();
        let one_hot = labels.iter().flat_map(|label| (0..outputs).map(move |c| f32::from(u8::from(c == *label))));
        let patterns =
            labels.iter().flat_map(|label| pattern(Draw::new(&format!("pattern/{label}"), self.seed), shape));
        let pixels = patterns.map(|p| 0.1 * noise.unit() + 0.9 * p).collect();
        (pixels, one_hot.collect())
    }
}

/// First values of all parameters of a plan.
pub fn parameters(plan: &Plan, seed: u32) -> Vec<Vec<f32>> {
    let draw = |name: &str, shape: &[usize]| {
        let (mut draw, len) = (Draw::new(name, seed), shape.iter().product());
        match name.rsplit('/').next() {
            Some("kernel") => {
                let depth: usize = shape[..shape.len() - 1].iter().product();
                let reach = (6.0 / depth as f32).sqrt().min(1.0);
                draw.values_in(-reach, reach, len)
            }
            Some("gamma" | "moving_variance") => draw.values_in(0.5, 1.5, len),
            Some("moving_mean") => draw.values_in(-0.3, 0.3, len),
            _ => draw.values_in(-0.5, 0.5, len),
        }
    };
    plan.parameters.iter().map(|p| draw(&p.name, &p.shape)).collect()
}

impl Differentiated {
    /// Names, lengths and stored numbers of everything that Keras found, in its order.
    pub fn expected(&self) -> impl Iterator<Item = (&str, usize, &[f64])> {
        self.stored.iter()
    }

    pub fn lowering(&self) -> Lowering {
        Lowering {
            mode: match self.mode {
                GoldenMode::Inference => Mode::Inference,
                GoldenMode::Training => Mode::Training,
            },
            origin: Origin::Layer { name: self.origin.clone(), before_activation: self.before_activation },
            gradients: Gradients { parameters: true, input: true, layers: self.layers.clone() },
            ..Lowering::inference(self.batch)
        }
    }

    /// The examples.
    pub fn inputs(&self, plan: &Plan) -> Vec<f32> {
        Draw::new("input/0", self.seed).values(plan.len_of(plan.input, self.batch))
    }

    /// What is written to the plan's origin.
    pub fn gradient(&self, plan: &Plan, origin: BufferId) -> Vec<f32> {
        let mut draw = Draw::new("origin", self.seed);
        let len = plan.buffer(origin).len();
        match self.weights {
            Weights::Mixture => draw.values(self.batch * len),
            Weights::One => (0..self.batch)
                .map(|_| draw.between(0, len - 1))
                .flat_map(|one| (0..len).map(move |i| f32::from(u8::from(i == one))))
                .collect(),
        }
    }
}

/// What examples of a class have in common: a map of 4 by 4 blocks, or any vector.
fn pattern(mut draw: Draw, shape: &[usize]) -> Vec<f32> {
    let mut units = |len| (0..len).map(|_| draw.unit()).collect::<Vec<f32>>();
    let [height, width, channels] = *shape else { return units(shape[0]) };
    let blocks = units(16 * channels);
    let pixels = (0..height).flat_map(|i| (0..width).map(move |j| (i * 4 / height) * 4 + j * 4 / width));
    pixels.flat_map(|block| blocks[block * channels..][..channels].to_vec()).collect()
}

/// A stored number with its tolerance.
#[derive(Clone, Copy, Debug)]
pub struct Condensed {
    pub value: f64,
    /// What rounding the numbers to f32 on the way may have done.
    pub error: f64,
    /// What summing a projection in double precision may do; 0 for a plain number.
    pub summing: f64,
}

/// What is stored of a tensor, with bounds.
pub fn condensed<T: Real>(what: &str, tensor: &[T]) -> Vec<Condensed> {
    let plain = |n: &T| Condensed { value: n.value(), error: n.error(), summing: 0.0 };
    if tensor.len() <= WHOLE {
        return tensor.iter().map(plain).collect();
    }
    let mut draw = Draw::new(what, 0);
    let samples = (0..SAMPLES).map(|_| plain(&tensor[draw.between(0, tensor.len() - 1)]));
    let projections = (0..PROJECTIONS).map(|k| {
        let weights = Draw::new(&format!("{what}/projection{k}"), 0).values(tensor.len());
        let mut sum = Condensed { value: 0.0, error: 0.0, summing: 0.0 };
        for (weight, number) in weights.iter().map(|w| f64::from(*w)).zip(tensor) {
            sum.value += weight * number.value();
            sum.error += weight.abs() * number.error();
            sum.summing += (weight * number.value()).abs() * tensor.len() as f64 * f64::EPSILON;
        }
        sum
    });
    samples.chain(projections).collect()
}

/// Numbers of an executor by the names that the golden files give them.
pub type Observed<T> = HashMap<String, Vec<T>>;
