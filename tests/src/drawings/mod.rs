//! Garments as people draw them: the set that judges a network made for drawings.
//!
//! A garment ([`classes`]) knows what it is made of, a style ([`styles`]) how somebody shows that. Nothing of it is used in
//! training or in choosing what to train on, and it shares no code with the garments that are. Every picture is SVG text, the
//! same to the byte on every machine.

mod classes;
mod colour;
mod garment;
mod hand;
mod page;
mod path;
mod score;
mod styles;
mod svg;

pub use classes::NAMES as CLASSES;
pub use score::{Score, Table};
pub use styles::NAMES as STYLES;

use crate::Draw;

/// Garments of each class in each style.
pub const EACH: usize = 4;

/// One picture of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Its file's name, without the extension.
    pub name: String,
    /// Place in [`CLASSES`].
    pub class: usize,
    /// Place in [`STYLES`].
    pub style: usize,
    /// The file.
    pub svg: String,
}

/// The whole set: [`EACH`] garments of each class in each style.
pub fn drawings() -> Vec<Drawing> {
    let mut set = Vec::new();
    for (class, of) in CLASSES.iter().enumerate() {
        for (style, how) in STYLES.iter().enumerate() {
            for number in 0..EACH {
                let name = format!("{of} {how} {number}").to_lowercase().replace([' ', '/'], "-");
                let mut draw = Draw::new(&name, 1);
                let garment = classes::garment(class, &mut draw);
                let svg = styles::picture(style, &garment, &mut draw);
                set.push(Drawing { name, class, style, svg });
            }
        }
    }
    set
}
