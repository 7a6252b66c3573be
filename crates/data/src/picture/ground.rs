//! The background, and how far everything stands out from it.

use ndarray::{Array2, Zip};

use super::Wishes;
use super::reduce::Small;
use crate::official::SIDE;

/// What stands out.
pub(super) struct Lifted {
    /// 0 on the ground, 1 as far from it as white from black.
    pub ink: Array2<f32>,
    /// The garment is lighter than its ground.
    pub inverted: bool,
    /// A ground was taken away: by transparency, or as what the border is like.
    pub background: bool,
}

type Colour = [f32; 3];
const WHITE: Colour = [1.0; 3];
const BLACK: Colour = [0.0; 3];

/// Pixels less opaque than this are seen through.
const OPAQUE: f32 = 0.5;
/// A garment whose mean distance from white is less than this is white, and stands on black: a white shirt with thin grey
/// lines is a bright shape with seams then, not a few lines.
const WHITISH: f32 = 0.25;
/// The share of the border that must look alike for a ground to be taken away. Garments that fill the frame touch it.
const ALIKE: f32 = 0.4;
/// How far a pixel of the ground may be from it: the grain of a photograph, the waves of a JPEG file.
const GRAIN: f32 = 0.1;
/// How near most of a smooth ground is to what is taken for it.
const CLOSE: f32 = 0.025;
/// A ground that strays by one step of 255 is a photograph's, whose light is never quite even: what stands out less than this
/// share of what stands out most is its ground too.
const PHOTOGRAPH: f32 = 1.0 / 255.0;
const UNEVEN: f32 = 0.12;

/// Takes the ground away.
///
/// Transparency says where the garment is. Else the ground is what most of the border is like: one colour, or one that
/// changes evenly over the picture.
pub(super) fn lift(small: &Small, wishes: &Wishes) -> Lifted {
    let clear = small.alpha.iter().filter(|&&alpha| alpha < OPAQUE).count();
    let border = border(small);
    // A few clear pixels at rounded corners are no mask.
    if 50 * clear > small.alpha.len() || border.is_empty() {
        let inverted = wishes.inverted.unwrap_or_else(|| whitish(small));
        return Lifted { ink: plain(small, inverted), inverted, background: true };
    }
    let ground = Ground::of_border(&border);
    let wanted = wishes.background.unwrap_or(ground.alike >= ALIKE);
    let found = ground.light() < 0.5;
    if !wanted {
        let inverted = wishes.inverted.unwrap_or(found);
        return Lifted { ink: plain(small, inverted), inverted, background: false };
    }
    let (ink, inverted) = ground.taken_from(small);
    match wishes.inverted {
        // The border is the garment's then, and its ground is what it is not.
        Some(wish) if wish != inverted => Lifted { ink: plain(small, wish), inverted: wish, background: false },
        _ => Lifted { ink, inverted, background: true },
    }
}

/// Whether what is opaque is nearly white.
fn whitish(small: &Small) -> bool {
    let distance = Zip::from(small.colour.rows()).and(&small.alpha);
    let (sum, weight) = distance.fold((0.0f32, 0.0f32), |(sum, weight), colour, &alpha| {
        (sum + alpha * apart([colour[0], colour[1], colour[2]], WHITE), weight + alpha)
    });
    sum < WHITISH * weight
}

/// How far everything is from white, or from black.
fn plain(small: &Small, inverted: bool) -> Array2<f32> {
    let ground = if inverted { BLACK } else { WHITE };
    let pixels = Zip::from(small.colour.rows()).and(&small.alpha);
    pixels.map_collect(|colour, &alpha| alpha * apart([colour[0], colour[1], colour[2]], ground))
}

/// The distance of two colours, 1 between black and white.
fn apart(a: Colour, b: Colour) -> f32 {
    let [r, g, b] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    ((r * r + g * g + b * b) / 3.0).sqrt()
}

/// A pixel of the border: where it is, from -1 to 1 in both directions, its colour, and its weight.
struct Sample {
    at: [f32; 2],
    colour: Colour,
    weight: f32,
}

/// The outermost pixels, as far as they are opaque. Garments reach the middles of the edges far more often than the corners.
fn border(small: &Small) -> Vec<Sample> {
    const CORNER: f32 = 3.0;
    let (height, width) = small.alpha.dim();
    let deep = (height.min(width) / 64).max(1);
    let outer = |i: usize, of: usize| i < deep || i + deep >= of;
    let near = |i: usize, of: usize| 10 * i < of || 10 * (of - 1 - i) < of;
    let place = |i: usize, of: usize| (2 * i + 1) as f32 / of as f32 - 1.0;
    let mut samples = Vec::new();
    let opaque = small.alpha.indexed_iter().filter(|(_, alpha)| **alpha >= OPAQUE);
    for ((y, x), _) in opaque.filter(|((y, x), _)| outer(*y, height) || outer(*x, width)) {
        samples.push(Sample {
            at: [place(x, width), place(y, height)],
            colour: std::array::from_fn(|channel| small.colour[[y, x, channel]]),
            weight: if near(y, height) && near(x, width) { CORNER } else { 1.0 },
        });
    }
    samples
}

/// A colour that changes evenly: per channel a value in the middle and its change to the right and downwards.
struct Ground {
    planes: [[f32; 3]; 3],
    /// The share of the border that looks like it.
    alike: f32,
    /// How far the border strays from it.
    grain: f32,
}

