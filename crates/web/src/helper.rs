use atelier_session::{Job, Replica};
use wasm_bindgen::prelude::*;

use crate::from_js;

/// What a helper worker holds: its own copy of the network.
#[wasm_bindgen]
pub struct Helper(Replica);

#[wasm_bindgen]
impl Helper {
    /// From the run's `Setup`.
    #[wasm_bindgen(constructor)]
    pub fn new(setup: JsValue) -> Result<Helper, JsError> {
        Ok(Helper(Replica::new(&from_js(setup, "setup")?)?))
    }

    /// Does one job.
    pub async fn perform(
        &mut self,
        task: JsValue,
        data: JsValue,
        parameters: Vec<f32>,
        inputs: Vec<f32>,
        targets: Vec<f32>,
    ) -> Result<Vec<f32>, JsError> {
        let task = from_js(task, "task")?;
        let data = from_js(data, "step's data")?;
        Ok(self.0.perform(&Job { task, data, parameters: parameters.into(), inputs, targets }).await?)
    }
}
