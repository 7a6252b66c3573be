//! What a window keeps, and where its gradient goes.

use atelier_nn::plan::PoolGeometry;
use atelier_nn::{BufferId, Op};

use super::{Column, Made, Operands};

pub fn explain(operands: &Operands, made: &mut Made, result: BufferId, index: usize, value: f32) {
    match *operands.op {
        Op::MaxPool2d { x, .. } => {
            let column = operands.column(x, &operands.terms(result, index, x));
            let winner = winner(&column).unwrap_or_default();
            made.column(column).line("winner", winner as f64).line("y", value.into());
        }
        Op::MaxPool2dGrad { ref geometry, x, dy, .. } => {
            let reached = operands.terms(result, index, dy);
            let won = |window: &usize| {
                winner(&operands.column(x, &under(geometry, *window))).is_some_and(|winner| winner == index)
            };
            let windows: Vec<usize> = reached.into_iter().filter(won).collect();
            let sum = made.column(operands.column(dy, &windows)).multiplied().sum();
            made.line("dx", sum);
        }
        Op::AveragePool2d { x, .. } => {
            let column = operands.column(x, &operands.terms(result, index, x));
            let share = 1.0 / column.values.len() as f64;
            made.column(column).line("share", share).line("y", value.into());
        }
        Op::AveragePool2dGrad { ref geometry, dy, .. } => {
            let windows = operands.terms(result, index, dy);
            let column = operands.column(dy, &windows);
            let values = windows.iter().map(|window| 1.0 / under(geometry, *window).len() as f64).collect();
            let share = Column { name: "share", values, ..column.clone() };
            let sum = made.column(column).column(share).multiplied().sum();
            made.line("dx", sum);
        }
        Op::GlobalAveragePool2d { positions, x, .. } => {
            let column = operands.column(x, &operands.terms(result, index, x));
            made.column(column).line("share", 1.0 / positions as f64).line("y", value.into());
        }
        Op::GlobalAveragePool2dGrad { positions, dy, .. } => {
            let share = 1.0 / positions as f64;
            made.column(operands.column(dy, &operands.terms(result, index, dy))).multiplied();
            made.products.iter_mut().for_each(|product| *product *= share);
            let sum = made.sum();
            made.line("share", share).line("dx", sum);
        }
        _ => {}
    }
}

/// Where the window's number is from: the first that is not below the largest, and of a largest that is not a number the
/// first of all.
fn winner(window: &Column) -> Option<usize> {
    let largest = window.values.iter().fold(f64::NEG_INFINITY, |largest, value| {
        if largest.is_nan() || value.is_nan() { f64::NAN } else { largest.max(*value) }
    });
    let at = window.values.iter().position(|value| largest.is_nan() || *value >= largest)?;
    window.indices.get(at).copied()
}

/// The cells of the input under the window that gave the number at `index`.
fn under(geometry: &PoolGeometry, index: usize) -> Vec<usize> {
    let (position, channel) = (index / geometry.channels, index % geometry.channels);
    let (row, column) = (position / geometry.out_width, position % geometry.out_width);
    let rows = geometry.rows(row).flat_map(|y| geometry.columns(column).map(move |x| (y, x)));
    rows.map(|(y, x)| (y * geometry.in_width + x) * geometry.channels + channel).collect()
}
