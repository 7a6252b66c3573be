//! Four files that make a set, as people's folders have them.

use crate::make::*;
use atelier_data::idx::Reason;
use atelier_data::{Dataset, FilesError, Foreign, Part, Source};

fn ten(n: u8) -> Vec<u8> {
    (0..n).map(|i| i % 10).collect()
}

fn small() -> Files {
    set(&[28, 28], &ten(10), &ten(2))
}

#[test]
fn four_files_in_any_order_make_a_set() {
    let mut files = small();
    files.reverse();
    files[1].1 = images(2);
    let set = assemble(&files).expect("four sound files");
    assert_eq!(set.source, Source::Files);
    assert_eq!((set.train.len(), set.test.len()), (10, 2));
    assert_eq!((set.shape(), set.image_len(), set.classes()), ([28, 28, 1], 784, 10));
    assert_eq!(set.class_names[3], "3", "nobody knows what unknown files show");
    assert_eq!(set.split(Part::Test).labels(), [0, 1]);
    assert_eq!(set.train.image(3), &images(4)[16 + 3 * 784..]);
}

/// As the published archives name them when they are unpacked by hand, in a dropped folder, on other systems.
#[test]
fn names_are_read_as_they_come() {
    for names in [
        ["train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"],
        [
            "emnist-letters-train-images-idx3-ubyte.gz",
            "emnist-letters-train-labels-idx1-ubyte.gz",
            "emnist-letters-test-images-idx3-ubyte.gz",
            "emnist-letters-test-labels-idx1-ubyte.gz",
        ],
        ["my test/TRAIN-IMAGES", "my test/TRAIN-LABELS", "my test\\T10K-IMAGES", "C:\\train\\test labels (1)"],
    ] {
        let files = small().into_iter().zip(names).map(|((_, bytes), name)| (name, bytes)).collect();
        let set = assemble(&files).expect("names that tell");
        assert_eq!((set.train.len(), set.test.len()), (10, 2), "{names:?}");
    }
}

#[test]
fn what_lies_beside_the_data_is_left_alone() {
    let mut files = small();
    files.insert(0, ("LICENSE", b"The MIT License (MIT)".to_vec()));
    files.insert(2, ("emnist-letters-mapping.txt", b"1 65 97\n".to_vec()));
    files.push((".DS_Store", vec![0, 0, 0, 1, b'B', b'u', b'd', b'1']));
    files.push(("._train-images-idx3-ubyte", b"Mac OS X".to_vec()));
    files.push(("empty", Vec::new()));
    assert_eq!(assemble(&files), assemble(&small()));

    // Packed and unpacked beside one another.
    files.push(("train-labels-idx1-ubyte", labels(10)));
    assert_eq!(assemble(&files), assemble(&small()));
}

#[test]
fn what_should_be_data_and_is_not_is_refused() {
    let mut files = small();
    files[1].1 = b"<html><body>Too many requests</body></html>".to_vec();
    let error = assemble(&files).expect_err("a page in place of the labels");
    assert_eq!(
        error.to_string(),
        "train-labels-idx1-ubyte.gz: it is a web page. Fetch the file itself, not the page about it"
    );
    let mut files = small();
    let half = files[0].1.len() / 2;
    files[0].1.truncate(half);
    match assemble(&files) {
        Err(FilesError::File(error)) => {
            assert_eq!(error.file, "train-images-idx3-ubyte.gz");
            assert_eq!(error.reason, Reason::Unfinished);
        }
        other => panic!("half a file was taken: {other:?}"),
    }
}

#[test]
fn an_archive_alone_is_told_for_what_it_is() {
    let files = vec![("fashion.zip", b"PK\x03\x04....".to_vec())];
    match assemble(&files) {
        Err(FilesError::File(error)) => assert_eq!(error.reason, Reason::Foreign { what: Foreign::Zip }),
        other => panic!("{other:?}"),
    }
    let mut files = small();
    files[3] = ("labels of the tests.zip", b"PK\x03\x04....".to_vec());
    assert!(matches!(assemble(&files), Err(FilesError::File(_))), "its name says that it should be data");
    files[3].0 = "rest.zip";
    let error = assemble(&files).expect_err("no test labels");
    assert!(error.to_string().ends_with(
        "t10k-labels-idx1-ubyte.gz. Not used: rest.zip: it is a zip archive. Unpack it and give the files in it"
    ));
    files.extend([("a", Vec::new()), ("b", Vec::new()), ("c", Vec::new())]);
    assert!(assemble(&files).expect_err("no test labels").to_string().ends_with("; and 1 more"));
    assert!(matches!(assemble(&Files::new()), Err(FilesError::Missing { part: "training", content: "images", .. })));
}

#[test]
fn files_that_make_no_set_are_refused() {
    let mut twice = small();
    twice[2] = ("train-images-copy", images(2));
    let error = assemble(&twice).expect_err("training images twice");
    assert_eq!(
        error.to_string(),
        "train-images-idx3-ubyte.gz and train-images-copy both hold the training images. \
         Give one file for each of the four roles"
    );

    let mut nameless = small();
    nameless[3].0 = "download(3)";
    assert!(matches!(assemble(&nameless), Err(FilesError::Unclear { count: 2, .. })));

    let mut unequal = small();
    unequal[3].1 = labels(3);
    let error = assemble(&unequal).expect_err("three labels for two images");
    assert_eq!(
        error.to_string(),
        "t10k-labels-idx1-ubyte.gz: it holds 3 labels, but t10k-images-idx3-ubyte.gz holds 2 images. \
         Give two files of the same set"
    );

    let mut shapes = small();
    shapes[0].1 = pictures(&[10, 32, 32]);
    let error = assemble(&shapes).expect_err("two shapes");
    assert_eq!(
        error.to_string(),
        "the pictures of train-images-idx3-ubyte.gz are [32, 32, 1] (rows, columns, channels) and those of \
         t10k-images-idx3-ubyte.gz [28, 28, 1]. Give the files of one set"
    );
}

