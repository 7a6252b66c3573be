//! Sandals from the side: a sole, what holds the toes and what holds the ankle.
//!
//! Measures are shares of the shoe's length: x from the toe (0, on the left, as the real set has it) to the heel (1), y
//! from the ground (0) upwards, negative.

use super::path::{Path, Point, at, from, line, point};
use super::pattern::{Cloth, Measure, Pattern};
use crate::rng::Rng;

/// A cut, as data.
pub(super) struct Sandal {
    /// Thickness under the toes.
    ball: Measure,
    /// Height of the foot bed at the heel.
    rise: Measure,
    sole: Sole,
    toe: Toe,
    ankle: Ankle,
}

#[derive(Clone, Copy)]
enum Sole {
    /// Solid from the bed to the ground: flats, platforms, wedges.
    Solid,
    /// A bridge to a heel, as wide as given at the bed and at the ground.
    Heel(f32, f32),
}

#[derive(Clone, Copy)]
enum Toe {
    Thong,
    /// A closed piece that leaves the toes free.
    Vamp,
    /// One broad strap.
    Slide,
    /// Two broad straps with buckles.
    Buckles,
    /// Narrow straps: how many.
    Strips(u16),
    Cross,
}

#[derive(Clone, Copy)]
enum Ankle {
    None,
    /// A strap around the ankle from a heel cap.
    Strap,
    /// A strap around the heel from the toes.
    Sling,
    /// A strap along the instep to one around the ankle.
    TBar,
    /// A closed heel and ankle.
    Cuff,
    /// Straps crossed up the leg.
    Wraps,
}

const FLAT: Sandal = Sandal {
    ball: Measure(0.07, 0.02),
    rise: Measure(0.1, 0.02),
    sole: Sole::Solid,
    toe: Toe::Thong,
    ankle: Ankle::None,
};
const HIGH: Sandal = Sandal {
    ball: Measure(0.05, 0.02),
    rise: Measure(0.52, 0.1),
    sole: Sole::Heel(0.09, 0.03),
    toe: Toe::Vamp,
    ankle: Ankle::Strap,
};
const LOW: Sandal =
    Sandal { rise: Measure(0.2, 0.06), sole: Sole::Heel(0.17, 0.15), ball: Measure(0.05, 0.015), ..HIGH };
const WEDGE: Sandal = Sandal {
    ball: Measure(0.1, 0.03),
    rise: Measure(0.34, 0.09),
    sole: Sole::Solid,
    toe: Toe::Vamp,
    ankle: Ankle::Strap,
};

pub(super) const SANDALS: &[Sandal] = &[
    FLAT,
    FLAT,
    Sandal { ankle: Ankle::Sling, ..FLAT },
    Sandal { ankle: Ankle::TBar, ..FLAT },
    Sandal { toe: Toe::Slide, ball: Measure(0.1, 0.02), rise: Measure(0.11, 0.02), ..FLAT },
    Sandal { toe: Toe::Buckles, ball: Measure(0.12, 0.03), rise: Measure(0.15, 0.03), ..FLAT },
    Sandal { toe: Toe::Cross, ankle: Ankle::Strap, ..FLAT },
    Sandal { toe: Toe::Strips(4), ankle: Ankle::Strap, ..FLAT },
    Sandal { toe: Toe::Strips(3), ankle: Ankle::Cuff, ..FLAT },
    Sandal { toe: Toe::Vamp, ankle: Ankle::Sling, ..FLAT },
    LOW,
    Sandal { toe: Toe::Strips(2), ankle: Ankle::TBar, ..LOW },
    Sandal { toe: Toe::Cross, ..LOW },
    HIGH,
    Sandal { toe: Toe::Strips(2), ..HIGH },
    Sandal { toe: Toe::Cross, ankle: Ankle::TBar, ..HIGH },
    Sandal { ankle: Ankle::Cuff, sole: Sole::Heel(0.16, 0.11), ..HIGH },
    Sandal { toe: Toe::Strips(2), ankle: Ankle::Wraps, ..HIGH },
    WEDGE,
    Sandal { toe: Toe::Cross, ankle: Ankle::Sling, ..WEDGE },
    Sandal { toe: Toe::Strips(3), ankle: Ankle::TBar, ..WEDGE },
];

