//! Drawn stroke by stroke: lines that do not meet, many lines for one, chalk, crayons, and the few seconds of a quick game.

use crate::Draw;
use crate::drawings::colour::{Colour, WHITE};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::hand::Hand;
use crate::drawings::page::{Pose, bounds, ground, paper};
use crate::drawings::path::{Path, Point};
use crate::drawings::svg::{Paint, Svg, lines};

/// The outline of a part, a strap's too.
fn outline(role: Role, path: &Path) -> Path {
    if let Role::Band(width) = role { path.band(width) } else { path.clone() }
}

/// Hides what is behind a part.
fn cover(svg: &mut Svg, role: Role, path: &Path, fill: Option<Colour>) {
    if let (Some(fill), false) = (fill, matches!(role, Role::Line | Role::Fine)) {
        let data = lines(&path.points(2.5), true);
        svg.path(&data, Paint { fill: Some(&fill.to_string()), ..Paint::default() });
    }
}

/// Slow and unsure: lines stray, stop short of their corners or run past them.
pub fn wobbly(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose::LOOSE.apply(garment, draw);
    let fill = paper(&mut svg, false, draw).filter(|_| draw.chance(0.6));
    let hand = Hand {
        tremble: draw.within(0.8, 1.7),
        reach: draw.within(7.0, 15.0),
        drift: draw.within(0.1, 0.9),
        overshoot: draw.within(0.5, 3.5),
    };
    let (ink, width, fine) = (Colour::ink(draw), draw.within(1.1, 2.4), draw.chance(0.4));
    for part in &garment.parts {
        if part.role == Role::Fine && !fine {
            continue;
        }
        let path = outline(part.role, &part.path);
        cover(&mut svg, part.role, &path, fill);
        // A small thing is drawn with a smaller movement.
        let small = matches!(part.role, Role::Button | Role::Accent | Role::Band(_));
        let hand = if small { Hand { tremble: hand.tremble * 0.5, drift: 0.2, overshoot: 0.4, ..hand } } else { hand };
        for stroke in hand.strokes(&path, draw) {
            svg.path(&lines(&stroke, false), Paint { stroke: Some((ink, width)), ..Paint::default() });
        }
    }
    svg.finish([100.0, 100.0], draw.one_of(&[256.0, 400.0, 600.0]))
}

/// Two to four lines for each that is meant, and hatching for shadow.
pub fn sketch(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose::LOOSE.apply(garment, draw);
    let fill = paper(&mut svg, false, draw);
    let hand = Hand {
        tremble: draw.within(0.4, 0.9),
        reach: draw.within(8.0, 18.0),
        drift: draw.within(0.5, 1.0),
        overshoot: draw.within(1.5, 4.0),
    };
    let (ink, width, passes) = (Colour::ink(draw), draw.within(0.5, 1.1), draw.between(2, 4));
    let shaded = draw.chance(0.5);
    for part in &garment.parts {
        let path = outline(part.role, &part.path);
        cover(&mut svg, part.role, &path, fill);
        let dark = part.role == Role::Dark;
        if dark || (shaded && part.role == Role::Cloth) {
            hatch(&mut svg, &path, ink, width, if dark { 1.6 } else { 3.4 }, draw);
        }
        let passes = if matches!(part.role, Role::Fine | Role::Button) { 1 } else { passes };
        for _ in 0..passes {
            for stroke in hand.strokes(&path, draw) {
                let opacity = Some(draw.within(0.5, 0.9));
                svg.path(&lines(&stroke, false), Paint { stroke: Some((ink, width)), opacity, ..Paint::default() });
            }
        }
    }
    svg.finish([100.0, 100.0], draw.one_of(&[300.0, 448.0, 700.0]))
}

/// Parallel strokes within an outline, over its right-hand part or all of it.
fn hatch(svg: &mut Svg, path: &Path, ink: Colour, width: f32, gap: f32, draw: &mut Draw) {
    let clip = svg.clip(&[lines(&path.points(2.5), true)]);
    let whole =
        Garment { parts: vec![crate::drawings::garment::Part { role: Role::Cloth, path: path.clone() }], sided: false };
    let (low, high) = bounds(&whole);
    let mut x = if gap < 2.0 { low[0] - 40.0 } else { low[0] + (high[0] - low[0]) * draw.within(0.35, 0.6) };
    let lean = draw.within(10.0, 40.0);
    let mut strokes = String::new();
    while x < high[0] + 10.0 {
        strokes += &lines(&[[x + lean, low[1] - 1.0], [x - lean * 0.3, high[1] + 1.0]], false);
        x += gap * draw.within(0.7, 1.4);
    }
    let more = format!(" clip-path=\"url(#{clip})\"");
    svg.path(&strokes, Paint { stroke: Some((ink, width)), opacity: Some(0.55), more: &more, ..Paint::default() });
}

