use js_sys::{ArrayBuffer, Float32Array};

/// Bytes below which a buffer is not worth keeping.
const LEAST: usize = 64 << 10;

/// Buffers that travel between two workers. Weights go out and gradients come back, megabytes each way with every batch: fresh
/// ones each time would be garbage faster than browsers collect it, so what has arrived is filled anew and sent back.
pub(crate) struct Spare {
    buffers: Vec<ArrayBuffer>,
    most: usize,
}

impl Spare {
    /// Keeps at most so many buffers.
    pub fn new(most: usize) -> Self {
        Spare { buffers: Vec::new(), most }
    }

    /// Numbers in a buffer that can be transferred: in one that was kept where one has room.
    pub fn filled(&mut self, values: &[f32]) -> Float32Array {
        let bytes = size_of_val(values);
        let roomy = self.buffers.iter().position(|buffer| bytes >= LEAST && buffer.byte_length() as usize >= bytes);
        let Some(roomy) = roomy else { return Float32Array::from(values) };
        let buffer = self.buffers.swap_remove(roomy);
        let array = Float32Array::new_with_byte_offset_and_length(&buffer, 0, values.len() as u32);
        array.copy_from(values);
        array
    }

    /// Keeps the buffer of an array that nobody reads any more, in the place of the smallest where there are enough.
    pub fn keep(&mut self, array: &Float32Array) {
        let buffer = array.buffer();
        if buffer.byte_length() as usize >= LEAST {
            self.buffers.push(buffer);
            self.buffers.sort_by_key(|buffer| std::cmp::Reverse(buffer.byte_length()));
            self.buffers.truncate(self.most);
        }
    }
}
