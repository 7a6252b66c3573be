use serde::Serialize;
use thiserror::Error;

/// Why nothing can be seen in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PictureError {
    /// One colour from edge to edge.
    #[error("there is nothing on the picture: it has one colour from edge to edge")]
    Empty,
    /// Width and height are not those of the bytes.
    #[error(
        "a picture of {width}x{height} pixels has four bytes a pixel and was given {bytes}. Give it whole, \
         with one pixel at least"
    )]
    Size { width: usize, height: usize, bytes: usize },
}
