//! Single files as they come from a broken disk or a careless hand: read for what they are, or refused by name and reason,
//! and never a panic.

use crate::make::*;
use atelier_data::Foreign;
use atelier_data::idx::{self, Contents, Element, Idx, Images, MAX_BYTES, MAX_CLASSES, Reason};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Idx {
    idx::read("some-file", bytes).expect("a sound file")
}

fn reason(bytes: &[u8]) -> Reason {
    let error = idx::read("some-file", bytes).expect_err("a bad file");
    assert_eq!(error.file, "some-file", "the error names the file");
    assert!(error.to_string().starts_with("some-file: "));
    error.reason
}

fn read_labels(bytes: &[u8]) -> Vec<u16> {
    match read(bytes).contents {
        Contents::Labels(labels) => labels,
        Contents::Images(_) => panic!("these are labels"),
    }
}

#[test]
fn sound_files_are_read_gzip_or_plain_or_packed_twice() {
    for pack in [<[u8]>::to_vec, gzip, |bytes: &[u8]| gzip(&gzip(bytes))] {
        let file = read(&pack(&images(3)));
        let pixels = images(3)[16..].to_vec();
        assert_eq!((file.count, file.contents), (3, Contents::Images(Images { shape: [28, 28, 1], pixels })));
        let expected: Vec<u16> = (0..25).map(|i| i % 10).collect();
        assert_eq!(read_labels(&pack(&labels(25))), expected);
    }
    assert_eq!(reason(&gzip(&gzip(&gzip(&labels(3))))), Reason::Nested);
}

#[test]
fn pictures_of_any_shape_are_read() {
    for (axes, shape) in [
        (&[2, 32, 32][..], [32, 32, 1]),
        (&[2, 5, 9], [5, 9, 1]),
        (&[2, 32, 32, 3], [32, 32, 3]),
        (&[1, 1, 1, 16], [1, 1, 16]),
        (&[1, 4096, 1], [4096, 1, 1]),
    ] {
        match read(&pictures(axes)).contents {
            Contents::Images(images) => {
                assert_eq!((images.shape, images.count()), (shape, axes[0] as usize));
                assert_eq!(images.pixels, pictures(axes)[4 + 4 * axes.len()..]);
            }
            Contents::Labels(_) => panic!("{axes:?} are pictures"),
        }
    }
}

/// As 16- and 32-bit integers, in a column, and as QMNIST has them: eight columns, the class in the first.
#[test]
fn labels_are_read_as_they_are_published() {
    let values = [0u16, 300, 7, 65_534];
    let shorts: Vec<u8> = [0i16, 300, 7].iter().flat_map(|label| label.to_be_bytes()).collect();
    assert_eq!(read_labels(&idx(INT16, &[3], &shorts)), values[..3]);
    let ints: Vec<u8> = values.iter().flat_map(|label| i32::from(*label).to_be_bytes()).collect();
    assert_eq!(read_labels(&idx(INT32, &[4], &ints)), values);
    assert_eq!(read_labels(&idx(INT32, &[4, 1], &ints)), values);
    assert_eq!(read_labels(&idx(UNSIGNED_BYTE, &[3, 1], &[4, 5, 255])), [4, 5, 255]);
    let qmnist: Vec<u8> = (values.iter().enumerate())
        .flat_map(|(i, label)| [i32::from(*label), 4, 70_000 + i as i32, -1, 9, 9, 9, 9])
        .flat_map(i32::to_be_bytes)
        .collect();
    assert_eq!(read_labels(&gzip(&idx(INT32, &[4, 8], &qmnist))), values);
}

#[test]
fn labels_that_are_no_classes_are_refused() {
    let ints = |label: i32| idx(INT32, &[2], &[1, label].map(i32::to_be_bytes).concat());
    assert_eq!(reason(&ints(-1)), Reason::Label { index: 1, label: -1 });
    assert_eq!(reason(&ints(MAX_CLASSES as i32)), Reason::Label { index: 1, label: 65_535 });
    assert_eq!(reason(&ints(1 << 16)), Reason::Label { index: 1, label: 65_536 });
    assert_eq!(reason(&idx(INT16, &[1], &[0xff, 0xfe])), Reason::Label { index: 0, label: -2 });
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    assert_eq!(reason(b""), Reason::Empty);
    assert_eq!(reason(&gzip(b"")), Reason::Empty);
    assert_eq!(reason(&[0, 0, 8, 3, 0, 0]), Reason::Truncated { expected: 16, got: 6 });
    assert_eq!(reason(&[0, 0]), Reason::Truncated { expected: 4, got: 2 });
    assert_eq!(reason(&labels(0)), Reason::NoExamples);
    assert_eq!(reason(&[0, 0, 7, 1, 0, 0, 0, 1, 5]), Reason::NotIdx { found: vec![0, 0, 7, 1] });

    let mut long = labels(20);
    long.push(0);
    for file in [long.clone(), gzip(&long)] {
        assert_eq!(reason(&file), Reason::Trailing { expected: 28 });
    }
    let short = &labels(20)[..20];
    for file in [short.to_vec(), gzip(short), gzip(&gzip(short))] {
        assert_eq!(reason(&file), Reason::Truncated { expected: 28, got: 20 });
    }
    let packed = gzip(&images(3));
    for kept in [5, 30, packed.len() - 9, packed.len() - 1] {
        assert_eq!(reason(&packed[..kept]), Reason::Unfinished, "the first {kept} bytes");
    }
    let mut flipped = packed;
    let checksum = flipped.len() - 6;
    flipped[checksum] ^= 4;
    assert!(matches!(reason(&flipped), Reason::Gzip { .. }));
}

