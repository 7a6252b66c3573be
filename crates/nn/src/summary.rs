//! `model.summary()` as Keras 3 prints it where the output is no terminal: 76 columns, drawn by the library Rich.

use std::fmt::Write;

use crate::order::keras_order;
use crate::text::grouped;
use crate::{LayerInfo, Network, NetworkError};

/// The inner widths of the table's columns: of a chain of layers, and of a graph, whose table tells what feeds each.
const CHAIN: &[usize] = &[31, 22, 13];
const GRAPH: &[usize] = &[19, 17, 10, 17];
const HEADINGS: [&str; 4] = ["Layer (type)", "Output Shape", "Param #", "Connected to"];
/// The column of counts, which are flush right.
const COUNTS: usize = 2;

impl Network {
    /// The table of Keras's `model.summary()`: layers in Keras's order, what is too long broken between words or cut.
    ///
    /// # Errors
    /// Where the network cannot be built.
    pub fn summary(&self) -> Result<String, NetworkError> {
        let layers = self.check()?;
        let chain = layers.iter().enumerate().skip(1).all(|(i, layer)| layer.inbound == [i - 1]);
        let widths = if chain { CHAIN } else { GRAPH };
        let mut table = format!("Model: \"{}\"\n", self.name);
        border(&mut table, widths, ["┏", "━", "┳", "┓"]);
        row(&mut table, widths, &HEADINGS.map(str::to_owned), "┃");
        border(&mut table, widths, ["┡", "━", "╇", "┩"]);
        for (place, index) in keras_order(&layers).into_iter().enumerate() {
            if place > 0 {
                border(&mut table, widths, ["├", "─", "┼", "┤"]);
            }
            let layer = &layers[index];
            let params = grouped((layer.trainable_params + layer.non_trainable_params) as u64);
            let name = format!("{} ({})", layer.name, layer.class_name);
            row(&mut table, widths, &[name, shape(layer), params, connections(layer, &layers)], "│");
        }
        border(&mut table, widths, ["└", "─", "┴", "┘"]);
        let trainable: u64 = layers.iter().map(|l| l.trainable_params as u64).sum();
        let fixed: u64 = layers.iter().map(|l| l.non_trainable_params as u64).sum();
        for (what, n) in [("Total", trainable + fixed), ("Trainable", trainable), ("Non-trainable", fixed)] {
            let _ = writeln!(table, " {what} params: {} ({})", grouped(n), size(4 * n));
        }
        table.truncate(table.trim_end().len());
        Ok(table)
    }
}

fn shape(layer: &LayerInfo) -> String {
    let sides: String = layer.output_shape.iter().map(|d| format!(", {d}")).collect();
    format!("(None{sides})")
}

/// What feeds a layer; every layer here is used once, and makes one tensor.
fn connections(layer: &LayerInfo, layers: &[LayerInfo]) -> String {
    let names: Vec<String> = layer.inbound.iter().map(|i| format!("{}[0][0]", layers[*i].name)).collect();
    if names.is_empty() { "-".into() } else { names.join(", ") }
}

/// Bytes as Keras writes them.
fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "KB", "MB", "GB", "TB"] {
        if size < 1024.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} PB")
}

/// A horizontal line: its left end, what it is made of, where columns meet, its right end.
fn border(table: &mut String, widths: &[usize], [left, line, cross, right]: [&str; 4]) {
    let columns: Vec<String> = widths.iter().map(|width| line.repeat(width + 2)).collect();
    let _ = writeln!(table, "{left}{}{right}", columns.join(cross));
}

/// The cells of one row, each in as many lines as the longest needs.
fn row(table: &mut String, widths: &[usize], cells: &[String], bar: &str) {
    let cells: Vec<Vec<String>> = widths.iter().zip(cells).map(|(width, cell)| lines(cell, *width)).collect();
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
        for (column, (width, cell)) in widths.iter().zip(&cells).enumerate() {
            let text = cell.get(line).map_or("", String::as_str);
            let _ = match column {
                COUNTS => write!(table, "{bar} {text:>width$} "),
                _ => write!(table, "{bar} {text:<width$} "),
            };
        }
        let _ = writeln!(table, "{bar}");
    }
}

/// Text in lines of this width, broken between words. A longer word has a line of its own and is cut off.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let len = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + len <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    for line in &mut lines {
        if line.chars().count() > width {
            *line = line.chars().take(width - 1).chain(['…']).collect();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_network_counts_as_in_keras() {
        let layers = Network::seed().check().expect("the seed network is sound");
        let counts: Vec<usize> = layers.iter().map(|l| l.trainable_params).filter(|n| *n > 0).collect();
        assert_eq!(counts, [288, 9_216, 18_432, 36_864, 73_728, 147_584, 1_290]);
        let summary = Network::seed().summary().expect("the seed network is sound");
        assert!(summary.contains("Total params: 287,402 (1.10 MB)"), "{summary}");
        // Every count ends in one column, under its heading.
        let place = |line: &str, text: &str| line.find(text).map(|at| line[..at + text.len()].chars().count());
        let heading = summary.lines().find_map(|line| place(line, "Param #"));
        for count in [" 288 ", " 9,216 ", " 147,584 ", " 1,290 "] {
            let at = summary.lines().find(|line| line.contains(count)).and_then(|line| place(line, count.trim()));
            assert_eq!(at, heading, "{summary}");
        }
    }

    #[test]
    fn frozen_layers_count_as_not_trainable() {
        let mut network = Network::seed();
        for node in network.layers.iter_mut().take(8) {
            node.trainable = false;
        }
        let summary = network.summary().expect("freezing makes no network unsound");
        let convolutions = 288 + 9_216 + 18_432 + 36_864 + 73_728;
        assert_eq!(convolutions, 138_528);
        for line in ["Total params: 287,402", "Trainable params: 148,874", "Non-trainable params: 138,528"] {
            assert!(summary.contains(line), "{line}: {summary}");
        }
    }

    #[test]
    fn words_are_kept_whole_where_they_fit_and_cut_where_they_do_not() {
        assert_eq!(lines("conv2d_1 (Conv2D)", 17), ["conv2d_1 (Conv2D)"]);
        assert_eq!(lines("bn_Conv1 (BatchNormalization)", 19), ["bn_Conv1", "(BatchNormalizatio…"]);
        assert_eq!(lines("(None, 112, 112, 32)", 17), ["(None, 112, 112,", "32)"]);
        assert_eq!(lines("", 5), [""]);
    }

    #[test]
    fn sizes_have_the_units_of_their_thousands() {
        let sizes: Vec<String> = [0, 1023, 1024, 212_480, 102_546_848, 1 << 30].map(size).into();
        assert_eq!(sizes, ["0.00 B", "1023.00 B", "1.00 KB", "207.50 KB", "97.80 MB", "1.00 GB"]);
    }
}
