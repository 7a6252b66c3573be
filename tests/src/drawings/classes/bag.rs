//! Bags: a body, and something to carry it by.

use crate::Draw;
use crate::drawings::classes::motif;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::Path;

pub fn draw(draw: &mut Draw) -> Garment {
    let mut bag = Garment::default();
    match draw.between(0, 9) {
        0 | 1 => handbag(&mut bag, draw),
        2 | 3 => tote(&mut bag, draw),
        4 => satchel(&mut bag, draw),
        5 => shoulder(&mut bag, draw),
        6 => clutch(&mut bag, draw),
        7 => duffel(&mut bag, draw),
        8 => briefcase(&mut bag, draw),
        _ => hobo(&mut bag, draw),
    }
    bag
}

/// A stiff bag with one arched handle or two.
fn handbag(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom) = (draw.within(38.0, 46.0), draw.within(82.0, 88.0));
    let (above, below) = (draw.within(24.0, 32.0), draw.within(33.0, 40.0));
    let (reach, high, width) = (draw.within(13.0, 19.0), draw.within(10.0, 16.0), draw.within(2.5, 4.5));
    let handle = |x: f32, y: f32| {
        Path::at(50.0 - x, top + 2.0).bend(49.0 - x, y, 50.0, y).bend(51.0 + x, y, 50.0 + x, top + 2.0)
    };
    if draw.chance(0.3) {
        bag.add(Role::Band(width), handle(reach - 4.0, high + 6.0));
    }
    bag.add(Role::Band(width), handle(reach, high));
    let radius = draw.within(2.0, 7.0);
    let body = Path::at(50.0, top)
        .line(50.0 + above, top)
        .line(50.0 + below, bottom - radius)
        .bend(50.0 + below + 0.5, bottom, 50.0 + below - radius, bottom)
        .line(50.0, bottom)
        .symmetric();
    bag.add(Role::Cloth, body);
    match draw.between(0, 3) {
        0 => {
            let y = top + draw.within(10.0, 15.0);
            let x = above + (below - above) * (y - top) / (bottom - top);
            bag.stroke(Role::Line, [50.0 - x, y], [50.0 + x, y]);
            bag.add(Role::Button, Path::rounded(46.5, y - 3.5, 53.5, y + 3.5, 1.5));
        }
        1 => {
            let y = top + draw.within(18.0, 24.0);
            let flap = Path::at(50.0, top).line(50.0 + above, top).line(50.0 + above - 1.0, y - 7.0);
            bag.add(Role::Second, flap.bend(50.0 + above - 2.0, y, 50.0, y).symmetric());
            bag.button(50.0, y - 2.5, 2.6);
        }
        2 => {
            bag.stroke(Role::Line, [50.0 - above, top + 5.0], [50.0 + above, top + 5.0]);
            bag.button(50.0, top + 9.5, 2.8);
        }
        _ => bag.add(Role::Button, Path::rounded(45.0, top - 1.0, 55.0, top + 6.0, 2.0)),
    }
    for x in [-reach, reach] {
        if draw.chance(0.7) {
            bag.button(50.0 + x, top + 3.5, 1.6);
        }
    }
}

/// An open bag with two long handles.
fn tote(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom) = (draw.within(36.0, 44.0), draw.within(88.0, 93.0));
    let (above, below) = (draw.within(26.0, 33.0), draw.within(24.0, 31.0));
    let (reach, width) = (draw.within(11.0, 15.0), draw.within(2.5, 4.5));
    let high = draw.within(7.0, 14.0);
    let handle = |high: f32| {
        Path::at(50.0 - reach, top + 4.0)
            .line(50.0 - reach + 0.5, high + 12.0)
            .bend(50.0 - reach + 2.0, high, 50.0, high)
            .bend(50.0 + reach - 2.0, high, 50.0 + reach - 0.5, high + 12.0)
            .line(50.0 + reach, top + 4.0)
    };
    bag.add(Role::Band(width), handle(high));
    let body = [[50.0 - above, top], [50.0 + above, top], [50.0 + below, bottom], [50.0 - below, bottom]];
    bag.add(Role::Cloth, Path::polygon(&body));
    if draw.chance(0.5) {
        for x in [-reach, reach] {
            bag.add(Role::Second, Path::rectangle(50.0 + x - width / 2.0, top, 50.0 + x + width / 2.0, top + 8.0));
        }
    }
    if draw.chance(0.5) {
        bag.stroke(Role::Line, [50.3 - above, top + 4.0], [49.7 + above, top + 4.0]);
    }
    if draw.chance(0.6) {
        motif::figure(bag, [50.0, (top + bottom) / 2.0 + 4.0], draw.within(8.0, 13.0), draw);
    }
}

