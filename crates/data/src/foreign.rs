//! What a file is that is no data file: people give the page of a download, or the archive that the files came in.

use std::fmt;

use serde::Serialize;

/// A kind of file that is often given instead of the data's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Foreign {
    /// HTML.
    WebPage,
    /// Zip, which is NumPy's `.npz` and PyTorch's `.pt` too.
    Zip,
    /// Tar.
    Tar,
    /// Bzip2, xz, zstd, 7-Zip or RAR.
    Archive,
    /// PNG, JPEG, GIF, WebP, BMP or TIFF.
    Picture,
    /// PDF.
    Pdf,
    /// NumPy's `.npy`.
    Numpy,
    /// HDF5, as of Keras.
    Hdf5,
    /// MATLAB's `.mat`.
    Matlab,
    /// Parquet.
    Parquet,
    /// What Git LFS leaves where the file itself was not fetched.
    LfsPointer,
    /// Text of any kind.
    Text,
}

/// Bytes from the start that tell.
pub(crate) const TELLING: usize = 512;

impl Foreign {
    /// By the first [`TELLING`] bytes of a file, or all where there are fewer.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Foreign); 20] = [
            (b"PK\x03\x04", Foreign::Zip),
            (b"PK\x05\x06", Foreign::Zip),
            (b"BZh", Foreign::Archive),
            (b"\xfd7zXZ\0", Foreign::Archive),
            (b"\x28\xb5\x2f\xfd", Foreign::Archive),
            (b"7z\xbc\xaf\x27\x1c", Foreign::Archive),
            (b"Rar!\x1a\x07", Foreign::Archive),
            (b"\x89PNG\r\n\x1a\n", Foreign::Picture),
            (b"\xff\xd8\xff", Foreign::Picture),
            (b"GIF8", Foreign::Picture),
            (b"RIFF", Foreign::Picture),
            (b"BM", Foreign::Picture),
            (b"II*\0", Foreign::Picture),
            (b"MM\0*", Foreign::Picture),
            (b"%PDF-", Foreign::Pdf),
            (b"\x93NUMPY", Foreign::Numpy),
            (b"\x89HDF\r\n\x1a\n", Foreign::Hdf5),
            (b"MATLAB ", Foreign::Matlab),
            (b"PAR1", Foreign::Parquet),
            (b"version https://git-lfs", Foreign::LfsPointer),
        ];
        let text = Self::text(start);
        if start.get(257..262) == Some(b"ustar") {
            return Some(Self::Tar);
        }
        let by_magic = MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, kind)| kind);
        // Two letters are too few to tell a bitmap from words.
        by_magic.filter(|kind| *kind != Self::Picture || !text).or_else(|| {
            let tag = start.trim_ascii_start().strip_prefix(b"\xef\xbb\xbf").unwrap_or(start.trim_ascii_start());
            let tag = tag.trim_ascii_start().to_ascii_lowercase();
            let page =
                [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<!--"].iter().any(|t| tag.starts_with(t));
            if page { Some(Self::WebPage) } else { text.then_some(Self::Text) }
        })
    }

    /// Whether bytes can be UTF-8 text that ends or is cut off here.
    fn text(bytes: &[u8]) -> bool {
        let readable = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            // Cut within a character.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return false,
        };
        !readable.is_empty() && readable.chars().all(|c| !c.is_control() || c.is_ascii_whitespace())
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebPage => "a web page. Fetch the file itself, not the page about it",
            Self::Zip => "a zip archive. Unpack it and give the files in it",
            Self::Tar => "a tar archive. Unpack it and give the files in it",
            Self::Archive => "an archive of a kind that is not read here. Unpack it and give the files in it",
            Self::Picture => "a picture. Give the data set's own files, which hold all pictures in one",
            Self::Pdf => "a PDF. Give the data set's own files",
            Self::Numpy => "a NumPy array. Give the data set as IDX files",
            Self::Hdf5 => "an HDF5 file. Give the data set as IDX files",
            Self::Matlab => "a MATLAB file. Give the data set as IDX files",
            Self::Parquet => "a Parquet file. Give the data set as IDX files",
            Self::LfsPointer => "a Git LFS pointer. Fetch the file that it stands for",
            Self::Text => "text. Give the data set's own files",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_for_what_they_are() {
        let mut tar = vec![0; 512];
        tar[..9].copy_from_slice(b"train.txt");
        tar[257..262].copy_from_slice(b"ustar");
        let cases: [(&[u8], Option<Foreign>); 17] = [
            (b"<!DOCTYPE html><title>Not found</title>", Some(Foreign::WebPage)),
            (b"\xef\xbb\xbf\n  <HTML lang=en>", Some(Foreign::WebPage)),
            (b"PK\x03\x04\x14\0", Some(Foreign::Zip)),
            (&tar, Some(Foreign::Tar)),
            (b"BZh91AY&SY", Some(Foreign::Archive)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(Foreign::Picture)),
            (b"BM\x36\x84\0\0\0\0", Some(Foreign::Picture)),
            (b"BM is how this text begins", Some(Foreign::Text)),
            (b"%PDF-1.7\n", Some(Foreign::Pdf)),
            (b"\x93NUMPY\x01\0", Some(Foreign::Numpy)),
            (b"version https://git-lfs.github.com/spec/v1\n", Some(Foreign::LfsPointer)),
            (b"The MIT License\n", Some(Foreign::Text)),
            ("1 48\n2 49\n\u{e9}".as_bytes(), Some(Foreign::Text)),
            (&"\u{e9}".as_bytes()[..1], None),
            (b"\0\0\x08\x03\0\0", None),
            (b"\0\x01\x02\x03", None),
            (b"", None),
        ];
        for (start, kind) in cases {
            assert_eq!(Foreign::of(start), kind, "{start:02x?}");
        }
    }
}