impl Ground {
    fn of_border(border: &[Sample]) -> Self {
        // The commonest colour: of some samples' colours the one that most others are near to.
        const TRIED: usize = 96;
        let step = border.len().div_ceil(TRIED);
        let near = |colour: Colour| -> f32 {
            border.iter().filter(|sample| apart(sample.colour, colour) < GRAIN / 2.0).map(|sample| sample.weight).sum()
        };
        let mut commonest = (WHITE, -1.0);
        for sample in border.iter().step_by(step) {
            let votes = near(sample.colour);
            if votes > commonest.1 {
                commonest = (sample.colour, votes);
            }
        }
        let mut flat = Self { planes: commonest.0.map(|value| [value, 0.0, 0.0]), alike: 0.0, grain: 0.0 };
        flat.planes = flat.fitted(border, CLOSE).map(|[value, ..]| [value, 0.0, 0.0]);
        let mut graded = Self { ..flat };
        // Each time, the plane is laid through what was near to the last one: it grows along a gradient.
        for _ in 0..6 {
            graded.planes = graded.fitted(border, GRAIN);
        }
        // What a garment has on the border in nearly the ground's colour would tilt a ground that is flat.
        let mut ground = if graded.share(border, CLOSE) > flat.share(border, CLOSE) + 0.1 { graded } else { flat };
        ground.measure(border);
        ground
    }

    fn at(&self, [x, y]: [f32; 2]) -> Colour {
        self.planes.map(|[value, right, down]| value + right * x + down * y)
    }

    fn light(&self) -> f32 {
        self.planes.iter().map(|plane| plane[0]).sum::<f32>() / 3.0
    }

    /// Least squares over the samples that are near, by Cramer's rule. The slopes are drawn to nothing a little, so that a
    /// border of one pixel has a plane too.
    fn fitted(&self, border: &[Sample], within: f32) -> [[f32; 3]; 3] {
        let mut normal = [[0.0f64; 3]; 3];
        let mut right = [[0.0f64; 3]; 3];
        for sample in border.iter().filter(|sample| apart(sample.colour, self.at(sample.at)) < within) {
            let basis = [1.0, f64::from(sample.at[0]), f64::from(sample.at[1])];
            let weight = f64::from(sample.weight);
            for i in 0..3 {
                for j in 0..3 {
                    normal[i][j] += weight * basis[i] * basis[j];
                    right[i][j] += weight * basis[j] * f64::from(sample.colour[i]);
                }
            }
        }
        let weight = normal[0][0];
        if weight == 0.0 {
            return self.planes;
        }
        normal[1][1] += 1e-3 * weight;
        normal[2][2] += 1e-3 * weight;
        let whole = determinant(&normal);
        std::array::from_fn(|channel| {
            std::array::from_fn(|unknown| {
                let mut changed = normal;
                for (row, value) in changed.iter_mut().zip(right[channel]) {
                    row[unknown] = value;
                }
                (determinant(&changed) / whole) as f32
            })
        })
    }

    /// The share of the border that is so near.
    fn share(&self, border: &[Sample], within: f32) -> f32 {
        let weight = |samples: &mut dyn Iterator<Item = &Sample>| samples.map(|sample| sample.weight).sum::<f32>();
        let near = weight(&mut border.iter().filter(|sample| apart(sample.colour, self.at(sample.at)) < within));
        near / weight(&mut border.iter())
    }

    fn measure(&mut self, border: &[Sample]) {
        self.alike = self.share(border, GRAIN);
        let strays = border.iter().map(|sample| apart(sample.colour, self.at(sample.at)));
        let mut near: Vec<f32> = strays.filter(|stray| *stray < GRAIN).collect();
        near.sort_by(f32::total_cmp);
        // Four medians: what a garment has on the border in nearly the ground's colour does not count.
        self.grain = near.get(near.len() / 2).map_or(0.0, |stray| 4.0 * stray);
    }

    /// How far everything is from the ground, its grain left out, and whether what stands out is mostly lighter.
    fn taken_from(&self, small: &Small) -> (Array2<f32>, bool) {
        let (height, width) = small.alpha.dim();
        let floor = self.grain.min(1.2 * GRAIN);
        let mut lighter = 0.0f32;
        let mut ink = Array2::from_shape_fn((height, width), |(y, x)| {
            let at = [(2 * x + 1) as f32 / width as f32 - 1.0, (2 * y + 1) as f32 / height as f32 - 1.0];
            let colour: Colour = std::array::from_fn(|channel| small.colour[[y, x, channel]]);
            let ground = self.at(at);
            let ink = small.alpha[[y, x]] * ((apart(colour, ground) - floor) / (1.0 - floor)).max(0.0);
            lighter += ink * (colour.iter().sum::<f32>() - ground.iter().sum::<f32>());
            ink
        });
        // A picture as small as the data set's own is no photograph: its garment reaches the border, and that is what strays.
        if self.grain >= PHOTOGRAPH && height.max(width) > 2 * SIDE {
            let uneven = UNEVEN * strong(&ink);
            ink.mapv_inplace(|value| (value - uneven).max(0.0));
        }
        (ink, lighter > 0.0)
    }
}

/// What all but a twentieth of the pixels have less of.
fn strong(ink: &Array2<f32>) -> f32 {
    let mut values: Vec<f32> = ink.iter().copied().collect();
    let place = values.len() * 19 / 20;
    *values.select_nth_unstable_by(place, f32::total_cmp).1
}

fn determinant(m: &[[f64; 3]; 3]) -> f64 {
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
}
