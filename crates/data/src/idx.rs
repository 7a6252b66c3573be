//! The IDX files of MNIST and its kin, gzip-compressed or plain.
//!
//! The form, from <http://yann.lecun.com/exdb/mnist/>: two zero bytes, the element's type, the number of axes, then the
//! length of each axis as a big-endian 32-bit integer, then the elements, the last axis fastest. Files come from strangers'
//! disks and from broken downloads, so nothing in them is believed before it is checked: memory is asked for only as far as
//! the bytes at hand can fill it, and every refusal names the file, what is wrong and what to do.
//!
//! What is read, as it is published:
//!
//! | axes | element | what it is |
//! |---|---|---|
//! | `[n, rows, columns]` | unsigned byte | grey pictures |
//! | `[n, rows, columns, channels]` | unsigned byte | pictures in colour |
//! | `[n]`, `[n, 1]` | unsigned byte, 16- or 32-bit integer | labels |
//! | `[n, 8]` | 16- or 32-bit integer | labels as QMNIST has them, the class in the first column |

use std::fmt;
use std::io::{self, BufRead, Read};

use serde::Serialize;
use thiserror::Error;

use crate::foreign::{Foreign, TELLING};
use crate::gzip::{self, Members};

/// The most that the values of one file may take, in bytes: above every set that is published in this form (EMNIST's largest
/// file has 547 MB), and within what a browser gives a page.
pub const MAX_BYTES: u64 = 1 << 30;
/// The most rows or columns of a picture.
pub const MAX_SIDE: usize = 4096;
/// The most channels: no picture has more, and files in another order of axes are told apart by it.
pub const MAX_CHANNELS: usize = 16;
/// The most classes: labels from 0 to 65,534.
pub const MAX_CLASSES: usize = u16::MAX as usize;
/// Columns of QMNIST's labels (<https://github.com/facebookresearch/qmnist>): class, and where a digit is from.
const QMNIST_COLUMNS: usize = 8;

/// A file that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("{file}: {reason}")]
pub struct IdxError {
    /// The name under which the file was given.
    pub file: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a file was refused. Serialises with a `code` of its own for each reason, for translation.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Reason {
    /// No bytes at all.
    #[error("the file is empty. Fetch it again")]
    Empty,
    /// The compressed form ends early.
    #[error("it ends in the middle of its gzip data, as a download that was broken off. Fetch the file again")]
    Unfinished,
    /// The compressed form is broken: a bad checksum or a flipped bit.
    #[error("its gzip data is damaged ({detail}). Fetch the file again")]
    Gzip {
        /// What the decoder met.
        detail: String,
    },
    /// Gzip in gzip in gzip.
    #[error("it was compressed more than twice. Unpack it once with gzip and give what comes out")]
    Nested,
    /// Another kind of file.
    #[error("it is {what}")]
    Foreign {
        /// Which.
        what: Foreign,
    },
    /// Nothing that is known.
    #[error("it starts with the bytes {found:02x?}, which no IDX file does. Give the data set's own files")]
    NotIdx {
        /// The first bytes, up to four.
        found: Vec<u8>,
    },
    /// Pictures or labels of numbers that are not read.
    #[error(
        "its elements are {element}s on axes of {axes:?}; pictures must be unsigned bytes, and labels unsigned bytes, \
         16-bit or 32-bit integers. Write it anew as one of these"
    )]
    Element {
        /// What the header gives.
        element: Element,
        /// Lengths that the header gives.
        axes: Vec<u32>,
    },
    /// Axes that make neither pictures nor labels.
    #[error(
        "its header gives axes of {axes:?}; pictures have [n, rows, columns] or [n, rows, columns, channels], up to \
         {MAX_SIDE}x{MAX_SIDE} pixels of up to {MAX_CHANNELS} channels, and labels have [n]. Fetch it again, or write it \
         anew in that order"
    )]
    Axes {
        /// Lengths that the header gives.
        axes: Vec<u32>,
    },
    /// No examples.
    #[error("its header announces no examples. Fetch the file again")]
    NoExamples,
    /// More than fits.
    #[error(
        "its header announces {} MB of values, and {} MB is the most that can be held. Fetch it again, or cut it down",
        bytes.div_ceil(1 << 20), limit >> 20
    )]
    TooBig {
        /// Bytes of values that the header announces.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bytes: u64,
        /// [`MAX_BYTES`].
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        limit: u64,
    },
    /// No memory for what is within the limits.
    #[error("there is no memory for its {} MB. Close something, or cut it down", bytes.div_ceil(1 << 20))]
    NoMemory {
        /// Bytes that it unpacks to, as far as is known.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bytes: u64,
    },
    /// Fewer bytes than the header announces.
    #[error("it ends early: {expected} bytes were announced and {got} are there. Fetch the file again")]
    Truncated {
        /// Bytes, decompressed, that the header announces.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        expected: u64,
        /// Bytes that are there.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        got: u64,
    },
    /// More bytes than the header announces.
    #[error("it goes on after its {expected} announced bytes. Fetch the file again")]
    Trailing {
        /// Bytes, decompressed, that the header announces.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        expected: u64,
    },
    /// A label that is no class.
    #[error(
        "label number {index} is {label}, and labels go from 0 to at most {}. Fetch the file again, or number the classes \
         from 0",
        MAX_CLASSES - 1
    )]
    Label {
        /// Which example, from 0.
        index: usize,
        /// Its label.
        label: i32,
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

impl Reason {
    pub(crate) fn of(self, file: &str) -> IdxError {
        IdxError { file: file.to_owned(), reason: self }
    }
}

/// The type of a file's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// Code 8.
    UnsignedByte,
    /// Code 9.
    SignedByte,
    /// Code 11.
    Int16,
    /// Code 12.
    Int32,
    /// Code 13.
    Float,
    /// Code 14.
    Double,
}

