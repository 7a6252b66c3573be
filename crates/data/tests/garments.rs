//! The procedural garments: the same for the same seed, of every class, and as large as the frame.

use atelier_data::Source;
use atelier_data::garments::{self, GarmentOptions, Generator, Style, Tailor};
use atelier_data::official::{CLASSES, PIXELS, SIDE};

/// FNV-1a (Fowler, Noll and Vo), for a short fingerprint.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// First and last row and column in which anything is drawn.
fn extent(image: &[u8; PIXELS]) -> [usize; 4] {
    let drawn = |i: usize| image[i] > 12;
    let rows: Vec<usize> = (0..SIDE).filter(|y| (0..SIDE).any(|x| drawn(y * SIDE + x))).collect();
    let columns: Vec<usize> = (0..SIDE).filter(|x| (0..SIDE).any(|y| drawn(y * SIDE + x))).collect();
    let ends = |hits: &[usize]| [hits[0], hits[hits.len() - 1]];
    let ([top, bottom], [left, right]) = (ends(&rows), ends(&columns));
    [top, bottom, left, right]
}

#[test]
fn the_same_seed_draws_the_same_garments() {
    let set = garments::generate(3, 200, 50);
    assert_eq!(set.source, Source::Procedural { seed: 3 });
    assert_eq!((set.train.len(), set.test.len()), (200, 50));
    assert_eq!(set, garments::generate(3, 200, 50));
    assert_ne!(set.train, garments::generate(4, 200, 50).train);
    for index in [0, 17, 199] {
        let (label, image) = garments::garment(3, index as u64);
        assert_eq!((u16::from(label), &image[..]), (set.train.labels()[index], set.train.image(index)));
    }
}

/// Other numbers of garments only lengthen or shorten the two streams, and the streams share nothing.
#[test]
fn splits_are_independent() {
    let (small, large) = (garments::generate(9, 30, 10), garments::generate(9, 60, 40));
    assert_eq!(small.train.images(), &large.train.images()[..30 * PIXELS]);
    assert_eq!(small.test.images(), &large.test.images()[..10 * PIXELS]);
    for image in large.test.images().chunks_exact(PIXELS) {
        assert!(large.train.images().chunks_exact(PIXELS).all(|other| other != image));
    }
}

#[test]
fn a_set_can_be_drawn_bit_by_bit() {
    let mut generator = Generator::new(3, 25, 12, GarmentOptions::default());
    let mut rounds = 1;
    while generator.advance(10) {
        rounds += 1;
    }
    assert_eq!((rounds, generator.left()), (4, 0));
    assert_eq!(generator.finish(), garments::generate(3, 25, 12));
}

#[test]
fn every_ten_hold_each_class_once() {
    let set = garments::generate(1, 500, 100);
    for split in [&set.train, &set.test] {
        for ten in split.labels().chunks_exact(CLASSES) {
            let mut ten = ten.to_vec();
            ten.sort_unstable();
            assert!(ten.iter().copied().eq(0..10));
        }
    }
}

/// Laid straight, a garment reaches two opposite edges of the frame, or its lines nearly do, whose corners are round and
/// leave details out; laid freely, it comes near.
#[test]
fn garments_fill_the_frame() {
    for style in Style::ALL {
        let straight = if matches!(style, Style::Photo | Style::Flat) { 0 } else { 2 };
        for (pose, slack) in [(0.0, straight), (1.0, 5)] {
            let mut tailor = Tailor::new(5, GarmentOptions { pose, noise: 0.0, ..GarmentOptions::only(style) });
            for index in 0..300 {
                let (label, image) = tailor.garment(index);
                let [top, bottom, left, right] = extent(&image);
                let longest = (bottom - top).max(right - left) + 1;
                assert!(longest + slack >= SIDE, "{style:?}, class {label}, index {index}: {longest} pixels");
            }
        }
    }
}

/// The background is black, and the garment is not.
#[test]
fn garments_are_bright_on_black() {
    for style in Style::ALL {
        let mut tailor = Tailor::new(6, GarmentOptions::only(style));
        for index in 0..300 {
            let (label, image) = tailor.garment(index);
            let black = image.iter().filter(|&&pixel| pixel == 0).count();
            let bright = image.iter().filter(|&&pixel| pixel > 40).count();
            let place = format!("{style:?}, class {label}, index {index}");
            assert!(black > PIXELS / 20, "{place}: {black} black pixels");
            assert!(bright > PIXELS / 25, "{place}: {bright} bright pixels");
        }
    }
}

/// Fixed for good, natively and in WebAssembly: a change here changes what a published seed means.
#[test]
fn seeds_never_change_their_meaning() {
    assert_eq!(fingerprint(garments::generate(7, 500, 0).train.images()), 14_229_947_764_573_275_687);
}
