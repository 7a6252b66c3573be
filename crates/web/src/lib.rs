//! The run as the page's workers see it.
//!
//! [`Data`], [`Gpu`], [`Session`], [`Helper`], [`Walk`], [`Reader`], [`Canvas`], [`Teacher`] and [`Recogniser`] are what the engine's workers
//! hold; everything here is translation between JavaScript and `atelier_session`. Control values go through serde, tensors as typed arrays. It
//! must never compute anything of its own, nor know the page.

mod data;
mod drawing;
mod gpu;
mod helper;
mod host;
mod reader;
mod session;
mod spare;
mod teach;
mod walk;
mod zoo;

use atelier_nn::Network;
use atelier_session::SessionError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

pub use data::{Data, Garments};
pub use drawing::{Canvas, prepare, read_drawings};
pub use gpu::Gpu;
pub use helper::Helper;
pub use reader::Reader;
pub use session::{Saved, Session};
pub use teach::{Kept, Teacher};
pub use walk::{Replay, Walk};
pub use zoo::{Recogniser, zoo_classes, zoo_model, zoo_models};

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Shapes, counts and problems of a network: `Network` in, `Analysis` out.
#[wasm_bindgen]
pub fn analyze(network: JsValue) -> Result<JsValue, JsError> {
    to_js(&from_js::<Network>(network, "network")?.analyze())
}

/// The networks to begin with for inputs of `shape` (numbers without the batch) and so many classes, in the order in
/// which they are offered: `Network[]`, each named as its `Preset`.
#[wasm_bindgen]
pub fn presets(shape: JsValue, classes: usize) -> Result<JsValue, JsError> {
    to_js_as_written(&Network::presets(&from_js::<Vec<usize>>(shape, "shape")?, classes))
}

/// An error as JavaScript catches it: an `Error`, and where it can cross by its code and figures, those as its `refusal`.
pub struct Failure(JsValue);

impl Failure {
    fn of<E: std::error::Error + Serialize>(error: E) -> Self {
        let refusal = to_js(&error);
        let failure = JsValue::from(JsError::from(error));
        if let Ok(refusal) = refusal {
            // An error that was just made takes any property.
            let _ = js_sys::Reflect::set(&failure, &"refusal".into(), &refusal);
        }
        Failure(failure)
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Failure::of(error)
    }
}

impl From<JsError> for Failure {
    fn from(error: JsError) -> Self {
        Failure(error.into())
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

fn from_js<T: DeserializeOwned>(value: JsValue, what: &str) -> Result<T, JsError> {
    serde_wasm_bindgen::from_value(value).map_err(|e| JsError::new(&format!("the {what} cannot be read: {e}")))
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    // JSON's forms: plain objects for maps, null for what is missing.
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// With f32 as people write them: 0.1 and not 0.10000000149011612, which is what the nearest f32 is as JavaScript's number.
fn to_js_as_written<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let json = serde_json::to_string(value)?;
    js_sys::JSON::parse(&json).map_err(|_| JsError::new("the engine wrote what is not JSON; reload the page"))
}