impl Element {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Self::UnsignedByte,
            0x09 => Self::SignedByte,
            0x0b => Self::Int16,
            0x0c => Self::Int32,
            0x0d => Self::Float,
            0x0e => Self::Double,
            _ => return None,
        })
    }

    fn bytes(self) -> usize {
        match self {
            Self::UnsignedByte | Self::SignedByte => 1,
            Self::Int16 => 2,
            Self::Int32 | Self::Float => 4,
            Self::Double => 8,
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnsignedByte => "unsigned byte",
            Self::SignedByte => "signed byte",
            Self::Int16 => "16-bit integer",
            Self::Int32 => "32-bit integer",
            Self::Float => "32-bit float",
            Self::Double => "64-bit float",
        })
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Pictures.
    Images(Images),
    /// Class numbers as they stand in the file, all below [`MAX_CLASSES`].
    Labels(Vec<u16>),
}

/// Pictures of one shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Rows, columns and channels of each.
    pub shape: [usize; 3],
    /// Picture by picture, row by row, the channels of a pixel together.
    pub pixels: Vec<u8>,
}

impl Images {
    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.pixels.len() / self.shape.iter().product::<usize>()
    }
}

/// A file that was read whole and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// Its pictures or labels.
    pub contents: Contents,
    /// Number of examples, at least 1.
    pub count: usize,
    /// CRC-32 of the whole file, decompressed; compare with [`crate::official::OfficialFile::crc32`].
    pub crc32: u32,
}

/// A file's bytes, wherever they lie.
pub trait Bytes {
    /// How many there are.
    fn count(&self) -> usize;

    /// Reads them from their beginning.
    fn open(&self) -> impl BufRead;
}

impl<B: AsRef<[u8]> + ?Sized> Bytes for B {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn open(&self) -> impl BufRead {
        self.as_ref()
    }
}

/// Reads a file: what it is comes from its header. Gzip is unpacked, twice where it was packed twice.
///
/// # Errors
/// If the file isn't a sound one of pictures or labels, by `name` and reason.
pub fn read(name: &str, bytes: &(impl Bytes + ?Sized)) -> Result<Idx, IdxError> {
    unpack(bytes).map_err(|reason| reason.of(name))
}

fn unpack(bytes: &(impl Bytes + ?Sized)) -> Result<Idx, Reason> {
    if bytes.count() == 0 {
        return Err(Reason::Empty);
    }
    if !begins_as_gzip(bytes.open())? {
        return parse(bytes.open(), bytes.count());
    }
    if !begins_as_gzip(Members::new(bytes.open()))? {
        return parse(Members::new(bytes.open()), bytes.count().saturating_mul(gzip::MAX_RATIO));
    }
    let mut inner = Vec::new();
    Members::new(bytes.open()).take(MAX_BYTES).read_to_end(&mut inner).map_err(|error| match error.kind() {
        io::ErrorKind::OutOfMemory => Reason::NoMemory { bytes: inner.len() as u64 },
        _ => damaged(error),
    })?;
    if begins_as_gzip(Members::new(&inner[..]))? {
        return Err(Reason::Nested);
    }
    parse(Members::new(&inner[..]), inner.len().saturating_mul(gzip::MAX_RATIO))
}

fn begins_as_gzip(file: impl Read) -> Result<bool, Reason> {
    let mut start = Vec::new();
    file.take(2).read_to_end(&mut start).map_err(damaged)?;
    Ok(gzip::is_gzip(&start))
}

/// Reads unpacked bytes, of which there are at most `fillable`.
fn parse(mut file: impl Read, fillable: usize) -> Result<Idx, Reason> {
    let mut data = Vec::new();
    (&mut file).take(TELLING as u64).read_to_end(&mut data).map_err(damaged)?;
    let header = Header::of(&data)?;
    let bytes = header.value_bytes()?;
    // At most `MAX_BYTES` and a header.
    let expected = header.len() + bytes as usize;
    // One byte more than announced shows a file that goes on, and makes the decoder reach the checksum of one that doesn't.
    let room = (expected + 1).min(fillable);
    data.try_reserve_exact(room.saturating_sub(data.len())).map_err(|_| Reason::NoMemory { bytes })?;
    let limit = (expected + 1).saturating_sub(data.len());
    file.take(limit as u64).read_to_end(&mut data).map_err(damaged)?;
    let (announced, got) = (expected as u64, data.len() as u64);
    if got < announced {
        return Err(Reason::Truncated { expected: announced, got });
    }
    if got > announced {
        return Err(Reason::Trailing { expected: announced });
    }
    let mut crc = flate2::Crc::new();
    crc.update(&data);
    let contents = match header.role {
        Role::Images { shape } => {
            data.drain(..header.len());
            Contents::Images(Images { shape, pixels: data })
        }
        Role::Labels { columns } => Contents::Labels(labels(&data[header.len()..], header.element, columns)?),
    };
    Ok(Idx { contents, count: header.count, crc32: crc.sum() })
}

