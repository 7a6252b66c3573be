//! A data set from the files that somebody gives: which of them are which, and whether they belong together.

use serde::Serialize;
use thiserror::Error;

use crate::idx::{self, Bytes, Contents, Idx, IdxError, Images, Reason};
use crate::official::{self, CLASS_NAMES};
use crate::{Dataset, Part, Source, Split};

/// Why files make no data set.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum FilesError {
    /// One of them is no sound IDX file, or doesn't fit its partner.
    #[error(transparent)]
    File(#[from] IdxError),
    /// Two different files for the same role.
    #[error("{first} and {second} both hold the {part} {content}. Give one file for each of the four roles")]
    Twice {
        /// Training or test.
        part: &'static str,
        /// Images or labels.
        content: &'static str,
        /// The one file.
        first: String,
        /// The other.
        second: String,
    },
    /// No file for a role.
    #[error("the {part} {content} are missing. Give all four files: {}{}", expected_names(), left_aside(.aside))]
    Missing {
        /// Training or test.
        part: &'static str,
        /// Images or labels.
        content: &'static str,
        /// Files that were given and are no data, and why.
        aside: Vec<IdxError>,
    },
    /// Nothing tells whether a file is for training or for test.
    #[error(
        "{file} holds {count} {content}, which tells neither training from test nor does its name. \
         Let the name contain train, t10k or test"
    )]
    Unclear {
        /// The file.
        file: String,
        /// Images or labels.
        content: &'static str,
        /// How many.
        count: usize,
    },
    /// Training and test pictures of different shapes.
    #[error(
        "the pictures of {train_file} are {train:?} (rows, columns, channels) and those of {test_file} {test:?}. \
         Give the files of one set"
    )]
    Shapes {
        /// The file of the training pictures.
        train_file: String,
        /// Their shape.
        train: [usize; 3],
        /// The file of the test pictures.
        test_file: String,
        /// Their shape.
        test: [usize; 3],
    },
    /// Labels that are spread over far more classes than there are.
    #[error(
        "{file}: it has a label {label}, and of the {classes} classes up to that one only {seen} have pictures. Fetch the \
         file again, or number the classes without gaps"
    )]
    Gaps {
        /// The labels' file with the largest label.
        file: String,
        /// That label.
        label: u16,
        /// Classes that it asks for.
        classes: usize,
        /// Classes that have a picture in either split.
        seen: usize,
    },
}

fn expected_names() -> String {
    official::FILES.map(|file| file.name).join(", ")
}

fn left_aside(aside: &[IdxError]) -> String {
    // A folder may hold hundreds.
    const TOLD: usize = 3;
    let files: Vec<String> = aside.iter().take(TOLD).map(ToString::to_string).collect();
    match aside.len() {
        0 => String::new(),
        n if n <= TOLD => format!(". Not used: {}", files.join("; ")),
        n => format!(". Not used: {}; and {} more", files.join("; "), n - TOLD),
    }
}

/// Number of letters, which EMNIST counts from 1 and names in their order, small and capital ones as one class
/// (<https://www.nist.gov/itl/products-and-services/emnist-dataset>).
const LETTERS: usize = 26;

impl Part {
    const fn word(self) -> &'static str {
        match self {
            Self::Train => "training",
            Self::Test => "test",
        }
    }

    /// By the name where it tells, else by the counts of MNIST and its kin.
    fn of_file(name: &str, count: usize) -> Option<Self> {
        match (name.contains("train"), name.contains("t10k") || name.contains("test")) {
            (true, false) => Some(Self::Train),
            (false, true) => Some(Self::Test),
            _ => match count {
                60_000 => Some(Self::Train),
                10_000 => Some(Self::Test),
                _ => None,
            },
        }
    }
}

/// The name without its folders, in small letters.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether a file is called as data is, so that it is missed where it can't be read. Others lie beside the data in every
/// folder: a licence, a README, a system's own notes.
fn claims_to_be_data(name: &str) -> bool {
    let name = base_name(name);
    !name.starts_with('.') && ["idx", "ubyte", "images", "labels"].iter().any(|word| name.contains(word))
}

/// What one file holds.
struct Given<T> {
    name: String,
    crc32: u32,
    values: T,
}

/// The files for the four roles, training before test, and those that are no data.
#[derive(Default)]
struct Roles {
    images: [Option<Given<Images>>; 2],
    labels: [Option<Given<Vec<u16>>>; 2],
    aside: Vec<IdxError>,
}

const IMAGES: &str = "images";
const LABELS: &str = "labels";

impl Roles {
    fn take(&mut self, name: String, bytes: &impl Bytes) -> Result<(), FilesError> {
        let Idx { contents, count, crc32 } = match idx::read(&name, bytes) {
            Ok(idx) => idx,
            Err(error) if claims_to_be_data(&name) => return Err(error.into()),
            Err(error) => {
                self.aside.push(error);
                return Ok(());
            }
        };
        let content = if matches!(contents, Contents::Images(_)) { IMAGES } else { LABELS };
        let Some(part) = Part::of_file(&base_name(&name), count) else {
            return Err(FilesError::Unclear { file: name, content, count });
        };
        match contents {
            Contents::Images(values) => put(&mut self.images, part, content, Given { name, crc32, values }),
            Contents::Labels(values) => put(&mut self.labels, part, content, Given { name, crc32, values }),
        }
    }

