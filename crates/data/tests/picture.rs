//! What a network sees of pictures whose answer is known.

use atelier_data::garments::{GarmentOptions, Style, Tailor};
use atelier_data::official::{PIXELS, SIDE};
use atelier_data::rng::Rng;
use atelier_data::{Picture, PictureError, Wishes, prepare, readings};
use proptest::prelude::*;

type Rgba = [u8; 4];
const WHITE: Rgba = [255; 4];
const BLACK: Rgba = [0, 0, 0, 255];

/// A picture of one colour.
fn sheet(width: usize, height: usize, colour: Rgba) -> Picture {
    Picture { width, height, rgba: colour.repeat(width * height) }
}

/// A rectangle painted onto a picture.
fn painted(mut picture: Picture, [left, top, width, height]: [usize; 4], colour: Rgba) -> Picture {
    for y in top..top + height {
        let start = 4 * (y * picture.width + left);
        picture.rgba[start..start + 4 * width].copy_from_slice(&colour.repeat(width));
    }
    picture
}

/// Every pixel's colour changed.
fn recoloured(picture: &Picture, change: impl Fn(Rgba) -> Rgba) -> Picture {
    let rgba = picture.rgba.as_chunks().0.iter().flat_map(|&pixel| change(pixel)).collect();
    Picture { rgba, ..*picture }
}

fn negative(picture: &Picture) -> Picture {
    recoloured(picture, |[r, g, b, a]| [255 - r, 255 - g, 255 - b, a])
}

fn seen(picture: &Picture) -> Vec<u8> {
    prepare(picture, &Wishes::default()).expect("there is something on it").seen
}

/// A garment of sorts: a body in a grey with a darker sleeve to its left, its upper left corner at `(left, top)`, every
/// measure `by` times itself.
fn garment(paper: Picture, (left, top): (usize, usize), by: usize) -> Picture {
    let body = painted(paper, [left + 20 * by, top, 36 * by, 56 * by], [90, 90, 90, 255]);
    painted(body, [left, top + 4 * by, 20 * by, 12 * by], [10, 10, 10, 255])
}

