//! `Op::results` and `Op::terms` against brute force: a number of an operand goes into those results that change when it
//! does, in the f64 reference.
//!
//! Terms are geometry, numbers are not, so the inputs are chosen so that nothing hides what geometry says. They are all
//! positive and no two equal, fused activations are linear, dropout drops nothing; each number is moved a little, and
//! far to both sides, past every other under its window. Max pooling's gradient goes to one winner a window: each cell
//! is made the winner in its turn. What no numbers could show is named in [`hidden`].

use std::collections::BTreeSet;

use atelier_nn::plan::{Cell, LossKind, Operand};
use atelier_nn::{Activation, BufferId, Executor, Op};
use atelier_tests::{Case, Draw, Interpreter, Stem};

/// Of each stem. Each takes some sixty runs of the reference, so large geometries are passed over.
const CASES: usize = 12;
/// Multiplications that a case may take, where they are counted, and numbers in its buffers.
const LARGEST: usize = 20_000;
/// Numbers of each operand that are moved.
const SAMPLES: usize = 4;
/// Further than any other number.
const FAR: f64 = 1e6;

type Inputs = Vec<(BufferId, Vec<f64>)>;

/// The operation of a case without what hides dependences, and numbers that hide none.
fn laid_bare(case: &Case, draw: &mut Draw) -> (Op, Inputs) {
    let mut op = case.op().clone();
    if let Op::Conv2d { activation, .. } | Op::DepthwiseConv2d { activation, .. } | Op::Dense { activation, .. } =
        &mut op
    {
        *activation = Activation::Linear;
    }
    // No number is clipped.
    if let Op::ActivateGrad { activation: Activation::ClippedRelu { max_value }, .. } = &mut op {
        *max_value = 1.0;
    }
    if let Op::Dropout { rate, .. } = &mut op {
        *rate = 0.0;
    }
    let mut positive = |len: usize| draw.values_in(0.1, 0.9, len).into_iter().map(f64::from).collect::<Vec<_>>();
    let mut inputs: Inputs = case.inputs.iter().map(|(buffer, numbers)| (*buffer, positive(numbers.len()))).collect();
    if let Op::Metrics { output, target, .. } = op {
        // All answers are right, so that every number can make its own wrong.
        let targets = inputs.iter().find(|(buffer, _)| *buffer == target).expect("metrics read a target").1.clone();
        inputs.iter_mut().filter(|(buffer, _)| *buffer == output).for_each(|(_, numbers)| *numbers = targets.clone());
    }
    (op, inputs)
}

/// The numbers of every result.
fn run(case: &Case, op: &Op, inputs: &Inputs) -> Vec<(BufferId, Vec<f64>)> {
    let mut reference: Interpreter<f64> = Interpreter::new(case.plan_with(op.clone()));
    for (buffer, numbers) in inputs {
        reference.set(*buffer, numbers);
    }
    reference.run(0..1, &case.data).expect("the reference refuses no step");
    let numbers = |buffer| reference.numbers(buffer, case.data.batch).to_vec();
    op.writes().into_iter().map(|buffer| (buffer, numbers(buffer))).collect()
}

/// Where a cell's number lies among those of its buffer.
fn place(case: &Case, cell: Cell) -> usize {
    cell.example.unwrap_or(0) * case.plan.buffer(cell.buffer).len() + cell.index
}

/// The cell of a number in a buffer.
fn cell(case: &Case, buffer: BufferId, place: usize) -> Cell {
    let of = case.plan.buffer(buffer);
    let (example, index) = if of.batched { (Some(place / of.len()), place % of.len()) } else { (None, place) };
    Cell { buffer, example, index }
}

/// The results that change when a number is moved.
fn moved(case: &Case, op: &Op, inputs: &Inputs, from: Cell) -> BTreeSet<Cell> {
    let before = run(case, op, inputs);
    let mut changed = BTreeSet::new();
    let at = place(case, from);
    for to in [None, Some(FAR * 10.0), Some(-FAR * 10.0)] {
        let mut inputs = inputs.clone();
        for (_, numbers) in inputs.iter_mut().filter(|(buffer, _)| *buffer == from.buffer) {
            numbers[at] = to.unwrap_or(numbers[at] + 0.03125);
        }
        for ((buffer, before), (_, after)) in before.iter().zip(run(case, op, &inputs)) {
            let differs = before.iter().zip(&after).enumerate().filter(|(_, (a, b))| a.to_bits() != b.to_bits());
            changed.extend(differs.map(|(place, _)| cell(case, *buffer, place)));
        }
    }
    changed
}

/// Inputs of max pooling's gradient in which one cell wins every window that it lies under.
fn with_winner(op: &Op, case: &Case, inputs: &Inputs, winner: Cell) -> Inputs {
    let Op::MaxPool2dGrad { x, y, .. } = *op else { return inputs.clone() };
    let mut inputs = inputs.clone();
    for (buffer, numbers) in &mut inputs {
        if *buffer == y {
            numbers.fill(FAR);
        }
        if *buffer == x {
            numbers[place(case, winner)] = FAR;
        }
    }
    inputs
}

