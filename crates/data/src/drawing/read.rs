//! Drawings from files, and what no hand drew.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Drawing, Mark, Texture, VERSION};

/// More marks than anyone draws.
const MOST_MARKS: usize = 4_000;
/// More points than any pen tells of in a drawing.
const MOST_POINTS: usize = 100_000;
/// Lines may leave the sheet, whose coordinates are 0 to 1, by its own side.
const PLACES: (f32, f32) = (-1.0, 2.0);
/// The widest line: a quarter of the sheet.
const WIDTHS: (f32, f32) = (0.0, 0.25);
const SHARES: (f32, f32) = (0.0, 1.0);
/// The largest picture to start from.
const MOST_PIXELS_A_SIDE: usize = 256;

/// Why something is no drawing.
#[derive(Debug, Clone, PartialEq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum DrawingError {
    /// The file is not read as one.
    #[error("this is no drawing: {reason}. Give one as the Draw view saves it, or lines of \"Quick, Draw!\"")]
    Unreadable { reason: String },
    /// Of a version to come.
    #[error("the drawing is of version {version}, and this program reads version {VERSION}. Take a newer program")]
    Version { version: u32 },
    /// More than any hand draws.
    #[error("the drawing has {count} {what}, and at most {most} can be drawn")]
    TooMany { what: &'static str, count: usize, most: usize },
    /// A number outside of its range, or none.
    #[error("mark {}: {what} is {value}, and must lie from {least} to {most}", mark + 1)]
    Number {
        /// Counted from 0.
        mark: usize,
        what: &'static str,
        value: String,
        least: f32,
        most: f32,
    },
    /// A line without points.
    #[error("mark {}: the stroke has no points", mark + 1)]
    NoPoints {
        /// Counted from 0.
        mark: usize,
    },
    /// A picture that is no square of its side.
    #[error("mark {}: the garment has {bytes} shades, which are no square of {side} a side", mark + 1)]
    NotSquare {
        /// Counted from 0.
        mark: usize,
        side: usize,
        bytes: usize,
    },
}

/// What a file may hold: a drawing of ours, or a line of "Quick, Draw!".
#[derive(Deserialize)]
struct Sheet {
    #[serde(default)]
    version: u32,
    marks: Option<Vec<Mark>>,
    drawing: Option<Vec<Vec<Vec<f32>>>>,
}

/// The drawings of a file: one or several JSON objects, each as the Draw view saves it or as "Quick, Draw!" publishes its
/// drawings (<https://github.com/googlecreativelab/quickdraw-dataset>).
///
/// # Errors
/// If one of them is no drawing, or has what no hand draws.
pub fn read(bytes: &[u8]) -> Result<Vec<Drawing>, DrawingError> {
    let unreadable = |reason: String| DrawingError::Unreadable { reason };
    let mut drawings = Vec::new();
    for sheet in serde_json::Deserializer::from_slice(bytes).into_iter() {
        let sheet = sheet.map_err(|error: serde_json::Error| unreadable(error.to_string()))?;
        let drawing = match sheet {
            Sheet { version, marks: Some(marks), .. } => Drawing { version, marks },
            Sheet { drawing: Some(lines), .. } => quick(&lines)?,
            _ => return Err(unreadable("it has neither `marks` nor a `drawing`".to_owned())),
        };
        drawing.check()?;
        drawings.push(drawing);
    }
    if drawings.is_empty() {
        return Err(unreadable("the file is empty".to_owned()));
    }
    Ok(drawings)
}

