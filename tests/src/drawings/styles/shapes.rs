//! Filled shapes: silhouettes with inner lines, solid icons with cut-outs, flat pictures, emoji.

use crate::Draw;
use crate::drawings::colour::{BLACK, Colour};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::page::{Pose, bounds, ground};
use crate::drawings::path::Path;
use crate::drawings::svg::{Paint, Svg, curves, shape};

/// The path data of a part, a strap's as its outline.
fn data(role: Role, path: &Path) -> String {
    if let Role::Band(width) = role { curves(&path.band(width)) } else { curves(path) }
}

/// One colour, with seams, collars and buttons in another tone.
pub fn silhouette(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose { slope: 0.04, fill: [0.7, 0.95], ..Pose::NEAT }.apply(garment, draw);
    let light_on_dark = draw.chance(0.25);
    let cloth = match (light_on_dark, draw.chance(0.4)) {
        (true, _) => Colour([255, 255, 255]).darker(draw.within(0.0, 0.25)),
        (false, true) => BLACK.lighter(draw.within(0.0, 0.35)),
        (false, false) => Colour::cloth(draw),
    };
    // It must be seen on white.
    let cloth = if !light_on_dark && cloth.brightness() > 0.72 { cloth.darker(0.4) } else { cloth };
    if light_on_dark {
        ground(&mut svg, 100.0, &cloth.darker(draw.within(0.75, 0.95)).to_string());
    } else if draw.chance(0.6) {
        ground(&mut svg, 100.0, &Colour::paper(draw).to_string());
    }
    let tone = cloth.contrast(draw.within(0.35, 0.65));
    let (width, fine) = (draw.within(0.8, 1.7), draw.chance(0.5));
    let (second, shadow) = (cloth.contrast(draw.within(0.0, 0.3)), cloth.contrast(0.5));
    for part in &garment.parts {
        let (fill, stroke) = match part.role {
            Role::Fine if !fine => continue,
            Role::Fine => (None, Some((tone, width * 0.6))),
            Role::Line => (None, Some((tone, width))),
            Role::Cloth => (Some(cloth), None),
            Role::Second | Role::Band(_) => (Some(second), Some((tone, width * 0.6))),
            Role::Dark => (Some(shadow), None),
            Role::Accent | Role::Button => (Some(tone), None),
        };
        let fill = fill.map(|fill| fill.to_string());
        svg.path(&data(part.role, &part.path), Paint { fill: fill.as_deref(), stroke, ..Paint::default() });
    }
    svg.finish([100.0, 100.0], draw.one_of(&[128.0, 256.0, 512.0]))
}

/// A solid icon: one ink, its lines cut out of it, so that the ground shows through.
pub fn glyph(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose { stretch: 0.03, fill: [0.85, 0.96], ..Pose::NEAT }.apply(garment, draw);
    let width = draw.within(1.8, 3.2);
    // White is ink, black is cut out.
    let mut mask = String::new();
    for part in &garment.parts {
        let cut = Some((BLACK, width));
        let paint = match part.role {
            Role::Fine => continue,
            Role::Cloth => Paint { fill: Some("#fff"), ..Paint::default() },
            Role::Second => Paint { fill: Some("#fff"), stroke: cut, ..Paint::default() },
            // A sandal's straps cross each other; a bag's handle would only be thinned.
            Role::Band(_) if garment.sided => {
                Paint { fill: Some("#fff"), stroke: Some((BLACK, width * 0.5)), ..Paint::default() }
            }
            Role::Band(_) => Paint { fill: Some("#fff"), ..Paint::default() },
            Role::Dark | Role::Accent => Paint { fill: Some("#000"), ..Paint::default() },
            Role::Button => Paint { fill: Some("#000"), stroke: Some((BLACK, width * 0.35)), ..Paint::default() },
            Role::Line => Paint { stroke: cut, ..Paint::default() },
        };
        mask += &shape(&data(part.role, &part.path), paint);
    }
    let black_on_white = draw.chance(0.4);
    if black_on_white {
        ground(&mut svg, 100.0, "#fff");
    }
    let ink = if draw.chance(0.7) { BLACK } else { Colour::ink(draw) };
    let id = svg.define("mask", " maskUnits=\"userSpaceOnUse\" x=\"0\" y=\"0\" width=\"100\" height=\"100\"", &mask);
    svg.raw(&format!("<rect width=\"100\" height=\"100\" fill=\"{ink}\" mask=\"url(#{id})\"/>"));
    svg.finish([100.0, 100.0], draw.one_of(&[24.0, 32.0, 64.0, 512.0]))
}

