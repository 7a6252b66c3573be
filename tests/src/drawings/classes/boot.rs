//! Ankle boots from the side, the toe at the left: a shaft above the ankle, a sole with a heel.

use crate::Draw;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point, between};

struct Shape {
    /// The shaft's upper edge: front and back.
    top: [Point; 2],
    /// Where the shaft bends into the foot.
    ankle: Point,
    vamp: Point,
    /// Where upper and sole meet below the toe, and below the heel.
    seam: [Point; 2],
}

pub fn draw(draw: &mut Draw) -> Garment {
    let mut boot = Garment { sided: true, ..Garment::default() };
    let kind = draw.between(0, 5);
    let heeled = kind == 4 || draw.chance(0.12);
    let ground = draw.within(84.0, 88.0);
    let thick = if heeled { 2.5 } else { draw.within(4.0, 7.0) };
    // How much higher the heel stands than the ball of the foot.
    let lift = if heeled { draw.within(13.0, 21.0) } else { 0.0 };
    let seam = [[10.0, ground - thick], [84.0, ground - thick - lift]];
    let high = draw.within(14.0, 24.0);
    let top = [[draw.within(49.0, 54.0), high + draw.within(-2.0, 3.0)], [draw.within(84.0, 88.0), high]];
    let ankle = [top[0][0] - draw.within(1.0, 4.0), seam[1][1] - draw.within(25.0, 31.0)];
    let vamp = [draw.within(25.0, 32.0), seam[0][1] - draw.within(13.0, 17.0)];
    let shape = Shape { top, ankle, vamp, seam };
    boot.add(Role::Cloth, shape.upper(draw));
    if heeled {
        shape.raised(&mut boot, ground, draw)
    } else {
        shape.flat(&mut boot, ground, draw)
    }
    match kind {
        0 | 1 => shape.laced(&mut boot, draw),
        2 | 3 => shape.chelsea(&mut boot, draw),
        4 => shape.zipped(&mut boot, draw),
        _ => shape.cuffed(&mut boot, draw),
    }
    if draw.chance(0.5) {
        let cap = [vamp[0] - 4.0, vamp[1] + 1.5];
        boot.add(
            Role::Line,
            Path::at(cap[0], cap[1]).bend(
                cap[0] + 4.0,
                (cap[1] + seam[0][1]) / 2.0,
                cap[0] + 2.0,
                shape.sole_at(cap[0] + 2.0),
            ),
        );
    }
    if draw.chance(0.45) {
        let [hx, hy] = seam[1];
        boot.add(
            Role::Line,
            Path::at(top[1][0] - 1.0, hy - 26.0).bend(hx - 15.0, hy - 20.0, hx - 18.0, shape.sole_at(hx - 18.0)),
        );
    }
    boot
}

impl Shape {
    fn upper(&self, draw: &mut Draw) -> Path {
        let [[fx, fy], [bx, by]] = self.top;
        let [[tx, ty], [hx, hy]] = self.seam;
        let back = draw.within(-2.0, 3.0);
        let path = Path::at(bx, by).bend(bx - 3.0 + back, (by + hy) / 2.0, hx + 1.0, hy - 12.0).bend(
            hx + 3.0,
            hy - 5.0,
            hx + 1.0,
            hy,
        );
        let path = if hy < ty - 1.0 {
            // The arch between heel and ball.
            path.line(hx - 18.0, hy + 1.0).bend(52.0, ty, 40.0, ty).line(tx, ty)
        } else {
            path.line(tx, ty)
        };
        path.bend(tx - 3.0, self.vamp[1] + 2.0, self.vamp[0], self.vamp[1])
            .bend(self.ankle[0] - 4.0, self.ankle[1] + 12.0, self.ankle[0], self.ankle[1])
            .bend(self.ankle[0] + 1.0, fy + 8.0, fx, fy)
            .bend((fx + bx) / 2.0, (fy + by) / 2.0 + draw.within(-1.0, 4.0), bx, by)
            .close()
    }

    /// Height of the sole's upper side.
    fn sole_at(&self, x: f32) -> f32 {
        let [[_, ty], [hx, hy]] = self.seam;
        if hy > ty - 1.0 {
            return ty;
        }
        let t = ((x - 40.0) / (hx - 58.0)).clamp(0.0, 1.0);
        ty + (hy + 1.0 - ty) * t * (0.6 + 0.4 * t)
    }

    fn flat(&self, boot: &mut Garment, ground: f32, draw: &mut Draw) {
        let [[tx, ty], [hx, _]] = self.seam;
        let end = hx + 2.5;
        match draw.between(0, 2) {
            // A heel block below an even sole.
            0 | 1 => {
                let waist = draw.within(56.0, 62.0);
                let sole = Path::at(tx - 2.5, ty)
                    .line(end, ty)
                    .line(end, ground + 3.0)
                    .line(waist + 1.0, ground + 3.0)
                    .line(waist, ground - 1.0);
                boot.add(Role::Second, sole.line(tx, ground - 1.0).bend(tx - 4.0, ground - 2.0, tx - 2.5, ty).close());
            }
            // A lugged one.
            _ => {
                let mut lug = Path::at(tx - 2.5, ty).line(end, ty).line(end, ground + 2.0);
                let count = draw.between(6, 9);
                let wide = (end - tx) / count as f32;
                for place in 0..count {
                    let x = end - place as f32 * wide;
                    lug = lug.line(x - wide * 0.6, ground + 2.0).line(x - wide * 0.6, ground - 0.5);
                    lug = lug.line(x - wide, ground - 0.5).line(x - wide, ground + 2.0);
                }
                boot.add(Role::Second, lug.line(tx - 2.5, ground).close());
            }
        }
        if draw.chance(0.4) {
            boot.stroke(Role::Fine, [tx, ty - 1.8], [end - 3.0, ty - 1.8]);
        }
    }

