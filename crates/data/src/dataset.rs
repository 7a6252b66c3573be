use serde::{Deserialize, Serialize};

/// Training and test pictures with their classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Where it came from.
    pub source: Source,
    /// Rows of a picture.
    pub height: usize,
    /// Columns of a picture.
    pub width: usize,
    /// Numbers of a pixel: 1 is grey, 3 red, green and blue.
    pub channels: usize,
    /// What each class is called; as many as there are classes.
    pub class_names: Vec<String>,
    /// Equal for equal sets, on every machine and in every session: files' checksums, or what garments are drawn from.
    pub identity: String,
    /// What training sees.
    pub train: Split,
    /// What it is judged by.
    pub test: Split,
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

/// Pictures of one shape and their classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    image_len: usize,
    images: Vec<u8>,
    labels: Vec<u16>,
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

impl Dataset {
    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }

    /// Height, width and channels: the shape of a network's input.
    pub fn shape(&self) -> [usize; 3] {
        [self.height, self.width, self.channels]
    }

    /// Numbers of a picture.
    pub fn image_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// One of the two splits.
    pub fn split(&self, part: Part) -> &Split {
        match part {
            Part::Train => &self.train,
            Part::Test => &self.test,
        }
    }

    /// Writes the examples of `indices` as the tensors a network takes: pictures `[n, height, width, channels]` with
    /// pixels / 255, and classes `[n, classes]`, one-hot. Both must have exactly that length.
    ///
    /// # Panics
    /// If a length doesn't fit or an index is not below the split's length.
    pub fn write_batch(&self, part: Part, indices: &[u32], images: &mut [f32], one_hot: &mut [f32]) {
        let (split, image_len, classes) = (self.split(part), self.image_len(), self.classes());
        assert_eq!(images.len(), indices.len() * image_len, "room for the batch's pictures");
        assert_eq!(one_hot.len(), indices.len() * classes, "room for the batch's classes");
        one_hot.fill(0.0);
        let rows = images.chunks_exact_mut(image_len).zip(one_hot.chunks_exact_mut(classes));
        for (&index, (image, class)) in indices.iter().zip(rows) {
            let index = index as usize;
            for (out, &pixel) in image.iter_mut().zip(split.image(index)) {
                *out = input_of(pixel);
            }
            class[usize::from(split.labels[index])] = 1.0;
        }
    }
}

/// A pixel as a network takes it: from 0 to 1.
pub fn input_of(pixel: u8) -> f32 {
    f32::from(pixel) / 255.0
}

impl Split {
    /// An empty split of pictures of `image_len` bytes, with room for `n` of them.
    pub fn with_capacity(image_len: usize, n: usize) -> Self {
        Self { image_len, images: Vec::with_capacity(n * image_len), labels: Vec::with_capacity(n) }
    }

    /// Of as many labels as there are pictures.
    pub(crate) fn new(image_len: usize, images: Vec<u8>, labels: Vec<u16>) -> Self {
        Self { image_len, images, labels }
    }

    /// Number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All pictures, one after another.
    pub fn images(&self) -> &[u8] {
        &self.images
    }

    /// All classes, from 0.
    pub fn labels(&self) -> &[u16] {
        &self.labels
    }

    /// One picture: row by row, the channels of a pixel together.
    ///
    /// # Panics
    /// If `index` is not below [`Self::len`].
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * self.image_len..][..self.image_len]
    }

    /// Adds an example.
    ///
    /// # Panics
    /// If the picture is of another length.
    pub fn push(&mut self, label: u16, image: &[u8]) {
        assert_eq!(image.len(), self.image_len, "pictures of one shape");
        self.labels.push(label);
        self.images.extend_from_slice(image);
    }
}
