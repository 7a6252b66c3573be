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
//! A dense layer is the convolution of one pixel.

mod micro;
pub mod pack;
mod patches;
pub mod reduction;
pub mod rows;
mod workspace;

pub use micro::{TileArguments, tile};
pub use patches::Patches;
pub use workspace::{Workspace, WorkspaceSize};
