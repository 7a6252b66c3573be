//! Dresses: one piece from the shoulders, or from a bodice, to a skirt.

use crate::Draw;
use crate::drawings::classes::torso::{Torso, long_sleeve, short_sleeve};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point};

/// Waist and skirt, which all share.
struct Skirt {
    waist: Point,
    hem: Point,
    /// How far the side bends outwards between them.
    swing: f32,
    drop: f32,
}

pub fn draw(draw: &mut Draw) -> Garment {
    let hem_x = match draw.between(0, 5) {
        // A sheath, an A-line, a ball gown.
        0 | 1 => draw.within(12.5, 16.0),
        2..=4 => draw.within(21.0, 30.0),
        _ => draw.within(30.0, 38.0),
    };
    let waist = draw.within(9.0, 12.0);
    let skirt = Skirt {
        waist: [50.0 + waist, draw.within(40.0, 46.0)],
        hem: [50.0 + hem_x, if draw.chance(0.2) { draw.within(78.0, 84.0) } else { draw.within(87.0, 94.0) }],
        swing: if hem_x < 17.0 { draw.within(3.0, 5.0) } else { draw.within(-3.0, 3.0) },
        drop: draw.within(0.5, 3.5),
    };
    let mut dress = match draw.between(0, 9) {
        0..=2 => sleeveless(&skirt, draw),
        3 | 4 => strappy(&skirt, draw),
        5 | 6 => sleeved(&skirt, true, draw),
        7 => sleeved(&skirt, false, draw),
        8 => strapless(&skirt, draw),
        _ => halter(&skirt, draw),
    };
    details(&mut dress, &skirt, draw);
    dress
}

impl Skirt {
    /// From the waist to the axis at the hem.
    fn continued(&self, path: Path) -> Path {
        let ([wx, wy], [hx, hy]) = (self.waist, self.hem);
        let middle = [(wx + hx) / 2.0 + self.swing, (wy + hy) / 2.0 - self.swing.max(0.0) * 2.0];
        path.bend(middle[0], middle[1], hx, hy).bend((50.0 + hx) / 2.0, hy + self.drop, 50.0, hy + self.drop)
    }
}

fn sleeveless(skirt: &Skirt, draw: &mut Draw) -> Garment {
    let (top, strap) = (draw.within(9.0, 12.0), draw.within(4.0, 7.0));
    let inner = 50.0 + draw.within(5.0, 7.5);
    let (armpit, bust) = (draw.within(25.0, 29.0), draw.within(11.5, 14.5));
    let dip = draw.within(15.0, 23.0);
    let from = Path::at(50.0, dip);
    let vee = draw.chance(0.35);
    let from = if vee { from.line(inner, top) } else { from.bend(inner - 0.5, dip, inner, top) };
    let half = from.line(inner + strap, top + 1.0).bend(inner + strap - 1.5, armpit - 2.0, 50.0 + bust, armpit).bend(
        50.0 + bust - 0.5,
        skirt.waist[1] - 6.0,
        skirt.waist[0],
        skirt.waist[1],
    );
    let mut dress = Garment::default();
    dress.add(Role::Cloth, skirt.continued(half).symmetric());
    if draw.chance(0.6) {
        let low = top + 3.0;
        let back = Path::at(100.0 - inner, top).bend(50.0, low, inner, top);
        let front = if vee { back.line(50.0, dip) } else { back.bend(inner - 0.5, dip, 50.0, dip) };
        let front = if vee { front } else { front.bend(100.5 - inner, dip, 100.0 - inner, top) };
        dress.add(Role::Dark, front.close());
    }
    dress
}

/// The bodice below straps, or alone: `peak` is how much its sides rise over its middle.
fn bodice(skirt: &Skirt, top: f32, bust: f32, peak: f32) -> Path {
    let half = Path::at(50.0, top)
        .bend(50.0 + bust * 0.5, top - peak * 1.6, 50.0 + bust - 1.5, top - peak * 0.6)
        .line(50.0 + bust, top + 2.5)
        .bend(50.0 + bust - 0.5, skirt.waist[1] - 6.0, skirt.waist[0], skirt.waist[1]);
    skirt.continued(half).symmetric()
}

fn strappy(skirt: &Skirt, draw: &mut Draw) -> Garment {
    let (top, bust, peak) = (draw.within(22.0, 26.0), draw.within(11.0, 13.5), draw.within(1.5, 4.0));
    let mut dress = Garment::default();
    let (x, y) = (50.0 + bust * 0.62, draw.within(8.0, 11.0));
    let width = draw.within(1.2, 2.6);
    dress.pair(Role::Band(width), Path::at(x - 1.0, y).bend(x - 1.0, y + 6.0, x + 0.5, top));
    dress.add(Role::Cloth, bodice(skirt, top, bust, peak));
    dress
}

fn strapless(skirt: &Skirt, draw: &mut Draw) -> Garment {
    let mut dress = Garment::default();
    dress.add(Role::Cloth, bodice(skirt, draw.within(16.0, 20.0), draw.within(11.5, 14.0), draw.within(2.0, 4.0)));
    dress
}

fn halter(skirt: &Skirt, draw: &mut Draw) -> Garment {
    let (top, armpit, bust) = (draw.within(9.0, 11.0), draw.within(26.0, 30.0), draw.within(11.0, 13.5));
    let half = Path::at(50.0, top + draw.within(2.0, 4.0))
        .line(50.0 + 4.5, top)
        .bend(54.5, armpit - 4.0, 50.0 + bust, armpit)
        .bend(50.0 + bust - 0.5, skirt.waist[1] - 6.0, skirt.waist[0], skirt.waist[1]);
    let mut dress = Garment::default();
    dress.add(Role::Cloth, skirt.continued(half).symmetric());
    dress
}

