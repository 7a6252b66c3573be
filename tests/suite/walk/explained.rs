//! The walk of an update against the f64 reference: every step of networks that hold every layer and optimiser.
//!
//! The reference is given the numbers that the walk says a step read, and computes its result by itself. The explanation's
//! own arithmetic, in f64 too, must give the same but for the order of its sums; the number shown is the executor's, which
//! lies no further off than the reference says that f32 may.

use atelier_nn::{Executor, Loss};
use atelier_session::Checkpoint;
use atelier_session::walk::{Explanation, Walk, When};
use atelier_tests::{Bounded, Draw, Interpreter, Real};
use pollster::block_on;

use crate::networks::{everything, plain, smooth};
use crate::{adam, all, begun, below, data, plan, sgd, training};

/// The number by the explanation's own arithmetic; none where it tells an operand and its result only.
fn reproduced(e: &Explanation, rows: f64, softmax: bool) -> Option<f64> {
    let line = |name: &str| e.lines.iter().find(|line| line.name == name).map(|line| line.value);
    let told = |name: &str| line(name).unwrap_or_else(|| panic!("{} tells no {name}", e.stem));
    let only = || e.columns.first().and_then(|column| column.values.first().copied()).unwrap_or(0.0);
    Some(match e.stem {
        "conv2d" | "depthwise_conv2d" | "dense" => told("sum") + line("bias").unwrap_or(0.0),
        "conv2d_grad_input"
        | "conv2d_grad_kernel"
        | "depthwise_conv2d_grad_input"
        | "depthwise_conv2d_grad_kernel"
        | "dense_grad_input"
        | "dense_grad_kernel"
        | "bias_grad"
        | "add"
        | "batch_norm_grad_parameters" => {
            assert_eq!(told("sum"), e.products.iter().sum::<f64>());
            told("sum")
        }
        "max_pool2d" => {
            let winner = e.columns[0].indices.iter().position(|index| *index as f64 == told("winner"));
            e.columns[0].values[winner.expect("the winner is under the window")]
        }
        "average_pool2d" | "global_average_pool2d" => told("share") * e.columns[0].values.iter().sum::<f64>(),
        "max_pool2d_grad" | "average_pool2d_grad" | "global_average_pool2d_grad" => {
            assert_eq!(told("dx"), e.products.iter().sum::<f64>());
            told("dx")
        }
        "activate_grad" => told("slope") * told("dy"),
        "softmax" => {
            let at = e.columns[1].indices.iter().position(|index| *index == e.index).expect("it is a class");
            e.columns[1].values[at] / told("sum")
        }
        "softmax_grad" => told("y") * (told("dy") - told("sum")),
        "dropout" => told("kept") * told("scale") * told("x"),
        "concatenate" | "concatenate_grad" | "zero_pad2d" | "zero_pad2d_grad" => only(),
        "batch_moments" => line("variance").unwrap_or_else(|| told("mean")),
        "batch_norm" => line("gamma").unwrap_or(1.0) * told("normalised") + line("beta").unwrap_or(0.0),
        "batch_norm_grad_input" => {
            told("scale") * (told("dy") - told("dbeta") / rows - told("normalised") * told("dgamma") / rows)
        }
        "batch_norm_grad_fixed" => told("scale") * told("dy"),
        "loss" if line("p").is_some() => -told("t") * told("p").ln(),
        "loss" => {
            let pairs = e.columns[0].values.iter().zip(&e.columns[1].values);
            pairs.map(|(y, t)| (t - y) * (t - y)).sum::<f64>() / e.columns[0].values.len() as f64
        }
        "loss_grad" if line("p").is_some() && softmax => (told("p") - told("t")) / told("n"),
        // Scaled to sum 1 before: the derivative by y of −ln(y / Σ y), and of ln Σ y.
        "loss_grad" if line("p").is_some() => {
            let sum: f64 = e.columns[0].values.iter().sum();
            (1.0 - told("t") / told("p")) / sum / told("n")
        }
        "loss_grad" => 2.0 * (told("y") - told("t")) / 10.0 / told("n"),
        "metrics" if e.index == 0 => told("sum"),
        "moving_average" => told("after"),
        _ => return None,
    })
}

/// Of a weight, or of what the optimiser keeps beside it.
fn updated(e: &Explanation, operand: &str) -> f64 {
    let name = match (e.stem, operand) {
        (_, "parameter") => "after",
        (_, other) => other,
    };
    e.lines.iter().find(|line| line.name == name).expect("the update tells what becomes").value
}

