//! Pictures of garments for training: where they come from and in which order they are seen.
//!
//! * [`idx`] reads the four files of Fashion-MNIST (or any other set in the same form: MNIST, Kuzushiji-MNIST),
//!   [`official`] knows the published ones.
//! * [`garments`] draws the ten classes itself from a seed, for a machine without the files and without a network.
//! * [`Dataset`] holds either as bytes and writes batches as the tensors a network takes.
//! * [`Shuffle`] is the order of an epoch, [`rng`] the generator beneath it and beneath the garments.
//!
//! The crate knows bytes and pictures. It must never know files, the network, threads, clocks or the browser, nor what is
//! done with the pictures: whoever uses it brings the bytes.

mod dataset;
pub mod garments;
pub mod idx;
pub mod official;
pub mod rng;
mod shuffle;

pub use dataset::{Dataset, FilesError, Part, Source, Split};
pub use shuffle::Shuffle;

/// Width and height of a picture.
pub const SIDE: usize = 28;
/// Pixels of a picture, row by row from the top left.
pub const PIXELS: usize = SIDE * SIDE;
/// Number of classes.
pub const CLASSES: usize = 10;

/// The names of the ten classes, as the data set's authors write them
/// (<https://github.com/zalandoresearch/fashion-mnist#labels>).
pub const CLASS_NAMES: [&str; CLASSES] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
