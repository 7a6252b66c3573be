//! Epochs of mixed pictures: the same for the same seed, in their shares, and still of their classes.

use atelier_data::augment::{Augmentation, rendering};
use atelier_data::garments::{self, SKETCH_SIDE, Sketcher};
use atelier_data::mixture::{Mixture, MixtureError, seen};
use atelier_data::official::{CLASSES, PIXELS, SIDE};
use atelier_data::rng::Rng;
use atelier_data::{Dataset, Split};

fn everything() -> Mixture {
    Mixture { augment: Augmentation::ALL.to_vec(), renderings: 0.2, drawings: 0.3 }
}

/// A set of pictures that no drawing is equal to: noise.
fn noise(count: usize) -> Dataset {
    let mut data = garments::generate(1, 10, 10);
    data.train = Split::with_capacity(PIXELS, count);
    let mut rng = Rng::new(2);
    for i in 0..count {
        let picture: Vec<u8> = (0..PIXELS).map(|_| rng.below(256) as u8).collect();
        data.train.push((i % CLASSES) as u16, &picture);
    }
    data
}

#[test]
fn an_epoch_follows_from_seed_and_number() {
    let data = garments::generate(2, 200, 20);
    let epoch = |seed, number| everything().epoch(&data, seed, number);
    let first = epoch(7, 0);
    assert_eq!(first, epoch(7, 0));
    assert_eq!((first.train.len(), &first.test), (200, &data.test));
    assert_ne!(first.train, epoch(7, 1).train);
    assert_ne!(first.train, epoch(8, 0).train);
    // A run that goes on over its next epoch is over the same data; over another mixture or seed it is not.
    assert_eq!(first.identity, epoch(7, 1).identity);
    assert_ne!(first.identity, epoch(8, 0).identity);
    assert_ne!(first.identity, data.identity);
}

/// Without augmentation the data set's own pictures come as they are, each at most once; over the epochs none is left out.
#[test]
fn shares_are_kept_and_no_picture_is_left_out_for_good() {
    let data = noise(200);
    let mixture = Mixture { drawings: 0.25, renderings: 0.25, ..Mixture::default() };
    let mut met = [false; 200];
    for number in 0..12 {
        let epoch = mixture.epoch(&data, 3, number);
        let mut own = [0; 200];
        for (image, label) in epoch.train.images().chunks_exact(PIXELS).zip(epoch.train.labels()) {
            if let Some(index) = (0..200).find(|index| data.train.image(*index) == image) {
                own[index] += 1;
                assert_eq!(*label, data.train.labels()[index]);
            }
        }
        assert!(own.iter().all(|count| *count <= 1));
        assert_eq!(own.iter().sum::<usize>(), 100);
        met.iter_mut().zip(own).for_each(|(met, own)| *met |= own > 0);
    }
    assert!(met.iter().all(|met| *met));
}

#[test]
fn mixtures_that_cannot_be_made_are_refused() {
    let data = garments::generate(2, 20, 10);
    for (renderings, drawings) in [(-0.1, 0.0), (0.6, 0.5), (0.0, 1.5), (f32::NAN, 0.0)] {
        let mixture = Mixture { renderings, drawings, ..Mixture::default() };
        assert!(matches!(mixture.check(&data), Err(MixtureError::Shares { .. })), "{renderings} {drawings}");
    }
    let mut colour = data;
    (colour.height, colour.channels) = (SIDE / 4, 4);
    assert!(matches!(everything().check(&colour), Err(MixtureError::OtherShape { channels: 4, .. })));
    // Pictures of any shape can be varied.
    let varied = Mixture { augment: Augmentation::ALL.to_vec(), ..Mixture::default() };
    assert_eq!(varied.check(&colour), Ok(()));
    assert_eq!(varied.epoch(&colour, 1, 0).train.len(), 20);
}

/// Half of all pictures are mirrored, and a mirrored one has the pixels of every row the other way round, channels kept.
#[test]
fn the_mirror_changes_left_and_right() {
    let mut rng = Rng::new(4);
    let picture: Vec<u8> = (0..2 * 3 * 2).collect();
    let turned = [4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7];
    let mut mirrored = 0;
    for _ in 0..400 {
        let mut got = picture.clone();
        Augmentation::Mirror.apply(&mut got, [2, 3, 2], &mut rng);
        assert!(got == picture || got == turned, "{got:?}");
        mirrored += usize::from(got == turned);
    }
    // Four standard deviations of a fair coin.
    assert!(mirrored.abs_diff(200) < 40, "{mirrored}");
}

