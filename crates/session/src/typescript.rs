//! The TypeScript declarations of what crosses to the page.

use atelier_nn::plan::{Cell, Cells, Outline};
use atelier_nn::{Analysis, Network, Preset};
use ts_rs::{Config, TS};

use crate::SessionError;
use crate::protocol::{Catalogue, Event, Restored, Training};
use crate::walk::{Direction, Explanation, Nudge, WalkOutline};

/// Writes the TypeScript declarations of all types that cross to the page into `folder`.
pub fn export(folder: &std::path::Path) -> Result<(), ts_rs::ExportError> {
    let config = Config::new().with_out_dir(folder);
    Event::export_all(&config)?;
    Training::export_all(&config)?;
    Restored::export_all(&config)?;
    SessionError::export_all(&config)?;
    Catalogue::export_all(&config)?;
    Preset::export_all(&config)?;
    Outline::export_all(&config)?;
    WalkOutline::export_all(&config)?;
    Explanation::export_all(&config)?;
    Nudge::export_all(&config)?;
    Direction::export_all(&config)?;
    Cell::export_all(&config)?;
    Cells::export_all(&config)?;
    Network::export_all(&config)?;
    Analysis::export_all(&config)
}
