//! How garments are drawn: one function a style, each with a hand, tools and a page of its own.

mod lines;
mod photograph;
mod shapes;
mod sketches;

use crate::Draw;
use crate::drawings::garment::Garment;

/// The styles' names.
pub const NAMES: [&str; 13] = [
    "pen",
    "marker",
    "wobbly",
    "sketch",
    "chalk",
    "quick",
    "line icon",
    "silhouette",
    "glyph",
    "flat",
    "emoji",
    "crayon",
    "photograph",
];

/// The garment as an SVG file in this style.
pub fn picture(style: usize, garment: &Garment, draw: &mut Draw) -> String {
    const DRAWN: [fn(&Garment, &mut Draw) -> String; 13] = [
        lines::pen,
        lines::marker,
        sketches::wobbly,
        sketches::sketch,
        sketches::chalk,
        sketches::quick,
        lines::icon,
        shapes::silhouette,
        shapes::glyph,
        shapes::flat,
        shapes::emoji,
        sketches::crayon,
        photograph::photograph,
    ];
    DRAWN[style](garment, draw)
}
