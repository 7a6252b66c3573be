use std::iter::repeat_n;
use std::sync::Arc;

use atelier_session::{Job, Replica};
use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use crate::from_js;
use crate::spare::Spare;

/// What a helper worker holds: its own copy of the network.
#[wasm_bindgen]
pub struct Helper {
    replica: Replica,
    spare: Spare,
}

#[wasm_bindgen]
impl Helper {
    /// From the run's `Setup`.
    #[wasm_bindgen(constructor)]
    pub fn new(setup: JsValue) -> Result<Helper, JsError> {
        let replica = Replica::new(&from_js(setup, "setup")?)?;
        Ok(Helper { replica, spare: Spare::new(1) })
    }

    /// Does one job: `task` is a `Task`; `parameters` where they are new, whose buffer becomes this object's own. The outcome's is
    /// the caller's, to be transferred.
    pub async fn perform(
        &mut self,
        task: JsValue,
        parameters: Option<Float32Array>,
        inputs: Vec<f32>,
        targets: Vec<f32>,
    ) -> Result<Float32Array, JsError> {
        let task = from_js(task, "task")?;
        let parameters = parameters.map(|array| {
            let mut numbers: Arc<[f32]> = repeat_n(0.0, array.length() as usize).collect();
            if let Some(numbers) = Arc::get_mut(&mut numbers) {
                array.copy_to(numbers);
            }
            self.spare.keep(&array);
            numbers
        });
        let outcome = self.replica.perform(&Job { task, parameters, inputs, targets }).await?;
        Ok(self.spare.filled(&outcome))
    }
}