/// The bed on which the foot stands.
#[derive(Clone, Copy)]
struct Bed {
    ball: f32,
    rise: f32,
}

impl Bed {
    fn at(self, x: f32) -> f32 {
        let t = ((x - 0.3) / 0.62).clamp(0.0, 1.0);
        -(self.ball + (self.rise - self.ball) * t * t * (3.0 - 2.0 * t))
    }

    /// The bed from the toe to the heel, lowered by `down`.
    fn line(self, down: f32) -> Path {
        let points = (0..=12u8).map(|i| {
            let x = f32::from(i) / 12.0;
            point(x, self.at(x) + down)
        });
        Path { points: points.collect(), closed: false }
    }

    /// A place above the bed.
    fn above(self, x: f32, height: f32) -> Point {
        point(x, self.at(x) - height)
    }
}

impl Sandal {
    pub fn draft(&self, rng: &mut Rng) -> Pattern {
        let bed = Bed { ball: self.ball.take(rng), rise: self.rise.take(rng) };
        let width = rng.range(0.042, 0.1);
        let mut out = Pattern::default();
        self.sole(bed, &mut out);
        self.toe(bed, width, rng, &mut out);
        self.ankle(bed, width, rng, &mut out);
        out
    }

    fn sole(&self, bed: Bed, out: &mut Pattern) {
        match self.sole {
            Sole::Solid => {
                let mut outline = bed.line(0.0).bow(0.97, 0.0, 0.06).to(0.07, 0.0);
                outline = outline.bow(0.0, -0.6 * bed.ball, 0.2);
                out.piece(outline.close(), Cloth::Sole);
                if bed.ball > 0.1 {
                    out.seam(bed.line(0.05));
                }
            }
            Sole::Heel(top, tip) => {
                let heel = from(bed.above(0.985 - top, -0.02))
                    .bow(0.96 - tip, 0.0, 0.05)
                    .to(0.96, 0.0)
                    .bow_to(bed.above(0.99, -0.01), -0.04);
                out.piece(heel.close(), Cloth::Sole);
                let mut bridge = bed.line(0.0);
                let under = bed.line(bed.ball.min(0.055));
                bridge.points.extend(under.points.iter().rev().map(|p| point(p.x, p.y.min(0.0))));
                bridge.points.push(point(0.0, 0.0));
                out.piece(bridge.close(), Cloth::Shell);
                if bed.ball > 0.055 {
                    let platform = bed.line(bed.ball.min(0.05)).points[..6].to_vec();
                    let platform = Path { points: platform, closed: false }.to(0.4, 0.0).to(0.02, 0.0).close();
                    out.piece(platform, Cloth::Sole);
                }
            }
        }
    }