/// How many numbers were compared. `hears` is told of each, and how far it may lie from what was computed in f64.
pub fn holds_to_the_reference(walk: &Walk, checkpoint: &Checkpoint, mut hears: impl FnMut(Explanation, f64)) -> usize {
    let (batch, shown) = (walk.outline().batch, walk.outline().shown);
    let plan = plan(checkpoint, batch);
    assert_eq!(walk.outline().outline, plan.outline());
    let data = data(walk);
    let softmax = plan.steps.iter().any(|step| step.op.stem() == "softmax");
    let mut reference: Interpreter<Bounded> = Interpreter::new(plan.clone());
    let mut draw = Draw::new("walk", 9);
    let mut compared = 0;
    for (step, planned) in plan.steps.iter().enumerate() {
        for operand in planned.op.operands().iter().filter(|operand| operand.access.reads()) {
            let batched = plan.buffer(operand.buffer).batched;
            let numbers = all(walk, operand.buffer, When::Before, batched, batch);
            reference.set(operand.buffer, &numbers.into_iter().map(Bounded::exact).collect::<Vec<_>>());
        }
        reference.run(step..step + 1, &data).expect("the reference refuses no step");
        for operand in planned.op.operands().iter().filter(|operand| operand.access.writes()) {
            let result = plan.buffer(operand.buffer);
            let expected = reference.numbers(operand.buffer, batch).to_vec();
            let offset = if result.batched { shown * result.len() } else { 0 };
            let after = block_on(walk.values(operand.buffer, When::After, shown)).expect("it is there");
            for _ in 0..25.min(result.len()) {
                let index = below(&mut draw, result.len());
                let e = block_on(walk.explain(step, operand.buffer, index)).expect("the step wrote it");
                let name = format!("{} of {} at {index}", e.stem, result.name);
                assert_eq!(e.value.to_bits(), after[index].to_bits(), "{name}");
                let bounded = expected[offset + index];
                let exact = bounded.value();
                // As large as what was added up, in sums of so many terms.
                let terms = e.products.len().max(e.columns.first().map_or(1, |column| column.values.len())) as f64;
                let size = e.products.iter().map(|p| p.abs()).sum::<f64>()
                    + e.columns.iter().flat_map(|c| &c.values).fold(0.0, |most: f64, v| most.max(v.abs()))
                    + e.lines.iter().map(|line| line.value.abs()).filter(|v| *v < 100.0).sum::<f64>()
                    + exact.abs();
                let rows = (batch * plan.buffer(operand.buffer).len()) as f64
                    / *plan.buffer(operand.buffer).shape.last().unwrap_or(&1) as f64;
                let own = match planned.op.stem() {
                    "sgd" | "adam" => Some(updated(&e, operand.name)),
                    _ => reproduced(&e, rows, softmax),
                };
                if let Some(own) = own {
                    let order = (terms + 16.0) * f64::EPSILON * size;
                    assert!(
                        (own - exact).abs() <= order,
                        "{name}: {own} by its lines and {exact} by the reference: {e:?}"
                    );
                }
                let off = (f64::from(e.value) - exact).abs();
                assert!(off <= bounded.rounded_error(), "{name}: {} for {bounded:?}", e.value);
                for column in e.columns.iter().filter(|c| ["x", "kernel", "dy", "y"].contains(&c.name)) {
                    let batched = plan.buffer(column.buffer).batched;
                    let values = all(walk, column.buffer, When::Before, batched, batch);
                    let len = plan.buffer(column.buffer).len();
                    let of_one = column.values.len() / (column.values.len() / e.of_shown.max(1)).max(1);
                    for (i, (index, value)) in column.indices.iter().zip(&column.values).enumerate().take(of_one) {
                        let first = if batched { shown * len } else { 0 };
                        assert_eq!(values[first + index], *value, "{name}: entry {i} of {}", column.name);
                    }
                }
                compared += 1;
                hears(e, bounded.rounded_error());
            }
        }
    }
    compared
}

#[test]
fn every_step_is_explained_by_what_the_reference_computes() {
    let crossentropy = |optimizer| training(Loss::CategoricalCrossentropy, optimizer);
    let cases = [
        (everything(true), crossentropy(adam()), 4, vec![7, 3, 11], 1),
        (everything(true), crossentropy(sgd(0.9, true)), 3, vec![2, 9, 4, 0, 1], 4),
        (everything(false), crossentropy(sgd(0.0, false)), 0, vec![8], 0),
        (everything(false), crossentropy(sgd(0.9, false)), 2, vec![8, 8], 0),
        (smooth(), crossentropy(sgd(0.9, false)), 1, vec![4, 6], 0),
        (smooth(), training(Loss::MeanSquaredError, adam()), 2, vec![4, 6], 1),
        (plain(), training(Loss::MeanSquaredError, adam()), 1, vec![1, 2, 3], 2),
        (plain(), training(Loss::CategoricalCrossentropy, adam()), 0, vec![5], 0),
        (plain(), training(Loss::MeanSquaredError, adam()), 1, (0..33).collect(), 32),
    ];
    for (network, training, batches, indices, shown) in cases {
        let mut begun = begun(network, training, batches);
        let (checkpoint, walk) = (begun.checkpoint(), begun.walk(&indices, shown));
        assert!(holds_to_the_reference(&walk, &checkpoint, |_, _| {}) > 200);
    }
}
