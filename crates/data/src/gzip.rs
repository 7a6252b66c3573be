//! The gzip form as it is met: RFC 1952 (<https://www.rfc-editor.org/rfc/rfc1952>), and what `gzip` itself puts up with.

use std::io::{self, BufRead, Chain, Read};

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
pub(crate) struct Members<R> {
    /// Behind the bytes of it that were read to know it as one; none behind the last member.
    member: Option<GzDecoder<Chain<&'static [u8], R>>>,
}

impl<R: BufRead> Members<R> {
    pub fn new(file: R) -> Self {
        let nothing: &[u8] = &[];
        Self { member: Some(GzDecoder::new(nothing.chain(file))) }
    }

    /// Skips zeros, and says whether a member begins behind them, whose first bytes are then read.
    fn begins(file: &mut R) -> io::Result<bool> {
        loop {
            let ahead = file.fill_buf()?;
            let zeros = ahead.iter().take_while(|&&byte| byte == 0).count();
            let end = ahead.is_empty();
            if end || zeros < ahead.len() {
                file.consume(zeros);
                break;
            }
            file.consume(zeros);
        }
        let mut start = Vec::new();
        file.take(MAGIC.len() as u64).read_to_end(&mut start)?;
        Ok(is_gzip(&start))
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(mut member) = self.member.take() {
            let read = member.read(buf)?;
            if read > 0 || buf.is_empty() {
                self.member = Some(member);
                return Ok(read);
            }
            let (_, mut file) = member.into_inner().into_inner();
            if Self::begins(&mut file)? {
                self.member = Some(GzDecoder::new(MAGIC.as_slice().chain(file)));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Write};

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
        Members::new(&parts.concat()[..]).read_to_end(&mut all)?;
        // However few bytes are at hand at a time.
        let mut again = Vec::new();
        Members::new(BufReader::with_capacity(1, &parts.concat()[..])).read_to_end(&mut again)?;
        assert_eq!(again, all);
        Ok(all)
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
