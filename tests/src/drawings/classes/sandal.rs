//! Sandals, the toe at the left: a sole and straps, between which the foot would show.

use crate::Draw;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point};

pub fn draw(draw: &mut Draw) -> Garment {
    let mut sandal = Garment { sided: true, ..Garment::default() };
    match draw.between(0, 8) {
        0 => thong(&mut sandal, draw),
        1 => from_above(&mut sandal, draw),
        2 => slide(&mut sandal, draw),
        3 | 4 => sport(&mut sandal, draw),
        5 | 6 => heeled(&mut sandal, draw),
        7 => wedge(&mut sandal, draw),
        _ => gladiator(&mut sandal, draw),
    }
    sandal
}

/// A flat sole between these heights; it rises a little at the toe.
fn sole(sandal: &mut Garment, top: f32, thick: f32, draw: &mut Draw) {
    let (toe, heel) = (draw.within(5.0, 8.0), draw.within(92.0, 95.0));
    let spring = draw.within(0.0, 3.0);
    let slab = Path::at(toe, top - spring)
        .bend(28.0, top + 1.0, 50.0, top)
        .line(heel - 2.0, top - 1.5)
        .bend(heel + 1.5, top + thick / 2.0 - 1.5, heel - 1.0, top + thick)
        .line(24.0, top + thick)
        .bend(12.0, top + thick, toe - 1.0, top + thick * 0.5 - spring)
        .bend(toe - 2.5, top - spring, toe, top - spring)
        .close();
    sandal.add(Role::Cloth, slab);
    if thick > 6.0 && draw.chance(0.6) {
        let y = top + thick * 0.55;
        sandal.add(Role::Line, Path::at(toe + 1.0, y - spring * 0.7).bend(24.0, y + 0.5, 45.0, y).line(heel - 1.0, y));
    }
}

/// A flip-flop from the side.
fn thong(sandal: &mut Garment, draw: &mut Draw) {
    let top = draw.within(64.0, 68.0);
    let width = draw.within(3.0, 5.5);
    let toe = draw.within(24.0, 29.0);
    let (high, back) = (top - draw.within(19.0, 26.0), draw.within(58.0, 66.0));
    // The far strap, the near one, and the thong between the toes.
    sandal.add(Role::Band(width * 0.9), Path::at(back - 9.0, top).bend(toe + 20.0, high - 1.0, toe + 4.0, high + 8.0));
    sandal.add(Role::Band(width), Path::at(back, top + 1.0).bend(toe + 26.0, high + 2.0, toe + 3.0, high + 9.0));
    sandal.add(Role::Band(width * 0.8), Path::at(toe + 3.5, high + 8.0).bend(toe, high + 14.0, toe, top + 0.5));
    sole(sandal, top, draw.within(5.0, 9.0), draw);
}

/// A pair of flip-flops as they lie on a beach.
fn from_above(sandal: &mut Garment, draw: &mut Draw) {
    let (wide, width) = (draw.within(14.0, 17.0), draw.within(2.6, 4.4));
    let apart = wide + draw.within(2.0, 6.0);
    let (top, bottom) = (draw.within(8.0, 12.0), draw.within(88.0, 92.0));
    for side in [-1.0, 1.0] {
        let x = 50.0 + side * apart;
        // The inner side is the straighter one.
        let at = |u: f32, y: f32| [x + side * u * wide, y];
        let curve = |path: Path, c: Point, to: Point| path.bend(c[0], c[1], to[0], to[1]);
        let from = at(-0.2, top);
        let mut foot = Path::at(from[0], from[1]);
        for (c, to) in [
            (at(1.0, top), at(1.0, top + 22.0)),
            (at(1.0, top + 38.0), at(0.72, top + 48.0)),
            (at(0.75, bottom - 8.0), at(0.7, bottom - 9.0)),
            (at(0.5, bottom), at(0.0, bottom)),
            (at(-0.6, bottom), at(-0.7, bottom - 12.0)),
            (at(-0.6, top + 45.0), at(-0.95, top + 25.0)),
            (at(-1.05, top), from),
        ] {
            foot = curve(foot, c, to);
        }
        sandal.add(Role::Cloth, foot.close());
        let thong = at(-0.2, top + 17.0);
        for (u, low) in [(0.82, top + 44.0), (-0.8, top + 42.0)] {
            let end = at(u, low);
            let strap =
                Path::at(thong[0], thong[1]).bend((thong[0] * 0.3) + end[0] * 0.7, thong[1] + 6.0, end[0], end[1]);
            sandal.add(Role::Band(width), strap);
        }
        sandal.button(thong[0], thong[1], width * 0.6);
    }
}

