//! What a device computes and moves at most, measured with shaders that do nothing else.

use crate::dispatch::{Access, Dispatch, Element, Invocations, Place};
use crate::readback::{Pool, Readback};
use crate::scopes::Scopes;
use crate::{Gpu, GpuError, needs};

/// Measured peaks of a device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Multiply-adds in registers, counted as two: GFLOP/s.
    pub gflops: f64,
    /// Bytes read and written from memory: GB/s.
    pub gigabytes: f64,
}

/// Seconds that a measured submission should last: long against the clock and the waiting.
const SECONDS: f64 = 0.1;
const REPETITIONS: usize = 5;

/// Measures a device's peaks. `now` is a clock in seconds.
pub async fn peak(gpu: &Gpu, now: impl Fn() -> f64) -> Result<Peak, GpuError> {
    const THREADS: usize = 64 * 1024;
    const ROUNDS: usize = 256;
    let fma = Dispatch::new("common/peak_fma", Invocations::Fixed(THREADS)).int("ROUNDS", ROUNDS);
    let fma = fma.bind("result", Place::Slot(0), Access::Write, Element::Vec4);
    let flops = (THREADS * ROUNDS * 8 * 4 * 2) as f64;
    // 64 MB: more than the caches of most devices, within the smallest limit of buffers.
    const VECTORS: usize = 4 * 1024 * 1024;
    let copy = Dispatch::new("common/peak_copy", Invocations::Fixed(VECTORS));
    let copy = copy.bind("given", Place::Slot(1), Access::Read, Element::Vec4);
    let copy = copy.bind("result", Place::Slot(0), Access::Write, Element::Vec4);
    let bytes = (VECTORS * 16 * 2) as f64;
    Ok(Peak {
        gflops: flops / seconds(gpu, &fma, VECTORS, &now).await? / 1e9,
        gigabytes: bytes / seconds(gpu, &copy, VECTORS, &now).await? / 1e9,
    })
}

/// Seconds that one of many dispatches takes, the shortest of some repetitions: a peak is what nothing disturbed.
async fn seconds(gpu: &Gpu, dispatch: &Dispatch, vectors: usize, now: &impl Fn() -> f64) -> Result<f64, GpuError> {
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
    let (ledger, bytes) = (gpu.ledger(), vectors as u64 * 16);
    needs::fits_a_buffer(gpu, || "what is moved".to_owned(), bytes)?;
    needs::fits_the_room(gpu, "what is moved", 2 * bytes)?;
    let scopes = Scopes::begin(gpu);
    let slots = [(), ()].map(|()| gpu.buffer(&ledger, "peak", bytes, usage));
    let step = gpu.buffer(&ledger, "step", 32, wgpu::BufferUsages::UNIFORM);
    let pipeline = gpu.pipeline(dispatch, &gpu.source(dispatch));
    let buffers = dispatch.bindings.iter().map(|binding| match binding.place {
        Place::Slot(slot) => &slots[slot],
        Place::Scratch => &step,
    });
    let group = gpu.bind(&pipeline, &step, buffers);
    scopes.end(2 * bytes).await?;
    let pool = std::sync::Arc::new(Pool::new(&ledger));
    let [x, y] = dispatch.groups(1, gpu.most_groups());
    let (mut times, mut best, mut measured) = (1_usize, f64::INFINITY, 0);
    while measured < REPETITIONS {
        let scopes = Scopes::begin(gpu);
        let mut encoder = gpu.device().create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline.raw);
        pass.set_bind_group(0, &group, &[]);
        for _ in 0..times {
            pass.dispatch_workgroups(x, y, 1);
        }
        drop(pass);
        let staging = pool.take(gpu, 16)?;
        encoder.copy_buffer_to_buffer(&slots[0].raw, 0, &staging.raw, 0, 16);
        let begun = now();
        let submission = gpu.queue().submit([encoder.finish()]);
        Readback::new(gpu, &pool, vec![(staging, vec![4])], submission, scopes).numbers().await?;
        let each = (now() - begun) / times as f64;
        if each * (times as f64) < SECONDS && times < 4096 {
            times *= 2;
        } else {
            best = best.min(each);
            measured += 1;
        }
    }
    Ok(best)
}
