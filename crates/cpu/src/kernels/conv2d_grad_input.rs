use atelier_nn::Activation;
use atelier_nn::plan::ConvGeometry;

use super::copy;
use crate::dispatch::Kernel;
use crate::gemm::rows::MultiplyRows;
use crate::gemm::{Patches, Workspace, pack};
use crate::simd::Simd;

/// Gradient of a convolution's input: the gradient of its output convolved with the flipped, transposed kernel.
pub struct Conv2dGradInput<'a> {
    pub geometry: &'a ConvGeometry,
    /// [`Patches::of_output_gradient`]
    pub patches: &'a Patches,
    pub images: usize,
    pub dy: &'a [f32],
    pub kernel: &'a [f32],
    pub dx: &'a mut [f32],
    pub workspace: &'a mut Workspace,
}

impl Kernel for Conv2dGradInput<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Conv2dGradInput { geometry, patches, images, dy: source, kernel, dx: y, workspace } = self;
        let Workspace { packed: panels, tiles } = workspace;
        pack::flipped_transposed(simd, kernel, geometry, panels);
        copy::zero(simd, &mut tiles.start);
        let columns = geometry.in_channels;
        MultiplyRows { patches, source, images, panels, columns, activation: Activation::Linear, y, tiles }.run(simd);
    }
}
