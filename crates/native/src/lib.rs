//! What others than the terminal read pictures by: the tests that judge the shipped weights go the way of `classify`.

pub mod decode;
