//! The procedural garments: the ten classes of Fashion-MNIST, drawn from a seed.
//!
//! Each garment is cut from a pattern (several cuts a class, with their measures), given a fabric, laid into the frame and
//! rendered in one of four [`Style`]s. Like the real set's, pictures are 28x28, bright on black, the garment's longer side
//! fills the frame and shoes point to the left. The same seed and index give the same bytes on every machine.

mod block;
mod cuts_bags;
mod cuts_boots;
mod cuts_sandals;
mod cuts_sneakers;
mod cuts_tops;
mod cuts_trousers;
mod path;
mod pattern;
mod pose;
mod raster;
mod sketch;
mod style;
mod texture;
mod tops;
mod trims;

pub use sketch::{SKETCH_SIDE, Sketch, Sketcher};
pub use style::Style;

use crate::official::{CLASS_NAMES, CLASSES, PIXELS, SIDE};
use crate::rng::Rng;
use crate::{Dataset, Source, Split};
use pattern::Pattern;
use pose::Pose;
use style::{Look, Painter};
use texture::Wardrobe;
use tops::Top;

/// Keep the streams of garments apart from every other use of the same seed, and test from training.
const TRAIN_STREAM: u64 = 0x6761_726d_656e_7431;
const TEST_STREAM: u64 = 0x6761_726d_656e_7432;

/// How garments vary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GarmentOptions {
    /// How often each of [`Style::ALL`] comes up, relative to the others; all zero means photographs.
    pub styles: [f32; 4],
    /// How freely a garment lies: 0 straight, centred and filling the frame, 1 as usual.
    pub pose: f32,
    /// Standard deviation of the noise, as a share of the full range.
    pub noise: f32,
}

impl Default for GarmentOptions {
    fn default() -> Self {
        Self { styles: [0.6, 0.2, 0.1, 0.1], pose: 1.0, noise: 0.012 }
    }
}

impl GarmentOptions {
    /// One style only.
    pub fn only(style: Style) -> Self {
        Self { styles: Style::ALL.map(|each| f32::from(u8::from(each == style))), ..Self::default() }
    }

    fn style(&self, rng: &mut Rng) -> Style {
        let mut left = rng.unit() * self.styles.iter().sum::<f32>();
        for (style, share) in Style::ALL.into_iter().zip(self.styles) {
            left -= share;
            if left < 0.0 {
                return style;
            }
        }
        Style::Photo
    }
}

/// Draws garments one at a time, reusing its canvas.
pub struct Tailor {
    seed: u64,
    options: GarmentOptions,
    painter: Painter,
}

impl Tailor {
    /// A tailor whose garments follow from `seed`.
    pub fn new(seed: u64, options: GarmentOptions) -> Self {
        Self { seed, options, painter: Painter::new() }
    }

    /// Garment number `index` of the training stream: its class and its picture. Ten in a row from a multiple of ten
    /// hold each class once, in random order.
    pub fn garment(&mut self, index: u64) -> (u8, [u8; PIXELS]) {
        self.draw(TRAIN_STREAM, index)
    }

    fn draw(&mut self, stream: u64, index: u64) -> (u8, [u8; PIXELS]) {
        let label = label(self.seed, stream, index);
        let mut rng = Rng::keyed([self.seed, stream, index]);
        (label, self.picture(label, &mut rng))
    }

    fn picture(&mut self, label: u8, rng: &mut Rng) -> [u8; PIXELS] {
        let style = self.options.style(rng);
        let hand_drawn = matches!(style, Style::Outline | Style::Thick);
        let (mut pattern, wardrobe) = pattern(label, hand_drawn, rng);
        let look = Look::new(style, wardrobe, self.options.noise, rng);
        let shoe = matches!(label, 5 | 7 | 9);
        let pose = Pose::new(self.options.pose, !shoe, hand_drawn, rng);
        let placement = pose.place(&mut pattern.marks, look.line);
        self.painter.paint(&pattern.marks, &look, &placement);
        self.painter.finish(&look, rng)
    }
}

