//! Drawings as data, and their pixels.

use atelier_data::drawing::{self, Canvas, Drawing, DrawingError, Mark, Texture};
use proptest::prelude::*;

const SIDE: usize = 100;

/// A line between two points in full ink.
fn line(from: [f32; 2], to: [f32; 2], width: f32) -> Mark {
    Mark::Line { points: [from, to], width, shade: 1.0, texture: Texture::Plain, mirrored: false }
}

fn stroke(points: Vec<[f32; 3]>, shade: f32) -> Mark {
    Mark::Stroke { points, width: 0.1, shade, texture: Texture::Plain, mirrored: false, erases: false }
}

fn fill(at: [f32; 2], shade: f32) -> Mark {
    Mark::Fill { at, shade, texture: Texture::Plain, mirrored: false }
}

/// Ink of each pixel, rows from the top.
fn drawn(marks: &[Mark]) -> Vec<u8> {
    ink(&Drawing::new(marks.to_vec()).render(SIDE).expect("a sound drawing"))
}

fn ink(picture: &atelier_data::Picture) -> Vec<u8> {
    picture
        .rgba
        .as_chunks()
        .0
        .iter()
        .map(|&[r, g, b, a]| {
            assert!(r == g && g == b && a == 255);
            255 - r
        })
        .collect()
}

fn area(ink: &[u8]) -> f64 {
    ink.iter().map(|&value| f64::from(value)).sum::<f64>() / 255.0
}

/// A line of pixels is covered whole, its edges on pixel boundaries are sharp, and its ends are round.
#[test]
fn a_line_has_its_width_and_round_ends() {
    let line = drawn(&[line([0.2, 0.5], [0.8, 0.5], 0.1)]);
    for x in 25..75 {
        let column: Vec<u8> = (0..SIDE).map(|y| line[y * SIDE + x]).collect();
        let expected: Vec<u8> = (0..SIDE).map(|y| if (45..55).contains(&y) { 255 } else { 0 }).collect();
        assert_eq!(column, expected, "column {x}");
    }
    // A bar of 60 by 10 and a disc of diameter 10. Where an edge slants, the fading over one pixel misses the covered area of
    // that pixel by an eighth at most, and some 31 pixels lie on the disc's edge.
    let exact = 600.0 + std::f64::consts::PI * 25.0;
    assert!((area(&line) - exact).abs() < 31.0 / 8.0, "{} and not {exact}", area(&line));
}

#[test]
fn pressure_makes_a_stroke_wider() {
    let at = |pressure| area(&drawn(&[stroke(vec![[0.2, 0.5, pressure], [0.8, 0.5, pressure]], 1.0)]));
    for (pressure, width) in [(0.0, 4.0), (0.5, 10.0), (1.0, 16.0)] {
        let exact = 60.0 * width + std::f64::consts::PI * width * width / 4.0;
        // As for the line: an eighth of each pixel on the discs' edge.
        let error = std::f64::consts::PI * width / 8.0;
        assert!((at(pressure) - exact).abs() < error, "{pressure}: {} and not {exact}", at(pressure));
    }
    assert!(area(&drawn(&[stroke(vec![[0.5, 0.5, 0.5]], 1.0)])) > 70.0, "a dot is drawn too");
}

/// One stroke that crosses itself is of one shade; a second one over it in another shade covers it.
#[test]
fn shades_cover_and_do_not_add_up() {
    let cross = vec![[0.2, 0.2, 0.5], [0.8, 0.8, 0.5], [0.8, 0.2, 0.5], [0.2, 0.8, 0.5]];
    let middle = 50 * SIDE + 50;
    assert_eq!(drawn(&[stroke(cross.clone(), 0.4)])[middle], 102);
    assert_eq!(drawn(&[stroke(cross.clone(), 1.0), stroke(cross, 0.4)])[middle], 102);
}

#[test]
fn an_eraser_leaves_paper() {
    let points = vec![[0.1, 0.3, 0.5], [0.9, 0.6, 0.5]];
    let eraser = Mark::Stroke {
        points: points.clone(),
        width: 0.12,
        shade: 1.0,
        texture: Texture::Checks,
        mirrored: false,
        erases: true,
    };
    assert_eq!(drawn(&[stroke(points.clone(), 0.7), eraser]), vec![0; SIDE * SIDE]);
    assert_eq!(drawn(&[stroke(points, 0.7), Mark::Clear]), vec![0; SIDE * SIDE]);
}

