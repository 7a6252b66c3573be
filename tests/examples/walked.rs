//! `walked FOLDER`: the first update of two networks over single pictures, by the f64 reference: what the page's walk is held
//! to in a browser. For each network and picture a file of all buffers' numbers one after another (f64, little-endian), and
//! beside it their names and lengths as JSON.
//!
//! The pictures are those of the garments that the page draws where there are no files, and the settings those that it opens
//! with, so that both begin from the same numbers. A test picture is drawn from the seed and its place alone.

use std::path::Path;
use std::{env, fs};

use atelier_data::{Part, garments};
use atelier_nn::{Executor, Gradients, Keep, Lowering, Network, StepData};
use atelier_session::Training;
use atelier_tests::Interpreter;
use serde_json::json;

/// As `www/src/engine/datasets.ts` draws garments.
const SEED: u64 = 7;

/// Of the test set.
const PICTURES: [u32; 3] = [0, 1, 2];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("say the folder to write to")?;
    let every = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/networks/every.json");
    let every: Network = serde_json::from_str(&fs::read_to_string(every)?)?;
    let data = garments::generate(SEED, 0, PICTURES.len());
    let training = Training::default();
    fs::create_dir_all(&folder)?;
    for (name, network) in [("seed", Network::seed()), ("every", every)] {
        let lowering = Lowering {
            keep: Keep::Everything,
            gradients: Gradients { parameters: true, input: true, layers: Vec::new() },
            ..Lowering::training(1, training.loss, training.optimizer.clone())
        };
        let plan = network.lower(&lowering)?;
        let step = StepData { learning_rate: training.learning_rate, seed: training.seed, ..StepData::forward(1) };
        for picture in PICTURES {
            let mut reference: Interpreter<f64> = Interpreter::new(plan.clone());
            for (buffer, values) in plan.initial_values(training.seed) {
                reference.set(buffer, &wide(&values));
            }
            let (mut input, mut target) = (vec![0.0; data.image_len()], vec![0.0; data.classes()]);
            data.write_batch(Part::Test, &[picture], &mut input, &mut target);
            reference.set(plan.input, &wide(&input));
            if let Some(buffer) = plan.target {
                reference.set(buffer, &wide(&target));
            }
            reference.run(0..plan.steps.len(), &step)?;
            let ids = (0..plan.buffers.len() as u32).map(atelier_nn::BufferId);
            let numbers: Vec<&[f64]> = ids.map(|id| reference.numbers(id, 1)).collect();
            let named = plan.buffers.iter().zip(&numbers);
            let buffers: Vec<_> = named.map(|(b, n)| json!({ "name": b.name, "length": n.len() })).collect();
            let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.iter().flat_map(|x| x.to_le_bytes())).collect();
            let path = Path::new(&folder).join(format!("{name}-{picture}"));
            fs::write(path.with_extension("bin"), bytes)?;
            fs::write(path.with_extension("json"), serde_json::to_string(&json!({ "buffers": buffers }))?)?;
        }
    }
    Ok(())
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}
