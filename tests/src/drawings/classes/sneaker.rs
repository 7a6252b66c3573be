//! Sneakers from the side, the toe at the left: below the ankle, laced, on a rubber sole.

use crate::Draw;
use crate::drawings::classes::motif;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point, between};

/// What the details are placed by.
struct Shape {
    /// Where the upper meets the sole.
    seam: f32,
    /// The laces' way, from the tongue to the toe.
    laces: [Point; 2],
    /// The top of the heel.
    heel: Point,
    /// The lowest point of the opening.
    dip: Point,
}

pub fn draw(draw: &mut Draw) -> Garment {
    let mut sneaker = Garment { sided: true, ..Garment::default() };
    let ground = draw.within(72.0, 77.0);
    let running = draw.chance(0.45);
    let thick = if running { draw.within(8.0, 12.0) } else { draw.within(5.5, 8.5) };
    let seam = ground - thick;
    let heel = [draw.within(85.0, 90.0), seam - draw.within(23.0, 29.0)];
    let dip = [heel[0] - draw.within(12.0, 16.0), heel[1] + draw.within(4.0, 8.0)];
    let tongue = [draw.within(53.0, 58.0), heel[1] - draw.within(-1.0, 5.0)];
    let front = [tongue[0] - 5.0, tongue[1] + 2.0];
    let toe_high = draw.within(10.0, 14.0);
    let vamp = [draw.within(25.0, 30.0), seam - toe_high];
    let upper = Path::at(heel[0] + 2.5, seam)
        .bend(heel[0] + 4.0, seam - 10.0, heel[0], heel[1])
        .bend(heel[0] - 4.0, heel[1] - 1.0, dip[0], dip[1])
        .bend(dip[0] - 6.0, dip[1] + 1.0, tongue[0], tongue[1])
        .line(front[0], front[1])
        .bend(front[0] - 8.0, front[1] + 12.0, vamp[0], vamp[1])
        .bend(vamp[0] - 16.0, vamp[1] - 0.5, 8.5, seam)
        .close();
    sneaker.add(Role::Cloth, upper);
    sole(&mut sneaker, running, ground, seam, heel[0], draw);
    let shape = Shape { seam, laces: [[front[0] - 1.0, front[1] + 4.0], vamp], heel, dip };
    lacing(&mut sneaker, &shape, draw);
    toe(&mut sneaker, &shape, draw);
    back(&mut sneaker, &shape, draw);
    side(&mut sneaker, &shape, draw);
    sneaker
}

fn sole(sneaker: &mut Garment, running: bool, ground: f32, seam: f32, heel: f32, draw: &mut Draw) {
    let end = heel + if running { draw.within(3.5, 6.5) } else { draw.within(2.5, 3.5) };
    if !running {
        sneaker.add(Role::Second, Path::rounded(7.0, seam, end, ground, draw.within(1.0, 2.5)));
        if draw.chance(0.5) {
            let y = seam + (ground - seam) * draw.within(0.4, 0.65);
            sneaker.stroke(Role::Fine, [7.5, y], [end - 0.5, y]);
        }
        return;
    }
    // It rises at the toe, and is thickest below the heel.
    let spring = draw.within(2.0, 5.0);
    let midsole = Path::at(8.0, seam - 0.5)
        .bend(30.0, seam + 3.0, 55.0, seam - 0.5)
        .bend(75.0, seam - 4.0, end, seam - 2.0)
        .bend(end + 1.0, ground - 4.0, end - 3.0, ground)
        .line(30.0, ground)
        .bend(12.0, ground, 5.0, ground - spring - 2.0)
        .bend(4.5, seam, 8.0, seam - 0.5)
        .close();
    sneaker.add(Role::Second, midsole);
    if draw.chance(0.7) {
        let y = ground - 2.8;
        sneaker.add(Role::Fine, Path::at(7.0, y - spring + 0.5).bend(16.0, y, 30.0, y).line(end - 2.0, y));
    }
    if draw.chance(0.4) {
        sneaker.add(Role::Fine, Path::at(62.0, seam + 3.0).bend(78.0, seam - 1.0, end - 3.0, seam + 3.0));
    }
}