/// Each of these is something other than it seems: a table, a picture file in torch's order of axes, floats.
#[test]
fn other_arrays_are_told_for_what_they_are() {
    for axes in [&[2, 784][..], &[2, 1, 28, 28], &[2, 3, 32, 32], &[2, 0, 28], &[2, 28, 28, 1, 1], &[1, 5000, 2]] {
        let values = axes.iter().product::<u32>() as usize;
        let file = idx(UNSIGNED_BYTE, axes, &vec![0; values]);
        assert_eq!(reason(&file), Reason::Axes { axes: axes.to_vec() }, "{axes:?}");
    }
    let floats = idx(FLOAT, &[1, 2, 2], &[0; 16]);
    assert_eq!(reason(&floats), Reason::Element { element: Element::Float, axes: vec![1, 2, 2] });
    let one_hot = idx(INT32, &[2, 10], &[0; 80]);
    assert_eq!(reason(&one_hot), Reason::Axes { axes: vec![2, 10] });
}

/// A web page that stands where a file should, and the archive that files came in, packed or not.
#[test]
fn other_files_are_told_for_what_they_are() {
    let page = b"\n<!DOCTYPE html><title>404</title>".to_vec();
    let mut tar = vec![0; 1024];
    tar[..5].copy_from_slice(b"train");
    tar[257..262].copy_from_slice(b"ustar");
    for (file, what, said) in [
        (page.clone(), Foreign::WebPage, "it is a web page. Fetch the file itself"),
        (gzip(&page), Foreign::WebPage, "it is a web page. Fetch the file itself"),
        (b"PK\x03\x04....".to_vec(), Foreign::Zip, "it is a zip archive. Unpack it"),
        (gzip(&tar), Foreign::Tar, "it is a tar archive. Unpack it"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), Foreign::Picture, "it is a picture."),
    ] {
        let reason = reason(&file);
        assert_eq!(reason, Reason::Foreign { what });
        assert!(reason.to_string().starts_with(said), "{reason}");
    }
}

/// A header that asks for terabytes is refused before anything is allocated, and one that asks for what could be there gets no
/// more than its file can fill.
#[test]
fn headers_are_not_believed() {
    let mut huge = images(1);
    huge[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
    let bytes = u64::from(u32::MAX) * 784;
    for file in [huge.clone(), gzip(&huge)] {
        assert_eq!(reason(&file), Reason::TooBig { bytes, limit: MAX_BYTES });
    }
    let vast = idx(UNSIGNED_BYTE, &[u32::MAX, 4096, 4096, 16], &[]);
    let bytes = u64::from(u32::MAX) << 28;
    assert_eq!(reason(&vast), Reason::TooBig { bytes, limit: MAX_BYTES });
    let mut most = images(1);
    let count = (MAX_BYTES / 784) as u32;
    most[4..8].copy_from_slice(&count.to_be_bytes());
    let expected = 16 + u64::from(count) * 784;
    for file in [most.clone(), gzip(&most)] {
        assert_eq!(reason(&file), Reason::Truncated { expected, got: 16 + 784 });
    }
}

/// A small file that decompresses without end is given up on as soon as it goes beyond its header.
#[test]
fn a_decompression_bomb_is_refused() {
    let mut bomb = labels(5);
    bomb.extend(std::iter::repeat_n(0, 20_000_000));
    let file = gzip(&bomb);
    assert!(file.len() < 200_000);
    assert_eq!(reason(&file), Reason::Trailing { expected: 13 });
    assert_eq!(reason(&gzip(&file)), Reason::Trailing { expected: 13 });
}

proptest! {
    #[test]
    fn every_truncation_is_refused(keep in 0.0f64..1.0, packed: bool, labelled: bool) {
        let plain = if labelled { labels(40) } else { images(2) };
        let file = if packed { gzip(&plain) } else { plain };
        prop_assert!(idx::read("f", &file[..(file.len() as f64 * keep) as usize]).is_err());
    }

    /// A flipped bit in a plain file is refused in the header, or makes it a file of other axes that holds as many numbers,
    /// and is unnoticeable in the values; in a compressed one it is refused wherever it changes what comes out.
    #[test]
    fn flipped_bits_never_pass_for_something_else(at in 0.0f64..1.0, bit in 0u8..8, packed: bool, labelled: bool) {
        let plain = if labelled { labels(40) } else { images(2) };
        let header = if labelled { 8 } else { 16 };
        let sound = idx::read("f", &plain).expect("not yet flipped");
        let mut file = if packed { gzip(&plain) } else { plain };
        let at = (file.len() as f64 * at) as usize;
        file[at] ^= 1 << bit;
        match idx::read("f", &file) {
            Err(_) => prop_assert!(packed || at < header, "a pixel and a label may have any value"),
            Ok(read) if packed => prop_assert_eq!(read, sound),
            Ok(read) => {
                prop_assert!(at >= header);
                prop_assert_eq!(read.count, sound.count);
            }
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), start in 0usize..4) {
        let mut file = [&[][..], &[0x1f, 0x8b, 8], &[0, 0, 8, 3], &[0, 0, 12, 2]][start].to_vec();
        file.extend(bytes);
        // Sixteen bytes of noise that announce just what follows are as good as impossible, and eight nearly so.
        prop_assert!(idx::read("f", &file).is_err());
    }
}
