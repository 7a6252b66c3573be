//! Pictures and their classes for training: where they come from and in which order they are seen.
//!
//! * [`Dataset`] says what a set is (shape, classes, identity), holds it as bytes and writes batches as the tensors a network
//!   takes. [`Dataset::from_files`] makes one of the four files of Fashion-MNIST or any other set in the same form.
//! * [`idx`] reads one such file, [`official`] knows the published ones.
//! * [`garments`] draws Fashion-MNIST's ten classes itself from a seed, for a machine without files and without a network.
//! * [`mixture`] makes the pictures of an epoch: the data set's, varied by [`augment`], and garments beside them.
//! * [`prepare`] makes of any picture what a network of Fashion-MNIST's pictures sees, [`Drawing`] keeps what a hand drew and
//!   [`Canvas`] draws it.
//! * [`Shuffle`] is the order of an epoch, [`rng`] the generator beneath it and beneath the garments.
//!
//! The crate knows bytes and pictures. It must never know files on disk, the network, threads, clocks or the browser, nor
//! what is done with the pictures: whoever uses it brings the bytes.

pub mod augment;
mod dataset;
pub mod drawing;
mod files;
mod foreign;
pub mod garments;
mod gzip;
pub mod idx;
pub mod mixture;
pub mod official;
pub mod picture;
pub mod rng;
mod shuffle;

pub use dataset::{Dataset, Part, Source, Split, input_of};
pub use drawing::{Canvas, Drawing, DrawingError, Mark, Texture};
pub use files::FilesError;
pub use foreign::Foreign;
pub use picture::{Found, Picture, PictureError, Prepared, Wishes, prepare, readings};
pub use shuffle::Shuffle;
