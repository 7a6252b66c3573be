//! Buffers that are counted, and freed by name: on the web dropping a handle frees nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What is alive on a device, or of one executor on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    pub bytes: u64,
    pub buffers: u64,
}

/// Counts buffers. What an executor's counts, its device's counts too.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    device: Option<Arc<Ledger>>,
    bytes: AtomicU64,
    buffers: AtomicU64,
}

impl Ledger {
    /// An executor's, within its device's.
    pub fn within(device: &Arc<Ledger>) -> Arc<Self> {
        Arc::new(Ledger { device: Some(Arc::clone(device)), ..Ledger::default() })
    }

    pub fn memory(&self) -> Memory {
        Memory { bytes: self.bytes.load(Relaxed), buffers: self.buffers.load(Relaxed) }
    }

    fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
        self.buffers.fetch_add(1, Relaxed);
        self.device.iter().for_each(|device| device.add(bytes));
    }

    fn remove(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Relaxed);
        self.buffers.fetch_sub(1, Relaxed);
        self.device.iter().for_each(|device| device.remove(bytes));
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
        ledger.add(size);
        Buffer { raw, ledger: Arc::clone(ledger) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.raw.destroy();
        self.ledger.remove(self.raw.size());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_executor_has_its_device_has_too() {
        let device = Arc::default();
        let (one, other) = (Ledger::within(&device), Ledger::within(&device));
        one.add(100);
        other.add(20);
        one.add(3);
        assert_eq!(one.memory(), Memory { bytes: 103, buffers: 2 });
        assert_eq!(device.memory(), Memory { bytes: 123, buffers: 3 });
        one.remove(100);
        assert_eq!(one.memory(), Memory { bytes: 3, buffers: 1 });
        assert_eq!(other.memory(), Memory { bytes: 20, buffers: 1 });
        assert_eq!(device.memory(), Memory { bytes: 23, buffers: 2 });
    }
}
