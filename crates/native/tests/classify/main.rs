//! `classify` on every kind of file, on files that are not what they seem, and on damaged ones.

mod jpeg;

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};
use jpeg::Jpeg;
use serde_json::Value;

const WHITE: Rgba<u8> = Rgba([255; 4]);
const BLACK: Rgba<u8> = Rgba([0, 0, 0, 255]);

/// A checkpoint to classify with: one dense layer after a few garments, since what matters is what it is given.
static WEIGHTS: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("classify");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let network = r#"{"name": "line", "layers": [
        {"name": "input", "inbound": [], "layer": {"class_name": "InputLayer", "shape": [28, 28, 1]}},
        {"name": "flat", "inbound": ["input"], "layer": {"class_name": "Flatten"}},
        {"name": "out", "inbound": ["flat"], "layer": {"class_name": "Dense", "units": 10, "activation": "softmax"}}]}"#;
    fs::write(folder.join("line.json"), network).expect("a file can be written");
    let train = "train --garments 120 --batch 10 --epochs 2 --network line.json --device cpu --workers 1";
    let output = native().args(train.split(' ')).current_dir(&folder).output().expect("the command starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join("checkpoints/epoch-002.safetensors")
});

fn native() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atelier-native"));
    command.env_remove("ATELIER_DATA");
    command
}

/// Files of a test's own, and what `classify` says to them in this order.
fn classify(test: &str, files: &[(&str, Vec<u8>)]) -> Output {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("classify-{test}"));
    fs::create_dir_all(&folder).expect("a folder can be made");
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("a file can be written");
    }
    let mut command = native();
    command.arg("classify").arg("--weights").arg(&*WEIGHTS).args(files.iter().map(|(name, _)| name));
    command.current_dir(folder).output().expect("the command starts")
}

fn answers(output: &Output) -> Vec<Value> {
    let lines = String::from_utf8(output.stdout.clone()).expect("text");
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn probabilities(answer: &Value) -> Vec<f64> {
    let values = answer["probabilities"].as_array().expect("probabilities");
    values.iter().map(|value| value.as_f64().expect("a number")).collect()
}

/// What all of these files are, which show the same.
fn same(test: &str, files: &[(&str, Vec<u8>)], within: f64) {
    let output = classify(test, files);
    assert!(output.status.success(), "{}", said(&output));
    let answers = answers(&output);
    assert_eq!(answers.len(), files.len());
    let first = probabilities(&answers[0]);
    for (answer, (name, _)) in answers.iter().zip(files) {
        assert_eq!(answer["file"], *name);
        let furthest = probabilities(answer).iter().zip(&first).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(furthest <= within, "{name} is {furthest} from {}", files[0].0);
    }
}

/// A boot of blocks of 8x8 pixels: whether the one at `(row, column)` is its.
fn boot(row: usize, column: usize) -> bool {
    (2..12).contains(&row) && (4..9).contains(&column) || (8..12).contains(&row) && (4..14).contains(&column)
}

/// The boot on 16x16 blocks.
fn picture(paper: Rgba<u8>, ink: Rgba<u8>) -> RgbaImage {
    RgbaImage::from_fn(128, 128, |x, y| if boot(y as usize / 8, x as usize / 8) { ink } else { paper })
}

fn written(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).expect("the picture can be written");
    bytes.into_inner()
}

fn png() -> Vec<u8> {
    written(picture(WHITE, BLACK), ImageFormat::Png)
}

fn grey_jpeg(markers: Vec<(u8, Vec<u8>)>, dark: &dyn Fn(usize, usize) -> bool) -> Vec<u8> {
    let sample = &|_, row, column| if dark(row, column) { 0 } else { 255 };
    Jpeg { width: 128, height: 128, components: 1, markers, sample }.bytes()
}

#[test]
fn an_answer_has_its_file_its_class_and_ten_probabilities() {
    let output = classify("one", &[("boot.png", png())]);
    let answers = answers(&output);
    let [answer] = &answers[..] else { panic!("{}", said(&output)) };
    let probabilities = probabilities(answer);
    assert!(output.status.success() && said(&output).is_empty());
    assert_eq!(probabilities.len(), 10);
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-5);
    let index = answer["index"].as_u64().expect("an index") as usize;
    assert!(probabilities.iter().all(|value| *value <= probabilities[index]));
    assert_eq!(answer["class"], atelier_data::official::CLASS_NAMES[index]);
    let keys: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
}

