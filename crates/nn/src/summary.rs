use std::fmt::Write;

use crate::{LayerInfo, Network, NetworkError};

const WIDTHS: [usize; 3] = [29, 26, 10];

impl Network {
    /// The classic table of Keras's `model.summary()`.
    pub fn summary(&self) -> Result<String, NetworkError> {
        let layers = self.check()?;
        let width = WIDTHS.iter().sum::<usize>();
        let mut table = format!("Model: \"{}\"\n{}\n", self.name, "_".repeat(width));
        row(&mut table, "Layer (type)", "Output Shape", "Param #");
        let _ = writeln!(table, "{}", "=".repeat(width));
        for layer in &layers {
            let params = layer.trainable_params + layer.non_trainable_params;
            row(&mut table, &format!("{} ({})", layer.name, layer.class_name), &shape(layer), &params.to_string());
        }
        let trainable: usize = layers.iter().map(|l| l.trainable_params).sum();
        let fixed: usize = layers.iter().map(|l| l.non_trainable_params).sum();
        let _ = writeln!(table, "{}", "=".repeat(width));
        for (what, n) in [("Total", trainable + fixed), ("Trainable", trainable), ("Non-trainable", fixed)] {
            let _ = writeln!(table, "{what} params: {}", grouped(n));
        }
        table.push_str(&"_".repeat(width));
        Ok(table)
    }
}

fn row(table: &mut String, layer: &str, shape: &str, params: &str) {
    let line = format!(" {layer:<w0$} {shape:<w1$} {params}", w0 = WIDTHS[0] - 2, w1 = WIDTHS[1] - 1);
    let _ = writeln!(table, "{}", line.trim_end());
}

fn shape(layer: &LayerInfo) -> String {
    let sides: String = layer.output_shape.iter().map(|d| format!(", {d}")).collect();
    format!("(None{sides})")
}

/// `287402` as `287,402`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
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
        assert!(summary.contains("Total params: 287,402"), "{summary}");
        assert!(summary.contains(" conv2d (Conv2D)             (None, 28, 28, 32)        288"), "{summary}");
    }
}