/// Dependences that geometry has and no numbers show.
fn hidden(op: &Op, case: &Case, from: Cell, to: Cell) -> bool {
    match *op {
        // Of one channel, softmax is 1; of one class, the answer is certain and right.
        Op::Softmax { channels: 1, .. } => true,
        Op::Loss { kind, outputs: 1, .. } | Op::LossGrad { kind, outputs: 1, .. } => kind != LossKind::MeanSquaredError,
        Op::Metrics { outputs: 1, loss, .. } => from.buffer != loss,
        // Of one row, the variance is 0.
        Op::BatchMoments { positions, variance, .. } => to.buffer == variance && positions * case.data.batch == 1,
        // The first that holds the maximum wins: what comes after a winner cannot take from it.
        Op::MaxPool2dGrad { x, .. } => from.buffer == x && from.index > to.index,
        _ => false,
    }
}

fn small(case: &Case) -> bool {
    let products = case.op().macs() as usize * case.data.batch;
    let numbers: usize = case.inputs.iter().map(|(_, numbers)| numbers.len()).sum();
    products <= LARGEST && numbers <= LARGEST
}

fn results(op: &Op, case: &Case, from: Cell) -> BTreeSet<Cell> {
    op.results(from).iter().flat_map(|cells| cells.cells(case.data.batch)).collect()
}

fn terms(op: &Op, case: &Case, of: Cell) -> BTreeSet<Cell> {
    op.terms(of).iter().flat_map(|cells| cells.cells(case.data.batch)).collect()
}

fn check(case: &Case, draw: &mut Draw) {
    let (op, inputs) = laid_bare(case, draw);
    let operands = op.operands();
    let read: Vec<&Operand> = operands.iter().filter(|operand| operand.access.reads()).collect();
    for operand in &read {
        let len = case.plan.len_of(operand.buffer, case.data.batch);
        for _ in 0..SAMPLES.min(len) {
            let from = cell(case, operand.buffer, draw.between(0, len - 1));
            let said = results(&op, case, from);
            let seen = moved(case, &op, &inputs, from);
            let told: Vec<&Cell> = seen.difference(&said).collect();
            assert!(told.is_empty(), "{case}: {} {from:?} goes into {told:?}, which is not said", operand.name);
            for to in said.difference(&seen).filter(|to| !hidden(&op, case, from, **to)) {
                let inputs = with_winner(&op, case, &inputs, *to);
                let seen = moved(case, &op, &inputs, from);
                assert!(seen.contains(to), "{case}: {} {from:?} does not go into {to:?}", operand.name);
            }
            for to in said.iter().take(SAMPLES) {
                assert!(terms(&op, case, *to).contains(&from), "{case}: {from:?} is no term of {to:?}");
            }
        }
    }
    for buffer in op.writes() {
        let len = case.plan.len_of(buffer, case.data.batch);
        for _ in 0..SAMPLES {
            let of = cell(case, buffer, draw.between(0, len - 1));
            let terms = terms(&op, case, of);
            assert!(
                terms.iter().all(|term| read.iter().any(|operand| operand.buffer == term.buffer)),
                "{case}: {of:?}"
            );
            // Every number of the operands is a term of it if and only if it goes into it.
            for operand in &read {
                let len = case.plan.len_of(operand.buffer, case.data.batch);
                let places: Vec<usize> =
                    if len <= 64 { (0..len).collect() } else { sampled(&terms, case, operand, len, draw) };
                for place in places {
                    let from = cell(case, operand.buffer, place);
                    let goes = results(&op, case, from).contains(&of);
                    assert_eq!(terms.contains(&from), goes, "{case}: {} {from:?} and {of:?}", operand.name);
                }
            }
        }
    }
}

/// Some terms in a large operand, and some other numbers of it.
fn sampled(terms: &BTreeSet<Cell>, case: &Case, operand: &Operand, len: usize, draw: &mut Draw) -> Vec<usize> {
    let of_operand = terms.iter().filter(|term| term.buffer == operand.buffer).map(|term| place(case, *term));
    let step = terms.len() / 16 + 1;
    of_operand.step_by(step).chain((0..16).map(|_| draw.between(0, len - 1))).collect()
}

#[test]
fn terms_and_results_agree_with_brute_force() {
    for stem in Stem::ALL {
        let mut draw = Draw::new("terms", *stem as u32);
        let cases: Vec<Case> = (0..).map(|seed| Case::draw(*stem, seed)).filter(small).take(CASES).collect();
        cases.iter().for_each(|case| check(case, &mut draw));
    }
}

#[test]
fn what_is_no_operand_has_no_terms() {
    let case = Case::draw(Stem::MaxPool2dGrad, 0);
    let Op::MaxPool2dGrad { x, dx, .. } = *case.op() else { unreachable!("the stem's own operation") };
    let at = |buffer, index| Cell { buffer, example: Some(0), index };
    assert!(case.op().terms(at(x, 0)).is_empty(), "it is only read");
    assert!(case.op().results(at(dx, 0)).is_empty(), "it is only written");
    assert!(case.op().terms(at(BufferId(99), 0)).is_empty());
    assert!(case.op().terms(at(dx, case.plan.buffer(dx).len())).is_empty(), "there is no such number");
}