fn lacing(sneaker: &mut Garment, shape: &Shape, draw: &mut Draw) {
    let [top, low] = shape.laces;
    // The front edge bends as the upper does.
    let middle = [(top[0] + low[0]) / 2.0 - 0.5, (top[1] + low[1]) / 2.0 + 2.0];
    let (count, long) = (draw.between(3, 6), draw.within(6.0, 9.0));
    if draw.chance(0.75) {
        let below = |point: Point| [point[0] + long * 0.62, point[1] + long * 0.8];
        let (a, b, c) = (below(top), below(middle), below(low));
        let mut stay = Path::at(top[0] + 5.0, top[1] + 1.0).line(a[0], a[1]).bend(b[0], b[1], c[0] - 3.0, c[1] - 2.0);
        if draw.chance(0.7) {
            stay = stay.line(low[0], low[1]);
        }
        sneaker.add(Role::Line, stay);
    }
    let crossed = draw.chance(0.35);
    for lace in 0..count {
        let t = (lace as f32 + 0.4) / count as f32;
        let p = between(between(top, middle, t), between(middle, low, t), t);
        let from = [p[0] - 1.5, p[1] - 1.5];
        sneaker.stroke(Role::Line, from, [p[0] + long * 0.55, p[1] + long * 0.7]);
        if crossed {
            sneaker.stroke(Role::Line, [p[0] + 2.0, p[1] - 3.5], [p[0] + long * 0.2, p[1] + long * 0.9]);
        }
    }
    if draw.chance(0.3) {
        // The bow.
        for (dx, dy) in [(-6.0, -4.0), (5.0, -6.0)] {
            let [x, y] = top;
            sneaker.add(
                Role::Line,
                Path::at(x, y).bend(x + dx * 1.3, y + dy * 1.6, x + dx, y + dy * 0.2).bend(x + dx * 0.5, y + 1.0, x, y),
            );
        }
    }
}

fn toe(sneaker: &mut Garment, shape: &Shape, draw: &mut Draw) {
    let ([vx, vy], seam) = (shape.laces[1], shape.seam);
    let x = vx - draw.within(4.0, 7.0);
    match draw.between(0, 2) {
        // A rubber cap.
        0 => {
            let cap = Path::at(x, vy + 0.8).bend(x + 3.0, (vy + seam) / 2.0, x + 1.5, seam).line(8.5, seam);
            sneaker.add(Role::Second, cap.bend(x - 10.0, vy + 1.0, x, vy + 0.8).close());
        }
        1 => sneaker.add(Role::Line, Path::at(x, vy + 0.8).bend(x + 4.0, (vy + seam) / 2.0, x + 2.0, seam)),
        _ => sneaker.add(Role::Line, Path::at(12.0, seam - 5.5).bend(24.0, seam - 7.0, 36.0, seam)),
    }
}

fn back(sneaker: &mut Garment, shape: &Shape, draw: &mut Draw) {
    let ([hx, hy], seam) = (shape.heel, shape.seam);
    match draw.between(0, 2) {
        0 => {
            let counter = Path::at(hx - 6.0, hy + 4.0).bend(hx - 10.0, seam - 8.0, hx - 14.0, seam);
            sneaker.add(Role::Line, counter);
        }
        1 => {
            let tab = Path::at(hx, hy).bend(hx + 2.0, hy + 5.0, hx + 2.3, hy + 10.0).line(hx - 5.0, hy + 10.0);
            sneaker.add(Role::Second, tab.line(hx - 4.5, hy + 0.5).close());
        }
        _ => {}
    }
    if draw.chance(0.4) {
        let [dx, dy] = shape.dip;
        sneaker.add(
            Role::Fine,
            Path::at(hx - 1.0, hy + 3.5).bend(dx + 2.0, dy + 1.0, dx - 1.0, dy + 3.5).line(dx - 10.0, dy + 3.0),
        );
    }
}

/// What makers put on a sneaker's side.
fn side(sneaker: &mut Garment, shape: &Shape, draw: &mut Draw) {
    let (seam, y) = (shape.seam, shape.dip[1] + 7.0);
    match draw.between(0, 5) {
        0 => {
            for place in 0..3 {
                let x = 52.0 + 5.5 * place as f32;
                let stripe = [[x, y], [x + 2.6, y], [x - 1.0, seam - 0.5], [x - 3.6, seam - 0.5]];
                sneaker.add(Role::Accent, Path::polygon(&stripe));
            }
        }
        1 => {
            let wave = Path::at(78.0, y - 1.0).bend(58.0, seam - 4.0, 44.0, seam - 2.5).bend(
                40.0,
                seam - 6.0,
                46.0,
                seam - 11.0,
            );
            sneaker.add(Role::Accent, wave.bend(46.0, seam - 5.0, 56.0, seam - 8.5).close());
        }
        2 => sneaker.add(Role::Accent, motif::star(66.0, (y + seam) / 2.0 - 0.5, 5.0)),
        3 => {
            sneaker.add(Role::Line, Path::at(44.0, seam - 1.0).bend(58.0, seam - 4.0, 72.0, y));
            sneaker.add(Role::Line, Path::at(52.0, seam - 0.5).bend(64.0, seam - 3.5, 77.0, y + 2.0));
        }
        _ => {}
    }
}