/// Flat colours, one side in the shade, some on a round ground.
pub fn flat(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let round = draw.chance(0.12);
    let fill = if round { [0.58, 0.64] } else { [0.8, 0.95] };
    let garment = Pose { fill, ..Pose::NEAT }.apply(garment, draw);
    let cloth = Colour::cloth(draw);
    let second = cloth.beside(draw);
    if round {
        let disc = curves(&Path::ellipse(50.0, 50.0, 49.0, 49.0));
        let away = if cloth.brightness() > 0.5 { cloth.darker(0.7) } else { cloth.lighter(0.8) };
        svg.path(&disc, Paint { fill: Some(&away.to_string()), ..Paint::default() });
    } else if draw.chance(0.4) {
        ground(&mut svg, 100.0, if cloth.brightness() > 0.72 { "#3b4252" } else { "#fff" });
    }
    let outlined = draw.chance(0.4) || (!round && cloth.brightness() > 0.72);
    let line = cloth.darker(draw.within(0.55, 0.8));
    let edge = outlined.then_some((line, draw.within(1.4, 2.6)));
    for part in &garment.parts {
        let (fill, stroke) = match part.role {
            Role::Fine => continue,
            Role::Line => (None, Some((cloth.contrast(0.45), 1.5))),
            Role::Cloth => (Some(cloth), edge),
            Role::Second | Role::Band(_) => (Some(second), edge),
            Role::Dark => (Some(cloth.darker(0.5)), edge),
            Role::Accent => (Some(second.contrast(0.3)), None),
            Role::Button => (Some(cloth.contrast(0.6)), None),
        };
        let fill = fill.map(|fill| fill.to_string());
        let data = data(part.role, &part.path);
        svg.path(&data, Paint { fill: fill.as_deref(), stroke, ..Paint::default() });
        if part.role == Role::Cloth {
            let clip = svg.clip(&[data]);
            svg.raw(&format!(
                "<rect x=\"50\" width=\"50\" height=\"100\" fill=\"#000\" opacity=\"0.13\" clip-path=\"url(#{clip})\"/>"
            ));
        }
    }
    svg.finish([100.0, 100.0], draw.one_of(&[64.0, 128.0, 512.0]))
}

/// Colours that run into each other, a highlight, no ground.
pub fn emoji(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose { stretch: 0.08, ..Pose::NEAT }.apply(garment, draw);
    let cloth = Colour::cloth(draw);
    let second = cloth.beside(draw);
    let lit = svg.gradient(cloth.lighter(0.22), cloth.darker(0.18), [draw.within(-0.2, 0.5), 1.0]);
    let other = svg.gradient(second.lighter(0.2), second.darker(0.15), [0.3, 1.0]);
    let stops = "<stop stop-color=\"#fff\"/><stop offset=\"1\" stop-color=\"#fff\" stop-opacity=\"0\"/>";
    let glow = format!("url(#{})", svg.define("radialGradient", "", stops));
    let edge = draw.chance(0.5).then_some((cloth.darker(0.4), draw.within(0.8, 1.8)));
    for part in &garment.parts {
        let dark = cloth.darker(0.55).to_string();
        let figure = second.contrast(0.2).to_string();
        let (fill, stroke) = match part.role {
            Role::Fine => (None, Some((cloth.darker(0.25), 0.9))),
            Role::Line => (None, Some((cloth.contrast(0.4), 1.3))),
            Role::Cloth => (Some(lit.as_str()), edge),
            Role::Second | Role::Band(_) => (Some(other.as_str()), edge),
            Role::Dark => (Some(dark.as_str()), None),
            Role::Accent => (Some(figure.as_str()), None),
            Role::Button => (Some("#fff3c4"), Some((second.darker(0.4), 0.5))),
        };
        let data = data(part.role, &part.path);
        svg.path(&data, Paint { fill, stroke, ..Paint::default() });
        if part.role == Role::Cloth && draw.chance(0.8) {
            let clip = svg.clip(&[data]);
            let (low, high) = bounds(&garment);
            let place = |share: f32, axis: usize| low[axis] + (high[axis] - low[axis]) * share;
            let (x, y) = (place(draw.within(0.25, 0.45), 0), place(draw.within(0.15, 0.4), 1));
            let shine = curves(&Path::ellipse(x, y, draw.within(12.0, 24.0), draw.within(12.0, 24.0)));
            let more = format!(" clip-path=\"url(#{clip})\"");
            let paint =
                Paint { fill: Some(&glow), opacity: Some(draw.within(0.2, 0.5)), more: &more, ..Paint::default() };
            svg.path(&shine, paint);
        }
    }
    svg.finish([100.0, 100.0], draw.one_of(&[72.0, 128.0, 256.0]))
}