#[test]
fn the_number_of_classes_comes_from_the_labels_of_both_splits() {
    let set = assemble(&set(&[4, 4, 3], &[0, 1, 2, 1], &[3, 0])).expect("the test split alone has class 3");
    assert_eq!((set.classes(), set.shape()), (4, [4, 4, 3]));
    assert_eq!(set.class_names, ["0", "1", "2", "3"]);
}

/// EMNIST's letters count from 1 and leave 0 out.
#[test]
fn letters_count_from_one() {
    let letters: Vec<u8> = (1..=26).collect();
    let data = assemble(&set(&[28, 28], &letters, &[26, 1])).expect("letters");
    assert_eq!((data.classes(), data.class_names[0].as_str(), data.class_names[25].as_str()), (26, "A", "Z"));
    assert_eq!(data.test.labels(), [25, 0]);
    assert_eq!(data.train.labels()[..3], [0, 1, 2]);

    let data = assemble(&set(&[28, 28], &[1, 2, 3], &[2])).expect("three classes that count from 1");
    assert_eq!(data.class_names, ["1", "2", "3"], "and keep the names that the files give them");
    let data = assemble(&set(&[28, 28], &letters, &[0])).expect("27 classes");
    assert_eq!((data.classes(), data.test.labels()[0], data.train.labels()[0]), (27, 0, 1));
}

/// A damaged label asks for classes that nothing is known of; a small part of a set lacks a few.
#[test]
fn labels_with_more_gaps_than_classes_are_refused() {
    let mut wrong = ten(20);
    wrong[12] = 37;
    let error = assemble(&set(&[2, 2], &wrong, &ten(2))).expect_err("a label out of the order");
    assert_eq!(
        error.to_string(),
        "train-labels-idx1-ubyte.gz: it has a label 37, and of the 38 classes up to that one only 11 have pictures. \
         Fetch the file again, or number the classes without gaps"
    );
    let part = assemble(&set(&[2, 2], &[0, 3, 5, 7], &[9])).expect("half of ten classes");
    assert_eq!(part.classes(), 10);
}

/// Labels beyond a byte stay what they are.
#[test]
fn three_hundred_classes_do_not_wrap() {
    let values: Vec<u8> = (0..300i32).flat_map(i32::to_be_bytes).collect();
    let files = vec![
        ("train-images", pictures(&[300, 2, 2])),
        ("train-labels", idx(INT32, &[300], &values)),
        ("test-images", pictures(&[1, 2, 2])),
        ("test-labels", idx(INT16, &[1], &299i16.to_be_bytes())),
    ];
    let data = assemble(&files).expect("300 classes");
    assert_eq!((data.classes(), data.train.labels()[299], data.test.labels()[0]), (300, 299, 299));
    let (mut images, mut classes) = (vec![0.0; 4], vec![0.0; 300]);
    data.write_batch(Part::Test, &[0], &mut images, &mut classes);
    assert_eq!(classes.iter().position(|share| *share > 0.0), Some(299));
}

#[test]
fn an_identity_tells_sets_apart_and_nothing_else() {
    let identity = |files: &Files| assemble(files).expect("sound files").identity;
    let mut again: Files = small().into_iter().map(|(name, bytes)| (name, gzip(&bytes))).collect();
    again.rotate_left(1);
    assert_eq!(identity(&small()), identity(&again), "packed otherwise and in another order");
    let mut other = small();
    other[3].1 = labels_of(&[1, 1]);
    assert_ne!(identity(&small()), identity(&other), "one label differs");
    assert_ne!(identity(&small()), identity(&set(&[14, 56], &ten(10), &ten(2))), "the shape differs");
}

#[test]
fn batches_are_tensors() {
    let set = assemble(&set(&[3, 2, 3], &ten(10), &ten(2))).expect("four sound files");
    let (mut images, mut classes) = (vec![7.0; 3 * 18], vec![7.0; 3 * 10]);
    set.write_batch(Part::Train, &[2, 0, 2], &mut images, &mut classes);
    for (row, index) in [2usize, 0, 2].into_iter().enumerate() {
        for (i, &pixel) in set.train.image(index).iter().enumerate() {
            assert_eq!(images[row * 18 + i], f32::from(pixel) / 255.0);
        }
        let expected: Vec<f32> = (0..10).map(|class| if class == index { 1.0 } else { 0.0 }).collect();
        assert_eq!(classes[row * 10..][..10], expected[..]);
    }
    set.write_batch(Part::Test, &[], &mut [], &mut []);
}

/// EMNIST's digits: more than any set of ten classes before them, in a form that takes little to write down.
#[test]
fn a_quarter_of_a_million_pictures_are_read() {
    let blank = |n: u32| gzip(&idx(UNSIGNED_BYTE, &[n, 28, 28], &vec![0; n as usize * 784]));
    let files = vec![
        ("emnist-digits-train-images-idx3-ubyte.gz", blank(240_000)),
        ("emnist-digits-train-labels-idx1-ubyte.gz", gzip(&labels(240_000))),
        ("emnist-digits-test-images-idx3-ubyte.gz", blank(40_000)),
        ("emnist-digits-test-labels-idx1-ubyte.gz", gzip(&labels(40_000))),
    ];
    let set = Dataset::from_files(files).expect("a published size");
    assert_eq!((set.train.len(), set.test.len(), set.classes()), (240_000, 40_000, 10));
}
