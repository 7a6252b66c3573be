use atelier_nn::Activation;

use super::copy;
use crate::dispatch::Kernel;
use crate::gemm::rows::MultiplyRows;
use crate::gemm::{Patches, Workspace, pack};
use crate::simd::Simd;

/// `y = activation(x ∗ kernel + bias)`
pub struct Conv2d<'a> {
    /// [`Patches::of_input`]
    pub patches: &'a Patches,
    pub filters: usize,
    pub activation: Activation,
    pub images: usize,
    pub x: &'a [f32],
    pub kernel: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub y: &'a mut [f32],
    pub workspace: &'a mut Workspace,
}

impl Kernel for Conv2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Conv2d { patches, filters: columns, activation, images, x: source, kernel, bias, y, workspace } = self;
        pack::rows(simd, kernel, columns, &mut workspace.packed);
        copy::zero(simd, &mut workspace.start);
        if let Some(bias) = bias {
            copy::copy(simd, bias, &mut workspace.start[..columns]);
        }
        MultiplyRows { patches, source, images, columns, activation, y, workspace }.run(simd);
    }
}
