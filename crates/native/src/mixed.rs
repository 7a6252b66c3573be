//! What a training run departs from the plain course by, as options, and the pictures of its epochs.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow, ensure};
use atelier_data::Dataset;
use atelier_data::augment::Augmentation;
use atelier_data::mixture::Mixture;
use atelier_session::{CosineDecay, Recipe, Training};
use clap::{Args, ValueEnum};

/// The options that [`Mixing`] adds to those a checkpoint has settled.
pub const SETTINGS: [&str; 6] = ["augment", "renderings", "drawings", "schedule", "final_rate", "average"];

#[derive(Args)]
pub struct Mixing {
    /// Vary the pictures anew in each epoch: `affine` (turned, scaled, slanted, shifted a little), `mirror`, `brightness`
    #[arg(long, value_name = "WAYS", value_delimiter = ',')]
    augment: Vec<Way>,
    /// Share of each epoch that is pictures of the data set rendered as drawings: outlines, thick lines, flat shapes
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    renderings: f32,
    /// Share of each epoch that is garments drawn by this project in many styles
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    drawings: f32,
    /// How the rate falls from --learning-rate over the run: `cosine` is Keras's CosineDecay
    #[arg(long, value_enum)]
    schedule: Option<Schedule>,
    /// The rate that --schedule ends at [default: a hundredth of the first]
    #[arg(long, value_name = "RATE", requires = "schedule")]
    final_rate: Option<f32>,
    /// Also keep the mean of the weights after so many last epochs, as averaged.safetensors
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    average: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    Affine,
    Mirror,
    Brightness,
}

#[derive(Clone, Copy, ValueEnum)]
enum Schedule {
    Cosine,
}

impl Mixing {
    fn mixture(&self) -> Mixture {
        // In the order in which they are applied, however they were named.
        let augment = Augmentation::ALL.into_iter().filter(|augmentation| {
            self.augment.iter().any(|way| match way {
                Way::Affine => *augmentation == Augmentation::Affine,
                Way::Mirror => *augmentation == Augmentation::Mirror,
                Way::Brightness => *augmentation == Augmentation::Brightness,
            })
        });
        Mixture { augment: augment.collect(), renderings: self.renderings, drawings: self.drawings }
    }

    /// The recipe that the options describe, for a run over `data`.
    pub fn recipe(&self, training: &Training, data: &Dataset) -> Result<Recipe> {
        let mixture = self.mixture();
        mixture.check(data)?;
        let schedule = match self.schedule {
            Some(Schedule::Cosine) => Some(self.cosine(training, data)?),
            None => None,
        };
        Ok(Recipe { mixture, schedule, average: self.average })
    }

    fn cosine(&self, training: &Training, data: &Dataset) -> Result<CosineDecay> {
        let first = training.learning_rate;
        let final_rate = self.final_rate.unwrap_or(0.01 * first);
        ensure!(
            (0.0..=first).contains(&final_rate),
            "--final-rate is {final_rate}: it lies between 0 and the rate that the run begins with, {first}"
        );
        let batches = data.train.len().div_ceil(training.batch_size) as u32;
        Ok(CosineDecay { steps: batches.saturating_mul(training.epochs), final_rate })
    }
}

/// The pictures of each epoch. While one epoch trains, a thread makes the next one's.
pub struct Epochs {
    data: Arc<Dataset>,
    mixture: Mixture,
    seed: u32,
    epochs: u32,
    next: Option<(u32, JoinHandle<Dataset>)>,
}

impl Epochs {
    pub fn new(data: Arc<Dataset>, mixture: Mixture, training: &Training) -> Self {
        Self { data, mixture, seed: training.seed, epochs: training.epochs, next: None }
    }

    /// The data set with the pictures of an epoch, counted from 0.
    pub fn of(&mut self, epoch: u32) -> Result<Arc<Dataset>> {
        if self.mixture.is_plain() {
            return Ok(Arc::clone(&self.data));
        }
        let made = match self.next.take() {
            Some((made, thread)) if made == epoch => {
                thread.join().map_err(|_| anyhow!("the pictures of epoch {} could not be made", epoch + 1))?
            }
            _ => self.mixture.epoch(&self.data, self.seed.into(), epoch.into()),
        };
        let after = epoch + 1;
        if after < self.epochs {
            let (data, mixture, seed) = (Arc::clone(&self.data), self.mixture.clone(), u64::from(self.seed));
            self.next = Some((after, thread::spawn(move || mixture.epoch(&data, seed, after.into()))));
        }
        Ok(Arc::new(made))
    }
}
