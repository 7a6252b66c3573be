//! Files as they come from a broken disk or a careless hand: refused by name and reason, and never a panic.

use std::io::Write;

use atelier_data::idx::{self, Content, Contents, Header, IdxError, MAX_EXAMPLES, Reason};
use atelier_data::{Dataset, FilesError, Part, Source, Split};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

/// An images' file of `n` pictures of varied pixels.
fn images(n: u32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    for field in [n, 28, 28] {
        bytes.extend(field.to_be_bytes());
    }
    bytes.extend((0..n * 784).map(|i| (i * 31 % 251) as u8));
    bytes
}

/// A labels' file of `n` labels.
fn labels(n: u32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 1];
    bytes.extend(n.to_be_bytes());
    bytes.extend((0..n).map(|i| (i % 10) as u8));
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

fn reason(result: Result<Contents, IdxError>) -> Reason {
    let error = result.expect_err("a bad file");
    assert_eq!(error.file, "some-file", "the error names the file");
    assert!(error.to_string().starts_with("some-file: "));
    error.reason
}

fn images_reason(bytes: &[u8]) -> Reason {
    reason(idx::parse_images("some-file", bytes))
}

fn labels_reason(bytes: &[u8]) -> Reason {
    reason(idx::parse_labels("some-file", bytes, 10))
}

#[test]
fn sound_files_are_read_gzip_or_plain() {
    for pack in [<[u8]>::to_vec, gzip] {
        let read = idx::parse_images("i", &pack(&images(3))).expect("sound images");
        assert_eq!((read.count, &read.values[..]), (3, &images(3)[16..]));
        let read = idx::parse_labels("l", &pack(&labels(25)), 10).expect("sound labels");
        assert_eq!((read.count, &read.values[..]), (25, &labels(25)[8..]));
    }
}

#[test]
fn headers_tell_files_apart() {
    for pack in [<[u8]>::to_vec, gzip] {
        let header = idx::identify("i", &pack(&images(2)));
        assert_eq!(header, Ok(Header { content: Content::Images, count: 2 }));
        let header = idx::identify("l", &pack(&labels(9)));
        assert_eq!(header, Ok(Header { content: Content::Labels, count: 9 }));
    }
    assert!(idx::identify("page", b"<!DOCTYPE html><title>Not found</title>").is_err());
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    assert_eq!(images_reason(b""), Reason::Empty);
    assert_eq!(images_reason(b"<!DOCTYPE html>"), Reason::NotIdx { found: b"<!DO".to_vec() });
    assert_eq!(images_reason(&[0, 0, 8, 3, 0, 0]), Reason::Truncated { expected: 16, got: 6 });
    assert_eq!(images_reason(&labels(10)), Reason::Swapped { wanted: Content::Images, found: Content::Labels });
    assert_eq!(labels_reason(&images(1)), Reason::Swapped { wanted: Content::Labels, found: Content::Images });
    assert_eq!(labels_reason(&labels(0)), Reason::NoExamples);

    let mut wide = images(2);
    wide[15] = 32;
    assert_eq!(images_reason(&wide), Reason::Dimensions { rows: 28, columns: 32 });

    let mut wrong = labels(20);
    wrong[8 + 12] = 37;
    assert_eq!(labels_reason(&wrong), Reason::Label { index: 12, label: 37, classes: 10 });

    let mut long = labels(20);
    long.push(0);
    for file in [long.clone(), gzip(&long)] {
        assert_eq!(labels_reason(&file), Reason::Trailing { expected: 28 });
    }
    let mut followed = gzip(&labels(20));
    followed.push(0);
    assert_eq!(labels_reason(&followed), Reason::Trailing { expected: 28 });
    let short = &labels(20)[..20];
    for file in [short.to_vec(), gzip(short)] {
        assert_eq!(labels_reason(&file), Reason::Truncated { expected: 28, got: 20 });
    }
}

