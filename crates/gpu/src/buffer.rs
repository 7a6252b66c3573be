//! Buffers that are counted, and freed by name: on the web dropping a handle frees nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What is alive on a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    pub bytes: u64,
    pub buffers: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    bytes: AtomicU64,
    buffers: AtomicU64,
}

impl Ledger {
    pub fn memory(&self) -> Memory {
        Memory { bytes: self.bytes.load(Relaxed), buffers: self.buffers.load(Relaxed) }
    }
}

/// A buffer of a device, destroyed when it is dropped. WebGPU keeps the memory of a destroyed buffer until the work that
/// was submitted with it has ended; no work is submitted with it after.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub raw: wgpu::Buffer,
    ledger: Arc<Ledger>,
}

impl Buffer {
    pub fn new(device: &wgpu::Device, ledger: &Arc<Ledger>, label: &str, size: u64, usage: wgpu::BufferUsages) -> Self {
        let raw = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size,
            usage,
            mapped_at_creation: false,
        });
        ledger.bytes.fetch_add(size, Relaxed);
        ledger.buffers.fetch_add(1, Relaxed);
        Buffer { raw, ledger: Arc::clone(ledger) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.raw.destroy();
        self.ledger.bytes.fetch_sub(self.raw.size(), Relaxed);
        self.ledger.buffers.fetch_sub(1, Relaxed);
    }
}
