//! The IDX files of MNIST and its kin, gzip-compressed or plain.
//!
//! The form, from <http://yann.lecun.com/exdb/mnist/>: two zero bytes, the element's type (8: unsigned byte), the number of
//! dimensions, then each dimension as a big-endian 32-bit integer, then the elements. Files come from strangers' disks and
//! from broken downloads, so nothing in them is believed before it is checked: memory is asked for only as far as the bytes
//! at hand can fill it, and every refusal names the file, what is wrong and what to do.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;
use serde::Serialize;
use thiserror::Error;

use crate::{PIXELS, SIDE};

/// The most examples one file may hold: above every published set of ten classes in this form, and 78 MB of pixels,
/// which a phone's tab still survives.
pub const MAX_EXAMPLES: usize = 100_000;

const IMAGES_MAGIC: [u8; 4] = [0, 0, 8, 3];
const LABELS_MAGIC: [u8; 4] = [0, 0, 8, 1];
const IMAGES_HEADER: usize = 16;
const LABELS_HEADER: usize = 8;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The most that deflate can grow by (<https://zlib.net/zlib_tech.html>).
const DEFLATE_MAX_RATIO: usize = 1032;

/// A file that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[error("{file}: {reason}")]
pub struct IdxError {
    /// The name under which the file was given.
    pub file: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a file was refused. Serialises with a `code` of its own for each reason, for translation.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Reason {
    /// No bytes at all.
    #[error("the file is empty. Fetch it again")]
    Empty,
    /// The compressed form is broken: a bad checksum, a flipped bit or an early end.
    #[error("its gzip data is damaged ({detail}). Fetch the file again")]
    Gzip {
        /// What the decoder met.
        detail: String,
    },
    /// Neither images nor labels.
    #[error(
        "it starts with the bytes {found:02x?}, which neither IDX images (00 00 08 03) nor labels (00 00 08 01) do. \
         Give the data set's own files, not a web page or an archive of them"
    )]
    NotIdx {
        /// The first bytes, up to four.
        found: Vec<u8>,
    },
    /// Images where labels belong or the other way round.
    #[error("it holds {found}, but {wanted} belong here. The two files may have been swapped")]
    Swapped {
        /// What was asked for.
        wanted: Content,
        /// What the file holds.
        found: Content,
    },
    /// Pictures of another size.
    #[error(
        "its pictures are {rows}x{columns} pixels, and only 28x28 ones can be used. Give a data set of 28x28 pictures"
    )]
    Dimensions {
        /// Height that the header gives.
        rows: u32,
        /// Width that the header gives.
        columns: u32,
    },
    /// No examples.
    #[error("its header announces no examples. Fetch the file again")]
    NoExamples,
    /// More examples than anything sensible.
    #[error(
        "its header announces {count} examples, more than the {limit} that are accepted. Fetch it again, or cut it down"
    )]
    TooMany {
        /// Count that the header gives.
        count: u32,
        /// [`MAX_EXAMPLES`].
        limit: usize,
    },
    /// Fewer bytes than the header announces.
    #[error("it ends early: {expected} bytes were announced and {got} are there. Fetch the file again")]
    Truncated {
        /// Bytes, decompressed, that the header announces.
        expected: usize,
        /// Bytes that are there.
        got: usize,
    },
    /// More bytes than the header announces.
    #[error("it goes on after its {expected} announced bytes. Fetch the file again")]
    Trailing {
        /// Bytes, decompressed, that the header announces.
        expected: usize,
    },
    /// A label outside the classes.
    #[error(
        "label number {index} is {label}, and labels must be below {classes}. Give a data set of {classes} classes"
    )]
    Label {
        /// Which example, from 0.
        index: usize,
        /// Its label.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// Images and labels of different number.
    #[error("it holds {labels} labels, but {images_file} holds {images} images. Give two files of the same set")]
    Counts {
        /// Labels in this file.
        labels: usize,
        /// The images' file.
        images_file: String,
        /// Images in that one.
        images: usize,
    },
}

/// The two contents of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// 28x28 pictures.
    Images,
    /// Class numbers.
    Labels,
}

impl std::fmt::Display for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Images => "images",
            Self::Labels => "labels",
        })
    }
}

/// What a file's header says that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Images or labels.
    pub content: Content,
    /// Number of examples, between 1 and [`MAX_EXAMPLES`].
    pub count: usize,
}

impl Header {
    /// Bytes before the values.
    fn len(self) -> usize {
        match self.content {
            Content::Images => IMAGES_HEADER,
            Content::Labels => LABELS_HEADER,
        }
    }

    /// Bytes of the whole file, decompressed.
    fn file_len(self) -> usize {
        self.len()
            + match self.content {
                Content::Images => self.count * PIXELS,
                Content::Labels => self.count,
            }
    }
}

/// A file that was read whole and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Pixels row by row, picture by picture, or labels.
    pub values: Vec<u8>,
    /// Number of examples.
    pub count: usize,
    /// CRC-32 of the whole file, decompressed; compare with [`crate::official::OfficialFile::crc32`].
    pub crc32: u32,
}

