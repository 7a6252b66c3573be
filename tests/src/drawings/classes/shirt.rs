//! Shirts: a collar, a row of buttons, mostly long sleeves with cuffs.

use crate::Draw;
use crate::drawings::classes::torso::{Torso, folds, long_sleeve, short_sleeve};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::Path;

pub fn draw(draw: &mut Draw) -> Garment {
    let top = draw.within(13.0, 17.0);
    let long = draw.chance(0.68);
    let shoulder = [50.0 + draw.within(17.0, 21.0), top + draw.within(3.0, 6.0)];
    let armpit = [50.0 + draw.within(15.5, 18.5), top + draw.within(22.0, 26.0)];
    let hem_y = draw.within(81.0, 89.0);
    let wide = if long { draw.within(7.0, 9.0) } else { draw.within(11.0, 14.0) };
    let mut cuff = if long { long_sleeve(shoulder, wide, draw) } else { short_sleeve(shoulder, wide, draw) };
    cuff[1][0] = cuff[1][0].max(armpit[0] + 3.0);
    let torso = Torso {
        neck: [50.0 + draw.within(6.0, 7.5), top],
        dip: top + draw.within(6.0, 9.0),
        vee: true,
        shoulder,
        cuff,
        armpit,
        waist: [50.0 + draw.within(13.5, 17.0), (armpit[1] + hem_y) / 2.0],
        hem: [50.0 + draw.within(15.5, 19.0), hem_y - draw.within(0.0, 4.0)],
        drop: draw.within(0.0, 4.0),
    };
    let mut shirt = Garment::default();
    shirt.add(Role::Cloth, torso.outline());
    pattern(&mut shirt, &torso, draw);
    shirt.add(Role::Dark, torso.inside());
    front(&mut shirt, &torso, draw);
    if long {
        let share = draw.within(0.1, 0.16);
        shirt.pair(if draw.chance(0.4) { Role::Second } else { Role::Line }, torso.cuff_shape(share));
    } else {
        let [a, b] = torso.across(0.2);
        shirt.pair(Role::Line, Path::through(&[a, b]));
    }
    if draw.chance(0.5) {
        shirt.pair(Role::Line, torso.armhole());
    }
    if draw.chance(0.55) {
        let (x, y, w) = (draw.within(54.5, 56.5), armpit[1] + draw.within(-3.0, 2.0), draw.within(6.5, 8.0));
        let pocket = Path::polygon(&[[x, y], [x + w, y], [x + w, y + w], [x + w / 2.0, y + w + 2.0], [x, y + w]]);
        shirt.add(Role::Line, if draw.chance(0.5) { pocket.clone() } else { pocket.reflected() });
        if draw.chance(0.4) {
            shirt.add(Role::Line, pocket.reflected());
        }
    }
    folds(&mut shirt, &torso, draw);
    shirt
}

/// Placket, buttons and collar.
fn front(shirt: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let ([nx, top], dip) = (torso.neck, torso.dip);
    let bottom = torso.hem[1] + torso.drop;
    if draw.chance(0.5) {
        let half = draw.within(1.8, 3.0);
        shirt.stroke(Role::Line, [50.0 - half, dip + 2.0], [50.0 - half, bottom]);
        shirt.stroke(Role::Line, [50.0 + half, dip + 2.0], [50.0 + half, bottom]);
    } else {
        shirt.stroke(Role::Line, [50.0, dip], [50.0, bottom]);
    }
    let (count, radius) = (draw.between(4, 7), draw.within(0.9, 1.5));
    let gap = (bottom - 6.0 - dip) / count as f32;
    for button in 0..count {
        shirt.button(50.0, dip + 4.5 + button as f32 * gap, radius);
    }
    let (spread, fall) = (draw.within(2.0, 5.0), draw.within(5.0, 9.0));
    let wing = Path::at(50.0, dip)
        .line(nx - 1.0, top - 2.5)
        .bend(nx + 1.5, top - 2.0, nx + 2.0, top + 1.0)
        .line(50.0 + spread + 4.0, dip + fall)
        .close();
    shirt.pair(Role::Second, wing);
    if draw.chance(0.5) {
        // The collar's stand behind the neck.
        let stand = Path::at(101.0 - nx, top - 2.5).bend(50.0, top - 4.0, nx - 1.0, top - 2.5);
        shirt.add(Role::Line, stand);
    }
}

/// Stripes or checks in the cloth.
fn pattern(shirt: &mut Garment, torso: &Torso, draw: &mut Draw) {
    let kind = draw.between(0, 5);
    let gap = draw.within(5.0, 8.0);
    if kind <= 1 {
        let mut x = gap;
        while x < torso.side(60.0) - 1.0 {
            let line = Path::through(&[[50.0 + x, torso.armpit[1] - 10.0], [50.0 + x, torso.hem[1] - 1.0]]);
            shirt.pair(Role::Fine, line);
            x += gap;
        }
    }
    if kind == 1 {
        let mut y = torso.armpit[1];
        while y < torso.hem[1] - 4.0 {
            let x = torso.side(y) - 0.5;
            shirt.stroke(Role::Fine, [50.0 - x, y], [50.0 + x, y]);
            y += gap;
        }
    }
}
