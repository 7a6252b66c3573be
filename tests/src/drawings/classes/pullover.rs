//! Pullovers: long sleeves, ribs at neck, cuffs and hem; hoods; nothing that opens.

use crate::Draw;
use crate::drawings::classes::motif;
use crate::drawings::classes::torso::{Torso, folds, long_sleeve};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point, between};

pub fn draw(draw: &mut Draw) -> Garment {
    let top = draw.within(14.0, 18.0);
    let shoulder = [50.0 + draw.within(17.5, 22.0), top + draw.within(2.5, 6.0)];
    let armpit = [50.0 + draw.within(16.0, 19.5), top + draw.within(23.0, 28.0)];
    let hem_y = draw.within(78.0, 86.0);
    let mut cuff = long_sleeve(shoulder, draw.within(7.5, 10.5), draw);
    cuff[1][0] = cuff[1][0].max(armpit[0] + 3.0);
    let neck = draw.between(0, 9);
    let vee = neck == 0 || neck == 1;
    let torso = Torso {
        neck: [50.0 + draw.within(6.5, 9.0), top],
        dip: top + if vee { draw.within(12.0, 18.0) } else { draw.within(4.0, 7.5) },
        vee,
        shoulder,
        cuff,
        armpit,
        waist: [50.0 + draw.within(15.5, 21.0), (armpit[1] + hem_y) / 2.0],
        hem: [50.0 + draw.within(15.0, 18.5), hem_y],
        drop: draw.within(0.0, 1.5),
    };
    let mut pullover = Garment::default();
    let hooded = neck >= 7;
    if hooded {
        pullover.add(Role::Second, hood(&torso, draw));
    }
    pullover.add(Role::Cloth, torso.outline());
    if !hooded {
        knit(&mut pullover, &torso, draw);
    }
    ribs(&mut pullover, &torso, draw);
    match neck {
        4..=6 if neck > 4 => roll(&mut pullover, &torso, draw),
        7.. => front_of_hood(&mut pullover, &torso, draw),
        _ => {
            pullover.add(Role::Dark, torso.inside());
            pullover.add(Role::Line, torso.neckline(draw.within(2.2, 3.8)));
        }
    }
    if draw.chance(0.55) {
        pullover.pair(Role::Line, torso.armhole());
    }
    folds(&mut pullover, &torso, draw);
    pullover
}

/// Cuffs and hem, with their ribs.
fn ribs(pullover: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let role = if draw.chance(0.4) { Role::Second } else { Role::Line };
    let share = draw.within(0.1, 0.17);
    pullover.pair(role, torso.cuff_shape(share));
    let [outer, inner] = torso.across(share);
    for rib in 1..4 {
        let t = rib as f32 / 4.0;
        let ends = [between(outer, inner, t), between(torso.cuff[0], torso.cuff[1], t)];
        pullover.pair(Role::Fine, Path::through(&ends));
    }
    let high = draw.within(4.0, 8.0);
    pullover.add(Role::Line, torso.hem_line(high));
    let (above, below) = (torso.side(torso.hem[1] - high), torso.hem[0] - 50.0);
    let count = draw.between(8, 14);
    for rib in 1..count {
        let t = 2.0 * rib as f32 / count as f32 - 1.0;
        let low = torso.hem[1] + torso.drop * 0.7;
        pullover.stroke(Role::Fine, [50.0 + t * above, torso.hem[1] - high + 0.8], [50.0 + t * below, low]);
    }
}

/// Stripes, cables, a zigzag, a figure, or nothing.
fn knit(pullover: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let (top, bottom) = (torso.armpit[1], torso.hem[1] - 10.0);
    match draw.between(0, 6) {
        0 => {
            let gap = draw.within(6.0, 11.0);
            let mut y = top + 2.0;
            while y < bottom {
                let x = torso.side(y) - 0.3;
                pullover.stroke(Role::Line, [50.0 - x, y], [50.0 + x, y]);
                y += gap;
            }
        }
        1 => {
            for x in [-8.0, 0.0, 8.0] {
                let mut cable = Path::at(50.0 + x, top - 4.0);
                let (mut y, mut side) = (top - 4.0, 2.2);
                while y < bottom {
                    cable = cable.bend(50.0 + x + side, y + 3.0, 50.0 + x, y + 6.0);
                    y += 6.0;
                    side = -side;
                }
                pullover.add(Role::Fine, cable);
            }
        }
        2 => {
            for y in [top, top + 9.0] {
                let reach = torso.side(y) - 1.0;
                let count = 12;
                let zigzag: Vec<Point> = (0..=count)
                    .map(|i| {
                        [50.0 - reach + 2.0 * reach * i as f32 / count as f32, y + if i % 2 == 0 { 0.0 } else { 4.0 }]
                    })
                    .collect();
                pullover.add(Role::Line, Path::through(&zigzag));
            }
        }
        3 => motif::figure(pullover, [50.0, top + 10.0], draw.within(5.0, 8.0), draw),
        _ => {}
    }
}

/// A rolled collar.
fn roll(pullover: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let (half, top) = (torso.neck[0] - 50.0, torso.neck[1]);
    let high = draw.within(6.0, 9.0);
    let collar = Path::at(50.0, top - high + 2.0)
        .bend(50.0 + half * 0.8, top - high + 1.5, 50.0 + half * 0.85, top - high)
        .line(50.0 + half * 1.05, top + 1.5)
        .bend(50.0 + half * 0.7, torso.dip + 1.0, 50.0, torso.dip + 1.0)
        .symmetric();
    pullover.add(Role::Second, collar);
    pullover.add(Role::Fine, Path::at(50.0 - half, top - 1.5).bend(50.0, torso.dip - 1.0, 50.0 + half, top - 1.5));
}

/// The hood behind the neck.
fn hood(torso: &Torso, draw: &mut Draw) -> Path {
    let (half, top) = (torso.neck[0] - 50.0 + draw.within(3.0, 5.0), torso.neck[1]);
    Path::at(50.0, top - draw.within(7.0, 9.5))
        .bend(50.0 + half, top - 9.0, 50.0 + half + 1.0, top + 1.0)
        .bend(50.0 + half - 2.0, top + 8.0, 50.0, top + 11.0)
        .symmetric()
}

/// The hood's opening, its strings, and the pocket.
fn front_of_hood(pullover: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let (half, top) = (torso.neck[0] - 50.0 + 2.0, torso.neck[1]);
    let opening = Path::at(50.0, top - 4.0)
        .bend(50.0 + half, top - 4.0, 50.0 + half, top + 2.0)
        .bend(50.0 + half - 2.0, top + 8.0, 50.0, top + 12.0)
        .symmetric();
    pullover.add(Role::Dark, opening);
    let long = draw.within(8.0, 15.0);
    pullover.pair(Role::Line, Path::at(53.5, top + 10.5).bend(54.5, top + 14.0, 54.0, top + 10.5 + long));
    if draw.chance(0.8) {
        let (y, low) = (torso.hem[1] - draw.within(24.0, 28.0), torso.hem[1] - 8.5);
        let (x, wide) = (draw.within(6.0, 8.5), draw.within(11.0, 13.5));
        let pocket = [[50.0 - x, y], [50.0 + x, y], [50.0 + wide, y + 9.0], [50.0 + wide, low], [50.0 - wide, low]];
        let pocket: Vec<Point> = pocket.into_iter().chain([[50.0 - wide, y + 9.0]]).collect();
        pullover.add(Role::Line, Path::polygon(&pocket));
    }
}
