//! The measurements as a worker calls them.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// The CPU's report as JSON.
#[wasm_bindgen]
pub fn measure() -> Result<String, JsError> {
    let performance = performance()?;
    let report = crate::measure(|| performance.now() / 1e3)?;
    serde_json::to_string(&report).map_err(Into::into)
}

/// The GPU's report as JSON. Only where there is a `navigator.gpu`.
#[wasm_bindgen]
pub async fn measure_gpu(batch: usize) -> Result<String, JsError> {
    let performance = performance()?;
    let gpu = atelier_gpu::Gpu::request(&atelier_gpu::Wanted::default()).await?;
    let report = crate::measure_gpu(&gpu, batch, || performance.now() / 1e3).await?;
    serde_json::to_string(&report).map_err(Into::into)
}

fn performance() -> Result<web_sys::Performance, JsError> {
    let performance = Reflect::get(&js_sys::global(), &"performance".into());
    Ok(performance.map_err(|_| JsError::new("there is no clock here"))?.unchecked_into())
}