/// Lossless files of every kind, by whatever name.
#[test]
fn one_picture_in_every_format_is_one_picture() {
    let picture = picture(WHITE, BLACK);
    let dynamic = DynamicImage::from(picture.clone());
    let path = "M32 16h40v48h40v32h-80z";
    let svg = |paper: &str, ink: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128">{paper}<path d="{path}" fill="{ink}"/></svg>"#
        )
        .into_bytes()
    };
    let clear = RgbaImage::from_fn(128, 128, |x, y| match *picture.get_pixel(x, y) {
        WHITE => Rgba([77, 0, 200, 0]),
        ink => ink,
    });
    let inverted = RgbaImage::from_fn(128, 128, |x, y| if *picture.get_pixel(x, y) == WHITE { BLACK } else { WHITE });
    let files = [
        ("rgba.png", png()),
        ("grey.png", written(dynamic.to_luma8(), ImageFormat::Png)),
        ("deep.png", written(dynamic.to_rgb16(), ImageFormat::Png)),
        ("clear.png", written(clear, ImageFormat::Png)),
        ("inverted.png", written(inverted, ImageFormat::Png)),
        ("boot.bmp", written(dynamic.to_rgb8(), ImageFormat::Bmp)),
        ("boot.webp", written(picture.clone(), ImageFormat::WebP)),
        ("really-a-png.jpg", png()),
        ("boot.gif", written(picture, ImageFormat::Gif)),
        ("boot.svg", svg(r#"<rect width="128" height="128" fill="white"/>"#, "black")),
        ("clear.svg", svg("", "#000")),
        ("white.svg", svg("", "#fff")),
    ];
    same("formats", &files, 1e-3);
}

/// As a phone writes a picture taken upright: on its side, and a note that says so.
#[test]
fn a_photograph_turned_by_its_camera_is_turned_back() {
    // Big-endian TIFF with one entry: orientation, a short, 6: turn a quarter clockwise.
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = |row: usize, column: usize| boot(column, 15 - row);
    let files = [
        ("upright.jpg", grey_jpeg(vec![], &boot)),
        ("turned.jpg", grey_jpeg(vec![(0xe1, exif.to_vec())], &turned)),
        ("boot.png", png()),
    ];
    same("exif", &files, 1e-3);
}

/// Four inks, as printers have them: by Adobe's custom they are stored inverted, so that 255 is none.
#[test]
fn a_jpeg_of_four_inks_is_read() {
    let adobe = |transform: u8| vec![(0xee, [b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat())];
    let key = |component: u8, row: usize, column: usize| if component == 3 && boot(row, column) { 0 } else { 255 };
    let cmyk = Jpeg { width: 128, height: 128, components: 4, markers: adobe(0), sample: &key };
    // Three of them as Y, Cb and Cr of their complements, as libjpeg takes them: what is stored as 255, no ink, is 0 there.
    let ycck = |component: u8, row: usize, column: usize| match component {
        0 => 0,
        1 | 2 => 128,
        _ => key(3, row, column),
    };
    let ycck = Jpeg { width: 128, height: 128, components: 4, markers: adobe(2), sample: &ycck };
    same("inks", &[("boot.png", png()), ("cmyk.jpg", cmyk.bytes()), ("ycck.jpg", ycck.bytes())], 1e-2);
}

#[test]
fn a_photograph_of_fifty_megapixels_is_read() {
    // 1082 by 722 blocks: the boot's are 60 by 45 of them.
    let dark = |_, row: usize, column: usize| if boot(row / 45, column / 60) { 20 } else { 230 };
    let sample = &|component, row, column| if component == 0 { dark(0, row, column) } else { 128 };
    let large = Jpeg { width: 8656, height: 5776, components: 3, markers: vec![], sample };
    let output = classify("large", &[("large.jpg", large.bytes())]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(answers(&output).len(), 1);
}

#[test]
fn an_animation_is_its_first_frame() {
    let (first, second) = (picture(WHITE, BLACK), RgbaImage::from_pixel(128, 128, BLACK));
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.encode_frames([first, second].map(Frame::new)).expect("frames can be written");
    drop(encoder);
    same("animation", &[("boot.png", png()), ("boot.gif", bytes)], 1e-6);
}

/// A script is not run, and nothing outside of the file is read: what it draws is the path alone.
#[test]
fn an_svg_draws_and_does_nothing_else() {
    let path = r#"<path d="M32 16h40v48h40v32h-80z"/>"#;
    let plain = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128">{path}</svg>"#);
    let lively = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="128" height="128">
        <script>document.documentElement.innerHTML = ""; while (true) {{}}</script>
        <image href="boot.png" width="128" height="128"/><image xlink:href="file:///etc/passwd" width="9" height="9"/>
        <use href="other.svg#a"/><foreignObject width="128" height="128"><p>hello</p></foreignObject>{path}</svg>"##
    );
    same("svg", &[("plain.svg", plain.into_bytes()), ("lively.svg", lively.into_bytes())], 1e-6);
}

/// A file that can't be read is told of by its name and the reason, and the others go on.
#[test]
fn what_cannot_be_read_is_told_of() {
    let whole = png();
    // A header that claims 60,000 by 60,000 pixels, its checksum by the standard's own algorithm (ISO 3309).
    let mut huge = whole.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = huge[12..29].iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    huge[29..33].copy_from_slice(&(!crc).to_be_bytes());
    let dot = RgbaImage::from_pixel(1, 1, BLACK);
    let wide = br#"<svg xmlns="http://www.w3.org/2000/svg" width="1e30" height="1"><path d="M0 0h9v9z"/></svg>"#;
    let bad = r#"{"version":1,"marks":[{"kind":"line","points":[[0,0],[1,99]],"width":0.1,"shade":1}]}"#;
    let files = [
        ("good.png", whole.clone()),
        ("cut.png", whole[..whole.len() / 2].to_vec()),
        ("huge.png", huge),
        ("dot.png", written(dot, ImageFormat::Png)),
        ("text.png", b"It is only a text.".to_vec()),
        ("empty.png", vec![]),
        ("broken.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><path".to_vec()),
        ("no-svg.svg", b"<html><body>hello</body></html>".to_vec()),
        ("wide.svg", wide.to_vec()),
        ("far.json", bad.as_bytes().to_vec()),
        ("cut.jpg", grey_jpeg(vec![], &boot)[..40].to_vec()),
        ("good.jpg", grey_jpeg(vec![], &boot)),
    ];
    let output = classify("damaged", &files);
    assert_eq!(output.status.code(), Some(1));
    let read: Vec<Value> = answers(&output).into_iter().map(|answer| answer["file"].clone()).collect();
    let said = said(&output);
    for (name, reason) in [
        ("cut.png", "PNG"),
        ("huge.png", "60000x60000"),
        ("dot.png", "nothing on the picture"),
        ("text.png", "no picture"),
        ("empty.png", "no picture"),
        ("broken.svg", "SVG"),
        ("no-svg.svg", "SVG"),
        ("far.json", "mark 1: a coordinate is 99"),
        ("cut.jpg", "JPEG"),
    ] {
        let line = said.lines().find(|line| line.starts_with(name));
        assert!(line.is_some_and(|line| line.contains(reason)), "{name}: {said}");
    }
    assert!(said.contains("files could not be read") && !said.contains("panicked"), "{said}");
    assert_eq!((&read[0], &read[read.len() - 1]), (&"good.png".into(), &"good.jpg".into()));
}

#[test]
fn drawings_are_classified_as_they_are_kept() {
    let fill = r#"{"kind":"fill","at":[0.5,0.6],"shade":1}"#;
    let line = |a: &str, b: &str| format!(r#"{{"kind":"line","points":[{a},{b}],"width":0.01,"shade":1}}"#);
    let corners = ["[0.25,0.125]", "[0.5625,0.125]", "[0.5625,0.5]", "[0.875,0.5]", "[0.875,0.75]", "[0.25,0.75]"];
    let mut marks: Vec<String> = (0..6).map(|i| line(corners[i], corners[(i + 1) % 6])).collect();
    marks.push(fill.to_owned());
    let drawing = format!(r#"{{"version":1,"marks":[{}]}}"#, marks.join(","));
    let quick = r#"{"word":"boot","drawing":[[[0,100,100,200,200,0,0],[0,0,100,100,180,180,0]]]}"#;
    let output = classify(
        "drawings",
        &[("boot.json", drawing.clone().into_bytes()), ("boots.ndjson", format!("{quick}\n{drawing}\n").into_bytes())],
    );
    assert!(output.status.success(), "{}", said(&output));
    let answers = answers(&output);
    let told: Vec<(Value, Value)> = answers.iter().map(|a| (a["file"].clone(), a["drawing"].clone())).collect();
    let expected = [("boot.json", Value::Null), ("boots.ndjson", 1.into()), ("boots.ndjson", 2.into())];
    assert_eq!(told, expected.map(|(file, number)| (Value::from(file), number)));
    assert_eq!(answers[0]["probabilities"], answers[2]["probabilities"]);
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let missing = native().args(["classify", "--weights", "nowhere.safetensors", "a.png"]).output();
    let missing = missing.expect("the command starts");
    assert!(!missing.status.success() && said(&missing).contains("nowhere.safetensors"), "{}", said(&missing));
    let none = native().arg("classify").output().expect("the command starts");
    assert!(!none.status.success() && said(&none).contains("PICTURE"), "{}", said(&none));
}
