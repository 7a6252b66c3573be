//! Numbers on their way back from the device.

use std::sync::{Arc, Mutex, PoisonError};

use futures_channel::oneshot;

use crate::buffer::Buffer;
use crate::{Gpu, GpuError};

/// Staging buffers that wait for their next use, each used by one read at a time.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<Buffer>>);

impl Pool {
    fn put(&self, buffer: Buffer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }

    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The smallest buffer that holds `size` bytes, made where none waits.
    pub fn take(&self, gpu: &Gpu, size: u64) -> Buffer {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = waiting.iter().enumerate().filter(|(_, buffer)| buffer.raw.size() >= size);
        match fitting.min_by_key(|(_, buffer)| buffer.raw.size()).map(|(at, _)| at) {
            Some(at) => waiting.swap_remove(at),
            None => gpu.buffer("staging", size, wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ),
        }
    }

    /// Makes so many more buffers of a size, so that none is made later.
    pub fn reserve(&self, gpu: &Gpu, size: u64, count: usize) {
        let usage = wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ;
        let taken: Vec<Buffer> = (0..count).map(|_| gpu.buffer("staging", size, usage)).collect();
        taken.into_iter().for_each(|buffer| self.put(buffer));
    }
}

/// Numbers that the device was asked for; they come when it has done what was submitted before.
///
/// Dropped early, it gives its buffer up.
pub struct Readback {
    gpu: Gpu,
    pool: Arc<Pool>,
    staging: Buffer,
    lens: Vec<usize>,
    submission: wgpu::SubmissionIndex,
    mapped: oneshot::Receiver<bool>,
}

impl Readback {
    /// Of a buffer whose copies were submitted as `submission`.
    pub(crate) fn new(
        gpu: &Gpu,
        pool: &Arc<Pool>,
        staging: Buffer,
        lens: Vec<usize>,
        submission: wgpu::SubmissionIndex,
    ) -> Self {
        let (told, mapped) = oneshot::channel();
        staging.raw.map_async(wgpu::MapMode::Read, .., move |result| {
            // Nobody waits for a read that was given up.
            let _ = told.send(result.is_ok());
        });
        Readback { gpu: gpu.clone(), pool: Arc::clone(pool), staging, lens, submission, mapped }
    }

    /// The numbers of each buffer that was asked for, in that order.
    pub async fn numbers(self) -> Result<Vec<Vec<f32>>, GpuError> {
        let Readback { gpu, pool, staging, lens, submission, mapped } = self;
        // In a browser this does nothing: there the callback comes by itself.
        let waited = gpu.device().poll(wgpu::PollType::Wait { submission_index: Some(submission), timeout: None });
        if waited.is_err() || !mapped.await.unwrap_or(false) {
            return Err(gpu.failure().await);
        }
        let numbers = {
            let Ok(view) = staging.raw.get_mapped_range(..) else { return Err(gpu.failure().await) };
            let mut rest: &[f32] = bytemuck::cast_slice(&view);
            let mut take = |len: usize| {
                let (these, after) = rest.split_at(len);
                rest = after;
                these.to_vec()
            };
            lens.into_iter().map(&mut take).collect()
        };
        staging.raw.unmap();
        pool.put(staging);
        gpu.check()?;
        Ok(numbers)
    }
}
