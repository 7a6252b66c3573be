//! How a checkpoint does on the test pictures.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use pollster::block_on;

use crate::input::Pictures;
use crate::train::load;

#[derive(Args)]
pub struct Options {
    /// A checkpoint, as `train` writes it or the page saves it
    file: PathBuf,
    #[command(flatten)]
    pictures: Pictures,
}

pub fn run(options: &Options) -> Result<()> {
    let checkpoint = load(&options.file)?;
    let data = options.pictures.load()?;
    let evaluation = block_on(atelier_session::evaluate(&checkpoint, &data, |_| {}))?;
    println!("loss {:.4}", evaluation.loss());
    println!("accuracy {:.4}", evaluation.accuracy());
    println!("\n{}", confusion_table(&evaluation.confusion, &data.class_names));
    Ok(())
}

/// Rows are what the pictures show, columns what the network said.
fn confusion_table(confusion: &[Vec<u32>], names: &[&str]) -> String {
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let mut table = format!("{:<width$}  said:", "shown:");
    for (number, _) in names.iter().enumerate() {
        table.push_str(&format!(" {number:>5}"));
    }
    table.push_str("  recall");
    for (number, (name, row)) in names.iter().zip(confusion).enumerate() {
        table.push_str(&format!("\n{name:<width$}  {number:>5}"));
        for count in row {
            table.push_str(&format!(" {count:>5}"));
        }
        let shown: u32 = row.iter().sum();
        let recall = f64::from(row[number]) / f64::from(shown.max(1));
        table.push_str(&format!("  {recall:>6.3}"));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_confusion_table_lines_up() {
        let table = confusion_table(&[vec![990, 10], vec![0, 1000]], &["Trouser", "Bag"]);
        let expected = "shown:   said:     0     1  recall\n\
                        Trouser      0   990    10   0.990\n\
                        Bag          1     0  1000   1.000";
        assert_eq!(table, expected);
    }
}
