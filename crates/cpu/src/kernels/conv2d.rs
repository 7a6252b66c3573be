use atelier_nn::Activation;

use super::copy;
use crate::dispatch::Kernel;
use crate::gemm::row::MultiplyRow;
use crate::gemm::rows::MultiplyRows;
use crate::gemm::{Patches, Tiles};
use crate::simd::Simd;

/// `y = activation(x ∗ kernel + bias)`
pub struct Conv2d<'a> {
    /// [`Patches::of_input`]
    pub patches: &'a Patches,
    pub filters: usize,
    pub activation: Activation,
    pub images: usize,
    pub x: &'a [f32],
    pub kernel: Right<'a>,
    pub bias: Option<&'a [f32]>,
    pub y: &'a mut [f32],
    pub tiles: &'a mut Tiles,
}

/// The kernel as [`crate::gemm::packs`] chose.
pub enum Right<'a> {
    /// For a product of one row: as the parameter lies.
    Matrix(&'a [f32]),
    Panels(&'a [f32]),
}

impl Kernel for Conv2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Conv2d { patches, filters: columns, activation, images, x: source, kernel, bias, y, tiles } = self;
        match kernel {
            Right::Matrix(right) => {
                MultiplyRow { patches, source, right, columns, bias, activation, y, tiles }.run(simd);
            }
            Right::Panels(panels) => {
                copy::zero(simd, &mut tiles.start);
                if let Some(bias) = bias {
                    copy::copy(simd, bias, &mut tiles.start[..columns]);
                }
                MultiplyRows { patches, source, images, panels, columns, activation, y, tiles }.run(simd);
            }
        }
    }
}
