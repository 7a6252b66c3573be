use serde::Serialize;
use thiserror::Error;

/// A hyper-parameter that is not what it may be.
#[derive(Clone, Debug, Error, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("`{field}` is {value}, which must be {allowed}")]
pub struct OutOfRange {
    /// Keras's name.
    pub field: &'static str,
    pub value: String,
    pub allowed: String,
}

impl From<OutOfRange> for Problem {
    fn from(OutOfRange { field, value, allowed }: OutOfRange) -> Self {
        Problem::Value { field: field.to_owned(), value, allowed }
    }
}

/// Why a network cannot be built, in parts that a page can put into its reader's language.
#[derive(Clone, Debug, Error, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    #[error("another layer has this name already; give each layer its own")]
    DuplicateName,
    #[error("its input `{input}` is no layer before it; name one that is")]
    UnknownInput { input: String },
    #[error("it takes {expected} input(s) and has {got}")]
    InputCount { expected: String, got: usize },
    #[error("it takes a tensor of {expected} and gets {got:?}")]
    Rank { expected: String, got: Vec<usize> },
    #[error("`{field}` is {value}, which must be {allowed}")]
    Value { field: String, value: String, allowed: String },
    #[error(
        "its window covers {window:?} cells and its input has only {input:?}; make the window smaller, pad with `same`, \
         or pool less before it"
    )]
    WindowTooLarge { window: [usize; 2], input: [usize; 2] },
    #[error("it joins tensors of different shapes: {shapes:?}")]
    ShapesDiffer { shapes: Vec<Vec<usize>> },
    #[error("the network has no input layer; begin with one")]
    NoInput,
    #[error("it is a second input layer; a network has one")]
    SecondInput,
    #[error("nothing uses its output, and the network's output is another layer; connect or remove it")]
    Unused,
    #[error("the layer `{layer}` is asked for, which the network does not have")]
    UnknownLayer { layer: String },
    #[error("gradients of the loss are asked for, and no loss; name one")]
    NoLoss,
    #[error("an update is asked for without the gradients of the parameters, which it is made of")]
    UpdateWithoutGradients,
    #[error("backward is to begin here, and no gradient is asked for")]
    NoGradients,
    #[error("backward is to begin before its activation, and it has none")]
    NoActivation,
    #[error("its gradient is asked for, and what backward begins from does not depend on its output")]
    NotUpstream,
    #[error("a gradient is asked for that would pass its `{operation}`, which has none")]
    NotDifferentiable { operation: String },
    #[error("it would hold {numbers} numbers, more than {limit}")]
    TooLarge {
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        numbers: u64,
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        limit: u64,
    },
}

/// A network that cannot be built: which layer, and why.
#[derive(Clone, Debug, Error, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[error("layer `{layer}` ({class_name}): {problem}")]
pub struct NetworkError {
    /// Index in [`crate::Network::layers`].
    pub index: usize,
    pub layer: String,
    pub class_name: String,
    pub problem: Box<Problem>,
}
