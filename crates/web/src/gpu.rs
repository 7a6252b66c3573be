use atelier_gpu::Wanted;
use atelier_session::MemoryReport;
use wasm_bindgen::prelude::*;

use crate::to_js;

/// A device of the browser's WebGPU.
#[wasm_bindgen]
pub struct Gpu(pub(crate) atelier_gpu::Gpu);

#[wasm_bindgen]
impl Gpu {
    /// `name`: of the adapter, as the page knows it. Only where there is a `navigator.gpu`.
    pub async fn request(name: String) -> Result<Gpu, JsError> {
        Ok(Gpu(atelier_gpu::Gpu::request(&Wanted { name: Some(name), ..Wanted::default() }).await?))
    }

    /// The reason, where the device was lost.
    pub fn lost(&self) -> Option<String> {
        self.0.lost()
    }

    /// Alive on the device: a `MemoryReport`.
    pub fn memory(&self) -> Result<JsValue, JsError> {
        let memory = self.0.memory();
        to_js(&MemoryReport { bytes: memory.bytes as f64, buffers: memory.buffers as u32, ..MemoryReport::default() })
    }

    /// Gives the device up.
    pub fn destroy(&self) {
        self.0.destroy();
    }

    /// Something to do, for a browser that looks at what is done only then.
    pub fn nudge(&self) {
        self.0.nudge();
    }
}
