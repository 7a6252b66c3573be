use std::sync::Arc;

use atelier_session::{Checkpoint, NO_ANSWER, Run, Setup};
use js_sys::{Array, Float32Array, Function};
use wasm_bindgen::prelude::*;

use crate::data::{Data, part};
use crate::gpu::Gpu;
use crate::host::{Posts, Worker};
use crate::{Failure, from_js, to_js};

/// A run, as the engine worker drives it. One call at a time: its promise must have settled before the next.
#[wasm_bindgen]
pub struct Session(Run<Posts, Worker>);

#[wasm_bindgen]
impl Session {
    /// `setup` is a `Setup`, whose helpers have been given the same one; `post` takes jobs to them and `breathe` lets
    /// the worker's messages in.
    #[wasm_bindgen(constructor)]
    pub fn new(data: &Data, setup: JsValue, post: Function, breathe: Function) -> Result<Session, Failure> {
        let setup: Setup = from_js(setup, "setup")?;
        let posts = Posts::new(post, setup.workers.saturating_sub(1));
        Ok(Session(Run::new(setup, Arc::clone(&data.0), posts, Worker::new(breathe))?))
    }

    /// The next `Event`: one that waits to be told, or else what comes of the next piece of work.
    pub async fn advance(&mut self) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.advance().await?)?)
    }

    /// Trains exactly one batch, which is among the news.
    pub async fn step(&mut self) -> Result<(), Failure> {
        Ok(self.0.step().await?)
    }

    /// Waits for the batches that are under way, which are among the news.
    pub async fn settle(&mut self) -> Result<(), Failure> {
        Ok(self.0.settle().await?)
    }

    /// `Event`s that wait to be told.
    pub fn news(&mut self) -> Result<JsValue, JsError> {
        to_js(&self.0.news())
    }

    /// What computes, and why: an `ExecutorReport`.
    pub fn executor(&self) -> Result<JsValue, JsError> {
        to_js(&self.0.executor())
    }

    /// A GPU that the run may move to.
    pub async fn offer_gpu(&mut self, gpu: &Gpu) -> Result<(), Failure> {
        Ok(self.0.offer_gpu(gpu.0.clone()).await?)
    }

    /// Moves to a GPU now; the run stays as it was where that cannot be.
    pub async fn use_gpu(&mut self, gpu: &Gpu) -> Result<(), Failure> {
        Ok(self.0.use_gpu(gpu.0.clone()).await?)
    }

    /// Moves to the CPU now.
    pub async fn use_cpu(&mut self) -> Result<(), Failure> {
        Ok(self.0.use_cpu().await?)
    }

    /// Notices a device that was lost.
    pub async fn check_gpu(&mut self) -> Result<(), Failure> {
        Ok(self.0.check_gpu().await?)
    }

    /// Why there is no GPU to offer: an `ExecutorReason`.
    pub async fn without_gpu(&mut self, reason: JsValue) -> Result<(), Failure> {
        Ok(self.0.without_gpu(from_js(reason, "reason")?).await?)
    }

    /// The class said for every test picture, by the validation under way or last done; 65,535 where none was.
    pub fn predictions(&self) -> Vec<u16> {
        self.0.evaluation().predictions.clone()
    }

    /// The output of some layers, by their index in the network, for one picture.
    pub async fn trace(&mut self, split: String, index: usize, layers: Vec<usize>) -> Result<Array, Failure> {
        let outputs = self.0.trace(part(&split)?, index, &layers).await?;
        Ok(outputs.iter().map(|values| Float32Array::from(&values[..])).collect())
    }

    /// The classes said for test pictures (65,535 where none was), then what the network gives each.
    pub async fn predict(&mut self, indices: Vec<u32>) -> Result<Vec<f32>, Failure> {
        let said = self.0.predict(&indices).await?;
        let said: Vec<(u16, f32)> = said.into_iter().map(|said| said.unwrap_or((NO_ANSWER, f32::NAN))).collect();
        Ok(said.iter().map(|s| f32::from(s.0)).chain(said.iter().map(|s| s.1)).collect())
    }

    /// The training pictures of the batch that is trained next; none where all is done.
    pub fn next_batch(&self) -> Vec<u32> {
        self.0.next_batch()
    }

    /// Updates done.
    pub fn iteration(&self) -> u32 {
        self.0.progress().iteration
    }

    /// Epochs trained and validated.
    pub fn epochs(&self) -> u32 {
        self.0.progress().epoch
    }

    /// Batches done of the epoch under way.
    pub fn batch(&self) -> u32 {
        self.0.progress().batch
    }

    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), Failure> {
        Ok(self.0.set_learning_rate(rate)?)
    }

    /// Back to the first weights of the seed.
    pub async fn reset(&mut self) -> Result<(), Failure> {
        Ok(self.0.reset().await?)
    }

    /// Begins anew from the weights of a saved run of the same network.
    pub async fn begin_with(&mut self, saved: &Saved) -> Result<(), Failure> {
        Ok(self.0.begin_with(&saved.0).await?)
    }

    /// Begins anew on other pictures of the same shape and number of classes; where they are others nothing changes.
    pub async fn use_data(&mut self, data: &Data) -> Result<(), JsError> {
        Ok(self.0.use_data(Arc::clone(&data.0)).await?)
    }

    /// The run as a `.safetensors` file.
    pub async fn checkpoint(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.0.checkpoint().await?.to_bytes()?)
    }

    /// Goes on from a saved run of the same network: a `Restored`.
    pub async fn restore(&mut self, saved: &Saved) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.restore(&saved.0).await?)?)
    }
}

/// A saved run, read from its file: what it is, before a session is made for it.
#[wasm_bindgen]
pub struct Saved(pub(crate) Checkpoint);

#[wasm_bindgen]
impl Saved {
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Saved, Failure> {
        Ok(Saved(Checkpoint::from_bytes(bytes)?))
    }

    /// Its `Network`.
    pub fn network(&self) -> Result<JsValue, JsError> {
        to_js(&self.0.network)
    }

    /// Whether it is of this `Network`.
    pub fn is_of(&self, network: JsValue) -> Result<bool, JsError> {
        Ok(self.0.network == from_js(network, "network")?)
    }

    /// Its `Training`.
    pub fn training(&self) -> Result<JsValue, JsError> {
        to_js(&self.0.training)
    }

    /// The identity of the data set that it was trained on, where the file knows it.
    pub fn data(&self) -> Option<String> {
        self.0.data.clone()
    }
    /// What its classes are called, where they are not the data set's.
    pub fn classes(&self) -> Option<Vec<String>> {
        self.0.classes.clone()
    }

    /// As a file.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.0.to_bytes()?)
    }
}
