//! The measurements as a worker calls them.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// The report as JSON.
#[wasm_bindgen]
pub fn measure() -> Result<String, JsError> {
    let performance = Reflect::get(&js_sys::global(), &"performance".into())
        .map_err(|_| JsError::new("there is no clock here"))?
        .unchecked_into::<web_sys::Performance>();
    let report = crate::measure(|| performance.now() / 1e3)?;
    serde_json::to_string(&report).map_err(Into::into)
}
