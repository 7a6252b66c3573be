//! Fields against the closure of terms and results, cell by cell.

use std::collections::BTreeSet;
use std::time::Instant;

use atelier_nn::plan::{Cell, Role};
use atelier_nn::{BufferId, Loss, Network, Plan};
use atelier_session::walk::Direction;
use atelier_tests::Draw;

use crate::networks::{crossing, random};
use crate::{adam, begun, below, plan, training};

/// The cells that terms, one after another, lead to.
fn closure(plan: &Plan, from: Cell, direction: Direction, gradient: bool) -> BTreeSet<(BufferId, usize)> {
    let kin = |id: BufferId| match plan.buffer(id).role {
        Role::Gradient => gradient,
        Role::Input | Role::Activation => !gradient,
        _ => false,
    };
    let steps: Vec<usize> = if gradient { plan.backward.clone() } else { plan.forward.clone() }.collect();
    let ordered: Vec<usize> = if direction == Direction::MadeOf { steps.into_iter().rev().collect() } else { steps };
    // Where a layer only reads the numbers in another order, its buffer is the same memory under another name.
    let names = |cell: Cell| {
        let same = |id: &BufferId| plan.buffer(*id).slot == plan.buffer(cell.buffer).slot && kin(*id);
        let ids = (0..plan.buffers.len() as u32).map(BufferId).filter(same);
        ids.map(|buffer| Cell { buffer, ..cell }).collect::<Vec<_>>()
    };
    let mut found: BTreeSet<Cell> = names(from).into_iter().collect();
    for step in ordered {
        let op = &plan.steps[step].op;
        let lead = |cell: &Cell| if direction == Direction::MadeOf { op.terms(*cell) } else { op.results(*cell) };
        let more: Vec<Cell> = found.iter().flat_map(lead).filter(|c| kin(c.buffer)).flat_map(|c| c.cells(1)).collect();
        found.extend(more.into_iter().flat_map(names));
    }
    found.into_iter().filter(|cell| cell.buffer != from.buffer).map(|cell| (cell.buffer, cell.index)).collect()
}

#[test]
fn fields_are_the_cells_that_brute_force_finds() {
    let mut draw = Draw::new("walk", 3);
    let mut compared = 0;
    while compared < 20 {
        let network = random(&mut draw);
        if network.check().is_err() {
            continue;
        }
        let mut begun = begun(network, training(Loss::CategoricalCrossentropy, adam()), 0);
        let walk = begun.walk(&[compared as u32], 0);
        let plan = plan(&begun.checkpoint(), 1);
        let buffers: Vec<BufferId> = (plan.buffers.iter().enumerate())
            .filter(|(_, b)| matches!(b.role, Role::Input | Role::Activation | Role::Gradient))
            .map(|(i, _)| BufferId(i as u32))
            .collect();
        for _ in 0..6 {
            let buffer = buffers[below(&mut draw, buffers.len())];
            let index = below(&mut draw, plan.buffer(buffer).len().max(1));
            let gradient = plan.buffer(buffer).role == Role::Gradient;
            for direction in [Direction::MadeOf, Direction::GoesInto] {
                let fields = walk.field(buffer, index, direction).expect("it is there");
                let lit: BTreeSet<(BufferId, usize)> =
                    fields.iter().flat_map(|f| f.indices.iter().map(|index| (f.buffer, *index as usize))).collect();
                let expected = closure(&plan, Cell { buffer, example: Some(0), index }, direction, gradient);
                assert_eq!(lit, expected, "{} at {index}, {direction:?}", plan.buffer(buffer).name);
            }
        }
        compared += 1;
    }
}

#[test]
fn fields_that_are_no_blocks_are_found_too() {
    let mut begun = begun(crossing(), training(Loss::CategoricalCrossentropy, adam()), 0);
    let walk = begun.walk(&[0], 0);
    let plan = plan(&begun.checkpoint(), 1);
    let named = |name: &str| BufferId(plan.buffers.iter().position(|b| b.name == name).expect("it has it") as u32);
    for (name, direction) in [
        ("dropout", Direction::MadeOf),
        ("max_pooling2d", Direction::GoesInto),
        ("max_pooling2d/gradient", Direction::MadeOf),
        ("dropout/gradient", Direction::GoesInto),
    ] {
        let buffer = named(name);
        let index = plan.buffer(buffer).len() / 2;
        let fields = walk.field(buffer, index, direction).expect("it is there");
        let lit: BTreeSet<(BufferId, usize)> =
            fields.iter().flat_map(|f| f.indices.iter().map(|index| (f.buffer, *index as usize))).collect();
        let cell = Cell { buffer, example: Some(0), index };
        assert_eq!(lit, closure(&plan, cell, direction, name.ends_with("gradient")), "{name} {direction:?}");
    }
}

/// Hovering must not be felt: over the seed network any field is found within a frame, unoptimised, by the best of twenty tries,
/// since others are at work on the machine too.
#[test]
fn a_field_of_the_seed_network_is_found_at_once() {
    let mut begun = begun(Network::seed(), training(Loss::CategoricalCrossentropy, adam()), 0);
    let walk = begun.walk(&[0], 0);
    let mut longest = (0.0, String::new());
    for (buffer, described) in walk.outline().outline.buffers.iter().enumerate() {
        let middle = described.shape.iter().product::<usize>() / 2;
        for direction in [Direction::MadeOf, Direction::GoesInto] {
            let time = || {
                let begun = Instant::now();
                let fields = walk.field(BufferId(buffer as u32), middle, direction).expect("it is there");
                let cells: usize = fields.iter().map(|field| field.indices.len()).sum();
                (begun.elapsed().as_secs_f64() * 1000.0, format!("{cells} cells, {} {direction:?}", described.name))
            };
            let best = (0..20).map(|_| time()).min_by(|a, b| a.0.total_cmp(&b.0)).expect("it was tried");
            longest = if best.0 > longest.0 { best } else { longest };
        }
    }
    println!("longest field: {:.2} ms, {}", longest.0, longest.1);
    assert!(longest.0 < 16.0, "{longest:?}");
}