    fn raised(&self, boot: &mut Garment, ground: f32, draw: &mut Draw) {
        let [[tx, ty], [hx, hy]] = self.seam;
        let wide = draw.within(3.0, 14.0);
        let heel = Path::at(hx + 1.5, hy)
            .bend(hx - 1.0, (hy + ground) / 2.0, hx, ground)
            .line(hx - wide, ground)
            .bend(hx - wide - 1.0, hy + 8.0, hx - 18.0, hy + 1.0)
            .close();
        boot.add(Role::Second, heel);
        let sole = Path::at(tx - 1.0, ty).line(40.0, ty).bend(52.0, ty, hx - 18.0, hy + 1.0);
        let sole = sole.bend(54.0, ground + 1.0, 40.0, ground).line(tx + 3.0, ground);
        boot.add(Role::Second, sole.bend(tx - 2.0, ground, tx - 1.0, ty).close());
    }

    fn laced(&self, boot: &mut Garment, draw: &mut Draw) {
        let (top, ankle, vamp) = (self.top[0], self.ankle, self.vamp);
        let count = draw.between(4, 7);
        let long = draw.within(6.0, 9.0);
        let bend = [ankle[0] - 3.5, ankle[1] + 10.0];
        // Down the shaft, and on towards the toe.
        let way = |t: f32| {
            if t < 0.6 {
                between([top[0], top[1] + 4.0], ankle, t / 0.6)
            } else {
                let t = (t - 0.6) / 0.55;
                between(between(ankle, bend, t), between(bend, vamp, t), t)
            }
        };
        for lace in 0..count {
            let t = lace as f32 / (count - 1) as f32;
            let [x, y] = way(t);
            let down = if t > 0.6 { long * 0.6 } else { long * 0.25 };
            boot.stroke(Role::Line, [x - 1.0, y - 1.0], [x + long, y + down]);
            boot.button(x + long, y + down, 1.0);
        }
        let edge: Vec<Point> = (0..=6).map(|i| way(i as f32 / 6.0)).map(|[x, y]| [x + long + 2.5, y + 2.5]).collect();
        boot.add(Role::Line, Path::through(&edge));
        if draw.chance(0.4) {
            // The loop to pull it on by.
            let [x, y] = self.top[1];
            boot.add(Role::Line, Path::at(x - 2.0, y + 3.0).bend(x + 1.0, y - 7.0, x + 1.0, y + 3.0));
        }
    }

    fn chelsea(&self, boot: &mut Garment, draw: &mut Draw) {
        let ([[fx, fy], [bx, by]], [_, hy]) = (self.top, self.seam[1]);
        let (x, wide, deep) = ((fx + bx) / 2.0, draw.within(6.0, 8.5), hy - draw.within(24.0, 30.0));
        let y = (fy + by) / 2.0 + 1.5;
        let gore = Path::at(x - wide, y)
            .line(x + wide, y)
            .bend(x + wide * 0.4, (y + deep) / 2.0, x + wide * 0.35, deep)
            .bend(x, deep + 3.0, x - wide * 0.35, deep)
            .bend(x - wide * 0.4, (y + deep) / 2.0, x - wide, y)
            .close();
        boot.add(Role::Second, gore);
        for rib in [-0.5, 0.0, 0.5] {
            boot.stroke(Role::Fine, [x + rib * wide, y + 1.0], [x + rib * wide * 0.5, deep]);
        }
        if draw.chance(0.7) {
            boot.add(Role::Second, Path::rounded(bx - 3.0, by - 5.0, bx + 1.0, by + 5.0, 1.5));
        }
    }

    fn zipped(&self, boot: &mut Garment, draw: &mut Draw) {
        let ([[fx, fy], [bx, _]], [_, hy]) = (self.top, self.seam[1]);
        let x = fx + (bx - fx) * draw.within(0.45, 0.65);
        boot.stroke(Role::Line, [x, fy + 1.5], [x - 1.0, hy - 10.0]);
        boot.add(Role::Button, Path::rounded(x - 1.2, fy + 3.0, x + 1.2, fy + 8.0, 1.0));
        if draw.chance(0.5) {
            let y = self.ankle[1];
            boot.add(Role::Line, Path::at(self.ankle[0], y).bend(x, y + 6.0, bx - 1.5, y + 2.0));
            boot.add(Role::Button, Path::rectangle(x + 6.0, y + 1.0, x + 11.0, y + 6.0));
        }
    }

    /// With a folded or padded edge, and two or three laces or a strap.
    fn cuffed(&self, boot: &mut Garment, draw: &mut Draw) {
        let [[fx, fy], [bx, by]] = self.top;
        let deep = draw.within(8.0, 12.0);
        let cuff = Path::at(fx - 2.0, fy - 1.0)
            .line(bx + 2.0, by - 1.0)
            .bend(bx + 3.0, by + deep / 2.0, bx + 1.5, by + deep)
            .line(fx - 1.5, fy + deep)
            .bend(fx - 3.5, fy + deep / 2.0, fx - 2.0, fy - 1.0)
            .close();
        boot.add(Role::Second, cuff);
        let [ax, ay] = self.ankle;
        for place in 0..draw.between(1, 3) {
            let y = ay - 4.0 + 6.0 * place as f32;
            let x = ax - if place == 2 { 4.0 } else { 0.5 };
            boot.stroke(Role::Line, [x, y], [x + 9.0, y + 2.5]);
            boot.button(x + 9.5, y + 2.5, 1.1);
        }
    }
}
