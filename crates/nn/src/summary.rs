use std::fmt::Write;

use crate::text::grouped;
use crate::{LayerInfo, Network, NetworkError};

impl Network {
    /// The classic table of Keras's `model.summary()`, its columns as wide as what stands in them.
    pub fn summary(&self) -> Result<String, NetworkError> {
        let layers = self.check()?;
        let mut rows = vec![["Layer (type)".to_owned(), "Output Shape".to_owned(), "Param #".to_owned()]];
        rows.extend(layers.iter().map(|layer| {
            let params = layer.trainable_params + layer.non_trainable_params;
            [format!("{} ({})", layer.name, layer.class_name), shape(layer), params.to_string()]
        }));
        let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2].map(|column| widest(column).max(MIN_WIDTHS[column]));
        let rule = |character: &str| character.repeat(widths.iter().sum::<usize>() + 2 * widths.len());
        let mut table = format!("Model: \"{}\"\n{}\n", self.name, rule("_"));
        for (index, [layer, shape, params]) in rows.iter().enumerate() {
            let line = format!(" {layer:<0$}  {shape:<1$}  {params}", widths[0], widths[1]);
            let _ = writeln!(table, "{}", line.trim_end());
            if index == 0 {
                let _ = writeln!(table, "{}", rule("="));
            }
        }
        let trainable: u64 = layers.iter().map(|l| l.trainable_params as u64).sum();
        let fixed: u64 = layers.iter().map(|l| l.non_trainable_params as u64).sum();
        let _ = writeln!(table, "{}", rule("="));
        for (what, n) in [("Total", trainable + fixed), ("Trainable", trainable), ("Non-trainable", fixed)] {
            let _ = writeln!(table, "{what} params: {}", grouped(n));
        }
        table.push_str(&rule("_"));
        Ok(table)
    }
}

/// Of layer, shape and count: what Keras's table has at least.
const MIN_WIDTHS: [usize; 3] = [26, 24, 9];

fn shape(layer: &LayerInfo) -> String {
    let sides: String = layer.output_shape.iter().map(|d| format!(", {d}")).collect();
    format!("(None{sides})")
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
        // Every count stands in one column, under its heading.
        let heading = summary.lines().find_map(|line| line.find("Param #"));
        for count in [" 288", " 9216", " 147584", " 1290"] {
            let at = summary.lines().find(|line| line.ends_with(count)).and_then(|line| line.find(count.trim()));
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
}
