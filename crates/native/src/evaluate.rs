//! How a checkpoint does on the test pictures.

use std::path::PathBuf;

use anyhow::Result;
use atelier_session::MOST_CONFUSED;
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
    if evaluation.unanswered > 0 {
        println!("no answer for {} pictures: the network's outputs are not numbers", evaluation.unanswered);
    }
    if data.classes() > MOST_CONFUSED {
        println!("no confusion matrix: {} classes are more than the {MOST_CONFUSED} of a table", data.classes());
    } else {
        println!("\n{}", confusion_table(&evaluation.confusion, &data.class_names, data.test.labels()));
    }
    Ok(())
}

/// Rows are what the pictures show, columns what the network said. `labels`: of all pictures, those without an answer too.
fn confusion_table(confusion: &[Vec<u32>], names: &[String], labels: &[u16]) -> String {
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
        let shown = labels.iter().filter(|label| usize::from(**label) == number).count();
        let recall = f64::from(row[number]) / shown.max(1) as f64;
        table.push_str(&format!("  {recall:>6.3}"));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_confusion_table_lines_up() {
        let labels: Vec<u16> = (0..2000).map(|i| i % 2).collect();
        let names = ["Trouser".to_owned(), "Bag".to_owned()];
        let table = confusion_table(&[vec![980, 10], vec![0, 1000]], &names, &labels);
        let expected = "shown:   said:     0     1  recall\n\
                        Trouser      0   980    10   0.980\n\
                        Bag          1     0  1000   1.000";
        assert_eq!(table, expected);
    }
}
