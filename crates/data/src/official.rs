//! Fashion-MNIST as it is published: its pictures and classes, what its files are called, where they lie and how to tell
//! that they are whole. The garments are drawn after it.
//!
//! Names, sizes and MD5 sums as in the README of <https://github.com/zalandoresearch/fashion-mnist> (MIT licence).

/// Width and height of a picture.
pub const SIDE: usize = 28;
/// Pixels of a picture, row by row from the top left.
pub const PIXELS: usize = SIDE * SIDE;
/// Number of classes.
pub const CLASSES: usize = 10;

/// The names of the ten classes, as the data set's authors write them
/// (<https://github.com/zalandoresearch/fashion-mnist#labels>).
pub const CLASS_NAMES: [&str; CLASSES] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// Where the data set's authors publish the four files, for anyone to fetch: append a file's name. This address, unlike
/// the mirror that their README names first, speaks HTTPS and lets a page of another origin read what it sends.
pub const BASE_URL: &str = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";

/// One of the four published files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficialFile {
    /// Its name, as published.
    pub name: &'static str,
    /// Bytes as published, compressed.
    pub bytes: usize,
    /// MD5 of the published, compressed file, in hexadecimal.
    pub md5: &'static str,
    /// CRC-32 of what is inside, whichever way it is compressed: the checksum that the gzip form carries.
    pub crc32: u32,
}

/// The four files: training images and labels, then test images and labels.
pub const FILES: [OfficialFile; 4] = [
    OfficialFile {
        name: "train-images-idx3-ubyte.gz",
        bytes: 26_421_880,
        md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        crc32: 0xb4f2_9f28,
    },
    OfficialFile {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 29_515,
        md5: "25c81989df183df01b3e8a0aad5dffbe",
        crc32: 0x741a_4657,
    },
    OfficialFile {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 4_422_102,
        md5: "bef4ecab320f06d8554ea6380940ec79",
        crc32: 0x678f_e0b1,
    },
    OfficialFile {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 5_148,
        md5: "bb300cfdad3c16e7a12a480ee83cd310",
        crc32: 0x8014_2c1f,
    },
];