/// A satchel: a flap over half of it, buckles, a strap or a small handle.
fn satchel(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom, half) = (draw.within(36.0, 42.0), draw.within(82.0, 88.0), draw.within(34.0, 40.0));
    let width = draw.within(2.5, 4.0);
    let high = draw.within(6.0, 13.0);
    if draw.chance(0.6) {
        let strap = Path::at(51.0 - half, top + 8.0).bend(52.0 - half, high, 50.0, high);
        bag.add(Role::Band(width), strap.bend(48.0 + half, high, 49.0 + half, top + 8.0));
    } else {
        let grip = Path::at(38.0, top + 1.0).line(39.0, top - 6.0).bend(40.0, top - 10.0, 45.0, top - 10.0);
        bag.add(
            Role::Band(width),
            grip.line(55.0, top - 10.0).bend(60.0, top - 10.0, 61.0, top - 6.0).line(62.0, top + 1.0),
        );
    }
    bag.add(Role::Cloth, Path::rounded(50.0 - half, top, 50.0 + half, bottom, 4.0));
    let flap = top + (bottom - top) * draw.within(0.45, 0.62);
    let cover = Path::at(50.0, top - 1.0).line(49.0 + half, top - 1.0).bend(51.0 + half, top, 51.0 + half, top + 3.0);
    let cover =
        cover.line(50.0 + half, flap - 6.0).bend(50.0 + half, flap, 44.0 + half, flap).line(50.0, flap).symmetric();
    bag.add(Role::Second, cover);
    let places: &[f32] = if draw.chance(0.65) { &[-0.5, 0.5] } else { &[0.0] };
    for place in places {
        let x = 50.0 + place * half;
        bag.add(Role::Line, Path::rectangle(x - 2.5, flap - 14.0, x + 2.5, flap + 7.0));
        bag.add(Role::Button, Path::rounded(x - 4.0, flap - 2.5, x + 4.0, flap + 4.0, 1.0));
    }
}

/// A small bag on a long strap or chain.
fn shoulder(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom, half) = (draw.within(50.0, 56.0), draw.within(85.0, 91.0), draw.within(28.0, 35.0));
    let (high, width) = (draw.within(5.0, 12.0), draw.within(1.6, 3.2));
    let strap = Path::at(51.0 - half, top + 5.0).bend(44.0, high + 12.0, 47.0, high).line(53.0, high);
    bag.add(Role::Band(width), strap.bend(56.0, high + 12.0, 49.0 + half, top + 5.0));
    bag.add(Role::Cloth, Path::rounded(50.0 - half, top, 50.0 + half, bottom, draw.within(3.0, 9.0)));
    let flap = top + draw.within(15.0, 21.0);
    bag.add(Role::Second, Path::at(50.0, top).line(48.0 + half, top).bend(51.0 + half, flap, 50.0, flap).symmetric());
    if draw.chance(0.6) {
        bag.button(50.0, flap - 1.0, 2.6);
    } else {
        bag.add(Role::Button, Path::rectangle(46.5, flap - 4.0, 53.5, flap + 2.0));
    }
    if draw.chance(0.3) {
        for place in 1..6 {
            let x = 50.0 - half + 2.0 * half * place as f32 / 6.0;
            bag.stroke(Role::Fine, [x, flap + 3.0], [x - 3.0, bottom - 1.5]);
        }
    }
}

/// An envelope clutch on a wrist strap.
fn clutch(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom, half) = (draw.within(34.0, 40.0), draw.within(72.0, 79.0), draw.within(39.0, 43.0));
    let width = draw.within(1.8, 3.0);
    let low = draw.within(8.0, 13.0);
    let strap = Path::at(52.0 - half, top + 3.0).bend(30.0, low, 50.0, low).bend(70.0, low, 48.0 + half, top + 3.0);
    bag.add(Role::Band(width), strap);
    bag.add(Role::Cloth, Path::rounded(50.0 - half, top, 50.0 + half, bottom, draw.within(1.0, 4.0)));
    let tip = top + (bottom - top) * draw.within(0.55, 0.7);
    if draw.chance(0.6) {
        bag.add(Role::Second, Path::at(50.0, top).line(49.5 + half, top).line(50.0, tip).symmetric());
    } else {
        let flap = Path::at(50.0, top).line(49.5 + half, top).line(48.0 + half, tip - 4.0);
        bag.add(Role::Second, flap.bend(48.0 + half, tip, 44.0 + half, tip).line(50.0, tip).symmetric());
    }
    bag.button(50.0, tip - 1.0, 2.4);
}

