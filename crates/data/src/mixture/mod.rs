//! What an epoch trains on, where that is more than the pictures of a data set as they are: varied anew in each epoch, some
//! of them rendered as drawings, and some places given to drawings of the project's own garments.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::augment::{Augmentation, rendering};
use crate::garments::{GarmentOptions, SKETCH_SIDE, Sketch, Sketcher, Tailor};
use crate::official::{CLASSES, PIXELS, SIDE};
use crate::rng::Rng;
use crate::{Dataset, Picture, Shuffle, Split, Wishes, prepare, readings};

/// Keeps the streams of mixtures apart from every other use of the same seed.
const STREAM: u64 = 0x6d69_7874_7572_6531;
/// Of the drawings: their own seed, whatever the run's.
const DRAWINGS_SEED: u64 = 16;

/// The shares of an epoch and how its pictures vary. An epoch keeps the number of the data set's training pictures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mixture {
    /// How every picture is varied.
    pub augment: Vec<Augmentation>,
    /// Share of the epoch that are pictures of the data set rendered as drawings.
    pub renderings: f32,
    /// Share of the epoch that are the project's own garments, drawn in many styles.
    pub drawings: f32,
}

/// Why a mixture cannot be made.
#[derive(Debug, Error, PartialEq)]
pub enum MixtureError {
    /// Shares that are no shares.
    #[error(
        "renderings ({renderings}) and drawings ({drawings}) are shares of an epoch: from 0 to 1, together at most 1"
    )]
    Shares {
        /// Of renderings.
        renderings: f32,
        /// Of drawings.
        drawings: f32,
    },
    /// Only pictures of garments can be mixed with garments.
    #[error(
        "renderings and drawings are of Fashion-MNIST's shape, 28x28x1 in ten classes; these pictures are \
         {height}x{width}x{channels} in {classes}"
    )]
    OtherShape {
        /// Rows of a picture.
        height: usize,
        /// Columns of a picture.
        width: usize,
        /// Numbers of a pixel.
        channels: usize,
        /// Number of classes.
        classes: usize,
    },
}

/// What a place of an epoch is filled with.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Picture,
    Rendering,
    Drawing,
}

impl Mixture {
    /// Whether an epoch is the data set's pictures as they are.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can be made of this data set.
    ///
    /// # Errors
    /// If the shares are none, or the pictures of a shape that renderings and garments don't have.
    pub fn check(&self, data: &Dataset) -> Result<(), MixtureError> {
        let Self { renderings, drawings, .. } = *self;
        let share = 0.0..=1.0;
        if !share.contains(&renderings) || !share.contains(&drawings) || !share.contains(&(renderings + drawings)) {
            return Err(MixtureError::Shares { renderings, drawings });
        }
        let [height, width, channels] = data.shape();
        let classes = data.classes();
        if renderings + drawings > 0.0 && ([height, width, channels], classes) != ([SIDE, SIDE, 1], CLASSES) {
            return Err(MixtureError::OtherShape { height, width, channels, classes });
        }
        Ok(())
    }

    /// The data set with the training pictures of an epoch, a function of `seed` and `epoch` alone; [`Self::check`] said that
    /// it can be made.
    pub fn epoch(&self, data: &Dataset, seed: u64, epoch: u64) -> Dataset {
        let mut mixer = Mixer::new(self, data, seed, epoch);
        let mut train = Split::with_capacity(data.image_len(), data.train.len());
        for place in 0..data.train.len() {
            let (label, picture) = mixer.picture(place);
            train.push(label, &picture);
        }
        let identity = format!("{}+{self:?}:{seed}", data.identity);
        Dataset { train, identity, class_names: data.class_names.clone(), test: data.test.clone(), ..*data }
    }
}

/// Fills the places of an epoch.
struct Mixer<'a> {
    mixture: &'a Mixture,
    data: &'a Dataset,
    seed: u64,
    epoch: u64,
    order: Shuffle,
    sketcher: Sketcher,
    tailor: Tailor,
}

impl<'a> Mixer<'a> {
    fn new(mixture: &'a Mixture, data: &'a Dataset, seed: u64, epoch: u64) -> Self {
        let options = GarmentOptions { styles: [0.25; 4], ..GarmentOptions::default() };
        Self {
            mixture,
            data,
            seed,
            epoch,
            // Which of the data set's pictures are left out for others' sake changes from epoch to epoch.
            order: Shuffle::new(data.train.len() as u32, seed ^ STREAM, epoch),
            sketcher: Sketcher::new(DRAWINGS_SEED),
            tailor: Tailor::new(DRAWINGS_SEED, options),
        }
    }

    fn kind(&self, place: usize) -> Kind {
        let all = self.data.train.len() as f32;
        let renderings = (self.mixture.renderings * all).round() as usize;
        let drawings = (self.mixture.drawings * all).round() as usize;
        match place {
            place if place < drawings => Kind::Drawing,
            place if place < drawings + renderings => Kind::Rendering,
            _ => Kind::Picture,
        }
    }

    fn picture(&mut self, place: usize) -> (u16, Vec<u8>) {
        let all = self.data.train.len() as u64;
        let mut rng = Rng::keyed([self.seed ^ STREAM, self.epoch, place as u64]);
        let shape = self.data.shape();
        let index = self.order.order()[place] as usize;
        let real = |split: &Split| (split.labels()[index], split.image(index).to_vec());
        let kind = self.kind(place);
        let (label, mut picture) = match kind {
            Kind::Picture => real(&self.data.train),
            Kind::Rendering => {
                let (label, picture) = real(&self.data.train);
                (label, read_somehow(rendering(&picture, &mut rng), &mut rng))
            }
            // Never the same drawing twice.
            Kind::Drawing => self.drawing(self.epoch * all + place as u64, &mut rng),
        };
        // Half of the data set's pictures come as they are, as those of the test do; drawings vary more.
        let often = if kind == Kind::Picture { 0.5 } else { 0.75 };
        for augmentation in &self.mixture.augment {
            if *augmentation == Augmentation::Mirror || rng.chance(often) {
                augmentation.apply(&mut picture, shape, &mut rng);
            }
        }
        (label, picture)
    }

    /// A drawing of the project's own: one of eight as the procedural garments are, the rest sketches as they are read.
    fn drawing(&mut self, index: u64, rng: &mut Rng) -> (u16, Vec<u8>) {
        if index.is_multiple_of(8) {
            let (label, picture) = self.tailor.garment(index);
            return (label.into(), picture.to_vec());
        }
        let sketch = self.sketcher.sketch(index);
        let picture = seen(&sketch).map_or_else(|| vec![0; PIXELS], |seen| read_somehow(seen, rng));
        (sketch.label.into(), picture)
    }
}

/// What a network sees of a sketch; nothing where the hand left nothing to be seen.
pub fn seen(sketch: &Sketch) -> Option<Vec<u8>> {
    let pixels = sketch.grey.iter().zip(&sketch.alpha);
    let rgba = pixels.flat_map(|(grey, alpha)| [*grey, *grey, *grey, *alpha]).collect();
    let picture = Picture { width: SKETCH_SIDE, height: SKETCH_SIDE, rgba };
    prepare(&picture, &Wishes::default()).ok().map(|prepared| prepared.seen)
}

/// One of the readings of what is seen: as it is in nearly half of all cases.
fn read_somehow(seen: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    if rng.chance(0.4) {
        return seen;
    }
    let mut readings = readings(&seen);
    let chosen = rng.below(readings.len() as u32) as usize;
    readings.swap_remove(chosen)
}