/// A drawing of "Quick, Draw!" in the middle of the sheet: per line its x and its y, in whatever units.
fn quick(lines: &[Vec<Vec<f32>>]) -> Result<Drawing, DrawingError> {
    const WIDTH: f32 = 0.03;
    const MARGIN: f32 = 0.08;
    let mut strokes: Vec<Vec<[f32; 2]>> = Vec::new();
    for (mark, line) in lines.iter().enumerate() {
        let [xs, ys, ..] = line.as_slice() else { return Err(DrawingError::NoPoints { mark }) };
        if let Some(value) = xs.iter().chain(ys).find(|value| value.abs() > 1e6 || value.is_nan()) {
            let what = "a coordinate";
            return Err(DrawingError::Number { mark, what, value: value.to_string(), least: -1e6, most: 1e6 });
        }
        strokes.push(xs.iter().zip(ys).map(|(&x, &y)| [x, y]).collect());
    }
    let ends = |axis: usize| {
        let along = strokes.iter().flatten().map(|point| point[axis]);
        along.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let ((left, right), (top, bottom)) = (ends(0), ends(1));
    let scale = (1.0 - 2.0 * MARGIN) / (right - left).max(bottom - top).max(1e-6);
    let place = |value: f32, low: f32, high: f32| 0.5 + (value - 0.5 * (low + high)) * scale;
    let mark = |points: &Vec<[f32; 2]>| Mark::Stroke {
        points: points.iter().map(|&[x, y]| [place(x, left, right), place(y, top, bottom), 0.5]).collect(),
        width: WIDTH,
        shade: 1.0,
        texture: Texture::Plain,
        mirrored: false,
        erases: false,
    };
    Ok(Drawing::new(strokes.iter().map(mark).collect()))
}

impl Drawing {
    /// Whether a hand can have drawn it.
    ///
    /// # Errors
    /// With the first thing that none has, by name.
    pub fn check(&self) -> Result<(), DrawingError> {
        let &Self { version, ref marks } = self;
        if version == 0 || version > VERSION {
            return Err(DrawingError::Version { version });
        }
        if marks.len() > MOST_MARKS {
            return Err(DrawingError::TooMany { what: "marks", count: marks.len(), most: MOST_MARKS });
        }
        let points = |mark: &Mark| if let Mark::Stroke { points, .. } = mark { points.len() } else { 0 };
        let count = marks.iter().map(points).sum();
        if count > MOST_POINTS {
            return Err(DrawingError::TooMany { what: "points", count, most: MOST_POINTS });
        }
        marks.iter().enumerate().try_for_each(|(index, mark)| mark.check(index))
    }
}

impl Mark {
    /// Whether a hand can have made it, as mark `mark` of its drawing.
    ///
    /// # Errors
    /// With the first thing that none has, by name.
    pub fn check(&self, mark: usize) -> Result<(), DrawingError> {
        let number = |what: &'static str, value: f32, (least, most): (f32, f32)| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(DrawingError::Number { mark, what, value: value.to_string(), least, most })
        };
        let place = |points: &[[f32; 2]]| {
            let mut values = points.iter().flatten();
            values.try_for_each(|&value| number("a coordinate", value, PLACES))
        };
        let pen = |width: f32, shade: f32| {
            number("the width", width, WIDTHS).and_then(|()| number("the shade", shade, SHARES))
        };
        match self {
            Self::Stroke { points, width, shade, .. } => {
                if points.is_empty() {
                    return Err(DrawingError::NoPoints { mark });
                }
                if points.len() > MOST_POINTS {
                    let (what, count) = ("points", points.len());
                    return Err(DrawingError::TooMany { what, count, most: MOST_POINTS });
                }
                for &[x, y, pressure] in points {
                    place(&[[x, y]])?;
                    number("the pressure", pressure, SHARES)?;
                }
                pen(*width, *shade)
            }
            Self::Line { points, width, shade, .. } => place(points).and_then(|()| pen(*width, *shade)),
            Self::Curve { points, width, shade, .. } => place(points).and_then(|()| pen(*width, *shade)),
            Self::Fill { at, shade, .. } => place(&[*at]).and_then(|()| number("the shade", *shade, SHARES)),
            Self::Garment { side, ink } => {
                let fits = (1..=MOST_PIXELS_A_SIDE).contains(side) && ink.len() == side * side;
                let (side, bytes) = (*side, ink.len());
                if fits { Ok(()) } else { Err(DrawingError::NotSquare { mark, side, bytes }) }
            }
            Self::Clear => Ok(()),
        }
    }
}