fn duffel(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom, half) = (draw.within(40.0, 46.0), draw.within(78.0, 84.0), draw.within(38.0, 43.0));
    let width = draw.within(2.8, 4.2);
    let (reach, high) = (draw.within(13.0, 17.0), draw.within(18.0, 25.0));
    let handle = Path::at(50.0 - reach, top + 4.0).bend(51.0 - reach, high, 50.0, high);
    bag.add(Role::Band(width), handle.bend(49.0 + reach, high, 50.0 + reach, top + 4.0));
    let body = Path::at(50.0, top)
        .line(44.0 + half, top)
        .bend(51.0 + half, top + 3.0, 50.0 + half, bottom - 6.0)
        .bend(50.0 + half, bottom, 44.0 + half, bottom)
        .line(50.0, bottom)
        .symmetric();
    bag.add(Role::Cloth, body);
    bag.stroke(Role::Line, [56.0 - half, top + 6.0], [44.0 + half, top + 6.0]);
    for x in [-reach, reach] {
        bag.add(Role::Second, Path::rectangle(50.0 + x - width / 2.0, top, 50.0 + x + width / 2.0, bottom));
    }
    bag.pair(
        Role::Line,
        Path::at(42.0 + half, top + 0.5).bend(40.0 + half, (top + bottom) / 2.0, 42.0 + half, bottom - 0.5),
    );
    if draw.chance(0.4) {
        bag.add(
            Role::Line,
            Path::rounded(51.0 - reach + width, bottom - 20.0, 49.0 + reach - width, bottom - 5.0, 2.0),
        );
    }
}

fn briefcase(bag: &mut Garment, draw: &mut Draw) {
    let (top, bottom, half) = (draw.within(34.0, 39.0), draw.within(80.0, 86.0), draw.within(38.0, 43.0));
    let (reach, width) = (draw.within(10.0, 14.0), draw.within(3.0, 4.5));
    let high = top - draw.within(11.0, 14.0);
    let grip =
        Path::at(50.0 - reach, top + 1.0).line(50.5 - reach, high + 4.0).bend(51.0 - reach, high, 54.0 - reach, high);
    bag.add(
        Role::Band(width),
        grip.line(46.0 + reach, high).bend(49.0 + reach, high, 49.5 + reach, high + 4.0).line(50.0 + reach, top + 1.0),
    );
    bag.add(Role::Cloth, Path::rounded(50.0 - half, top, 50.0 + half, bottom, draw.within(3.0, 6.0)));
    let y = top + (bottom - top) * draw.within(0.38, 0.5);
    if draw.chance(0.5) {
        bag.add(Role::Line, Path::at(50.0 - half, y - 4.0).bend(50.0, y + 8.0, 50.0 + half, y - 4.0));
    } else {
        bag.stroke(Role::Line, [50.0 - half, y], [50.0 + half, y]);
    }
    bag.add(Role::Button, Path::rounded(45.5, y - 3.0, 54.5, y + 6.0, 1.0));
}

/// A soft crescent.
fn hobo(bag: &mut Garment, draw: &mut Draw) {
    let (middle, bottom) = (draw.within(50.0, 56.0), draw.within(85.0, 90.0));
    let (tip, half) = (draw.within(36.0, 41.0), draw.within(31.0, 36.0));
    let (high, width) = (draw.within(7.0, 14.0), draw.within(3.0, 5.5));
    let strap = Path::at(52.0 - half, tip + 2.0).bend(26.0, high, 50.0, high).bend(74.0, high, 48.0 + half, tip + 2.0);
    bag.add(Role::Band(width), strap);
    let body = Path::at(50.0, middle)
        .bend(42.0 + half, middle, 46.0 + half, tip)
        .line(52.0 + half, tip)
        .bend(58.0 + half, bottom, 50.0, bottom)
        .symmetric();
    bag.add(Role::Cloth, body);
    bag.add(Role::Line, Path::at(54.0 - half, middle + 1.0).bend(50.0, middle + 9.0, 46.0 + half, middle + 1.0));
    for x in [-1.0, 1.0] {
        bag.button(50.0 + x * (half - 0.5), tip + 3.0, 2.0);
    }
    if draw.chance(0.5) {
        bag.button(50.0, middle + 5.0, 2.2);
    }
}
