//! The TypeScript declarations of everything that crosses to the page.

use std::path::Path;

use atelier_data::{Drawing, DrawingError, FilesError, Found, PictureError, Wishes};
use atelier_nn::plan::{Cell, Cells, Outline};
use atelier_nn::{Analysis, Network, Preset};
use ts_rs::{Config, ExportError, TS};

use crate::reading::{GradCam, Neighbour, Occlusion, Toward};
use crate::teach::{Lesson, Outcome, Teaching};
use crate::walk::{Direction, Explanation, Field, Inference, Moved, Nudge, Survey, WalkOutline};
use crate::{Catalogue, Event, Restored, SessionError, Training};

/// Writes the TypeScript declarations of all of them into `folder`.
pub fn export(folder: &Path) -> Result<(), ExportError> {
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
    Survey::export_all(&config)?;
    Inference::export_all(&config)?;
    Moved::export_all(&config)?;
    Direction::export_all(&config)?;
    Field::export_all(&config)?;
    GradCam::export_all(&config)?;
    Occlusion::export_all(&config)?;
    Neighbour::export_all(&config)?;
    Toward::export_all(&config)?;
    Teaching::export_all(&config)?;
    Lesson::export_all(&config)?;
    Outcome::export_all(&config)?;
    Cell::export_all(&config)?;
    Cells::export_all(&config)?;
    FilesError::export_all(&config)?;
    Drawing::export_all(&config)?;
    DrawingError::export_all(&config)?;
    Wishes::export_all(&config)?;
    Found::export_all(&config)?;
    PictureError::export_all(&config)?;
    Network::export_all(&config)?;
    Analysis::export_all(&config)
}
