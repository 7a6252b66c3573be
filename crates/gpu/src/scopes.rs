//! Error scopes: what the device says of the things made, and of the work submitted, while they are open.

use std::future::Future;

use crate::{Gpu, GpuError};

/// Open scopes of a device. They nest, and the device has one stack of them: nothing may be awaited before [`Scopes::end`].
///
/// Dropped, they close, and what they caught is forgotten: the last opened first.
pub(crate) struct Scopes {
    internal: wgpu::ErrorScopeGuard,
    validation: wgpu::ErrorScopeGuard,
    memory: wgpu::ErrorScopeGuard,
    gpu: Gpu,
}

impl Scopes {
    pub fn begin(gpu: &Gpu) -> Self {
        let device = gpu.device();
        let memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let internal = device.push_error_scope(wgpu::ErrorFilter::Internal);
        Scopes { internal, validation, memory, gpu: gpu.clone() }
    }

    /// Closes the scopes at once; what they caught comes when the device has got there. `bytes`: what was asked for.
    pub fn end(self, bytes: u64) -> impl Future<Output = Result<(), GpuError>> + use<> {
        let Scopes { internal, validation, memory, gpu } = self;
        let (internal, validation, memory) = (internal.pop(), validation.pop(), memory.pop());
        async move {
            let (internal, validation, memory) = (internal.await, validation.await, memory.await);
            // Where there is no room, what was made of it is not valid either: the cause comes first.
            if let Some(error) = memory {
                return Err(GpuError::OutOfMemory { bytes, reason: error.to_string() });
            }
            match internal.or(validation) {
                Some(error) => Err(GpuError::Refused(error.to_string())),
                None => gpu.check(),
            }
        }
    }
}
