//! What the page knows of the engine before the engine is loaded: the types that cross, and what can be chosen.

use std::fs;
use std::path::Path;

use anyhow::Result;
use atelier_nn::Network;
use atelier_session::{Catalogue, declarations};
use serde::Serialize;

/// Written as `catalogue.json`, beside the types that it has in TypeScript.
#[derive(Serialize)]
struct Opening {
    catalogue: Catalogue,
    /// The networks that are offered on the pictures of the opening, the one that the page opens with first.
    presets: Vec<Network>,
}

/// Writes all of it into `folder`.
pub fn write(folder: &Path) -> Result<()> {
    declarations::export(folder)?;
    let seed = Network::seed().analyze();
    let (first, last) = (&seed.layers[0].output_shape, &seed.layers[seed.layers.len() - 1].output_shape);
    let opening = Opening { catalogue: Catalogue::new(), presets: Network::presets(first, last[0]) };
    Ok(fs::write(folder.join("catalogue.json"), serde_json::to_string(&opening)?)?)
}
