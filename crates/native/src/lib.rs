//! What others than the terminal read pictures by: the tests that judge the shipped weights go the way of `classify`,
//! and those of the published networks that of `recognise`.

pub mod decode;
pub mod weights;
