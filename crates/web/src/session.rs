use std::sync::Arc;

use atelier_session::{Checkpoint, Run, Setup};
use js_sys::{Array, Float32Array, Function};
use wasm_bindgen::prelude::*;

use crate::data::{Data, part};
use crate::host::{Posts, Worker};
use crate::{from_js, to_js};

/// A run, as the engine worker drives it. One call at a time: its promise must have settled before the next.
#[wasm_bindgen]
pub struct Session(Run<Posts, Worker>);

#[wasm_bindgen]
impl Session {
    /// `setup` is a `Setup`, whose helpers have been given the same one; `post` takes jobs to them and `breathe` lets
    /// the worker's messages in.
    #[wasm_bindgen(constructor)]
    pub fn new(data: &Data, setup: JsValue, post: Function, breathe: Function) -> Result<Session, JsError> {
        let setup: Setup = from_js(setup, "setup")?;
        let posts = Posts::new(post, setup.workers.saturating_sub(1));
        Ok(Session(Run::new(setup, Arc::clone(&data.0), posts, Worker::new(breathe))?))
    }

    /// Does the next piece of work and says what it was: an `Event`.
    pub async fn advance(&mut self) -> Result<JsValue, JsError> {
        to_js(&self.0.advance().await?)
    }

    /// The class said for every test picture, by the validation under way or last done.
    pub fn predictions(&self) -> Vec<u8> {
        self.0.evaluation().predictions.clone()
    }

    /// The output of every layer for one picture.
    pub async fn trace(&mut self, split: String, index: usize) -> Result<Array, JsError> {
        let outputs = self.0.trace(part(&split)?, index).await?;
        Ok(outputs.iter().map(|values| Float32Array::from(&values[..])).collect())
    }

    /// The classes said for test pictures, then what the network gives each.
    pub async fn predict(&mut self, indices: Vec<u32>) -> Result<Vec<f32>, JsError> {
        let said = self.0.predict(&indices).await?;
        Ok(said.iter().map(|s| f32::from(s.0)).chain(said.iter().map(|s| s.1)).collect())
    }

    /// Updates done.
    pub fn iteration(&self) -> u32 {
        self.0.progress().iteration
    }

    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), JsError> {
        Ok(self.0.set_learning_rate(rate)?)
    }

    /// Back to the first weights of the seed.
    pub fn reset(&mut self) -> Result<(), JsError> {
        Ok(self.0.reset()?)
    }

    /// The run as a `.safetensors` file.
    pub async fn checkpoint(&self) -> Result<Vec<u8>, JsError> {
        Ok(self.0.checkpoint().await?.to_bytes()?)
    }

    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        Ok(self.0.restore(&Checkpoint::from_bytes(bytes)?)?)
    }
}