/// The first number of each row.
fn labels(values: &[u8], element: Element, columns: usize) -> Result<Vec<u16>, Reason> {
    let size = element.bytes();
    (values.chunks_exact(size * columns).enumerate())
        .map(|(index, row)| {
            let label = match (element, row) {
                (Element::UnsignedByte, [a, ..]) => i32::from(*a),
                (Element::Int16, [a, b, ..]) => i32::from(i16::from_be_bytes([*a, *b])),
                (_, [a, b, c, d, ..]) => i32::from_be_bytes([*a, *b, *c, *d]),
                _ => -1,
            };
            let class = u16::try_from(label).ok().filter(|class| usize::from(*class) < MAX_CLASSES);
            class.ok_or(Reason::Label { index, label })
        })
        .collect()
}

/// What a file's header says, where that can be read.
struct Header {
    element: Element,
    axes: Vec<u32>,
    role: Role,
    count: usize,
}

enum Role {
    Images { shape: [usize; 3] },
    Labels { columns: usize },
}

impl Header {
    fn of(start: &[u8]) -> Result<Self, Reason> {
        if start.is_empty() {
            return Err(Reason::Empty);
        }
        let (element, rank) = match start {
            [0, 0, code, rank, ..] if *rank > 0 => (Element::of(*code), usize::from(*rank)),
            [0] | [0, 0] => return Err(Reason::Truncated { expected: 4, got: start.len() as u64 }),
            _ => (None, 0),
        };
        let Some(element) = element else {
            let not_idx = || Reason::NotIdx { found: start[..start.len().min(4)].to_vec() };
            return Err(Foreign::of(start).map_or_else(not_idx, |what| Reason::Foreign { what }));
        };
        let len = 4 + 4 * rank;
        let Some(lengths) = start.get(4..len) else {
            return Err(if rank > 4 {
                Reason::NotIdx { found: start[..4].to_vec() }
            } else {
                Reason::Truncated { expected: len as u64, got: start.len() as u64 }
            });
        };
        let axes: Vec<u32> = lengths.as_chunks::<4>().0.iter().map(|b| u32::from_be_bytes(*b)).collect();
        let role = Role::of(element, &axes)?;
        match usize::try_from(axes[0]) {
            Ok(0) => Err(Reason::NoExamples),
            Ok(count) => Ok(Self { element, axes, role, count }),
            Err(_) => Err(Reason::Axes { axes }),
        }
    }

    /// Bytes before the values.
    fn len(&self) -> usize {
        4 + 4 * self.axes.len()
    }

    fn value_bytes(&self) -> Result<u64, Reason> {
        let product =
            self.axes.iter().map(|axis| u64::from(*axis)).try_fold(self.element.bytes() as u64, u64::checked_mul);
        match product {
            Some(bytes) if bytes <= MAX_BYTES => Ok(bytes),
            bytes => Err(Reason::TooBig { bytes: bytes.unwrap_or(u64::MAX), limit: MAX_BYTES }),
        }
    }
}

impl Role {
    fn of(element: Element, axes: &[u32]) -> Result<Self, Reason> {
        let byte = element == Element::UnsignedByte;
        let whole = matches!(element, Element::Int16 | Element::Int32);
        if !(byte || whole && axes.len() < 3) {
            return Err(Reason::Element { element, axes: axes.to_vec() });
        }
        let within = |n: u32, most| Some(n as usize).filter(|n| (1..=most).contains(n));
        let images = |rows, columns, channels| {
            let shape = [within(rows, MAX_SIDE)?, within(columns, MAX_SIDE)?, within(channels, MAX_CHANNELS)?];
            Some(Self::Images { shape })
        };
        let role = match *axes {
            [_] | [_, 1] => Some(Self::Labels { columns: 1 }),
            [_, n] if whole && n as usize == QMNIST_COLUMNS => Some(Self::Labels { columns: QMNIST_COLUMNS }),
            [_, rows, columns] => images(rows, columns, 1),
            [_, rows, columns, channels] => images(rows, columns, channels),
            _ => None,
        };
        role.ok_or_else(|| Reason::Axes { axes: axes.to_vec() })
    }
}

/// Reading from memory into room that is there fails only where the compressed data is broken.
#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err takes")]
fn damaged(error: io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Reason::Unfinished,
        _ => Reason::Gzip { detail: error.to_string() },
    }
}
