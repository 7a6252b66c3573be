//! Trousers: two legs below a waistband, wide or narrow, long or short.

use crate::Draw;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point, between};

pub fn draw(draw: &mut Draw) -> Garment {
    let shorts = draw.chance(0.12);
    let top = if shorts { draw.within(20.0, 25.0) } else { draw.within(7.0, 11.0) };
    let waist = if shorts { draw.within(18.0, 22.0) } else { draw.within(12.0, 16.0) };
    let hip = waist + draw.within(2.0, 4.5);
    let crotch = top + if shorts { draw.within(30.0, 34.0) } else { draw.within(27.0, 34.0) };
    let bottom = if shorts { draw.within(68.0, 76.0) } else { draw.within(89.0, 94.0) };
    // How far the legs stand apart, and how wide each ends.
    let apart = if draw.chance(0.4) { draw.within(2.0, 3.0) } else { draw.within(3.0, 7.0) };
    let leg = if shorts {
        draw.within(17.0, 20.0)
    } else {
        match draw.between(0, 4) {
            0 => draw.within(6.0, 8.0),
            1..=2 => draw.within(8.0, 11.0),
            3 => draw.within(11.0, 14.0),
            _ => draw.within(14.0, 18.0),
        }
    };
    let outer = [50.0 + apart + leg, bottom - draw.within(0.0, 1.0)];
    let inner = [50.0 + apart, bottom];
    let knee = [(50.0 + hip + outer[0]) / 2.0 + draw.within(-0.5, 2.5), (crotch + bottom) / 2.0 - 6.0];
    // A flare narrows at the knee.
    let knee = if leg > 13.0 && !shorts { [50.0 + hip - 5.0, knee[1] + 6.0] } else { knee };
    let half = Path::at(50.0, top + draw.within(0.0, 1.5))
        .line(50.0 + waist, top)
        .bend(50.0 + hip - 0.5, top + 8.0, 50.0 + hip, top + 15.0)
        .bend(knee[0], knee[1], outer[0], outer[1])
        .line(inner[0], inner[1])
        .line(50.0, crotch)
        .symmetric();
    let mut trouser = Garment::default();
    trouser.add(Role::Cloth, half);
    let band = draw.within(3.5, 5.5);
    let side = 50.0 + waist + (hip - waist) * 0.35;
    if draw.chance(0.3) {
        trouser.add(
            Role::Second,
            Path::polygon(&[[50.0 - waist, top], [50.0 + waist, top], [side, top + band], [100.0 - side, top + band]]),
        );
    } else if draw.chance(0.9) {
        trouser.stroke(Role::Line, [100.0 - side, top + band], [side, top + band]);
    }
    upper(&mut trouser, top, top + band, crotch, side, draw);
    legs(&mut trouser, [outer, inner], [50.0 + hip, top + 16.0], crotch, draw);
    trouser
}

/// Fly, pockets, loops.
fn upper(trouser: &mut Garment, top: f32, belt: f32, crotch: f32, side: f32, draw: &mut Draw) {
    if draw.chance(0.25) {
        trouser.pair(Role::Line, Path::at(51.0, belt).bend(53.0, belt + 5.0, 52.5, belt + draw.within(8.0, 12.0)));
    } else {
        trouser.stroke(Role::Line, [50.0, belt], [50.0, crotch]);
        if draw.chance(0.7) {
            trouser.add(
                Role::Line,
                Path::at(54.0, belt).line(54.0, crotch - 12.0).bend(54.0, crotch - 7.0, 50.0, crotch - 6.0),
            );
        }
        trouser.button(50.0, (top + belt) / 2.0 + 0.3, 1.2);
    }
    match draw.between(0, 3) {
        0 => trouser.pair(Role::Line, Path::at(side - 6.5, belt).line(side + 0.8, belt + 10.0)),
        1 | 2 => {
            trouser.pair(Role::Line, Path::at(side - 8.0, belt).bend(side - 7.0, belt + 6.0, side + 0.5, belt + 6.5))
        }
        _ => {}
    }
    if draw.chance(0.45) {
        for x in [5.0, 10.5] {
            trouser.pair(Role::Fine, Path::rectangle(50.0 + x, top - 0.4, 51.6 + x, belt + 0.4));
        }
    }
}

/// Creases, cuffs, cargo pockets, knees.
fn legs(trouser: &mut Garment, [outer, inner]: [Point; 2], hip: Point, crotch: f32, draw: &mut Draw) {
    let middle = between(outer, inner, 0.5);
    let across = |share: f32| [between(outer, hip, share), between(inner, [50.0, crotch], share)];
    match draw.between(0, 6) {
        0 | 1 => trouser.pair(Role::Line, Path::through(&[[hip[0] - 8.0, hip[1] + 2.0], middle])),
        2 => {
            let [a, b] = across(0.08);
            trouser.pair(Role::Second, Path::polygon(&[a, outer, inner, b]));
        }
        3 => {
            let [a, b] = across(0.06);
            trouser.pair(Role::Line, Path::through(&[a, b]));
        }
        4 => {
            let ([a, b], [c, d]) = (across(0.72), across(0.52));
            let (a, b, c, d) = (between(a, b, 0.12), between(a, b, 0.62), between(c, d, 0.12), between(c, d, 0.65));
            trouser.pair(Role::Line, Path::polygon(&[a, b, d, c]));
        }
        5 => {
            let inside = |point: Point, by: f32| [point[0] - by, point[1]];
            trouser.pair(Role::Line, Path::through(&[inside(hip, 2.5), inside(outer, 2.2)]));
        }
        _ => {}
    }
    for side in [false, true] {
        if draw.chance(0.5) {
            let [a, b] = across(draw.within(0.45, 0.7));
            let (from, to) = (between(a, b, 0.75), between(a, b, 0.3));
            let fold = Path::at(from[0], from[1]).bend(to[0] + 2.0, to[1] + 2.5, to[0], to[1]);
            trouser.add(Role::Fine, if side { fold.reflected() } else { fold });
        }
    }
}
