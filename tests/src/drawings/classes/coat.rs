//! Coats: to the thigh or below, open in front, with lapels, a hood or a high collar.

use crate::Draw;
use crate::drawings::classes::torso::{Torso, folds, long_sleeve};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point};

pub fn draw(draw: &mut Draw) -> Garment {
    let top = draw.within(10.0, 13.0);
    let kind = draw.between(0, 6);
    let shoulder = [50.0 + draw.within(16.5, 20.0), top + draw.within(3.5, 6.0)];
    let armpit = [50.0 + draw.within(14.5, 17.0), top + draw.within(20.0, 24.0)];
    let hem_y = if kind == 5 { draw.within(80.0, 86.0) } else { draw.within(88.0, 94.0) };
    let mut cuff = long_sleeve(shoulder, draw.within(7.5, 9.5), draw);
    cuff[1][0] = cuff[1][0].max(armpit[0] + 2.5);
    let waist = if kind == 2 { draw.within(11.0, 13.0) } else { draw.within(13.5, 16.5) };
    let torso = Torso {
        neck: [50.0 + draw.within(6.0, 8.0), top],
        dip: top + draw.within(3.0, 5.0),
        vee: false,
        shoulder,
        cuff,
        armpit,
        waist: [50.0 + waist, 54.0],
        hem: [50.0 + draw.within(18.0, 24.0), hem_y],
        drop: draw.within(0.0, 1.5),
    };
    let mut coat = Garment::default();
    if kind == 4 {
        coat.add(Role::Second, hood(&torso));
    }
    coat.add(Role::Cloth, torso.outline());
    match kind {
        0 | 1 => lapels(&mut coat, &torso, draw),
        2 => trench(&mut coat, &torso, draw),
        3 => open(&mut coat, &torso, draw),
        4 => parka(&mut coat, &torso, draw),
        5 => puffer(&mut coat, &torso, draw),
        _ => collar(&mut coat, &torso, draw),
    }
    if kind != 5 && draw.chance(0.6) {
        coat.pair(Role::Line, torso.armhole());
    }
    if draw.chance(0.6) {
        let [a, b] = torso.across(draw.within(0.09, 0.15));
        coat.pair(Role::Line, Path::through(&[a, b]));
    }
    folds(&mut coat, &torso, draw);
    coat
}

/// Where a lapel coat closes, `deep` below the neck.
fn lapel(torso: &Torso, deep: f32, wide: f32) -> Path {
    let ([nx, top], close) = (torso.neck, torso.neck[1] + deep);
    let notch = top + deep * 0.42;
    Path::at(50.0, close)
        .line(nx - 2.0, top - 1.0)
        .line(nx + 1.5, top + 0.5)
        .line(50.0 + wide * 0.95, notch - 1.0)
        .line(50.0 + wide * 0.72, notch + 1.0)
        .line(50.0 + wide, notch + 2.5)
        .close()
}

/// Rows of buttons below `from`, `columns` of them at these distances from the axis.
fn buttons(coat: &mut Garment, columns: &[f32], from: f32, to: f32, draw: &mut Draw) {
    let (count, radius) = (draw.between(2, 4), draw.within(1.1, 1.9));
    for row in 0..count {
        let y = from + (to - from) * row as f32 / (count - 1) as f32;
        for x in columns {
            coat.button(50.0 + x, y, radius);
        }
    }
}

fn pockets(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let y = draw.within(60.0, 66.0);
    let reach = torso.side(y);
    let (x0, x1) = (50.0 + reach * 0.36, 50.0 + reach * 0.85);
    match draw.between(0, 2) {
        0 => coat.pair(Role::Line, Path::rectangle(x0, y, x1, y + draw.within(2.5, 4.0))),
        1 => coat.pair(Role::Line, Path::through(&[[x0 + 1.0, y + 8.0], [x1 - 1.0, y - 1.0]])),
        _ => coat.pair(Role::Line, Path::rectangle(x0, y, x1, y + draw.within(9.0, 12.0))),
    }
}