    fn into_dataset(mut self) -> Result<Dataset, FilesError> {
        let nothing = self.images.iter().all(Option::is_none) && self.labels.iter().all(Option::is_none);
        if nothing && !self.aside.is_empty() {
            return Err(self.aside.swap_remove(0).into());
        }
        let Self { images: [train_images, test_images], labels: [train_labels, test_labels], aside } = self;
        let missing = |part: Part, content| FilesError::Missing { part: part.word(), content, aside: aside.clone() };
        let train_images = train_images.ok_or_else(|| missing(Part::Train, IMAGES))?;
        let mut train_labels = train_labels.ok_or_else(|| missing(Part::Train, LABELS))?;
        let test_images = test_images.ok_or_else(|| missing(Part::Test, IMAGES))?;
        let mut test_labels = test_labels.ok_or_else(|| missing(Part::Test, LABELS))?;

        let (shape, test_shape) = (train_images.values.shape, test_images.values.shape);
        if shape != test_shape {
            let (train_file, test_file) = (train_images.name, test_images.name);
            return Err(FilesError::Shapes { train_file, train: shape, test_file, test: test_shape });
        }
        belong_together(&train_images, &train_labels)?;
        belong_together(&test_images, &test_labels)?;

        let crcs = [train_images.crc32, train_labels.crc32, test_images.crc32, test_labels.crc32];
        let official = crcs == official::FILES.map(|file| file.crc32);
        let (first, classes) = class_range(&train_labels, &test_labels)?;
        for label in train_labels.values.iter_mut().chain(&mut test_labels.values) {
            *label -= first;
        }
        let [height, width, channels] = shape;
        let split = |images: Given<Images>, labels: Given<Vec<u16>>| {
            Split::new(height * width * channels, images.values.pixels, labels.values)
        };
        Ok(Dataset {
            source: if official { Source::Official } else { Source::Files },
            height,
            width,
            channels,
            class_names: if official { CLASS_NAMES.map(str::to_owned).to_vec() } else { names(first, classes) },
            identity: format!("idx:{}", crcs.map(|crc| format!("{crc:08x}")).join("-")),
            train: split(train_images, train_labels),
            test: split(test_images, test_labels),
        })
    }
}

/// Keeps a file for its role.
fn put<T: PartialEq>(
    slots: &mut [Option<Given<T>>; 2],
    part: Part,
    content: &'static str,
    given: Given<T>,
) -> Result<(), FilesError> {
    let slot = &mut slots[usize::from(part == Part::Test)];
    match slot {
        // A file that lies there packed and unpacked is one file.
        Some(first) if first.values == given.values => Ok(()),
        Some(first) => {
            Err(FilesError::Twice { part: part.word(), content, first: first.name.clone(), second: given.name })
        }
        None => {
            *slot = Some(given);
            Ok(())
        }
    }
}

fn belong_together(images: &Given<Images>, labels: &Given<Vec<u16>>) -> Result<(), FilesError> {
    let (pictures, classes) = (images.values.count(), labels.values.len());
    if pictures == classes {
        return Ok(());
    }
    let reason = Reason::Counts { labels: classes, images_file: images.name.clone(), images: pictures };
    Err(reason.of(&labels.name).into())
}

/// The smallest label, which is 0 or where no picture has 0 may be 1, and the number of classes from there to the largest.
/// A class may have pictures in one split only, or in none, as in a small part of a set; but labels that leave more than half
/// of the classes empty come from damage or from another numbering.
fn class_range(train: &Given<Vec<u16>>, test: &Given<Vec<u16>>) -> Result<(u16, usize), FilesError> {
    let largest = |labels: &Given<Vec<u16>>| labels.values.iter().copied().max().unwrap_or_default();
    let (file, label) = if largest(train) >= largest(test) { (train, largest(train)) } else { (test, largest(test)) };
    let mut has_pictures = vec![false; usize::from(label) + 1];
    for &label in train.values.iter().chain(&test.values) {
        has_pictures[usize::from(label)] = true;
    }
    let from_one = !has_pictures[0] && has_pictures.get(1) == Some(&true);
    let classes = has_pictures.len() - usize::from(from_one);
    let seen = has_pictures.iter().filter(|has| **has).count();
    if 2 * seen < classes {
        return Err(FilesError::Gaps { file: file.name.clone(), label, classes, seen });
    }
    Ok((u16::from(from_one), classes))
}

fn names(first: u16, classes: usize) -> Vec<String> {
    if first == 1 && classes == LETTERS {
        return ('A'..='Z').map(String::from).collect();
    }
    (usize::from(first)..usize::from(first) + classes).map(|label| label.to_string()).collect()
}

impl Dataset {
    /// A data set from its four files, `(name, bytes)` in any order, gzip or plain, as far as [`idx`] reads them. What each
    /// holds comes from its header, and training or test from its name, else its count. Files beside them that are neither
    /// IDX nor called so are left alone; each is dropped once it was read.
    ///
    /// Classes are the labels of both splits. EMNIST's letters, which count from 1, become classes from 0.
    ///
    /// # Errors
    /// If a file is damaged, missing, given twice or doesn't fit the others, by name and reason.
    pub fn from_files<N: Into<String>, B: Bytes>(files: impl IntoIterator<Item = (N, B)>) -> Result<Self, FilesError> {
        let mut roles = Roles::default();
        for (name, bytes) in files {
            roles.take(name.into(), &bytes)?;
        }
        roles.into_dataset()
    }
}