/// By how much two pictures differ at most.
fn furthest(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

/// Rounding in f32, some dozen operations of 2⁻²⁴ each, moves no value by a thousandth of a step: at most across the middle
/// between two.
const ROUNDING: u8 = 1;

#[test]
fn a_bar_is_as_long_as_the_frame_and_lies_in_its_middle() {
    let bar = painted(sheet(200, 100, WHITE), [31, 8, 120, 30], BLACK);
    // 30 of 120 pixels are 7 of 28, and 21 rows are left: 11 above.
    let expected: Vec<u8> = (0..PIXELS).map(|i| if (11..18).contains(&(i / SIDE)) { 255 } else { 0 }).collect();
    let prepared = prepare(&bar, &Wishes::default()).expect("a bar");
    assert_eq!(prepared.seen, expected);
    assert_eq!(prepared.found.area, [31.0 / 200.0, 0.08, 0.6, 0.3]);
    assert!(!prepared.found.inverted && !prepared.found.outlined && prepared.found.background);
    // Upright, after a quarter turn: a column for a row.
    let turned = prepare(&bar, &Wishes { turned: Some(1), ..Wishes::default() }).expect("a bar");
    assert_eq!(turned.seen, (0..PIXELS).map(|i| expected[i % SIDE * SIDE + i / SIDE]).collect::<Vec<_>>());
    assert_eq!(turned.found.area, [1.0 - 0.38, 31.0 / 200.0, 0.3, 0.6]);
}

#[test]
fn a_filled_square_fills_the_frame() {
    for side in [1, 5, 27, 28, 29, 240] {
        let square = painted(sheet(side + 9, side + 5, WHITE), [4, 3, side, side], [200, 30, 30, 255]);
        assert_eq!(seen(&square), vec![255; PIXELS], "{side}");
    }
}

/// A quarter turn clockwise takes what is on the left to the top.
#[test]
fn turns_and_mirrors_are_those_that_were_wished() {
    let picture = garment(sheet(90, 90, WHITE), (10, 10), 1);
    let with = |turned, mirrored| prepare(&picture, &Wishes { turned: Some(turned), mirrored, ..Wishes::default() });
    let [plain, quarter, half, whole] = [0, 1, 2, 4].map(|turns| with(turns, None).expect("a garment").seen);
    assert_eq!(plain, whole);
    let mirrored = with(0, Some(true)).expect("a garment").seen;
    let flipped: Vec<u8> = plain.chunks(SIDE).flat_map(|row| row.iter().rev().copied()).collect();
    assert_eq!(mirrored, flipped);
    assert!(quarter[SIDE / 2..SIDE].iter().any(|value| *value > 0), "the sleeve is up");
    let back: Vec<u8> = plain.iter().rev().copied().collect();
    assert!(furthest(&half, &back) <= ROUNDING);
}

#[test]
fn dark_on_light_and_light_on_dark_are_the_same() {
    let picture = garment(sheet(100, 120, [240, 250, 230, 255]), (13, 40), 1);
    let (plain, inverted) = (prepare(&picture, &Wishes::default()), prepare(&negative(&picture), &Wishes::default()));
    let (plain, inverted) = (plain.expect("a garment"), inverted.expect("a garment"));
    assert!(furthest(&plain.seen, &inverted.seen) <= ROUNDING);
    assert_eq!((plain.found.inverted, inverted.found.inverted), (false, true));
}

/// Transparent paper, whatever colour it has underneath, is white to what is dark and black to what is bright.
#[test]
fn transparency_is_paper() {
    let picture = garment(sheet(100, 100, WHITE), (13, 20), 1);
    for hidden in [0, 128, 255] {
        let clear = |pixel| if pixel == WHITE { [hidden, 0, hidden, 0] } else { pixel };
        assert_eq!(seen(&recoloured(&picture, clear)), seen(&picture));
        let bright = recoloured(&picture, |pixel| match pixel {
            WHITE => [hidden, 0, hidden, 0],
            [r, g, b, _] => [255 - r / 8, 255 - g / 8, 255 - b / 8, 255],
        });
        assert!(prepare(&bright, &Wishes::default()).expect("a garment").found.inverted);
    }
}

/// A yellow garment on white is nearly as light as its ground.
#[test]
fn colours_stand_out_as_greys_do() {
    for (ground, colour) in [(WHITE, [255, 235, 60]), (WHITE, [255, 160, 200]), ([30, 60, 200, 255], [60, 110, 20])] {
        let [r, g, b] = colour;
        let picture = painted(sheet(100, 100, ground), [30, 20, 28, 56], [r, g, b, 255]);
        let expected: Vec<u8> = (0..PIXELS).map(|i| if (7..21).contains(&(i % SIDE)) { 255 } else { 0 }).collect();
        assert_eq!(seen(&picture), expected, "{colour:?} on {ground:?}");
    }
}

/// Light falls off from left to right; the garment is what does not follow.
#[test]
fn a_graded_ground_is_taken_away() {
    let light = |x: usize| 150 + x as u8 / 2;
    let mut picture = sheet(200, 200, WHITE);
    for (i, pixel) in picture.rgba.chunks_mut(4).enumerate() {
        pixel[..3].fill(light(i % 200));
    }
    let picture = painted(picture, [60, 50, 56, 112], [20, 20, 60, 255]);
    let prepared = prepare(&picture, &Wishes::default()).expect("a garment");
    assert_eq!(prepared.found.area, [0.3, 0.25, 0.28, 0.56]);
    let outside = |i: usize| !(7..21).contains(&(i % SIDE));
    assert!((0..PIXELS).all(|i| (prepared.seen[i] == 0) == outside(i)), "{:?}", prepared.seen);
    assert!(prepared.found.background);
}

/// Brighter in the middle, with the grain of a sensor; a speck of dust lies in a corner.
#[test]
fn a_photograph_s_uneven_ground_is_taken_away() {
    let mut rng = Rng::new(4);
    let mut picture = painted(sheet(220, 200, WHITE), [60, 50, 56, 112], [40, 50, 90, 255]);
    for (i, pixel) in picture.rgba.chunks_mut(4).enumerate() {
        let [x, y] = [(i % 220) as f32 / 110.0 - 1.0, (i / 220) as f32 / 100.0 - 1.0];
        let shade = 18.0 + 12.0 * (x * x + y * y) + 4.0 * rng.bell();
        pixel[..3].iter_mut().for_each(|value| *value = (f32::from(*value) - shade).max(0.0) as u8);
    }
    let picture = painted(picture, [8, 9, 2, 2], BLACK);
    let prepared = prepare(&picture, &Wishes::default()).expect("a garment");
    assert_eq!(prepared.found.area, [60.0 / 220.0, 0.25, 56.0 / 220.0, 0.56]);
    assert!((0..PIXELS).all(|i| (prepared.seen[i] > 100) == (7..21).contains(&(i % SIDE))), "{:?}", prepared.seen);
}

/// A picture of the set itself, saved to a file: its garment reaches the frame.
#[test]
fn what_looks_like_the_set_already_stays_as_it_is() {
    // Lines are made as strong as a drawing's, whatever they were.
    let mut tailor = Tailor::new(5, GarmentOptions { noise: 0.0, ..GarmentOptions::only(Style::Photo) });
    for index in 0..200 {
        let (_, image) = tailor.garment(index);
        let rgba = image.iter().flat_map(|&value| [value, value, value, 255]).collect();
        let seen = seen(&Picture { width: SIDE, height: SIDE, rgba });
        let reaches =
            |lane: fn(usize, usize) -> usize| [0, SIDE - 1].map(|edge| (0..SIDE).any(|i| image[lane(edge, i)] > 60));
        let fills = [reaches(|edge, i| edge * SIDE + i), reaches(|edge, i| i * SIDE + edge)];
        if !fills.contains(&[true, true]) {
            continue;
        }
        let most = f32::from(image.iter().copied().max().unwrap_or(1));
        let moved = |by: [isize; 2]| -> u8 {
            let at = |i: usize| {
                let (y, x) = ((i / SIDE) as isize - by[0], (i % SIDE) as isize - by[1]);
                let inside = (0..SIDE as isize).contains(&y) && (0..SIDE as isize).contains(&x);
                if inside { f32::from(image[(y * SIDE as isize + x) as usize]) * 255.0 / most } else { 0.0 }
            };
            let differs = |i: usize| (f32::from(seen[i]) - at(i)).abs() as u8;
            (0..PIXELS).map(differs).max().unwrap_or(0)
        };
        // The shorter side may not have been in the middle.
        let ways = (-6..=6).flat_map(|by| [[by, 0], [0, by]]);
        let least = ways.map(moved).min().unwrap_or(255);
        // What is fainter than a twenty-fifth of the brightest (10 of 255) lies outside of the box, and is left out; and the
        // ground is found to within 0.025 of what it is (6 of 255), both before the brightest is made white.
        let may = (16.0 * 255.0 / most).ceil() as u8 + ROUNDING;
        assert!(least <= may, "garment {index}: {least} and not {may}");
    }
}

#[test]
fn a_drawing_of_lines_is_read_in_more_ways_than_a_filled_one() {
    let frame = painted(sheet(100, 100, WHITE), [20, 20, 56, 56], BLACK);
    let line = painted(frame.clone(), [24, 24, 48, 48], WHITE);
    let line = painted(line, [46, 24, 4, 48], BLACK);
    let (filled, lines) = (prepare(&frame, &Wishes::default()), prepare(&line, &Wishes::default()));
    let (filled, lines) = (filled.expect("a square"), lines.expect("a frame"));
    assert_eq!((filled.found.outlined, filled.readings.len()), (false, 2));
    assert_eq!((lines.found.outlined, lines.readings.len()), (true, 6));
    assert_eq!(lines.readings, readings(&lines.seen));
    assert_eq!(lines.readings[0], lines.seen);
    for pair in lines.readings.chunks(2) {
        let mirrored: Vec<u8> = pair[0].chunks(SIDE).flat_map(|row| row.iter().rev().copied()).collect();
        assert_eq!(pair[1], mirrored);
    }
    let (inner, seam) = (8 * SIDE + 8, 14 * SIDE + 14);
    let [as_it_is, grey, seams] = [0, 2, 4].map(|i| &lines.readings[i]);
    assert_eq!((as_it_is[inner], as_it_is[seam]), (0, 255));
    assert!(grey[inner] > 100 && grey[inner] < 200 && grey[seam] == 255);
    assert!(seams[inner] > 180 && seams[seam] < 80);
}

#[test]
fn nothing_is_an_error_with_a_name() {
    let none = Wishes::default();
    for empty in [sheet(1, 1, WHITE), sheet(28, 28, BLACK), sheet(600, 40, [9, 90, 200, 255]), sheet(5, 5, [0; 4])] {
        assert_eq!(prepare(&empty, &none), Err(PictureError::Empty));
    }
    for (width, height, bytes) in [(0, 0, 0), (0, 7, 0), (2, 2, 15), (2, 2, 17), (usize::MAX, 2, 8)] {
        let picture = Picture { width, height, rgba: vec![0; bytes] };
        assert_eq!(prepare(&picture, &none), Err(PictureError::Size { width, height, bytes }));
    }
}

#[test]
fn wishes_overrule_what_is_found() {
    // A white garment so large that it makes up the border, on black.
    let picture = painted(sheet(100, 100, WHITE), [45, 30, 10, 70], BLACK);
    let found = prepare(&picture, &Wishes::default()).expect("a garment");
    let wished = prepare(&picture, &Wishes { inverted: Some(true), ..Wishes::default() }).expect("a garment");
    assert!(!found.found.inverted && wished.found.inverted);
    assert_eq!(wished.found.area, [0.0, 0.0, 1.0, 1.0]);
    assert_eq!((wished.seen[0], wished.seen[20 * SIDE + 14]), (255, 0));
    let graded = painted(sheet(100, 100, [200, 200, 200, 255]), [45, 30, 10, 70], BLACK);
    let kept = prepare(&graded, &Wishes { background: Some(false), ..Wishes::default() }).expect("a garment");
    assert!(!kept.found.background && kept.seen[0] > 0);
}

fn any_picture() -> impl Strategy<Value = Picture> {
    (1usize..40, 1usize..40).prop_flat_map(|(width, height)| {
        let pixel = prop_oneof![Just(WHITE), Just([0; 4]), Just(BLACK), any::<Rgba>()];
        proptest::collection::vec(pixel, width * height).prop_map(move |pixels| Picture {
            width,
            height,
            rgba: pixels.concat(),
        })
    })
}

fn any_wishes() -> impl Strategy<Value = Wishes> {
    let wish = proptest::option::of(any::<bool>());
    (wish.clone(), proptest::option::of(any::<u8>()), wish.clone(), wish)
        .prop_map(|(inverted, turned, mirrored, background)| Wishes { inverted, turned, mirrored, background })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_picture_gives_a_whole_answer_or_an_error(picture in any_picture(), wishes in any_wishes()) {
        if let Ok(prepared) = prepare(&picture, &wishes) {
            prop_assert_eq!(&prepared.readings[0], &prepared.seen);
            prop_assert!(prepared.readings.iter().all(|reading| reading.len() == PIXELS));
            prop_assert!(prepared.seen.contains(&255));
            prop_assert!(prepared.found.area.iter().all(|share| (0.0..=1.0).contains(share)));
        }
    }

    /// From one pixel a side to more than are worked on.
    #[test]
    fn any_size_gives_an_answer(width in 1usize..1400, height in 1usize..9, across in any::<bool>()) {
        let (width, height) = if across { (width, height) } else { (height, width) };
        let picture = painted(sheet(width, height, WHITE), [width / 3, height / 3, 1, 1], BLACK);
        let answer = prepare(&picture, &Wishes::default());
        prop_assert!(answer.is_ok() || width * height == 1);
    }

    #[test]
    fn where_the_garment_lies_changes_nothing(left in 1usize..140, top in 1usize..140) {
        let at = |place| seen(&garment(sheet(200, 200, WHITE), place, 1));
        prop_assert_eq!(at((left, top)), at((1, 1)));
    }

    /// Each pixel as a square of pixels: areas, and so their means, stay the same.
    #[test]
    fn how_large_the_garment_is_changes_nothing(by in 2usize..5, left in 1usize..30) {
        let small = seen(&garment(sheet(60, 60, WHITE), (2, 2), 1));
        let large = seen(&garment(sheet(254, 256, WHITE), (left, 3), by));
        prop_assert!(furthest(&small, &large) <= ROUNDING);
    }

    /// Where pixels are averaged first, the garment's box is right to one of those squares on each side, which are less than
    /// half of what the network sees as a pixel: all but what touches an edge stays.
    #[test]
    fn larger_pictures_change_only_edges(by in 5usize..20, left in 1usize..30, top in 1usize..30) {
        let small = seen(&garment(sheet(60, 60, WHITE), (2, 2), 1));
        let large = seen(&garment(sheet(by * 60 + 30, by * 60 + 30, WHITE), (left, top), by));
        for (y, x) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y, x))) {
            let around = |i: usize| i.saturating_sub(1)..(i + 2).min(SIDE);
            let inner = around(y).all(|v| around(x).all(|u| small[v * SIDE + u] == small[y * SIDE + x]));
            let frame = [x, y].iter().any(|i| [0, SIDE - 1].contains(i));
            if inner && !frame {
                prop_assert!(small[y * SIDE + x].abs_diff(large[y * SIDE + x]) <= ROUNDING, "{y} {x}");
            }
        }
    }
}
