//! The run as the page's workers see it.
//!
//! [`Data`], [`Gpu`], [`Session`] and [`Helper`] are what the engine worker and its helper workers hold; everything here is
//! translation between JavaScript and `atelier_session`. Control values go through serde, tensors as typed arrays. It
//! must never compute anything of its own, nor know the page.

mod data;
mod gpu;
mod helper;
mod host;
mod session;

use atelier_nn::Network;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

pub use data::{Data, Garments};
pub use gpu::Gpu;
pub use helper::Helper;
pub use session::{Saved, Session};

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Shapes, counts and problems of a network: `Network` in, `Analysis` out.
#[wasm_bindgen]
pub fn analyze(network: JsValue) -> Result<JsValue, JsError> {
    to_js(&from_js::<Network>(network, "network")?.analyze())
}

fn from_js<T: DeserializeOwned>(value: JsValue, what: &str) -> Result<T, JsError> {
    serde_wasm_bindgen::from_value(value).map_err(|e| JsError::new(&format!("the {what} cannot be read: {e}")))
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    // JSON's forms: plain objects for maps, null for what is missing.
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