/// A pattern of the class, with the fabrics that it is sewn of. A hand draws only cuts that lines can tell, and spreads
/// sleeves and legs.
fn pattern(label: u8, hand_drawn: bool, rng: &mut Rng) -> (Pattern, Wardrobe) {
    let apart = if hand_drawn { rng.range(0.08, 0.24) } else { 0.0 };
    let top = |cuts: &[Top], rng: &mut Rng| loop {
        let cut = rng.pick(cuts);
        if cut.telling || !hand_drawn {
            return cut.draft(apart, rng);
        }
    };
    match label {
        0 => (top(cuts_tops::T_SHIRTS, rng), texture::LIGHT),
        1 => (rng.pick(cuts_trousers::TROUSERS).draft(apart, rng), texture::LEGS),
        2 => (top(cuts_tops::PULLOVERS, rng), texture::KNITWEAR),
        3 => (top(cuts_tops::DRESSES, rng), texture::LIGHT),
        4 => (top(cuts_tops::COATS, rng), texture::OUTER),
        5 => (rng.pick(cuts_sandals::SANDALS).draft(rng), texture::LEATHER),
        6 => (top(cuts_tops::SHIRTS, rng), texture::SHIRTING),
        7 => (rng.pick(cuts_sneakers::SNEAKERS).draft(rng), texture::LEATHER),
        8 => (rng.pick(cuts_bags::BAGS)(rng), texture::LEATHER),
        _ => (rng.pick(cuts_boots::BOOTS).draft(rng), texture::LEATHER),
    }
}

/// The class of a garment: each ten indices are a permutation of the classes.
fn label(seed: u64, stream: u64, index: u64) -> u8 {
    let mut classes: [u8; CLASSES] = std::array::from_fn(|i| i as u8);
    Rng::keyed([seed, !stream, index / CLASSES as u64]).shuffle(&mut classes);
    classes[(index % CLASSES as u64) as usize]
}

/// Garment number `index` of a seed, with the usual options: its class and its picture.
pub fn garment(seed: u64, index: u64) -> (u8, [u8; PIXELS]) {
    Tailor::new(seed, GarmentOptions::default()).garment(index)
}

/// A data set of garments, with the usual options. See [`Generator`] for one that doesn't keep its caller waiting.
pub fn generate(seed: u64, n_train: usize, n_test: usize) -> Dataset {
    let mut generator = Generator::new(seed, n_train, n_test, GarmentOptions::default());
    generator.advance(usize::MAX);
    generator.finish()
}

/// Draws a data set a few garments at a time. Training and test garments come from streams of their own, so neither
/// changes with the number of the other.
pub struct Generator {
    tailor: Tailor,
    n_train: usize,
    n_test: usize,
    train: Split,
    test: Split,
}

impl Generator {
    /// Nothing is drawn yet.
    pub fn new(seed: u64, n_train: usize, n_test: usize, options: GarmentOptions) -> Self {
        let tailor = Tailor::new(seed, options);
        let split = |n| Split::with_capacity(PIXELS, n);
        Self { tailor, n_train, n_test, train: split(n_train), test: split(n_test) }
    }

    /// Draws up to `count` more garments and says whether any are left to draw. The training split comes first.
    pub fn advance(&mut self, count: usize) -> bool {
        for _ in 0..count.min(self.left()) {
            let (split, stream) = if self.train.len() < self.n_train {
                (&mut self.train, TRAIN_STREAM)
            } else {
                (&mut self.test, TEST_STREAM)
            };
            let (label, image) = self.tailor.draw(stream, split.len() as u64);
            split.push(label.into(), &image);
        }
        self.left() > 0
    }

    /// How many garments are still to be drawn.
    pub fn left(&self) -> usize {
        self.n_train + self.n_test - self.train.len() - self.test.len()
    }

    /// The data set of what was drawn so far.
    pub fn finish(self) -> Dataset {
        let Tailor { seed, options, .. } = self.tailor;
        let GarmentOptions { styles, pose, noise } = options;
        let (n_train, n_test) = (self.train.len(), self.test.len());
        Dataset {
            source: Source::Procedural { seed },
            height: SIDE,
            width: SIDE,
            channels: 1,
            class_names: CLASS_NAMES.map(str::to_owned).to_vec(),
            identity: format!("garments:{seed}:{n_train}:{n_test}:{styles:?}:{pose}:{noise}"),
            train: self.train,
            test: self.test,
        }
    }
}