/// A wool coat, single- or double-breasted.
fn lapels(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let deep = draw.within(20.0, 32.0);
    let close = torso.neck[1] + deep;
    inner_vee(coat, torso, deep);
    let bottom = torso.hem[1] + torso.drop;
    let double = draw.chance(0.45);
    let edge = if double { draw.within(3.0, 5.0) } else { 0.0 };
    coat.add(Role::Line, Path::through(&[[50.0, close], [50.0 - edge, close + 3.0], [50.0 - edge, bottom]]));
    let wide = draw.within(11.0, 14.0);
    coat.pair(Role::Second, lapel(torso, deep, wide));
    let columns: &[f32] = if double { &[-8.0, 5.0] } else { &[2.6] };
    buttons(coat, columns, close + 4.0, close + draw.within(22.0, 30.0), draw);
    pockets(coat, torso, draw);
}

/// What is worn below, or only shadow.
fn inner_vee(coat: &mut Garment, torso: &Torso, deep: f32) {
    let [nx, top] = torso.neck;
    let neck = Path::at(102.0 - nx, top - 1.0).bend(50.0, top + 2.0, nx - 2.0, top - 1.0);
    coat.add(Role::Dark, neck.line(50.0, top + deep).close());
}

/// A trench coat with its belt.
fn trench(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let deep = draw.within(18.0, 24.0);
    let close = torso.neck[1] + deep;
    inner_vee(coat, torso, deep);
    let waist = draw.within(50.0, 54.0);
    let bottom = torso.hem[1] + torso.drop;
    coat.add(Role::Line, Path::through(&[[50.0, close], [46.5, close + 3.0], [45.5, bottom]]));
    coat.pair(Role::Second, lapel(torso, deep, draw.within(12.0, 15.0)));
    buttons(coat, &[-8.0, 5.5], close + 3.0, waist - 4.0, draw);
    let (above, below) = (torso.side(waist - 2.3), torso.side(waist + 2.3));
    let belt = [[50.0 - above, waist - 2.3], [50.0 + above, waist - 2.3], [50.0 + below, waist + 2.3]];
    let belt: Vec<Point> = belt.into_iter().chain([[50.0 - below, waist + 2.3]]).collect();
    coat.add(Role::Second, Path::polygon(&belt));
    if draw.chance(0.6) {
        coat.add(Role::Button, Path::rectangle(46.5, waist - 3.0, 53.0, waist + 3.0));
    } else {
        coat.add(
            Role::Second,
            Path::polygon(&[[49.0, waist], [53.0, waist], [57.0, waist + 15.0], [53.0, waist + 15.5]]),
        );
    }
    pockets(coat, torso, draw);
}

/// Worn open: the lining shows.
fn open(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let [nx, top] = torso.neck;
    let bottom = torso.hem[1] + torso.drop;
    let (gap, chest) = (draw.within(6.0, 9.5), draw.within(3.0, 5.0));
    let middle = top + draw.within(24.0, 30.0);
    let neck = Path::at(103.0 - nx, top).bend(50.0, top + 2.5, nx - 3.0, top);
    let lining = neck.line(50.0 + chest, middle).line(50.0 + gap, bottom).line(50.0 - gap, bottom);
    coat.add(Role::Dark, lining.line(50.0 - chest, middle).close());
    let wide = draw.within(11.5, 14.0);
    let notch = top + 11.0;
    let lapel = Path::at(50.0 + chest, middle)
        .line(nx - 3.0, top - 0.5)
        .line(nx + 1.5, top + 0.5)
        .line(49.5 + wide, notch - 1.5)
        .line(47.0 + wide, notch + 1.0)
        .line(51.0 + wide, notch + 2.0)
        .close();
    coat.pair(Role::Second, lapel);
    if draw.chance(0.6) {
        buttons(coat, &[gap + 2.5], middle + 3.0, middle + 26.0, draw);
    }
    pockets(coat, torso, draw);
}