/// A header that asks for terabytes is refused before anything is allocated.
#[test]
fn headers_are_not_believed() {
    let mut huge = images(1);
    huge[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
    for file in [huge.clone(), gzip(&huge)] {
        assert_eq!(images_reason(&file), Reason::TooMany { count: u32::MAX, limit: MAX_EXAMPLES });
    }
    let mut most = images(1);
    most[4..8].copy_from_slice(&(MAX_EXAMPLES as u32).to_be_bytes());
    let expected = 16 + MAX_EXAMPLES * 784;
    for file in [most.clone(), gzip(&most)] {
        assert_eq!(images_reason(&file), Reason::Truncated { expected, got: 16 + 784 });
    }
}

/// A small file that decompresses without end is given up on as soon as it goes beyond its header.
#[test]
fn a_decompression_bomb_is_refused() {
    let mut bomb = labels(5);
    bomb.extend(std::iter::repeat_n(0, 20_000_000));
    let file = gzip(&bomb);
    assert!(file.len() < 200_000);
    assert_eq!(labels_reason(&file), Reason::Trailing { expected: 13 });
}

fn files() -> [(&'static str, Vec<u8>); 4] {
    [
        ("t10k-labels-idx1-ubyte", labels(2)),
        ("train-images-idx3-ubyte.gz", gzip(&images(4))),
        ("t10k-images-idx3-ubyte", images(2)),
        ("train-labels-idx1-ubyte.gz", gzip(&labels(4))),
    ]
}

fn assemble(files: &[(&str, Vec<u8>)]) -> Result<Dataset, FilesError> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    Dataset::from_files(&files)
}

#[test]
fn four_files_in_any_order_make_a_set() {
    let set = assemble(&files()).expect("four sound files");
    assert_eq!(set.source, Source::Files);
    assert_eq!((set.train.len(), set.test.len()), (4, 2));
    assert_eq!(set.class_names[3], "3", "nobody knows what unknown files show");
    assert_eq!(set.split(Part::Test).labels(), [0, 1]);
    assert_eq!(set.train.image(3), &images(4)[16 + 3 * 784..]);
}

#[test]
fn files_that_make_no_set_are_refused() {
    let mut twice = files();
    twice[2].0 = "train-images-copy";
    let error = assemble(&twice).expect_err("training images twice");
    assert_eq!(
        error.to_string(),
        "train-images-idx3-ubyte.gz and train-images-copy both hold the training images. \
         Give one file for each of the four roles"
    );

    let error = assemble(&files()[1..]).expect_err("no test labels");
    assert!(matches!(error, FilesError::Missing { part: "test", content: Content::Labels }));

    let mut nameless = files();
    nameless[0].0 = "download(3)";
    assert!(matches!(assemble(&nameless), Err(FilesError::Unclear { count: 2, .. })));

    let mut unequal = files();
    unequal[0].1 = labels(3);
    let error = assemble(&unequal).expect_err("three labels for two images");
    assert_eq!(
        error.to_string(),
        "t10k-labels-idx1-ubyte: it holds 3 labels, but t10k-images-idx3-ubyte holds 2 images. \
         Give two files of the same set"
    );
}

#[test]
fn batches_are_tensors() {
    let set = assemble(&files()).expect("four sound files");
    let (mut images, mut classes) = (vec![7.0; 3 * 784], vec![7.0; 3 * 10]);
    set.train.write_batch(&[2, 0, 2], &mut images, &mut classes);
    for (row, index) in [2usize, 0, 2].into_iter().enumerate() {
        for (i, &pixel) in set.train.image(index).iter().enumerate() {
            assert_eq!(images[row * 784 + i], f32::from(pixel) / 255.0);
        }
        let expected: Vec<f32> = (0..10).map(|class| if class == index { 1.0 } else { 0.0 }).collect();
        assert_eq!(classes[row * 10..][..10], expected[..]);
    }
    Split::default().write_batch(&[], &mut [], &mut []);
}

proptest! {
    #[test]
    fn every_truncation_is_refused(keep in 0.0f64..1.0, packed: bool, labelled: bool) {
        let plain = if labelled { labels(40) } else { images(2) };
        let file = if packed { gzip(&plain) } else { plain };
        let cut = &file[..(file.len() as f64 * keep) as usize];
        let result = if labelled { idx::parse_labels("f", cut, 10) } else { idx::parse_images("f", cut) };
        prop_assert!(result.is_err());
    }

    /// A flipped bit in a plain file is refused in the header and unnoticeable in the pixels; in a compressed one it is
    /// refused wherever it changes what comes out.
    #[test]
    fn flipped_bits_never_pass_for_something_else(at in 0.0f64..1.0, bit in 0u8..8, packed: bool, labelled: bool) {
        let plain = if labelled { labels(40) } else { images(2) };
        let header = if labelled { 8 } else { 16 };
        let mut file = if packed { gzip(&plain) } else { plain.clone() };
        let at = (file.len() as f64 * at) as usize;
        file[at] ^= 1 << bit;
        let result = if labelled { idx::parse_labels("f", &file, 10) } else { idx::parse_images("f", &file) };
        match result {
            Err(_) => prop_assert!(packed || labelled || at < header, "a pixel may have any value"),
            Ok(read) if packed => prop_assert_eq!(read.values, &plain[header..]),
            Ok(read) => {
                prop_assert!(at >= header);
                prop_assert_eq!(read.values, &file[header..]);
            }
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), gzip_magic: bool) {
        let mut file = if gzip_magic { vec![0x1f, 0x8b, 8] } else { Vec::new() };
        file.extend(bytes);
        prop_assert!(idx::parse_images("f", &file).is_err());
        prop_assert!(idx::identify("f", &file).is_err() || file.starts_with(&[0, 0, 8]));
    }
}