#[test]
fn mirrored_marks_are_symmetric_in_every_texture() {
    let (mirrored, width, shade) = (true, 0.13, 0.8);
    for texture in [Texture::Plain, Texture::Stripes, Texture::Checks, Texture::Dots, Texture::Knit] {
        let points = vec![[0.1, 0.2, 0.1], [0.3, 0.25, 0.9], [0.35, 0.9, 0.5]];
        let marks = [
            Mark::Stroke { points, width, shade, texture, mirrored, erases: false },
            Mark::Line { points: [[0.2, 0.1], [0.6, 0.3]], width, shade, texture, mirrored },
            Mark::Curve { points: [[0.2, 0.9], [0.3, 0.3], [0.45, 0.8]], width, shade, texture, mirrored },
            Mark::Fill { at: [0.02, 0.02], shade: 0.3, texture, mirrored },
        ];
        let ink = drawn(&marks);
        for row in ink.chunks(SIDE) {
            // The two halves are computed from coordinates that are rounded on either side of the middle.
            assert!(row.iter().zip(row.iter().rev()).all(|(a, b)| a.abs_diff(*b) <= 1), "{texture:?}");
        }
        let plain = texture == Texture::Plain;
        let shades = ink.iter().collect::<std::collections::BTreeSet<_>>().len();
        assert!(plain || shades > 3, "{texture:?} is seen");
    }
}