fn hood(torso: &Torso) -> Path {
    let (half, top) = (torso.neck[0] - 50.0 + 4.5, torso.neck[1]);
    Path::at(50.0, top - 7.0)
        .bend(50.0 + half, top - 8.0, 50.0 + half + 1.0, top + 2.0)
        .bend(50.0 + half - 2.0, top + 9.0, 50.0, top + 12.0)
        .symmetric()
}

/// A parka: hood, zip or toggles, big pockets.
fn parka(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let (half, top) = (torso.neck[0] - 50.0 + 2.5, torso.neck[1]);
    let opening = Path::at(50.0, top - 3.0)
        .bend(50.0 + half, top - 3.0, 50.0 + half, top + 3.0)
        .bend(50.0 + half - 2.0, top + 9.0, 50.0, top + 12.0)
        .symmetric();
    coat.add(Role::Dark, opening);
    let bottom = torso.hem[1] + torso.drop;
    coat.stroke(Role::Line, [50.0, top + 12.0], [50.0, bottom]);
    if draw.chance(0.5) {
        // A duffle coat's toggles.
        for row in 0..4 {
            let y = top + 20.0 + 11.0 * row as f32;
            coat.stroke(Role::Line, [43.5, y], [56.5, y]);
            coat.add(Role::Button, Path::rounded(47.5, y - 1.2, 52.5, y + 1.2, 1.1));
        }
    } else {
        coat.stroke(Role::Line, [54.0, top + 13.0], [54.0, bottom]);
        buttons(coat, &[2.0], top + 18.0, bottom - 14.0, draw);
    }
    let (y, reach) = (draw.within(58.0, 63.0), torso.side(60.0));
    coat.pair(Role::Line, Path::rectangle(50.0 + reach * 0.38, y, 50.0 + reach * 0.9, y + 13.0));
    coat.pair(Role::Line, Path::rectangle(50.0 + reach * 0.34, y - 1.0, 50.0 + reach * 0.94, y + 3.5));
}

/// A quilted coat with a zip.
fn puffer(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let [nx, top] = torso.neck;
    let collar = Path::at(50.0, top - 4.0)
        .bend(nx - 0.5, top - 4.0, nx, top - 4.5)
        .line(nx + 1.0, top + 1.0)
        .bend(56.0, torso.dip + 2.0, 50.0, torso.dip + 2.0)
        .symmetric();
    coat.add(Role::Second, collar);
    coat.stroke(Role::Line, [50.0, top - 4.0], [50.0, torso.hem[1] + torso.drop]);
    let gap = draw.within(8.0, 11.0);
    let mut y = torso.armpit[1] - gap * 0.6;
    while y < torso.hem[1] - 4.0 {
        let x = torso.side(y.max(torso.armpit[1])) - 0.3;
        coat.pair(Role::Line, Path::at(50.0, y + 0.5).bend(50.0 + x / 2.0, y + 2.5, 50.0 + x, y));
        y += gap;
    }
    for share in [0.2, 0.42, 0.64] {
        let [a, b] = torso.across(share);
        coat.pair(Role::Line, Path::through(&[a, b]));
    }
}

/// A round collar, hidden or plain buttons.
fn collar(coat: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let ([nx, top], dip) = (torso.neck, torso.dip);
    let bottom = torso.hem[1] + torso.drop;
    coat.add(Role::Dark, torso.inside());
    coat.stroke(Role::Line, [50.0, dip], [50.0, bottom]);
    let fall = draw.within(7.0, 10.0);
    let wing = Path::at(50.0, dip)
        .bend(nx - 1.0, dip - 1.0, nx, top - 1.5)
        .line(nx + 4.0, top + 1.5)
        .bend(nx + 4.0, dip + fall, 54.0, dip + fall)
        .close();
    coat.pair(Role::Second, wing);
    buttons(coat, &[2.8], dip + fall + 5.0, dip + fall + 36.0, draw);
    pockets(coat, torso, draw);
}
