//! JPEG files of squares of one colour each, written by the standard's simplest means (ITU-T T.81): blocks have their mean alone,
//! and codes are as long as they must be for twelve of them.

/// A JPEG of `width` by `height` pixels. `sample(component, row, column)` is the value of a whole block of 8x8.
pub struct Jpeg<'a> {
    pub width: u16,
    pub height: u16,
    pub components: u8,
    /// What stands between the start and the tables: Exif, Adobe.
    pub markers: Vec<(u8, Vec<u8>)>,
    pub sample: &'a dyn Fn(u8, usize, usize) -> u8,
}

impl Jpeg<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let n = self.components;
        let mut bytes = vec![0xff, 0xd8];
        let mut segment = |marker: u8, content: &[u8]| {
            bytes.extend([0xff, marker]);
            bytes.extend((content.len() as u16 + 2).to_be_bytes());
            bytes.extend(content);
        };
        for (marker, content) in &self.markers {
            segment(*marker, content);
        }
        // Every coefficient in steps of 8: the mean of a block is its coefficient by 8.
        segment(0xdb, &[&[0][..], &[8; 64]].concat());
        let ([h0, h1], [w0, w1]) = (self.height.to_be_bytes(), self.width.to_be_bytes());
        let mut frame = vec![8, h0, h1, w0, w1, n];
        frame.extend((1..=n).flat_map(|id| [id, 0x11, 0]));
        segment(0xc0, &frame);
        // Lengths of means, 0 to 11, in codes of four bits; then nothing but "the rest is 0", in a code of one.
        let lengths = |at: usize, count: u8| std::array::from_fn::<u8, 16, _>(|i| if i + 1 == at { count } else { 0 });
        segment(0xc4, &[&[0x00][..], &lengths(4, 12), &(0..12).collect::<Vec<u8>>()].concat());
        segment(0xc4, &[&[0x10][..], &lengths(1, 1), &[0]].concat());
        let mut scan = vec![n];
        scan.extend((1..=n).flat_map(|id| [id, 0]));
        scan.extend([0, 63, 0]);
        segment(0xda, &scan);

        let mut bits = Bits::default();
        let mut last = vec![0i32; n.into()];
        for row in 0..usize::from(self.height).div_ceil(8) {
            for column in 0..usize::from(self.width).div_ceil(8) {
                for component in 0..n {
                    let mean = i32::from((self.sample)(component, row, column)) - 128;
                    let before = std::mem::replace(&mut last[usize::from(component)], mean);
                    let step = mean - before;
                    let length = 32 - step.unsigned_abs().leading_zeros();
                    bits.push(length, 4);
                    let value = if step < 0 { step + (1 << length) - 1 } else { step };
                    bits.push(value as u32, length);
                    bits.push(0, 1);
                }
            }
        }
        bytes.extend(bits.finish());
        bytes.extend([0xff, 0xd9]);
        bytes
    }
}

/// Bits from the highest on; a byte of ones is followed by one of zeros.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, length: u32) {
        self.open = self.open << length | u64::from(value);
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.open >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = (8 - self.count) % 8;
        self.push((1 << rest) - 1, rest);
        self.bytes
    }
}
