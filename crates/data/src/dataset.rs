use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::idx::{self, Content, Contents, IdxError, Reason};
use crate::{CLASS_NAMES, CLASSES, PIXELS, official};

/// Training and test pictures with their classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Where it came from.
    pub source: Source,
    /// What training sees.
    pub train: Split,
    /// What it is judged by.
    pub test: Split,
    /// What each class is called: [`CLASS_NAMES`], or `"0"` to `"9"` for files whose contents nobody knows.
    pub class_names: [&'static str; CLASSES],
}

/// Where a data set came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Source {
    /// Fashion-MNIST as published, by its checksums.
    Official,
    /// Other files of the same form.
    Files,
    /// Drawn by [`crate::garments`].
    Procedural {
        /// What it was drawn from.
        seed: u64,
    },
}

/// Pictures and their classes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    images: Vec<u8>,
    labels: Vec<u8>,
}

/// Which of the two splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// [`Dataset::train`].
    Train,
    /// [`Dataset::test`].
    Test,
}

/// Why files make no data set.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum FilesError {
    /// One of them is no sound IDX file, or doesn't fit its partner.
    #[error(transparent)]
    File(#[from] IdxError),
    /// Two files for the same role.
    #[error("{first} and {second} both hold the {part} {content}. Give one file for each of the four roles")]
    Twice {
        /// Training or test.
        part: &'static str,
        /// Images or labels.
        content: Content,
        /// The one file.
        first: String,
        /// The other.
        second: String,
    },
    /// No file for a role.
    #[error("the {part} {content} are missing. Give all four files: {}", expected_names())]
    Missing {
        /// Training or test.
        part: &'static str,
        /// Images or labels.
        content: Content,
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
        content: Content,
        /// How many.
        count: usize,
    },
}

fn expected_names() -> String {
    official::FILES.map(|file| file.name).join(", ")
}

impl Part {
    const fn word(self) -> &'static str {
        match self {
            Self::Train => "training",
            Self::Test => "test",
        }
    }

    /// By the name where it tells, else by the published counts.
    fn of_file(name: &str, count: usize) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name.contains("train") {
            Some(Self::Train)
        } else if name.contains("t10k") || name.contains("test") {
            Some(Self::Test)
        } else {
            match count {
                60_000 => Some(Self::Train),
                10_000 => Some(Self::Test),
                _ => None,
            }
        }
    }
}

impl Dataset {
    /// A data set from its four files, `(name, bytes)` in any order, gzip or plain. What each is comes from its header,
    /// and training or test from its name, else its count.
    ///
    /// # Errors
    /// If a file is damaged, missing, given twice or doesn't fit its partner, by name and reason.
    pub fn from_files(files: &[(&str, &[u8])]) -> Result<Self, FilesError> {
        let mut roles: [Option<(&str, &[u8])>; 4] = [None; 4];
        for &(name, bytes) in files {
            let header = idx::identify(name, bytes)?;
            let content = header.content;
            let part = Part::of_file(name, header.count).ok_or_else(|| FilesError::Unclear {
                file: name.to_owned(),
                content,
                count: header.count,
            })?;
            if let Some((first, _)) = roles[role(part, content)].replace((name, bytes)) {
                return Err(FilesError::Twice {
                    part: part.word(),
                    content,
                    first: first.to_owned(),
                    second: name.to_owned(),
                });
            }
        }
        let split = |part: Part| {
            let find = |content| roles[role(part, content)].ok_or(FilesError::Missing { part: part.word(), content });
            Split::from_files(find(Content::Images)?, find(Content::Labels)?).map_err(FilesError::from)
        };
        let (train, train_crcs) = split(Part::Train)?;
        let (test, test_crcs) = split(Part::Test)?;
        let published = official::FILES.map(|file| file.crc32);
        let official = [train_crcs, test_crcs].as_flattened() == published;
        let (source, class_names) = if official {
            (Source::Official, CLASS_NAMES)
        } else {
            (Source::Files, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
        };
        Ok(Self { source, train, test, class_names })
    }

    /// One of the two splits.
    pub fn split(&self, part: Part) -> &Split {
        match part {
            Part::Train => &self.train,
            Part::Test => &self.test,
        }
    }
}

/// Index among the four roles, in the order of [`official::FILES`].
fn role(part: Part, content: Content) -> usize {
    2 * usize::from(part == Part::Test) + usize::from(content == Content::Labels)
}

impl Split {
    /// Images and labels that belong together, and the checksums of both.
    fn from_files(images: (&str, &[u8]), labels: (&str, &[u8])) -> Result<(Self, [u32; 2]), IdxError> {
        let (images_name, labels_name) = (images.0, labels.0);
        let labels = idx::parse_labels(labels_name, labels.1, CLASSES)?;
        let images = idx::parse_images(images_name, images.1)?;
        let crcs = [images.crc32, labels.crc32];
        Ok((Self::pair(images_name, images, labels_name, labels)?, crcs))
    }

    /// Joins the contents of an images' and a labels' file.
    ///
    /// # Errors
    /// If they hold different numbers of examples.
    pub fn pair(images_name: &str, images: Contents, labels_name: &str, labels: Contents) -> Result<Self, IdxError> {
        if images.count != labels.count {
            let images_file = images_name.to_owned();
            return Err(Reason::Counts { labels: labels.count, images_file, images: images.count }.of(labels_name));
        }
        Ok(Self { images: images.values, labels: labels.values })
    }

    /// An empty split with room for `n` examples.
    pub fn with_capacity(n: usize) -> Self {
        Self { images: Vec::with_capacity(n * PIXELS), labels: Vec::with_capacity(n) }
    }

    /// Number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All pictures, [`PIXELS`] bytes each.
    pub fn images(&self) -> &[u8] {
        &self.images
    }

    /// All classes, each below [`CLASSES`].
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// One picture, row by row.
    ///
    /// # Panics
    /// If `index` is not below [`Self::len`].
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * PIXELS..][..PIXELS]
    }

    /// Adds an example.
    ///
    /// # Panics
    /// If `label` is not below [`CLASSES`].
    pub fn push(&mut self, label: u8, image: &[u8; PIXELS]) {
        assert!(usize::from(label) < CLASSES, "{label} is no class");
        self.labels.push(label);
        self.images.extend_from_slice(image);
    }

    /// Writes the examples of `indices` as the tensors a network takes: pictures `[n, 28, 28, 1]` with pixels / 255, and
    /// classes `[n, 10]`, one-hot. Both must have exactly that length.
    ///
    /// # Panics
    /// If a length doesn't fit or an index is not below [`Self::len`].
    pub fn write_batch(&self, indices: &[u32], images: &mut [f32], one_hot: &mut [f32]) {
        assert_eq!(images.len(), indices.len() * PIXELS, "room for the batch's pictures");
        assert_eq!(one_hot.len(), indices.len() * CLASSES, "room for the batch's classes");
        one_hot.fill(0.0);
        let rows = images.chunks_exact_mut(PIXELS).zip(one_hot.chunks_exact_mut(CLASSES));
        for (&index, (image, class)) in indices.iter().zip(rows) {
            let index = index as usize;
            for (out, &pixel) in image.iter_mut().zip(self.image(index)) {
                *out = f32::from(pixel) / 255.0;
            }
            class[usize::from(self.labels[index])] = 1.0;
        }
    }
}