/// Reads only the header of `bytes`, decompressing no further: enough to tell four dropped files apart.
///
/// # Errors
/// If the file is none of the data set's, as far as its header goes.
pub fn identify(name: &str, bytes: &[u8]) -> Result<Header, IdxError> {
    let mut start = Vec::with_capacity(IMAGES_HEADER);
    open(bytes)
        .take(IMAGES_HEADER as u64)
        .read_to_end(&mut start)
        .map_err(damaged)
        .and_then(|_| header(&start))
        .map_err(|reason| reason.of(name))
}

/// Reads images; each is [`PIXELS`] bytes of [`Contents::values`].
///
/// # Errors
/// If the file isn't a sound file of 28x28 images, by `name` and reason.
pub fn parse_images(name: &str, bytes: &[u8]) -> Result<Contents, IdxError> {
    parse(bytes, Content::Images).map_err(|reason| reason.of(name))
}

/// Reads labels, all below `classes`.
///
/// # Errors
/// If the file isn't a sound file of such labels, by `name` and reason.
pub fn parse_labels(name: &str, bytes: &[u8], classes: usize) -> Result<Contents, IdxError> {
    let contents = parse(bytes, Content::Labels).map_err(|reason| reason.of(name))?;
    match contents.values.iter().position(|&label| usize::from(label) >= classes) {
        None => Ok(contents),
        Some(index) => Err(Reason::Label { index, label: contents.values[index], classes }.of(name)),
    }
}

impl Reason {
    pub(crate) fn of(self, file: &str) -> IdxError {
        IdxError { file: file.to_owned(), reason: self }
    }
}

fn parse(bytes: &[u8], wanted: Content) -> Result<Contents, Reason> {
    let mut file = open(bytes);
    let mut data = Vec::new();
    (&mut file).take(IMAGES_HEADER as u64).read_to_end(&mut data).map_err(damaged)?;
    let header = header(&data)?;
    if header.content != wanted {
        return Err(Reason::Swapped { wanted, found: header.content });
    }
    let expected = header.file_len();
    let fillable = match file {
        File::Plain(_) => bytes.len(),
        File::Gzip(_) => bytes.len().saturating_mul(DEFLATE_MAX_RATIO),
    };
    data.reserve_exact(expected.min(fillable).saturating_sub(data.len()));
    // One byte more than announced shows a file that goes on, and makes the decoder reach the checksum of one that doesn't.
    let limit = (expected + 1).saturating_sub(data.len());
    (&mut file).take(limit as u64).read_to_end(&mut data).map_err(damaged)?;
    if data.len() < expected {
        return Err(Reason::Truncated { expected, got: data.len() });
    }
    if data.len() > expected || file.has_more() {
        return Err(Reason::Trailing { expected });
    }
    let mut crc = flate2::Crc::new();
    crc.update(&data);
    data.drain(..header.len());
    Ok(Contents { values: data, count: header.count, crc32: crc.sum() })
}

fn header(start: &[u8]) -> Result<Header, Reason> {
    if start.is_empty() {
        return Err(Reason::Empty);
    }
    let magic = &start[..start.len().min(4)];
    let (content, length) = if magic == IMAGES_MAGIC {
        (Content::Images, IMAGES_HEADER)
    } else if magic == LABELS_MAGIC {
        (Content::Labels, LABELS_HEADER)
    } else {
        return Err(Reason::NotIdx { found: magic.to_vec() });
    };
    if start.len() < length {
        return Err(Reason::Truncated { expected: length, got: start.len() });
    }
    let field = |at: usize| u32::from_be_bytes([start[at], start[at + 1], start[at + 2], start[at + 3]]);
    if content == Content::Images && (field(8), field(12)) != (SIDE as u32, SIDE as u32) {
        return Err(Reason::Dimensions { rows: field(8), columns: field(12) });
    }
    let count = field(4);
    match usize::try_from(count) {
        Ok(0) => Err(Reason::NoExamples),
        Ok(count) if count <= MAX_EXAMPLES => Ok(Header { content, count }),
        _ => Err(Reason::TooMany { count, limit: MAX_EXAMPLES }),
    }
}

enum File<'a> {
    Plain(&'a [u8]),
    Gzip(Box<GzDecoder<&'a [u8]>>),
}

fn open(bytes: &[u8]) -> File<'_> {
    if bytes.starts_with(&GZIP_MAGIC) { File::Gzip(Box::new(GzDecoder::new(bytes))) } else { File::Plain(bytes) }
}

impl Read for File<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(rest) => rest.read(buf),
            Self::Gzip(decoder) => decoder.read(buf),
        }
    }
}

impl File<'_> {
    /// Whether bytes follow what was read; for gzip, after the end of the compressed data.
    fn has_more(&self) -> bool {
        match self {
            Self::Plain(rest) => !rest.is_empty(),
            Self::Gzip(decoder) => !decoder.get_ref().is_empty(),
        }
    }
}

/// Reading from memory fails only where the compressed data is broken.
#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err takes")]
fn damaged(error: io::Error) -> Reason {
    Reason::Gzip { detail: error.to_string() }
}