/// One broad band across the foot, open at the toes and behind.
fn slide(sandal: &mut Garment, draw: &mut Draw) {
    let top = draw.within(64.0, 68.0);
    let high = top - draw.within(18.0, 22.0);
    let (front, back) = (draw.within(17.0, 21.0), draw.within(62.0, 68.0));
    let (toe, instep) = ([front + 13.0, top - draw.within(12.0, 14.0)], [back - 7.0, high]);
    let band = Path::at(front, top)
        .bend(front + 3.0, toe[1] + 3.0, toe[0], toe[1])
        .bend(toe[0] + 14.0, high + 2.0, instep[0], instep[1])
        .bend(back - 3.0, (high + top) / 2.0, back, top + 1.0)
        .close();
    sandal.add(Role::Second, band);
    match draw.between(0, 2) {
        0 => {
            for share in [0.35, 0.65] {
                let (x, y) = (toe[0] + (instep[0] - toe[0]) * share, toe[1] + (instep[1] - toe[1]) * share);
                sandal.add(Role::Line, Path::at(x, y - 1.0).bend(x - 3.0, (y + top) / 2.0, x - 1.0, top));
            }
        }
        1 => sandal.add(Role::Button, Path::rounded(back - 20.0, high + 9.0, back - 13.0, high + 16.0, 1.5)),
        _ => {}
    }
    sole(sandal, top, draw.within(7.0, 11.0), draw);
}

/// Straps across the toes and the instep, and around the heel.
fn sport(sandal: &mut Garment, draw: &mut Draw) {
    let top = draw.within(66.0, 71.0);
    let width = draw.within(4.0, 7.0);
    let ankle = top - draw.within(30.0, 37.0);
    let bands: [Path; 4] = [
        Path::at(15.0, top).bend(18.0, top - 16.0, 34.0, top - 17.0).bend(42.0, top - 15.0, 40.0, top),
        Path::at(30.0, top - 1.0).bend(40.0, top - 18.0, 54.0, ankle + 10.0).bend(60.0, top - 12.0, 62.0, top),
        Path::at(54.0, ankle + 8.0).bend(60.0, ankle, 70.0, ankle + 1.0).bend(82.0, ankle + 2.0, 88.0, ankle + 8.0),
        Path::at(88.0, ankle + 7.0).bend(90.0, top - 12.0, 80.0, top),
    ];
    for band in bands {
        sandal.add(Role::Band(width), band);
    }
    if draw.chance(0.6) {
        sandal.add(Role::Button, Path::rounded(66.0, ankle - 3.0, 73.0, ankle + 5.0, 1.5));
    }
    sole(sandal, top, draw.within(6.0, 12.0), draw);
}

/// On a high heel, with straps across the toes and around the ankle.
fn heeled(sandal: &mut Garment, draw: &mut Draw) {
    let ground = draw.within(86.0, 90.0);
    let high = draw.within(48.0, 58.0);
    let (width, thin) = (draw.within(2.5, 4.5), draw.within(2.5, 8.0));
    let ankle = high - draw.within(21.0, 27.0);
    let back = draw.within(82.0, 86.0);
    // The ankle strap, and what holds it.
    let loop_ = Path::at(back - 1.0, ankle + 3.0).bend(back - 12.0, ankle + 13.0, 58.0, ankle + 3.0);
    sandal.add(Role::Band(width), loop_.bend(68.0, ankle - 8.0, back - 1.0, ankle + 2.0));
    if draw.chance(0.5) {
        sandal.add(Role::Band(width), Path::at(60.0, ankle + 3.0).bend(50.0, high + 4.0, 34.0, ground - 19.0));
    }
    for place in 0..draw.between(1, 3) {
        let x = 13.0 + 10.0 * place as f32;
        let low = ground - 4.0 - place as f32 * 1.0;
        let strap = Path::at(x, low).bend(x + 1.0, low - 17.0 - place as f32 * 2.0, x + 14.0, low - 15.0);
        sandal.add(Role::Band(width), strap.bend(x + 22.0, low - 12.0, x + 22.0, low - 2.0 - place as f32 * 2.0));
    }
    let cup = Path::at(back, ankle)
        .bend(back - 1.0, high - 12.0, back + 2.0, high + 2.0)
        .line(back - 18.0, high + 5.0)
        .bend(back - 7.0, high - 4.0, back - 3.5, ankle)
        .close();
    sandal.add(Role::Second, cup);
    let heel = Path::at(back + 2.0, high + 2.0)
        .bend(back - 1.0, (high + ground) / 2.0, back + 0.5, ground)
        .line(back + 0.5 - thin, ground)
        .bend(back - thin - 1.0, high + 16.0, back - 18.0, high + 6.0)
        .close();
    sandal.add(Role::Cloth, heel);
    let footbed = Path::at(7.0, ground - 3.5)
        .bend(24.0, ground - 1.0, 36.0, ground - 5.0)
        .bend(52.0, ground - 14.0, 64.0, high + 8.0)
        .bend(72.0, high, back + 2.0, high + 1.0)
        .line(back + 1.5, high + 5.0)
        .bend(74.0, high + 4.0, 66.0, high + 13.0)
        .bend(52.0, ground - 2.0, 34.0, ground)
        .line(12.0, ground)
        .bend(5.0, ground - 0.5, 7.0, ground - 3.5)
        .close();
    sandal.add(Role::Cloth, footbed);
    if draw.chance(0.5) {
        sandal.button(74.0, ankle + 4.0, 1.6);
    }
}

