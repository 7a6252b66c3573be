use crate::dispatch::Kernel;
use crate::gemm::reduction::MultiplyTransposed;
use crate::gemm::{Patches, Workspace};
use crate::simd::Simd;

/// Gradient of a convolution's kernel: every patch of the input times the gradient of its output, summed.
pub struct Conv2dGradKernel<'a> {
    /// [`Patches::of_input`]
    pub patches: &'a Patches,
    pub filters: usize,
    pub images: usize,
    pub x: &'a [f32],
    pub dy: &'a [f32],
    pub dkernel: &'a mut [f32],
    pub workspace: &'a mut Workspace,
}

impl Kernel for Conv2dGradKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Conv2dGradKernel { patches, filters, images, x, dy, dkernel, workspace } = self;
        let product =
            MultiplyTransposed { patches, source: x, images, right: dy, columns: filters, product: dkernel, workspace };
        product.run(simd);
    }
}