    fn toe(&self, bed: Bed, width: f32, rng: &mut Rng, out: &mut Pattern) {
        let strap = |start: f32, peak: f32, height: f32, end: f32| {
            from(bed.above(start, 0.0)).bow_to(bed.above(peak, height), 0.14).bow_to(bed.above(end, 0.0), 0.1)
        };
        match self.toe {
            Toe::Thong => {
                let (peak, height) = (rng.range(0.34, 0.44), rng.range(0.12, 0.19));
                let broad = width * rng.range(0.8, 1.4);
                out.band(strap(0.14, peak - 0.03, height, 0.64), width * 0.8, Cloth::Lining);
                out.band(strap(0.15, peak, height + 0.01, rng.range(0.66, 0.76)), broad, Cloth::Shell);
                if rng.chance(0.35) {
                    let middle = bed.above(peak, height);
                    out.dot(middle.x, middle.y, 0.09);
                }
            }
            Toe::Vamp => {
                let (start, end, height) = (rng.range(0.05, 0.1), rng.range(0.34, 0.42), rng.range(0.13, 0.2));
                let vamp = from(bed.above(start, -0.01))
                    .bow_to(bed.above(0.5 * (start + end) - 0.03, height), 0.16)
                    .bow_to(bed.above(end - 0.01, height * 0.8), 0.1)
                    .bow_to(bed.above(end, -0.02), 0.05);
                out.piece(vamp.close(), Cloth::Shell);
            }
            Toe::Slide => {
                let (start, end, height) = (rng.range(0.14, 0.2), rng.range(0.52, 0.62), rng.range(0.18, 0.24));
                let slide = from(bed.above(start, -0.01))
                    .bow_to(bed.above(start + 0.15, height - 0.03), 0.12)
                    .bow_to(bed.above(end - 0.06, height), 0.08)
                    .bow_to(bed.above(end, -0.01), 0.05);
                out.piece(slide.close(), Cloth::Shell);
                if rng.chance(0.5) {
                    let x = 0.5 * (start + end);
                    out.edge(from(bed.above(x + 0.03, height)).bow_to(bed.above(x, 0.0), 0.08));
                }
            }
            Toe::Buckles => {
                for x in [0.14, 0.4] {
                    let buckled = from(bed.above(x, -0.01))
                        .bow_to(bed.above(x + 0.08, 0.2), 0.15)
                        .line_to(bed.above(x + 0.18, 0.21))
                        .bow_to(bed.above(x + 0.2, -0.01), 0.1);
                    out.piece(buckled.close(), Cloth::Shell);
                    let buckle = bed.above(x + 0.12, 0.13);
                    out.dot(buckle.x, buckle.y, 0.055);
                }
            }
            Toe::Strips(count) => {
                let last = if count > 2 { 0.5 } else { 0.26 };
                for i in 0..count {
                    let t = f32::from(i) / f32::from(count - 1);
                    let x = 0.08 + (last - 0.08) * t;
                    out.band(strap(x, x + 0.12, 0.11 + 0.1 * t, x + 0.2), width, Cloth::Shell);
                }
            }
            Toe::Cross => {
                out.band(from(bed.above(0.1, 0.0)).bow_to(bed.above(0.4, 0.2), 0.12), width, Cloth::Shell);
                out.band(strap(0.2, 0.26, 0.15, 0.46), width, Cloth::Shell);
            }
        }
    }

    fn ankle(&self, bed: Bed, width: f32, rng: &mut Rng, out: &mut Pattern) {
        let height = rng.range(0.2, 0.28) + 0.1 * bed.rise;
        let (front, back) = (bed.above(0.62, 0.0).x, bed.above(0.95, height));
        let around = || at(front, back.y + 0.02).bow_to(back, -0.1);
        let cap = || {
            from(bed.above(0.8, -0.01))
                .bow_to(back - point(0.03, 0.0), -0.1)
                .line_to(back + point(0.015, 0.0))
                .bow_to(bed.above(0.985, -0.01), 0.08)
                .close()
        };
        match self.ankle {
            Ankle::None => {}
            Ankle::Strap => {
                out.piece(cap(), Cloth::Shell);
                out.band(around(), width, Cloth::Shell);
                out.dot(front + 0.07, back.y + 0.02, width * 1.1);
            }
            Ankle::Sling => {
                let toe = bed.above(0.36, 0.13);
                out.band(from(toe).bow_to(bed.above(0.95, height * 0.8), -0.02), width, Cloth::Shell);
                out.band(from(bed.above(0.62, 0.0)).bow_to(bed.above(0.8, height * 0.6), 0.1), width, Cloth::Shell);
            }
            Ankle::TBar => {
                out.piece(cap(), Cloth::Shell);
                out.band(from(bed.above(0.3, 0.12)).bow(front, back.y + 0.02, -0.06), width, Cloth::Shell);
                out.band(around(), width, Cloth::Shell);
            }
            Ankle::Cuff => {
                let cuff = from(bed.above(0.56, 0.0))
                    .bow(front + 0.02, back.y + 0.03, -0.1)
                    .bow_to(back + point(0.0, 0.02), -0.1)
                    .bow_to(bed.above(0.985, -0.01), 0.06);
                out.piece(cuff.close(), Cloth::Shell);
                if rng.chance(0.5) {
                    out.edge(line(&[(front + 0.02, back.y + 0.08), (back.x, back.y + 0.07)]));
                }
            }
            Ankle::Wraps => {
                out.piece(cap(), Cloth::Shell);
                for i in 0..3u8 {
                    let up = 0.085 * f32::from(i);
                    out.band(at(front, back.y - up - 0.03).bow(back.x, back.y - up, 0.1), width * 0.8, Cloth::Shell);
                }
                out.band(at(front, back.y - 0.03).bow_to(bed.above(0.78, 0.0), -0.1), width * 0.8, Cloth::Shell);
            }
        }
    }
}
