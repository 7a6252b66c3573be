//! From a picture of any size to the network's: the arithmetic of OpenCV's `cv2.resize`, which courses use, so that the same
//! file gives the same numbers.

use thiserror::Error;

/// Pixels of red, green and blue, a byte each, rows from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rgb {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// How a picture comes to a square of the network's side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Drawn out to it, whatever its proportions.
    #[default]
    Stretched,
    /// Its shorter side brought a little over the network's (224: 256, 299: 342), and the centre taken.
    Cropped,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a picture of {width}x{height} has {expected} bytes of red, green and blue, and these are {got}")]
pub struct NotAPicture {
    width: usize,
    height: usize,
    expected: usize,
    got: usize,
}

/// The shorter side of 256 that a crop of 224 is taken from, as a share; 342 for 299 is the same.
const AROUND: (usize, usize) = (8, 7);

impl Rgb {
    /// # Errors
    /// If the bytes are not those of a picture of this size, or it has no pixel.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Rgb, NotAPicture> {
        let expected = width.saturating_mul(height).saturating_mul(3);
        if expected == 0 || pixels.len() != expected {
            return Err(NotAPicture { width, height, expected, got: pixels.len() });
        }
        Ok(Rgb { width, height, pixels })
    }

    /// As a network of pictures of `side` takes it; one that has that size already stays as it is.
    pub fn framed(self, side: usize, framing: Framing) -> Rgb {
        if [self.width, self.height] == [side; 2] {
            return self;
        }
        match framing {
            Framing::Stretched => self.resized(side, side),
            Framing::Cropped => {
                let shorter = (side * AROUND.0).div_ceil(AROUND.1);
                let other = |long: usize, short: usize| (long * shorter + short / 2) / short;
                let (width, height) = match self.width <= self.height {
                    true => (shorter, other(self.height, self.width)),
                    false => (other(self.width, self.height), shorter),
                };
                // The rest is never made: of a picture of one pixel by a million it would be a terabyte.
                let (left, top) = ((width - side) / 2, (height - side) / 2);
                self.part_of_resized([width, height], Part { left, top, width: side, height: side })
            }
        }
    }

    /// Bilinear as OpenCV does it for bytes: between the centres of pixels, without a filter where it gets smaller, with weights
    /// of 11 bits; but the mean of four where both sides are halved.
    pub fn resized(&self, width: usize, height: usize) -> Rgb {
        self.part_of_resized([width, height], Part { left: 0, top: 0, width, height })
    }

    /// A part of what the picture is when it is resized to this width and height.
    fn part_of_resized(&self, size: [usize; 2], part: Part) -> Rgb {
        let Part { left, top, width, height } = part;
        if [self.width, self.height] == size {
            let row = |y: usize| &self.pixels[((top + y) * self.width + left) * 3..][..width * 3];
            return Rgb { width, height, pixels: (0..height).flat_map(row).copied().collect() };
        }
        if [self.width, self.height] == size.map(|side| 2 * side) {
            return self.part_of_halved(part);
        }
        let columns: Vec<Place> =
            (left..left + width).map(|x| Place::of(x, self.width, size[0]).inside(self.width)).collect();
        // Each row of the picture is mixed along the columns once, although two rows of the result ask for it.
        let mut mixed: [(Option<usize>, Vec<i32>); 2] = [(None, vec![0; width * 3]), (None, vec![0; width * 3])];
        let mut pixels = Vec::with_capacity(width * height * 3);
        for y in top..top + height {
            let place = Place::of(y, self.height, size[1]);
            let last = self.height as isize - 1;
            let rows = [place.first.clamp(0, last) as usize, (place.first + 1).clamp(0, last) as usize];
            if mixed[1].0 == Some(rows[0]) {
                mixed.swap(0, 1);
            }
            for (row, (held, numbers)) in rows.iter().zip(&mut mixed) {
                if *held != Some(*row) {
                    self.mix_row(*row, &columns, numbers);
                    *held = Some(*row);
                }
            }
            let [above, below] = place.weights;
            let both = mixed[0].1.iter().zip(&mixed[1].1);
            pixels.extend(both.map(|(a, b)| {
                let sum = ((above * (a >> 4)) >> 16) + ((below * (b >> 4)) >> 16);
                ((sum + 2) >> 2).clamp(0, 255) as u8
            }));
        }
        Rgb { width, height, pixels }
    }

    fn mix_row(&self, row: usize, columns: &[Place], mixed: &mut [i32]) {
        let line = &self.pixels[row * self.width * 3..][..self.width * 3];
        for (place, mixed) in columns.iter().zip(mixed.chunks_exact_mut(3)) {
            let first = place.first as usize;
            let second = (first + 1).min(self.width - 1);
            for (channel, mixed) in mixed.iter_mut().enumerate() {
                let [a, b] = [first, second].map(|x| i32::from(line[x * 3 + channel]));
                *mixed = a * place.weights[0] + b * place.weights[1];
            }
        }
    }

    fn part_of_halved(&self, Part { left, top, width, height }: Part) -> Rgb {
        let byte = |x: usize, y: usize, channel| u16::from(self.pixels[(y * self.width + x) * 3 + channel]);
        let mut pixels = Vec::with_capacity(width * height * 3);
        for (y, x) in (top..top + height).flat_map(|y| (left..left + width).map(move |x| (2 * y, 2 * x))) {
            for channel in 0..3 {
                let of_row = |y| byte(x, y, channel) + byte(x + 1, y, channel);
                pixels.push(((of_row(y) + of_row(y + 1) + 2) >> 2) as u8);
            }
        }
        Rgb { width, height, pixels }
    }
}

