//! Pixels from the bytes of a file, by what they are and not by what the file is called.
//!
//! The page leaves this to the browser. Here it is done by the crates of image-rs and, for SVG, by resvg: it runs no script,
//! and is told to fetch nothing that a picture names.

use std::io::Cursor;

use anyhow::{Context, Result, bail, ensure};
use atelier_data::{Drawing, Picture, drawing};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

/// The most pixels that are decoded. Cameras give 50 million; as four bytes each and once more as the decoder has them,
/// these are half a gigabyte. A file of a few kilobytes can claim far more than any machine holds.
const MOST_PIXELS: u64 = 64_000_000;
/// Longer files are not even opened: SVG and drawings are text, which is kept as trees of several times its length.
const MOST_TEXT: usize = 16 << 20;
/// The longer side that an SVG is drawn with: as sharp as the preparation looks at any picture.
const SVG_SIDE: f32 = 512.0;

/// What a file holds.
pub enum Content {
    Picture(Picture),
    Drawings(Vec<Drawing>),
}

/// Reads a file.
///
/// # Errors
/// If it is no picture and no drawing, damaged or too large, with what to do.
pub fn content(bytes: &[u8]) -> Result<Content> {
    if let Ok(format) = image::guess_format(bytes) {
        return Ok(Content::Picture(raster(bytes, format)?));
    }
    let text = std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}').trim_start());
    match text {
        Ok(text) if text.starts_with(['{', '<']) => {
            ensure!(
                bytes.len() <= MOST_TEXT,
                "it is {} MB of text; at most {} are read",
                bytes.len() >> 20,
                MOST_TEXT >> 20
            );
            match text.starts_with('{') {
                true => Ok(Content::Drawings(drawing::read(text.as_bytes())?)),
                false => Ok(Content::Picture(svg(text)?)),
            }
        }
        _ => bail!("it is no picture that can be read here. Give a PNG, JPEG, GIF, WebP, BMP or SVG file or a drawing"),
    }
}

/// The first frame of a file of pixels, turned as its camera was held.
fn raster(bytes: &[u8], format: ImageFormat) -> Result<Picture> {
    let damaged = || format!("it is no sound {} file", name(format));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // A pixel has at most four channels of four bytes while it is decoded.
    limits.max_alloc = Some(16 * MOST_PIXELS);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().with_context(damaged)?;
    let (width, height) = decoder.dimensions();
    fits(width, height)?;
    let orientation = decoder.orientation().with_context(damaged)?;
    let mut image = DynamicImage::from_decoder(decoder).with_context(damaged)?;
    image.apply_orientation(orientation);
    let image = image.into_rgba8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    Ok(Picture { width, height, rgba: image.into_raw() })
}

fn fits(width: u32, height: u32) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    ensure!(
        pixels <= MOST_PIXELS,
        "it has {width}x{height} pixels; at most {} million can be read. Make it smaller",
        MOST_PIXELS / 1_000_000
    );
    Ok(())
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Bmp => "BMP",
        _ => "picture",
    }
}

/// A drawing in SVG on a transparent ground. How deep and how large its tree may grow is limited by usvg.
fn svg(text: &str) -> Result<Picture> {
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: nothing, ..Options::default() };
    let tree = Tree::from_str(text, &options).context("it is no sound SVG file")?;
    let size = tree.size();
    let scale = SVG_SIDE / size.width().max(size.height());
    let side = |length: f32| (length * scale).ceil().clamp(1.0, SVG_SIDE) as u32;
    let (width, height) = (side(size.width()), side(size.height()));
    let mut pixels = Pixmap::new(width, height).context("its width or height is no size")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let rgba = pixels.pixels().iter().map(|pixel| pixel.demultiply());
    let rgba = rgba.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]).collect();
    Ok(Picture { width: width as usize, height: height as usize, rgba })
}