fn wedge(sandal: &mut Garment, draw: &mut Draw) {
    let ground = draw.within(82.0, 86.0);
    let high = ground - draw.within(20.0, 28.0);
    let width = draw.within(4.0, 7.0);
    let ankle = high - draw.within(22.0, 26.0);
    sandal.add(
        Role::Band(width),
        Path::at(14.0, ground - 9.0).bend(18.0, ground - 25.0, 32.0, ground - 25.0).bend(
            44.0,
            ground - 23.0,
            42.0,
            ground - 11.0,
        ),
    );
    if draw.chance(0.6) {
        sandal.add(
            Role::Band(width),
            Path::at(24.0, ground - 10.0).bend(36.0, ground - 30.0, 50.0, high - 12.0).bend(
                57.0,
                high,
                56.0,
                ground - 15.0,
            ),
        );
    }
    sandal.add(Role::Band(width * 0.8), Path::at(86.0, ankle + 7.0).bend(68.0, ankle + 14.0, 56.0, ankle + 4.0));
    sandal.add(Role::Band(width * 0.8), Path::at(56.0, ankle + 4.0).bend(70.0, ankle - 7.0, 86.0, ankle + 5.0));
    sandal.add(Role::Band(width), Path::at(86.5, ankle + 4.0).bend(89.0, high - 8.0, 86.0, high + 1.0));
    let sole = Path::at(7.0, ground - 9.0)
        .bend(26.0, ground - 7.0, 42.0, ground - 11.0)
        .bend(64.0, high, 92.0, high)
        .bend(92.0, ground - 10.0, 89.0, ground)
        .line(14.0, ground)
        .bend(5.0, ground - 2.0, 7.0, ground - 9.0)
        .close();
    sandal.add(Role::Cloth, sole);
    for share in [0.4, 0.7] {
        if draw.chance(0.5) {
            let y = high + (ground - high) * share;
            sandal.add(
                Role::Fine,
                Path::at(14.0, ground - 8.0 + 6.0 * share).bend(50.0, ground - 6.0 + 5.0 * share, 90.0, y),
            );
        }
    }
}

/// Many straps, as high as the ankle.
fn gladiator(sandal: &mut Garment, draw: &mut Draw) {
    let top = draw.within(74.0, 78.0);
    let width = draw.within(2.8, 4.2);
    let (front, back) = (52.0, draw.within(84.0, 87.0));
    let count = draw.between(2, 3);
    for place in 0..count {
        let y = top - 48.0 + 13.0 * place as f32;
        sandal.add(Role::Band(width), Path::at(front - 1.0, y + 2.0).bend(68.0, y + 8.0, back + 1.0, y + 1.0));
    }
    sandal.add(Role::Band(width), Path::at(back, top - 49.0).bend(back - 3.0, top - 20.0, back + 1.0, top));
    sandal.add(
        Role::Band(width),
        Path::at(front, top - 48.0).bend(front - 2.0, top - 26.0, 38.0, top - 17.0).bend(26.0, top - 10.0, 18.0, top),
    );
    for (from, to, high) in [(16.0, 34.0, 13.0), (26.0, 50.0, 20.0), (40.0, 68.0, 26.0)] {
        sandal.add(
            Role::Band(width),
            Path::at(from, top).bend(from + 6.0, top - high, (from + to) / 2.0, top - high).bend(
                to,
                top - high * 0.8,
                to,
                top,
            ),
        );
    }
    sole(sandal, top, draw.within(4.0, 7.0), draw);
}
