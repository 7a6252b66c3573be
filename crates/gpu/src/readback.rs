//! Numbers on their way back from the device.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;

use crate::buffer::{Buffer, Ledger};
use crate::scopes::Scopes;
use crate::{Gpu, GpuError, needs};

/// Staging buffers that wait for their next use, each used by one read at a time.
pub(crate) struct Pool {
    waiting: Mutex<Vec<Buffer>>,
    /// Counts them for the executor that reads through them.
    ledger: Arc<Ledger>,
}

impl Pool {
    pub fn new(ledger: &Arc<Ledger>) -> Self {
        Pool { waiting: Mutex::default(), ledger: Arc::clone(ledger) }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Buffer>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn clear(&self) {
        self.waiting().clear();
    }

    /// The smallest buffer that holds `size` bytes, made where none waits: within scopes.
    pub fn take(&self, gpu: &Gpu, size: u64) -> Result<Buffer, GpuError> {
        let mut waiting = self.waiting();
        let fitting = waiting.iter().enumerate().filter(|(_, buffer)| buffer.raw.size() >= size);
        match fitting.min_by_key(|(_, buffer)| buffer.raw.size()).map(|(at, _)| at) {
            Some(at) => Ok(waiting.swap_remove(at)),
            None => {
                needs::fits_the_room(gpu, "reading it back", size)?;
                Ok(self.make(gpu, size))
            }
        }
    }

    /// Makes so many more buffers of a size, so that none is made later.
    pub async fn reserve(&self, gpu: &Gpu, size: u64, count: usize) -> Result<(), GpuError> {
        let bytes = size.saturating_mul(count as u64);
        needs::fits_the_room(gpu, "reading it back", bytes)?;
        let scopes = Scopes::begin(gpu);
        let mut made: Vec<Buffer> = (0..count).map(|_| self.make(gpu, size)).collect();
        scopes.end(bytes).await?;
        self.waiting().append(&mut made);
        Ok(())
    }

    fn make(&self, gpu: &Gpu, size: u64) -> Buffer {
        gpu.buffer(&self.ledger, "staging", size, wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ)
    }
}

/// Numbers that the device was asked for; they come when it has done what was submitted before.
///
/// Dropped early, it gives its buffers up.
pub struct Readback {
    gpu: Gpu,
    pool: Arc<Pool>,
    pieces: Vec<Piece>,
    submission: wgpu::SubmissionIndex,
    /// What the device says of the submission and of what was made for it.
    said: Pin<Box<dyn Future<Output = Result<(), GpuError>>>>,
}

/// A staging buffer, and how many numbers of each buffer that was asked for were copied into it.
struct Piece {
    staging: Buffer,
    lens: Vec<usize>,
    mapped: oneshot::Receiver<bool>,
}

impl Readback {
    /// Of buffers whose copies were submitted as `submission`, within `scopes`.
    pub(crate) fn new(
        gpu: &Gpu,
        pool: &Arc<Pool>,
        pieces: Vec<(Buffer, Vec<usize>)>,
        submission: wgpu::SubmissionIndex,
        scopes: Scopes,
    ) -> Self {
        let bytes = needs::total(pieces.iter().map(|(staging, _)| staging.raw.size()));
        let map = |(staging, lens): (Buffer, Vec<usize>)| {
            let (told, mapped) = oneshot::channel();
            staging.raw.map_async(wgpu::MapMode::Read, .., move |result| {
                // Nobody waits for a read that was given up.
                let _ = told.send(result.is_ok());
            });
            Piece { staging, lens, mapped }
        };
        let pieces = pieces.into_iter().map(map).collect();
        let said = Box::pin(scopes.end(bytes));
        Readback { gpu: gpu.clone(), pool: Arc::clone(pool), pieces, submission, said }
    }

    /// The numbers of each buffer that was asked for, in that order.
    ///
    /// # Errors
    /// Where the device was lost, refused the submission, or had no room for the staging buffers.
    pub async fn numbers(self) -> Result<Vec<Vec<f32>>, GpuError> {
        let Readback { gpu, pool, pieces, submission, said } = self;
        said.await?;
        // In a browser this does nothing: there the callback comes by itself.
        let waited = gpu.device().poll(wgpu::PollType::Wait { submission_index: Some(submission), timeout: None });
        if waited.is_err() {
            return Err(gpu.failure().await);
        }
        let mut numbers = Vec::new();
        for Piece { staging, lens, mapped } in pieces {
            if !mapped.await.unwrap_or(false) {
                return Err(gpu.failure().await);
            }
            {
                let Ok(view) = staging.raw.get_mapped_range(..) else { return Err(gpu.failure().await) };
                let mut rest: &[f32] = bytemuck::cast_slice(&view);
                for len in lens {
                    let (these, after) = rest.split_at(len);
                    rest = after;
                    numbers.push(these.to_vec());
                }
            }
            staging.raw.unmap();
            pool.waiting().push(staging);
        }
        gpu.check()?;
        Ok(numbers)
    }
}
