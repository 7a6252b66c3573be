//! What a network's outputs are called: read from a file, since a list of names is data of others.

use std::collections::BTreeMap;

use thiserror::Error;

/// One class of ImageNet's challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// WordNet's number, such as `n02510455`. Names may occur twice, these not.
    pub synset: String,
    pub name: String,
}

/// A name for each output, in the outputs' order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classes(Vec<Class>);

/// Why a file names no classes.
#[derive(Debug, Error)]
pub enum ClassesError {
    #[error("it is no list of classes as Keras has it, {{\"0\": [\"n01440764\", \"tench\"], …}}")]
    Json(#[from] serde_json::Error),
    #[error("it names {found} classes, and none of them is number {missing}")]
    Gap { found: usize, missing: usize },
}

impl Classes {
    /// From the bytes of Keras's `imagenet_class_index.json`.
    ///
    /// # Errors
    /// If it is something else, or a number between is missing.
    pub fn read(bytes: &[u8]) -> Result<Classes, ClassesError> {
        let mut named: BTreeMap<usize, (String, String)> = serde_json::from_slice(bytes)?;
        let found = named.len();
        let class = |index| match named.remove(&index) {
            Some((synset, name)) => Ok(Class { synset, name }),
            None => Err(ClassesError::Gap { found, missing: index }),
        };
        (0..found).map(class).collect::<Result<_, _>>().map(Classes)
    }

    pub fn get(&self, index: usize) -> Option<&Class> {
        self.0.get(index)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_their_numbers() {
        let classes = Classes::read(br#"{"1": ["n2", "goldfish"], "0": ["n1", "tench"]}"#).expect("two classes");
        assert_eq!(classes.len(), 2);
        assert_eq!(classes.get(1).map(|class| class.name.as_str()), Some("goldfish"));
        assert_eq!(classes.get(2), None);
        let refused = |text: &str| Classes::read(text.as_bytes()).expect_err("no classes").to_string();
        assert!(refused(r#"{"0": ["n1", "tench"], "2": ["n2", "goldfish"]}"#).contains("number 1"));
        for text in ["", "[]", r#"{"zero": ["n1", "tench"]}"#, r#"{"0": "tench"}"#] {
            assert!(refused(text).contains("as Keras has it"), "{text}");
        }
    }
}
