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

    /// Does one job: `task` is a `Task`. `numbers` holds so many parameters, where they are new, then so many inputs, then the
    /// targets; its buffer becomes this object's own. The outcome's is the caller's, to be transferred.
    pub async fn perform(
        &mut self,
        task: JsValue,
        parameters: Option<usize>,
        inputs: usize,
        numbers: Float32Array,
    ) -> Result<Float32Array, JsError> {
        let task = from_js(task, "task")?;
        let (targets, end) = ((parameters.unwrap_or(0) + inputs) as u32, numbers.length());
        let parameters = parameters.map(|len| {
            let mut shared: Arc<[f32]> = repeat_n(0.0, len).collect();
            if let Some(shared) = Arc::get_mut(&mut shared) {
                numbers.subarray(0, shared.len() as u32).copy_to(shared);
            }
            shared
        });
        let inputs = numbers.subarray(targets - inputs as u32, targets).to_vec();
        let targets = numbers.subarray(targets, end).to_vec();
        self.spare.keep(&numbers);
        let outcome = self.replica.perform(&Job { task, parameters, inputs, targets }).await?;
        Ok(self.spare.filled(&[&outcome]))
    }
}
