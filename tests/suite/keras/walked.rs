//! A golden run by hand: every gradient and every new weight as the walk's explanations tell it, one update after another.

use std::collections::HashMap;

use atelier_nn::plan::{Phase, Role};
use atelier_nn::{BufferId, Loss};
use atelier_session::walk::{Explanation, Pictures, Walk, When};
use atelier_session::{Checkpoint, Progress, Room, Training};
use pollster::block_on;
use safetensors::tensor::{Dtype, TensorView};

use crate::golden::{self, Golden, Observed};

/// By name: shape and numbers.
type Tensors = HashMap<String, (Vec<usize>, Vec<f32>)>;

/// Whether a walk can follow it: pictures have classes, and not values to reach.
pub fn can_be_walked(golden: &Golden) -> bool {
    golden.loss == Loss::CategoricalCrossentropy && golden.steps > 0
}

/// What [`crate::train`] observes, but each gradient is its ledger's sum and each number of an update its last line.
pub fn walked(golden: &Golden) -> Observed<f32> {
    let plan = crate::training(golden, atelier_nn::Keep::Everything);
    let given = plan.parameters.iter().zip(golden::parameters(&plan, golden.seed));
    let mut tensors: Tensors = given.map(|(p, numbers)| (p.name.clone(), (p.shape.clone(), numbers))).collect();
    let mut observed = Observed::new();
    let mut losses = Vec::new();
    for step in 0..golden.steps {
        let (inputs, targets) = golden.batch(&plan, step);
        let classes = targets.len() / golden.batch;
        let class = |one_hot: &[f32]| one_hot.iter().position(|t| *t == 1.0).expect("one class each") as u16;
        let pictures = Pictures { inputs, labels: targets.chunks_exact(classes).map(class).collect() };
        let checkpoint = checkpoint(golden, step, &tensors);
        let walk = block_on(Walk::new(&checkpoint, &pictures, 0, Room::UNKNOWN)).unwrap_or_else(|e| panic!("{e}"));
        let outline = walk.outline().outline.clone();
        let all = |buffer: BufferId| -> Vec<f32> {
            let read = |picture| block_on(walk.values(buffer, When::After, picture)).expect("it is there");
            (0..golden.batch).flat_map(read).collect()
        };
        losses.push(walk.outline().batch_loss);
        if step == 0 {
            observed.insert("output".to_owned(), all(outline.output));
            observed.insert("input/gradient".to_owned(), all(plan.input_gradient.expect("it was asked for")));
        }
        for (index, planned) in outline.steps.iter().enumerate() {
            for written in planned.operands.iter().filter(|operand| operand.access.writes()) {
                let described = &outline.buffers[written.buffer.index()];
                let len = described.shape.iter().product();
                let told = |at| block_on(walk.explain(index, written.buffer, at)).expect("the step wrote it");
                let numbers = |of: fn(&Explanation, &str) -> f64| -> Vec<f32> {
                    (0..len).map(|at| of(&told(at), written.name) as f32).collect()
                };
                if described.role == Role::ParameterGradient && step == 0 {
                    observed.insert(described.name.clone(), numbers(|e, _| e.products.iter().sum()));
                }
                if planned.phase == Phase::Update {
                    tensors.insert(described.name.clone(), (described.shape.clone(), numbers(becomes)));
                }
            }
        }
    }
    for parameter in &plan.parameters {
        let name = &parameter.name;
        let numbers = tensors[name].1.clone();
        observed.insert(if golden.steps == 1 { name.clone() } else { format!("{name}/final") }, numbers);
    }
    observed.insert("losses".to_owned(), losses);
    observed
}

/// What an update's lines say becomes of a number.
fn becomes(e: &Explanation, operand: &str) -> f64 {
    let name = if ["parameter", "average"].contains(&operand) { "after" } else { operand };
    e.lines.iter().find(|line| line.name == name).expect("an update tells what becomes").value
}

/// The run as it would be saved after so many updates.
fn checkpoint(golden: &Golden, updates: usize, tensors: &Tensors) -> Checkpoint {
    let training = Training {
        optimizer: golden.optimizer.clone(),
        loss: golden.loss,
        learning_rate: golden.learning_rate,
        batch_size: golden.batch,
        ..Training::default()
    };
    let progress = Progress { iteration: updates as u32, ..Progress::default() };
    let about = serde_json::json!({ "network": golden.network, "training": training, "progress": progress });
    let metadata = [("format", "atelier.checkpoint.1".to_owned()), ("atelier", about.to_string())];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
    let bytes = |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let raw: Vec<_> = tensors.iter().map(|(name, (shape, numbers))| (name, shape.clone(), bytes(numbers))).collect();
    let views = raw.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as numbers"))
    });
    let file = safetensors::serialize(views, Some(metadata)).expect("it can be written");
    Checkpoint::from_bytes(&file).unwrap_or_else(|e| panic!("{}: {e}", golden.name))
}
