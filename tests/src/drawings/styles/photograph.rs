//! As if photographed: light from one side, cloth with a grain, a soft shadow on a tinted ground.

use crate::Draw;
use crate::drawings::colour::{BLACK, Colour, WHITE};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::page::{Pose, ground};
use crate::drawings::path::Path;
use crate::drawings::svg::{Paint, Svg, curves, number};

fn data(role: Role, path: &Path) -> String {
    if let Role::Band(width) = role { curves(&path.band(width)) } else { curves(path) }
}

pub fn photograph(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let width = draw.one_of(&[75.0, 100.0, 100.0, 133.0]);
    let garment = Pose { width, fill: [0.7, 0.92], slope: 0.08, stretch: 0.06 }.apply(garment, draw);
    let grounds = [[238, 236, 232], [225, 228, 232], [214, 205, 192], [196, 208, 214], [245, 245, 245], [72, 74, 80]];
    let room = Colour(draw.one_of(&grounds));
    // Not the colour of what it lies on.
    let cloth = Colour::cloth(draw);
    let cloth = if (cloth.brightness() - room.brightness()).abs() < 0.28 {
        if room.brightness() > 0.5 { cloth.darker(0.5) } else { cloth.lighter(0.6) }
    } else {
        cloth
    };
    let second = if draw.chance(0.5) { cloth.contrast(0.25) } else { cloth.beside(draw) };
    let light = svg.gradient(room.lighter(0.2), room.darker(draw.within(0.05, 0.2)), [draw.within(-0.5, 0.5), 1.0]);
    ground(&mut svg, width, &light);
    let soft = svg.define(
        "filter",
        " x=\"-30%\" y=\"-30%\" width=\"160%\" height=\"160%\"",
        "<feGaussianBlur stdDeviation=\"2.4\"/>",
    );
    shadow(&mut svg, &garment, &soft, draw);
    let grain = grain(&mut svg, draw);
    let side = draw.within(0.3, 1.0);
    let body = svg.gradient(cloth.lighter(0.16), cloth.darker(0.24), [side, 1.0 - side * 0.5]);
    let other = svg.gradient(second.lighter(0.14), second.darker(0.24), [side, 1.0]);
    let fold = svg.define(
        "filter",
        " x=\"-50%\" y=\"-50%\" width=\"200%\" height=\"200%\"",
        "<feGaussianBlur stdDeviation=\"0.7\"/>",
    );
    svg.raw(&format!("<g filter=\"url(#{grain})\">"));
    for part in &garment.parts {
        let deep = cloth.darker(0.65).to_string();
        let figure = second.contrast(0.3).to_string();
        let shape = data(part.role, &part.path);
        let blurred = format!(" filter=\"url(#{fold})\"");
        match part.role {
            Role::Fine => {
                let paint =
                    Paint { stroke: Some((BLACK, 2.0)), opacity: Some(0.3), more: &blurred, ..Paint::default() };
                svg.path(&shape, paint);
            }
            Role::Line => {
                svg.path(
                    &shape,
                    Paint { stroke: Some((cloth.darker(0.5), 0.9)), opacity: Some(0.85), ..Paint::default() },
                );
                let lit = curves(&part.path.map(|[x, y]| [x - 0.8, y - 0.8]));
                svg.path(&lit, Paint { stroke: Some((WHITE, 0.7)), opacity: Some(0.22), ..Paint::default() });
            }
            Role::Cloth | Role::Second | Role::Band(_) => {
                let fill = if part.role == Role::Cloth { &body } else { &other };
                svg.path(&shape, Paint { fill: Some(fill), ..Paint::default() });
                rim(&mut svg, &shape, &fold, matches!(part.role, Role::Cloth));
            }
            Role::Dark => svg.path(&shape, Paint { fill: Some(&deep), ..Paint::default() }),
            Role::Accent => svg.path(&shape, Paint { fill: Some(&figure), ..Paint::default() }),
            Role::Button => {
                let metal = cloth.contrast(0.6);
                svg.path(
                    &shape,
                    Paint {
                        fill: Some(&metal.to_string()),
                        stroke: Some((metal.darker(0.5), 0.4)),
                        ..Paint::default()
                    },
                );
            }
        }
    }
    svg.raw("</g>");
    svg.finish([width, 100.0], draw.one_of(&[240.0, 480.0, 800.0]))
}

/// Cast on the ground, beside and below.
fn shadow(svg: &mut Svg, garment: &Garment, soft: &str, draw: &mut Draw) {
    let (dx, dy, dark) = (draw.within(-2.5, 2.5), draw.within(0.8, 3.0), draw.within(0.2, 0.4));
    for part in garment.parts.iter().filter(|part| matches!(part.role, Role::Cloth | Role::Second | Role::Band(_))) {
        let moved = part.path.map(|[x, y]| [x + dx, y + dy]);
        let more = format!(" filter=\"url(#{soft})\"");
        svg.path(
            &data(part.role, &moved),
            Paint { fill: Some("#000"), opacity: Some(dark), more: &more, ..Paint::default() },
        );
    }
}

/// The weave: fine noise that darkens and lightens.
fn grain(svg: &mut Svg, draw: &mut Draw) -> String {
    let (fine, strength, seed) = (draw.within(0.3, 0.9), draw.within(0.1, 0.3), draw.between(1, 999));
    let noise = format!(
        "<feTurbulence type=\"fractalNoise\" baseFrequency=\"{}\" numOctaves=\"2\" seed=\"{seed}\" result=\"n\"/>\
         <feColorMatrix in=\"n\" type=\"matrix\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 {} 0 0 0 0\" result=\"d\"/>\
         <feComposite in=\"d\" in2=\"SourceAlpha\" operator=\"in\" result=\"c\"/>\
         <feMerge><feMergeNode in=\"SourceGraphic\"/><feMergeNode in=\"c\"/></feMerge>",
        number(fine),
        number(strength)
    );
    svg.define("filter", " x=\"-5%\" y=\"-5%\" width=\"110%\" height=\"110%\"", &noise)
}

/// Edges turn away from the light.
fn rim(svg: &mut Svg, shape: &str, fold: &str, wide: bool) {
    let clip = svg.clip(&[shape.to_owned()]);
    let width = if wide { 3.2 } else { 1.4 };
    let stroke = format!(
        "<g clip-path=\"url(#{clip})\"><path d=\"{shape}\" fill=\"none\" stroke=\"#000\" stroke-width=\"{width}\" opacity=\"0.35\" filter=\"url(#{fold})\"/></g>"
    );
    svg.raw(&stroke);
}