/// A curve begins and ends where it says, and in the middle lies half way to its second point.
#[test]
fn a_curve_passes_where_its_formula_does() {
    let points = [[0.1, 0.8], [0.5, 0.0], [0.9, 0.8]];
    let curve = Mark::Curve { points, width: 0.06, shade: 1.0, texture: Texture::Plain, mirrored: false };
    let ink = drawn(&[curve]);
    for t in [0.0f32, 0.25, 0.5, 0.75, 1.0] {
        let weights = [(1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t];
        let [x, y] = [0, 1].map(|axis| (0..3).map(|i| weights[i] * points[i][axis]).sum::<f32>() * SIDE as f32);
        assert_eq!(ink[y as usize * SIDE + x as usize], 255, "at {t}");
    }
    assert_eq!(ink[10 * SIDE + 50], 0, "it does not reach its second point");
}

/// The smoothed edge of a circle of whatever width holds a fill of whatever shade, in its inside and in its outside.
#[test]
fn a_fill_stays_within_lines_and_leaves_no_rim() {
    let corners = [[0.5, 0.2, 0.5], [0.8, 0.45, 0.5], [0.63, 0.8, 0.5], [0.3, 0.77, 0.5], [0.2, 0.4, 0.5]];
    let round: Vec<[f32; 3]> = corners.iter().chain([&corners[0]]).copied().collect();
    for (width, shade) in [(0.02, 0.5), (0.05, 0.1), (0.03, 1.0)] {
        let points = round.clone();
        let outline =
            Mark::Stroke { points, width, shade: 1.0, texture: Texture::Plain, mirrored: false, erases: false };
        let before = drawn(std::slice::from_ref(&outline));
        let inside = drawn(&[outline.clone(), fill([0.5, 0.5], shade)]);
        assert_eq!((inside[0], inside[50 * SIDE + 5]), (0, 0), "it leaks");
        assert_eq!(inside[50 * SIDE + 50], (255.0 * shade).round() as u8);
        // From the middle to the line no pixel is paler than the fill or the line.
        let row = &inside[50 * SIDE + 50..51 * SIDE];
        let line = row.iter().position(|value| *value > 250).unwrap_or(0);
        let least = row[..line].iter().copied().min().unwrap_or(255);
        assert!(least >= (255.0 * shade) as u8, "a rim of {least}");
        // What was dark stays so.
        assert!(before.iter().zip(&inside).all(|(before, inside)| inside >= before || *inside >= 250));
        let outside = drawn(&[outline, fill([0.01, 0.01], shade)]);
        assert_eq!(outside[50 * SIDE + 50], 0, "it leaks in");
    }
    assert_eq!(drawn(&[fill([-0.5, 0.2], 1.0), fill([1.0, 0.2], 1.0)]), vec![0; SIDE * SIDE], "beside the sheet");
}

#[test]
fn a_garment_of_the_set_lies_on_the_whole_sheet() {
    let side = 28;
    let picture: Vec<u8> = (0..side * side).map(|i| (i * 37 % 251) as u8).collect();
    let drawing = Drawing::new(vec![Mark::Garment { side, ink: picture.clone() }]);
    assert_eq!(ink(&drawing.render(side).expect("sound")), picture);
    // At three times the side, each middle of a pixel has its shade.
    let large = ink(&drawing.render(3 * side).expect("sound"));
    let middles = (0..side * side).map(|i| large[(i / side * 3 + 1) * 3 * side + i % side * 3 + 1]);
    assert_eq!(middles.collect::<Vec<_>>(), picture);
}

/// Sketching a stroke as it grows and drawing it at its end is drawing it once.
#[test]
fn a_sketch_gives_way_to_what_comes_next() {
    let points: Vec<[f32; 3]> = (0..20).map(|i| [0.1 + 0.04 * i as f32, 0.5 + 0.01 * i as f32, 0.5]).collect();
    let base = [line([0.0, 0.0], [1.0, 1.0], 0.05), fill([0.9, 0.1], 0.3)];
    let mut canvas = Canvas::new(SIDE);
    canvas.begin(&Drawing::new(base.to_vec())).expect("sound");
    for end in 1..=points.len() {
        canvas.sketch(&stroke(points[..end].to_vec(), 0.6)).expect("sound");
    }
    canvas.sketch(&fill([0.1, 0.9], 1.0)).expect("sound");
    canvas.draw(&stroke(points.clone(), 0.6)).expect("sound");
    let whole = [&base[..], &[stroke(points.clone(), 0.6)]].concat();
    assert_eq!(ink(&canvas.picture()), drawn(&whole));
    canvas.sketch(&stroke(points, 0.2)).expect("sound");
    canvas.lift();
    assert_eq!(ink(&canvas.picture()), drawn(&whole));
}

#[test]
fn drawings_are_read_as_they_are_written() {
    let text = r#"{"version":1,"marks":[
        {"kind":"stroke","points":[[0.1,0.2,0.5],[0.3,0.4,1]],"width":0.05,"shade":1,"mirrored":true},
        {"kind":"line","points":[[0,0],[1,1]],"width":0.02,"shade":0.5,"texture":"knit"},
        {"kind":"curve","points":[[0,0],[1,1],[1,0]],"width":0.02,"shade":0.5},
        {"kind":"fill","at":[0.5,0.5],"shade":0.25,"texture":"stripes"},
        {"kind":"garment","side":1,"ink":[7]},
        {"kind":"clear"}]}"#;
    let drawings = drawing::read(text.as_bytes()).expect("sound");
    let [Mark::Stroke { mirrored: true, erases: false, texture: Texture::Plain, .. }, rest @ ..] =
        &drawings[0].marks[..]
    else {
        panic!("{drawings:?}")
    };
    assert!(matches!(rest, [Mark::Line { texture: Texture::Knit, .. }, .., Mark::Garment { .. }, Mark::Clear]));
    let written = serde_json::to_vec(&drawings[0]).expect("JSON");
    assert_eq!(drawing::read(&written).expect("sound"), drawings);
}

/// As published: a box of 0 to 255, or of any size with times beside the places.
#[test]
fn quick_draw_is_read_into_the_middle_of_the_sheet() {
    let lines = r#"{"word":"t-shirt","key_id":"1","drawing":[[[0,255,255],[0,0,100]],[[10],[50]]]}
        {"word":"shoe","drawing":[[[-400.5,800],[10,20],[0,17]]]}"#;
    let drawings = drawing::read(lines.as_bytes()).expect("two drawings");
    assert_eq!(drawings.iter().map(|drawing| drawing.marks.len()).collect::<Vec<_>>(), [2, 1]);
    let Mark::Stroke { points, .. } = &drawings[0].marks[0] else { panic!("{drawings:?}") };
    let expected = [[0.08, 0.335_294_1], [0.92, 0.335_294_1], [0.92, 0.664_705_9]];
    for (&[x, y, _], [right, down]) in points.iter().zip(expected) {
        assert!((x - right).abs() < 1e-6 && (y - down).abs() < 1e-6, "{points:?}");
    }
}