/// No shade passes another one, and black stays black.
#[test]
fn brightness_keeps_the_order_of_shades() {
    let mut rng = Rng::new(5);
    for _ in 0..200 {
        let mut scale: Vec<u8> = (0..=255).collect();
        Augmentation::Brightness.apply(&mut scale, [16, 16, 1], &mut rng);
        assert_eq!(scale[0], 0);
        assert!(scale.is_sorted(), "{scale:?}");
        assert!(scale[255] > 150);
    }
}

/// A square in the middle is still there, about as large, and not far.
#[test]
fn affine_moves_a_garment_a_little() {
    let mut rng = Rng::new(6);
    for _ in 0..200 {
        let mut picture = vec![0u8; PIXELS];
        for y in 8..20 {
            picture[y * SIDE + 8..y * SIDE + 20].fill(255);
        }
        let before = picture.clone();
        Augmentation::Affine.apply(&mut picture, [SIDE, SIDE, 1], &mut rng);
        assert_ne!(picture, before);
        let sum: f32 = picture.iter().map(|pixel| f32::from(*pixel)).sum();
        let moment = |along: fn(usize) -> usize| {
            picture.iter().enumerate().map(|(i, pixel)| along(i) as f32 * f32::from(*pixel)).sum::<f32>() / sum
        };
        // Scaled by 0.86 to 1.12 a side, so by their squares; sampling adds a percent or two at the edges.
        assert!((0.7..1.35).contains(&(sum / (255.0 * 144.0))), "{sum}");
        for middle in [moment(|i| i % SIDE), moment(|i| i / SIDE)] {
            assert!((middle - 13.5).abs() < 2.5, "{middle}");
        }
    }
}

/// What was outside of the garment stays outside of its rendering, but for a line's breadth.
#[test]
fn renderings_stay_on_the_garment() {
    let mut rng = Rng::new(8);
    for index in 0..200 {
        let (_, garment) = garments::garment(5, index);
        let drawn = rendering(&garment, &mut rng);
        assert!(drawn.iter().any(|pixel| *pixel > 60), "nothing is left of garment {index}");
        for (i, pixel) in drawn.iter().enumerate() {
            let near = |j: usize| (i % SIDE).abs_diff(j % SIDE) <= 2 && (i / SIDE).abs_diff(j / SIDE) <= 2;
            assert!(*pixel == 0 || (0..PIXELS).any(|j| near(j) && garment[j] > 0), "garment {index} at {i}");
        }
    }
}

/// Every hand leaves something to see, of the class that it meant, in ten of every ten.
#[test]
fn sketches_can_be_seen() {
    let mut sketcher = Sketcher::new(3);
    let mut classes = [0; CLASSES];
    for index in 0..300 {
        let sketch = sketcher.sketch(index);
        classes[usize::from(sketch.label)] += 1;
        assert_eq!((sketch.grey.len(), sketch.alpha.len()), (SKETCH_SIDE * SKETCH_SIDE, SKETCH_SIDE * SKETCH_SIDE));
        let seen = seen(&sketch).unwrap_or_else(|| panic!("sketch {index} is empty"));
        let bright = seen.iter().filter(|pixel| **pixel > 40).count();
        assert!((20..PIXELS).contains(&bright), "{bright} bright pixels in sketch {index}");
    }
    assert_eq!(classes, [30; CLASSES]);
}

/// Any sketch can be drawn without those before it, and judging ones are none of the training ones.
#[test]
fn sketches_follow_from_seed_and_number() {
    let mut first = Sketcher::new(3);
    let tenth = (0..10).map(|index| first.sketch(index)).next_back().expect("ten were drawn");
    let alone = Sketcher::new(3).sketch(9);
    assert_eq!((tenth.label, &tenth.grey, &tenth.alpha), (alone.label, &alone.grey, &alone.alpha));
    assert_ne!(Sketcher::new(4).sketch(9).grey, alone.grey);
    assert_ne!(Sketcher::new(3).test_sketch(9).grey, alone.grey);
}
