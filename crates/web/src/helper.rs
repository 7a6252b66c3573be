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

    /// Does one job: `task` is a `Task`; `parameters` where they are new.
    pub async fn perform(
        &mut self,
        task: JsValue,
        parameters: Option<Vec<f32>>,
        inputs: Vec<f32>,
        targets: Vec<f32>,
    ) -> Result<Vec<f32>, JsError> {
        let task = from_js(task, "task")?;
        Ok(self.0.perform(&Job { task, parameters: parameters.map(Into::into), inputs, targets }).await?)
    }
}
