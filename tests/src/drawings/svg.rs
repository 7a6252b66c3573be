//! SVG as text.

use std::fmt::Write;

use super::colour::Colour;
use super::path::{Path, Point, Segment};

/// A picture while it is drawn.
#[derive(Debug, Default)]
pub struct Svg {
    /// Gradients, masks, clips and filters.
    definitions: String,
    body: String,
    count: u32,
}

/// How a shape is painted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paint<'a> {
    /// A colour or a `url(#…)`; nothing leaves the shape empty.
    pub fill: Option<&'a str>,
    pub stroke: Option<(Colour, f32)>,
    pub opacity: Option<f32>,
    /// Further attributes, beginning with a space.
    pub more: &'a str,
}

impl Svg {
    /// A name that no other definition has.
    pub fn define(&mut self, element: &str, attributes: &str, content: &str) -> String {
        self.count += 1;
        let id = format!("{}{}", &element[..1], self.count);
        let _ = writeln!(self.definitions, "<{element} id=\"{id}\"{attributes}>{content}</{element}>");
        id
    }

    /// A fill that runs from one colour to another, between two points of the shape's own box.
    pub fn gradient(&mut self, from: Colour, to: Colour, [x, y]: Point) -> String {
        let ends = format!(" x1=\"0\" y1=\"0\" x2=\"{}\" y2=\"{}\"", number(x), number(y));
        let stops = format!("<stop stop-color=\"{from}\"/><stop offset=\"1\" stop-color=\"{to}\"/>");
        format!("url(#{})", self.define("linearGradient", &ends, &stops))
    }

    /// What lies within these outlines.
    pub fn clip(&mut self, outlines: &[String]) -> String {
        let shapes: String = outlines.iter().map(|data| format!("<path d=\"{data}\"/>")).collect();
        self.define("clipPath", "", &shapes)
    }

    /// A shape of this path data.
    pub fn path(&mut self, data: &str, paint: Paint) {
        let _ = writeln!(self.body, "{}", shape(data, paint));
    }

    /// Any element.
    pub fn raw(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// The file: `view` is the box's width and height, `size` its width in pixels.
    pub fn finish(self, [width, height]: Point, size: f32) -> String {
        let (w, h) = (number(width), number(height));
        let (across, down) = (number(size), number(size * height / width));
        let definitions = match self.definitions.as_str() {
            "" => String::new(),
            some => format!("<defs>\n{some}</defs>\n"),
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{across}\" height=\"{down}\" viewBox=\"0 0 {w} {h}\">\n\
             {definitions}{}</svg>\n",
            self.body
        )
    }
}

/// A path element.
pub fn shape(data: &str, paint: Paint) -> String {
    let mut text = format!("<path d=\"{data}\" fill=\"{}\"", paint.fill.unwrap_or("none"));
    if let Some((colour, width)) = paint.stroke {
        let width = number(width);
        let _ = write!(
            text,
            " stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\""
        );
    }
    if let Some(opacity) = paint.opacity {
        let _ = write!(text, " opacity=\"{}\"", number(opacity));
    }
    text + paint.more + "/>"
}

/// Path data of straight lines.
pub fn lines(points: &[Point], closed: bool) -> String {
    let mut data = String::new();
    for (place, [x, y]) in points.iter().enumerate() {
        let _ = write!(data, "{}{} {}", if place == 0 { "M" } else { "L" }, number(*x), number(*y));
    }
    data + if closed { "Z" } else { "" }
}

/// Path data of the path as it is, with its curves.
pub fn curves(path: &Path) -> String {
    let pair = |[x, y]: Point| format!("{} {}", number(x), number(y));
    let mut data = format!("M{}", pair(path.start));
    for segment in &path.segments {
        let _ = match segment {
            Segment::Line(end) => write!(data, "L{}", pair(*end)),
            Segment::Cubic(a, b, end) => write!(data, "C{} {} {}", pair(*a), pair(*b), pair(*end)),
        };
    }
    data + if path.closed { "Z" } else { "" }
}

/// Two decimals at most, none that say nothing.
pub fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
