use js_sys::{ArrayBuffer, Float32Array};

/// Bytes below which a buffer is not worth keeping.
const LEAST: usize = 4 << 10;

/// Buffers that travel between two workers. Weights and pictures go out and gradients come back, megabytes each way with every
/// batch: fresh ones each time would be garbage faster than browsers collect it, so what has arrived is filled anew and sent back.
pub(crate) struct Spare {
    buffers: Vec<ArrayBuffer>,
    most: usize,
}

impl Spare {
    /// Keeps at most so many buffers.
    pub fn new(most: usize) -> Self {
        Spare { buffers: Vec::new(), most }
    }

    /// Numbers one after another in a buffer that can be transferred: in one that was kept where one has room.
    pub fn filled(&mut self, parts: &[&[f32]]) -> Float32Array {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let bytes = size_of::<f32>() * len;
        let roomy = self.buffers.iter().position(|buffer| bytes >= LEAST && buffer.byte_length() as usize >= bytes);
        let array = match roomy {
            Some(roomy) => {
                let buffer = self.buffers.swap_remove(roomy);
                Float32Array::new_with_byte_offset_and_length(&buffer, 0, len as u32)
            }
            None => Float32Array::new_with_length(len as u32),
        };
        let mut end = 0;
        for part in parts {
            let begin = end;
            end += part.len() as u32;
            array.subarray(begin, end).copy_from(part);
        }
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
