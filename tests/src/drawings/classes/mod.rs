//! The ten classes of Fashion-MNIST, each as people draw it: one file a class.

mod bag;
mod boot;
mod coat;
mod dress;
mod motif;
mod pullover;
mod sandal;
mod shirt;
mod sneaker;
mod torso;
mod trouser;
mod tshirt;

use crate::Draw;
use crate::drawings::garment::Garment;

/// The classes' names, in Fashion-MNIST's order.
pub const NAMES: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// A garment of this class, upright on a page of 100 by 100.
pub fn garment(class: usize, draw: &mut Draw) -> Garment {
    const DRAWN: [fn(&mut Draw) -> Garment; 10] = [
        tshirt::draw,
        trouser::draw,
        pullover::draw,
        dress::draw,
        coat::draw,
        sandal::draw,
        shirt::draw,
        sneaker::draw,
        bag::draw,
        boot::draw,
    ];
    DRAWN[class](draw)
}