#[test]
fn what_no_hand_drew_is_refused_by_name() {
    let says = |bytes: &[u8], words: &[&str]| {
        let error = drawing::read(bytes).expect_err("it is refused").to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    };
    says(b"", &["empty"]);
    says(b"a shirt", &["no drawing"]);
    says(b"{\"version\":1,\"marks\":[", &["no drawing", "EOF"]);
    says(b"{}", &["neither"]);
    says(br#"{"version":2,"marks":[]}"#, &["version 2"]);
    says(br#"{"marks":[]}"#, &["version 0"]);
    says(br#"{"version":1,"marks":[{"kind":"spray"}]}"#, &["spray"]);
    says(br#"{"drawing":[[[1,2]]]}"#, &["mark 1", "no points"]);
    says(br#"{"drawing":[[[1e9],[2]]]}"#, &["mark 1", "coordinate"]);
    says(br#"{"drawing":[[[],[]]]}"#, &["mark 1", "no points"]);
    let with = |mark: &Mark| Canvas::new(8).draw(mark).expect_err("it is refused").to_string();
    let (nan, huge) = (f32::NAN, 1e30);
    let marks = [
        (stroke(vec![], 1.0), "no points"),
        (stroke(vec![[0.1, nan, 0.5]], 1.0), "a coordinate is NaN"),
        (stroke(vec![[0.1, 0.2, 1.5]], 1.0), "the pressure is 1.5"),
        (stroke(vec![[huge, 0.2, 0.5]], 1.0), "a coordinate is 1"),
        (stroke(vec![[0.1, 0.2, 0.5]], -0.1), "the shade is -0.1"),
        (line([0.0, 0.0], [0.0, f32::NEG_INFINITY], 0.1), "a coordinate is -inf"),
        (line([0.0, 0.0], [0.0, 0.5], 0.3), "the width is 0.3"),
        (fill([nan, 0.0], 0.1), "a coordinate is NaN"),
        (Mark::Garment { side: 0, ink: vec![] }, "no square"),
        (Mark::Garment { side: 28, ink: vec![0; 783] }, "783"),
        (Mark::Garment { side: usize::MAX, ink: vec![0; 1] }, "no square"),
    ];
    for (mark, word) in marks {
        assert!(with(&mark).contains(word), "{}", with(&mark));
    }
    let many = Drawing::new(vec![Mark::Clear; 4_001]);
    assert_eq!(many.check(), Err(DrawingError::TooMany { what: "marks", count: 4_001, most: 4_000 }));
    let long = Drawing::new(vec![stroke(vec![[0.5; 3]; 60_000], 1.0); 2]);
    assert_eq!(long.check(), Err(DrawingError::TooMany { what: "points", count: 120_000, most: 100_000 }));
}

fn any_mark() -> impl Strategy<Value = Mark> {
    let texture = prop_oneof![Just(Texture::Plain), Just(Texture::Dots), Just(Texture::Knit)];
    let pen = (0.0f32..=0.25, 0.0f32..=1.0, texture, any::<bool>());
    let points = proptest::collection::vec((-1.0f32..=2.0, -1.0f32..=2.0, 0.0f32..=1.0), 1..5);
    (points, pen, 0u8..5).prop_map(|(points, (width, shade, texture, mirrored), kind)| {
        let points: Vec<[f32; 3]> = points.into_iter().map(Into::into).collect();
        let [x, y, _] = points[0];
        match kind {
            0 => Mark::Fill { at: [x, y], shade, texture, mirrored },
            1 => Mark::Curve { points: [[x, y], [y, x], [x, 0.5]], width, shade, texture, mirrored },
            2 => Mark::Line { points: [[x, y], [y, 0.3]], width, shade, texture, mirrored },
            _ => Mark::Stroke { points, width, shade, texture, mirrored, erases: kind == 3 },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// On a sheet of any size, and lines through or beside it.
    #[test]
    fn any_sound_drawing_is_drawn(marks in proptest::collection::vec(any_mark(), 0..6), side in 0usize..60) {
        let drawing = Drawing::new(marks);
        let picture = drawing.render(side).expect("sound");
        prop_assert_eq!(picture.rgba.len(), 4 * side.max(1) * side.max(1));
    }
}
