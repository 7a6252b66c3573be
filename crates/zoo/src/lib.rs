//! The published architectures as networks.
//!
//! Each [`Model`] is built layer by layer with the names that its weights are saved under: Keras Applications' for VGG,
//! InceptionV3, ResNet-50 and deeper and MobileNetV2, torchvision's for ResNet-18 and -34, which Keras has not. With it
//! go how it wants its pictures ([`Preparation`]) and what its classes are called ([`Classes`]).
//!
//! This crate must never know weights, files, a backend or the page.

mod classes;
mod framing;
mod graph;
mod inception;
mod mobilenet;
mod model;
mod preparation;
mod resnet;
mod torchvision;
mod vgg;

pub use classes::{Class, Classes, ClassesError};
pub use framing::{Framing, NotAPicture, Rgb};
pub use model::{Model, ZooError};
pub use preparation::Preparation;
