//! The gzip form as it is met: RFC 1952 (<https://www.rfc-editor.org/rfc/rfc1952>), and what `gzip` itself puts up with.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The most that deflate can grow by (<https://zlib.net/zlib_tech.html>).
pub(crate) const MAX_RATIO: usize = 1032;

/// Whether bytes begin as a gzip file does.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// What a gzip file holds: its members' contents, one after another. Zeros may stand between and behind members, as on
/// tape, and what follows the last one and is no member is left alone, as `gzip` leaves it.
pub(crate) struct Members<'a>(GzDecoder<&'a [u8]>);

impl<'a> Members<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(GzDecoder::new(bytes))
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buf)?;
            if read > 0 || buf.is_empty() {
                return Ok(read);
            }
            let rest = *self.0.get_ref();
            let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
            if !is_gzip(&rest[zeros..]) {
                return Ok(0);
            }
            self.0 = GzDecoder::new(&rest[zeros..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn member(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("writing to memory");
        encoder.finish().expect("writing to memory")
    }

    fn unpacked(parts: &[&[u8]]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        Members::new(&parts.concat()).read_to_end(&mut all).map(|_| all)
    }

    #[test]
    fn members_follow_one_another() {
        let (a, b, empty) = (member(b"ab"), member(b"cd"), member(b""));
        assert_eq!(unpacked(&[&a, &empty, &b]).expect("three members"), b"abcd");
        assert_eq!(unpacked(&[&a, &[0; 700], &b]).expect("padded as on tape"), b"abcd");
    }

    #[test]
    fn what_follows_the_last_member_is_left_alone() {
        let a = member(b"ab");
        for rest in [&[0][..], &[0; 512], b"garbage", &[0, 0, 7], &[0x1f], b"\0\x1f\0"] {
            assert_eq!(unpacked(&[&a, rest]).expect("one member"), b"ab", "{rest:?}");
        }
    }

    #[test]
    fn a_broken_member_is_noticed_wherever_it_stands() {
        let a = member(b"ab");
        assert!(unpacked(&[&a, &a[..a.len() - 1]]).is_err(), "the second one ends early");
        let mut wrong = a.clone();
        wrong[a.len() - 5] ^= 1;
        assert!(unpacked(&[&wrong, &a]).is_err(), "the first one's checksum is another");
    }
}
