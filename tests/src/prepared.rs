//! Pictures of every kind, made from seeds, and one number for all that is made of them: the same natively and in a page.

use atelier_data::rng::Rng;
use atelier_data::{Drawing, Mark, Picture, Texture, Wishes, prepare};

/// What [`checksum`] is wherever it is computed.
pub const CHECKSUM: u64 = 0x8306_c77c_5b54_9b66;

/// Pictures of each kind.
const EACH: u64 = 40;

/// FNV-1a over what the network sees of all pictures, every reading of them, and what was found; of one that is refused, the
/// words that refuse it.
pub fn checksum() -> u64 {
    let kinds: [fn(&mut Rng) -> Picture; 3] = [drawn, photographed, noise];
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (kind, make) in kinds.iter().enumerate() {
        for seed in 0..EACH {
            let mut rng = Rng::keyed([kind as u64, seed, 0]);
            let picture = make(&mut rng);
            add(&picture.rgba);
            match prepare(&picture, &wishes(&mut rng)) {
                Ok(prepared) => {
                    prepared.readings.iter().for_each(|reading| add(reading));
                    prepared.found.area.iter().for_each(|share| add(&share.to_bits().to_le_bytes()));
                    let found = &prepared.found;
                    add(&[found.inverted, found.mirrored, found.background, found.outlined].map(u8::from));
                }
                Err(refused) => add(refused.to_string().as_bytes()),
            }
        }
    }
    sum
}

/// Half of them wish for nothing.
fn wishes(rng: &mut Rng) -> Wishes {
    let wish = |rng: &mut Rng| rng.chance(0.25).then(|| rng.chance(0.5));
    Wishes {
        inverted: wish(rng),
        turned: rng.chance(0.25).then(|| rng.below(5) as u8),
        mirrored: wish(rng),
        background: wish(rng),
    }
}

/// Some marks of every kind, as the sheet shows them.
fn drawn(rng: &mut Rng) -> Picture {
    let place = |rng: &mut Rng| [rng.range(0.05, 0.95), rng.range(0.05, 0.95)];
    let marks = (0..rng.below(8)).map(|_| {
        let (width, shade) = (rng.range(0.004, 0.08), rng.range(0.1, 1.0));
        let texture = *rng.pick(&[Texture::Plain, Texture::Stripes, Texture::Checks, Texture::Dots, Texture::Knit]);
        let mirrored = rng.chance(0.5);
        match rng.below(4) {
            0 => Mark::Line { points: [place(rng), place(rng)], width, shade, texture, mirrored },
            1 => Mark::Curve { points: [place(rng), place(rng), place(rng)], width, shade, texture, mirrored },
            2 => Mark::Fill { at: place(rng), shade, texture, mirrored },
            _ => {
                let points = (0..2 + rng.below(12)).map(|_| [rng.unit(), rng.unit(), rng.unit()]).collect();
                Mark::Stroke { points, width, shade, texture, mirrored, erases: rng.chance(0.2) }
            }
        }
    });
    let marks = marks.collect();
    let side = 1 + rng.below(448) as usize;
    Drawing::new(marks).render(side).expect("marks on the sheet")
}

/// An ellipse of one colour on a ground that changes from side to side, both noisy, some with soft transparency.
fn photographed(rng: &mut Rng) -> Picture {
    let (width, height) = (1 + rng.below(500) as usize, 1 + rng.below(500) as usize);
    let colour = |rng: &mut Rng| [rng.range(0.0, 255.0), rng.range(0.0, 255.0), rng.range(0.0, 255.0)];
    let (left, right, garment) = (colour(rng), colour(rng), colour(rng));
    let (half, transparent, noise) = (rng.range(0.1, 0.45), rng.chance(0.3), rng.range(0.0, 40.0));
    let mut rgba = Vec::with_capacity(4 * width * height);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
            let away = ((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5)) / (half * half);
            for channel in 0..3 {
                let ground = left[channel] + u * (right[channel] - left[channel]);
                let value = if away < 1.0 { garment[channel] } else { ground };
                rgba.push((value + noise * (rng.unit() - 0.5)).clamp(0.0, 255.0) as u8);
            }
            rgba.push(if transparent { (255.0 * (2.0 - away).clamp(0.0, 1.0)) as u8 } else { 255 });
        }
    }
    Picture { width, height, rgba }
}

fn noise(rng: &mut Rng) -> Picture {
    let (width, height) = (1 + rng.below(90) as usize, 1 + rng.below(90) as usize);
    let levels = rng.pick(&[2_u32, 3, 256]);
    let level = 255 / (levels - 1);
    let rgba = (0..4 * width * height).map(|_| (rng.below(*levels) * level) as u8).collect();
    Picture { width, height, rgba }
}