fn sleeved(skirt: &Skirt, short: bool, draw: &mut Draw) -> Garment {
    let top = draw.within(10.0, 13.0);
    let shoulder = [50.0 + draw.within(13.5, 16.0), top + draw.within(2.5, 4.5)];
    let armpit = [50.0 + draw.within(11.5, 13.0), top + draw.within(16.0, 19.0)];
    let mut cuff = if short {
        let mut cuff = short_sleeve(shoulder, draw.within(7.0, 9.5), draw);
        for corner in &mut cuff {
            // Shorter than a T-shirt's.
            *corner = [corner[0] - 4.0, corner[1] - 2.0];
        }
        cuff
    } else {
        long_sleeve(shoulder, draw.within(5.5, 7.0), draw)
    };
    cuff[1][0] = cuff[1][0].max(armpit[0] + 1.5);
    let torso = Torso {
        neck: [50.0 + draw.within(5.5, 8.0), top],
        dip: top + draw.within(4.0, 11.0),
        vee: draw.chance(0.35),
        shoulder,
        cuff,
        armpit,
        waist: skirt.waist,
        hem: skirt.hem,
        drop: skirt.drop,
    };
    // The outline as far as the armpit is a torso's, and from there a dress's.
    let full = torso.outline();
    let mut half = Path::at(full.start[0], full.start[1]);
    half.segments.extend(&full.segments[..6]);
    let half = half.bend(armpit[0] - 0.5, skirt.waist[1] - 6.0, skirt.waist[0], skirt.waist[1]);
    let mut dress = Garment::default();
    dress.add(Role::Cloth, skirt.continued(half).symmetric());
    if draw.chance(0.6) {
        dress.add(Role::Dark, torso.inside());
    }
    if draw.chance(0.6) {
        dress.add(Role::Line, torso.neckline(2.0));
    }
    if draw.chance(0.5) {
        dress.pair(Role::Line, torso.armhole());
    }
    if draw.chance(0.4) {
        let [a, b] = torso.across(if short { 0.25 } else { 0.1 });
        dress.pair(Role::Line, Path::through(&[a, b]));
    }
    dress
}

/// Waist, folds, tiers, dots, buttons.
fn details(dress: &mut Garment, skirt: &Skirt, draw: &mut Draw) {
    let ([wx, wy], [hx, hy]) = (skirt.waist, skirt.hem);
    let half = wx - 50.0;
    match draw.between(0, 4) {
        0 | 1 => dress.add(Role::Line, Path::at(100.0 - wx, wy).bend(50.0, wy + 1.5, wx, wy)),
        2 | 3 => {
            let high = draw.within(1.6, 2.6);
            dress.add(Role::Second, Path::rectangle(50.0 - half - 0.3, wy - high, 50.0 + half + 0.3, wy + high));
            if draw.chance(0.5) {
                for side in [-1.0, 1.0] {
                    let bow = Path::at(50.0, wy).bend(50.0 + side * 3.0, wy - 6.0, 50.0 + side * 7.0, wy - 3.5);
                    dress.add(
                        Role::Second,
                        bow.line(50.0 + side * 7.0, wy + 3.5).bend(50.0 + side * 3.0, wy + 5.0, 50.0, wy).close(),
                    );
                }
                dress.button(50.0, wy, 1.8);
            }
        }
        _ => {}
    }
    match draw.between(0, 6) {
        0..=2 if hx > 68.0 => {
            let count = draw.between(2, 5);
            for fold in 1..=count {
                let t = 2.0 * fold as f32 / (count + 1) as f32 - 1.0;
                let low = hy + skirt.drop * 0.6 - draw.within(1.0, 14.0);
                let (x0, x1) = (50.0 + t * half, 50.0 + t * (hx - 50.0));
                dress.add(Role::Line, Path::at(x0, wy + 4.0).bend(x0 * 0.6 + x1 * 0.4, (wy + low) / 2.0, x1, low));
            }
        }
        3 if hx > 68.0 => {
            for t in [0.33, 0.66] {
                let y = wy + (hy - wy) * t;
                let x = half + (hx - wx) * t - 0.5;
                let mut tier = Path::at(50.0 - x, y);
                for wave in 1..=4 {
                    let to = 50.0 - x + x / 2.0 * wave as f32;
                    tier = tier.bend(to - x / 4.0, y + 5.0, to, y + 0.5);
                }
                dress.add(Role::Line, tier);
            }
        }
        4 => {
            for row in 0..5 {
                for place in -2i32..=2 {
                    let y = wy + 7.0 + row as f32 * 8.0;
                    let x = place as f32 * 7.0 + if row % 2 == 0 { 0.0 } else { 3.5 };
                    let t = ((y - wy) / (hy - wy)).clamp(0.0, 1.0);
                    if x.abs() < half + (hx - wx) * t - 3.0 && y < hy - 3.0 {
                        dress.add(Role::Accent, Path::ellipse(50.0 + x, y, 1.3, 1.3));
                    }
                }
            }
        }
        5 => dress.add(
            Role::Line,
            Path::at(101.5 - hx, hy - 4.0).bend(50.0, hy - 4.0 + 1.5 * skirt.drop, hx - 1.5, hy - 4.0),
        ),
        _ => {}
    }
}
