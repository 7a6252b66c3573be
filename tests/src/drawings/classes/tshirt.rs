//! T-shirts and tops: short sleeves or none, a neckline without a collar.

use crate::Draw;
use crate::drawings::classes::motif;
use crate::drawings::classes::torso::{Torso, folds, short_sleeve};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::Path;

pub fn draw(draw: &mut Draw) -> Garment {
    if draw.chance(0.18) { tank(draw) } else { tee(draw) }
}

fn tee(draw: &mut Draw) -> Garment {
    let top = draw.within(14.0, 18.0);
    let shoulder = [50.0 + draw.within(17.0, 22.0), top + draw.within(2.0, 5.0)];
    let armpit = [50.0 + draw.within(16.0, 20.0), top + draw.within(22.0, 27.0)];
    let cropped = draw.chance(0.15);
    let hem_y = if cropped { draw.within(66.0, 72.0) } else { draw.within(80.0, 89.0) };
    let hem = [50.0 + draw.within(16.5, 21.5), hem_y];
    let mut cuff = short_sleeve(shoulder, draw.within(11.0, 15.0), draw);
    // The sleeve's underside must come out of the armpit.
    cuff[1][0] = cuff[1][0].max(armpit[0] + 3.0);
    let vee = draw.chance(0.25);
    let dip = top + if vee { draw.within(8.0, 15.0) } else { draw.within(4.0, 10.0) };
    let torso = Torso {
        neck: [50.0 + draw.within(6.5, 10.0), top],
        dip,
        vee,
        shoulder,
        cuff,
        armpit,
        waist: [50.0 + draw.within(14.5, 19.0), (armpit[1] + hem_y) / 2.0],
        hem,
        drop: draw.within(0.0, 2.5),
    };
    let mut tee = Garment::default();
    tee.add(Role::Cloth, torso.outline());
    if draw.chance(0.6) {
        tee.add(Role::Dark, torso.inside());
    }
    if draw.chance(0.75) {
        tee.add(Role::Line, torso.neckline(draw.within(1.8, 3.0)));
    }
    if draw.chance(0.5) {
        tee.pair(Role::Line, torso.armhole());
    }
    if draw.chance(0.55) {
        let [a, b] = torso.across(0.2);
        tee.pair(Role::Line, Path::through(&[a, b]));
    }
    if draw.chance(0.4) {
        tee.add(Role::Fine, torso.hem_line(3.0));
    }
    match draw.between(0, 7) {
        0 => {
            let (x, y) = (draw.within(54.0, 57.0), armpit[1] + draw.within(-2.0, 3.0));
            tee.add(
                Role::Line,
                Path::polygon(&[[x, y], [x + 7.0, y], [x + 7.0, y + 7.0], [x + 3.5, y + 9.0], [x, y + 7.0]]),
            );
        }
        1 | 2 => motif::figure(&mut tee, [50.0, armpit[1] + 8.0], draw.within(5.0, 9.0), draw),
        3 => {
            let gap = draw.within(7.0, 12.0);
            let mut y = armpit[1] + 2.0;
            while y < hem_y - 5.0 {
                let x = torso.side(y) - 0.5;
                tee.stroke(Role::Line, [50.0 - x, y], [50.0 + x, y]);
                y += gap;
            }
        }
        _ => {}
    }
    folds(&mut tee, &torso, draw);
    tee
}

/// A top without sleeves.
fn tank(draw: &mut Draw) -> Garment {
    let top = draw.within(12.0, 16.0);
    let (strap, out) = (draw.within(5.0, 9.0), draw.within(11.0, 15.0));
    let (chest, hem) = (draw.within(16.0, 20.0), draw.within(16.0, 21.0));
    let (armpit, dip, hem_y) = (draw.within(35.0, 42.0), draw.within(26.0, 34.0), draw.within(80.0, 88.0));
    let inner = 50.0 + out - strap;
    let body = Path::at(50.0, dip)
        .bend(inner - 1.0, dip, inner, top)
        .line(50.0 + out, top + 1.0)
        .bend(50.0 + out - 1.0, armpit - 3.0, 50.0 + chest, armpit)
        .bend(50.0 + chest - draw.within(1.0, 3.0), 60.0, 50.0 + hem, hem_y)
        .bend(60.0, hem_y + 2.0, 50.0, hem_y + 2.0)
        .symmetric();
    let mut tank = Garment::default();
    if draw.chance(0.6) {
        // The back is higher than the front.
        let low = top + (dip - top) * 0.5;
        let back = Path::at(inner, top).bend(inner - 1.0, low, 50.0, low);
        let back = back.bend(100.0 - inner + 1.0, low, 100.0 - inner, top);
        let front = back.bend(100.0 - inner + 1.0, dip, 50.0, dip).bend(inner - 1.0, dip, inner, top);
        tank.add(Role::Dark, front.close());
    }
    tank.add(Role::Cloth, body);
    if draw.chance(0.7) {
        let x = inner + 1.6;
        let line = Path::at(100.0 - x, top + 0.5).bend(100.0 - x + 1.0, dip + 2.2, 50.0, dip + 2.2);
        tank.add(Role::Line, line.bend(x - 1.0, dip + 2.2, x, top + 0.5));
        let y = armpit + 1.0;
        tank.pair(Role::Line, Path::at(48.2 + out, top + 1.0).bend(47.0 + out, armpit - 1.0, 49.0 + chest, y + 1.5));
    }
    if draw.chance(0.4) {
        motif::figure(&mut tank, [50.0, armpit + 12.0], draw.within(5.0, 8.0), draw);
    }
    tank
}