/// Pixels of a picture.
#[derive(Clone, Copy)]
struct Part {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

/// Where a number of the result lies among those of the picture, along one axis: between one and the next.
#[derive(Clone, Copy)]
struct Place {
    first: isize,
    /// Of both, of 2,048 together.
    weights: [i32; 2],
}

impl Place {
    fn of(at: usize, from: usize, to: usize) -> Self {
        let centre = ((at as f64 + 0.5) * (from as f64 / to as f64) - 0.5) as f32;
        let first = centre.floor();
        let weight = |share: f32| (share * 2048.0).round_ties_even() as i32;
        let share = centre - first;
        Place { first: first as isize, weights: [weight(1.0 - share), weight(share)] }
    }

    /// What reaches beyond the picture is all of its first or last number.
    fn inside(self, len: usize) -> Self {
        let last = len as isize - 1;
        match self.first {
            first if first < 0 => Place { first: 0, weights: [2048, 0] },
            first if first >= last => Place { first: last, weights: [2048, 0] },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize) -> Rgb {
        let pixels = (0..width * height * 3).map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        Rgb { width, height, pixels }
    }

    /// FNV-1a.
    fn hash(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
    }

    /// What `cv2.resize` made of the same pictures, by `tests/golden/resized.py`.
    #[test]
    fn resizing_is_opencvs_to_the_byte() {
        let golden = include_str!("../../../tests/golden/resized.txt");
        let mut cases = 0;
        for line in golden.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).expect("a number");
            let [width, height, to_width, to_height] = [0; 4].map(|_| number() as usize);
            let resized = picture(width, height).resized(to_width, to_height);
            assert_eq!(hash(&resized.pixels), number(), "{line}");
            cases += 1;
        }
        assert!(cases >= 12, "{cases} cases");
    }

    #[test]
    fn frames_are_the_networks_size() {
        for (width, height) in [(1, 1), (1, 50_000), (640, 427), (427, 640), (224, 300), (224, 224)] {
            for side in [224, 299] {
                for framing in [Framing::Stretched, Framing::Cropped] {
                    let framed = picture(width, height).framed(side, framing);
                    assert_eq!([framed.width, framed.height, framed.pixels.len()], [side, side, side * side * 3]);
                }
            }
        }
        let right = picture(224, 224);
        assert_eq!(right.clone().framed(224, Framing::Cropped), right);
        // A crop is the middle of the whole, whatever way that was made.
        for (width, height) in [(300, 256), (256, 400), (640, 512), (512, 513), (90, 61)] {
            let picture = picture(width, height);
            let (short, long) = (width.min(height), width.max(height));
            let other = (long * 256 + short / 2) / short;
            let whole = if width <= height { picture.resized(256, other) } else { picture.resized(other, 256) };
            let (left, top) = ((whole.width - 224) / 2, (whole.height - 224) / 2);
            let middle =
                whole.part_of_resized([whole.width, whole.height], Part { left, top, width: 224, height: 224 });
            assert_eq!(picture.framed(224, Framing::Cropped), middle, "{width}x{height}");
        }
        assert_eq!((224 * AROUND.0).div_ceil(AROUND.1), 256);
        assert_eq!((299 * AROUND.0).div_ceil(AROUND.1), 342);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(Rgb::new(2, 2, vec![0; 12]).is_ok());
        assert!(Rgb::new(2, 2, vec![0; 11]).is_err_and(|e| e.to_string().contains("12 bytes")));
        assert!(Rgb::new(0, 5, Vec::new()).is_err());
        assert!(Rgb::new(usize::MAX, 2, Vec::new()).is_err());
    }
}