/// Light on a dark board, the line broken by its grain.
pub fn chalk(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose::LOOSE.apply(garment, draw);
    let boards = [[30, 60, 48], [25, 25, 28], [20, 34, 70], [45, 45, 45], [0, 0, 0]];
    let board = Colour(draw.one_of(&boards));
    ground(&mut svg, 100.0, &board.to_string());
    let chalks = [[255, 255, 255], [255, 255, 255], [250, 240, 200], [250, 210, 220], [200, 230, 250]];
    let chalk = Colour(draw.one_of(&chalks));
    let hand = Hand {
        tremble: draw.within(0.4, 1.0),
        reach: draw.within(7.0, 14.0),
        drift: draw.within(0.1, 0.5),
        overshoot: draw.within(0.3, 2.0),
    };
    let (width, filled) = (draw.within(1.2, 2.6), draw.chance(0.4));
    for part in &garment.parts {
        if part.role == Role::Fine && width > 1.6 {
            continue;
        }
        let path = outline(part.role, &part.path);
        cover(&mut svg, part.role, &path, Some(board));
        if filled && matches!(part.role, Role::Cloth | Role::Accent) {
            let data = lines(&path.points(2.5), true);
            svg.path(&data, Paint { fill: Some(&chalk.to_string()), opacity: Some(0.22), ..Paint::default() });
        }
        for _ in 0..2 {
            for stroke in hand.strokes(&path, draw) {
                let grain: Vec<String> = (0..6)
                    .map(|i| format!("{:.1}", if i % 2 == 0 { draw.within(2.0, 7.0) } else { draw.within(0.2, 0.9) }))
                    .collect();
                let more = format!(" stroke-dasharray=\"{}\"", grain.join(" "));
                let paint = Paint {
                    stroke: Some((chalk, width * 0.7)),
                    opacity: Some(draw.within(0.6, 0.95)),
                    more: &more,
                    ..Paint::default()
                };
                svg.path(&lines(&stroke, false), paint);
            }
        }
    }
    svg.finish([100.0, 100.0], draw.one_of(&[256.0, 448.0, 640.0]))
}

/// A few straight strokes, as in a game against the clock: only what matters.
pub fn quick(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose { stretch: 0.2, fill: [0.7, 0.95], ..Pose::LOOSE }.apply(garment, draw);
    if draw.chance(0.8) {
        ground(&mut svg, 100.0, "#ffffff");
    }
    let width = draw.within(1.2, 2.6);
    let (rough, buttons, figures) = (draw.within(9.0, 15.0), draw.chance(0.8), draw.chance(0.4));
    let hand = Hand { tremble: draw.within(0.7, 1.5), reach: draw.within(9.0, 16.0), ..Hand::STEADY };
    let mut strokes: Vec<Vec<Point>> = Vec::new();
    for part in &garment.parts {
        let step = match part.role {
            Role::Fine | Role::Dark => continue,
            Role::Button if buttons => 1.5,
            Role::Accent if figures => rough * 0.7,
            Role::Button | Role::Accent => continue,
            Role::Line if draw.chance(0.25) => continue,
            _ => rough,
        };
        // A strap is one line.
        let mut points = part.path.points(step);
        for point in &mut points {
            let tremble = if part.role == Role::Button { 0.3 } else { hand.tremble };
            *point = [point[0] + draw.about(0.0, tremble), point[1] + draw.about(0.0, tremble)];
        }
        strokes.push(points);
    }
    for stroke in strokes {
        let paint = Paint { stroke: Some((Colour([0, 0, 0]), width)), ..Paint::default() };
        svg.path(&lines(&stroke, false), paint);
    }
    svg.finish([100.0, 100.0], draw.one_of(&[256.0, 255.0, 128.0]))
}

/// An outline, coloured in by going to and fro.
pub fn crayon(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose::LOOSE.apply(garment, draw);
    ground(&mut svg, 100.0, &Colour::paper(draw).to_string());
    let cloth = Colour::cloth(draw);
    let cloth = if cloth.brightness() > 0.7 { cloth.darker(0.35) } else { cloth };
    let second = cloth.beside(draw);
    let line = if draw.chance(0.5) { Colour::ink(draw) } else { cloth.darker(0.5) };
    let hand = Hand {
        tremble: draw.within(0.6, 1.3),
        reach: draw.within(7.0, 14.0),
        drift: draw.within(0.1, 0.6),
        overshoot: draw.within(0.3, 2.0),
    };
    let (width, thick) = (draw.within(1.2, 2.2), draw.within(1.6, 2.8));
    for part in &garment.parts {
        let path = outline(part.role, &part.path);
        let colour = match part.role {
            Role::Fine => continue,
            Role::Line => None,
            Role::Cloth => Some(cloth),
            Role::Dark => Some(cloth.darker(0.6)),
            Role::Button => Some(WHITE),
            _ => Some(second),
        };
        if let Some(colour) = colour {
            cover(&mut svg, part.role, &path, Some(colour.lighter(0.75)));
            scribble(&mut svg, &path, colour, thick, draw);
        }
        let hand =
            if part.role == Role::Button { Hand { tremble: 0.3, drift: 0.1, overshoot: 0.2, ..hand } } else { hand };
        for stroke in hand.strokes(&path, draw) {
            svg.path(&lines(&stroke, false), Paint { stroke: Some((line, width)), ..Paint::default() });
        }
    }
    svg.finish([100.0, 100.0], draw.one_of(&[300.0, 448.0, 600.0]))
}

fn scribble(svg: &mut Svg, path: &Path, colour: Colour, thick: f32, draw: &mut Draw) {
    let clip = svg.clip(&[lines(&path.points(2.5), true)]);
    let whole =
        Garment { parts: vec![crate::drawings::garment::Part { role: Role::Cloth, path: path.clone() }], sided: false };
    let (low, high) = bounds(&whole);
    let (lean, mut x, mut up) = (draw.within(4.0, 22.0), low[0] - 22.0, false);
    let mut points = Vec::new();
    while x < high[0] + 22.0 {
        let y = if up { low[1] - draw.within(0.0, 2.0) } else { high[1] + draw.within(0.0, 2.0) };
        points.push([x + if up { lean } else { 0.0 }, y]);
        x += thick * draw.within(0.55, 0.95);
        up = !up;
    }
    let more = format!(" clip-path=\"url(#{clip})\"");
    svg.path(
        &lines(&points, false),
        Paint { stroke: Some((colour, thick)), opacity: Some(0.85), more: &more, ..Paint::default() },
    );
}
