//! Matrix products as convolution and dense layers need them.
//!
//! A convolution is a product whose left matrix has a row for each output position, its patch: the numbers that the kernel
//! lies over ([`Patches`]). That matrix is never made whole. A block of rows at a time is gathered into a tile that
//! stays in the cache, and the register-tiled micro-kernel ([`tile`]) multiplies it by the right matrix, packed into panels as
//! wide as the register tile ([`pack`]). All three directions are such products:
//!
//! - forward: patches of x · kernel ([`rows::MultiplyRows`]);
//! - gradient of the input: patches of dy, over the flipped kernel's taps · transposed kernel (the same);
//! - gradient of the kernel: transposed patches of x · dy ([`reduction::MultiplyTransposed`]).
//!
//! The panels of a forward product are kept until its kernel changes ([`crate::store`]). A product of a single row reads
//! the kernel as it lies ([`row::MultiplyRow`]).
//!
//! A dense layer is the convolution of one pixel.

mod micro;
pub mod pack;
mod patches;
pub mod reduction;
pub mod row;
pub mod rows;
mod workspace;

pub use micro::{TileArguments, tile};
pub use patches::{PatchShape, Patches};
pub use workspace::{Tiles, Workspace, WorkspaceSize};

/// Whether a forward product multiplies by a packed kernel. With a single row each number of the kernel is used once: to
/// pack it would only move it once more.
pub fn packs(shape: &PatchShape, images: usize) -> bool {
    images * shape.rows_per_image() > 1
}
