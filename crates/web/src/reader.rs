use atelier_data::input_of;
use atelier_nn::BufferId;
use atelier_session::reading;
use js_sys::{Float32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::gpu::Gpu;
use crate::host::room;
use crate::session::Saved;
use crate::{Failure, to_js};

/// What a saved network makes of pictures, and why. One call at a time: its promise must have settled before the next.
#[wasm_bindgen]
pub struct Reader(reading::Reader);

#[wasm_bindgen]
impl Reader {
    /// On the CPU.
    pub fn make(saved: &Saved) -> Result<Reader, Failure> {
        Ok(Reader(reading::Reader::new(&saved.0, room())?))
    }

    /// On a GPU.
    pub async fn make_on_gpu(gpu: &Gpu, saved: &Saved) -> Result<Reader, Failure> {
        Ok(Reader(reading::Reader::on_gpu(&gpu.0, &saved.0).await?))
    }

    /// The plan's `Outline`.
    pub fn outline(&self) -> Result<JsValue, JsError> {
        to_js(&self.0.outline())
    }

    /// The mean of the network's outputs over the readings of a picture, one after another, of which the first is the picture itself.
    pub async fn read(&mut self, readings: Vec<u8>) -> Result<Float32Array, Failure> {
        Ok(Float32Array::from(&self.0.read(&inputs(readings)).await?[..]))
    }

    /// The numbers of a buffer, of the picture that was read last.
    pub async fn values(&mut self, buffer: u32) -> Result<Float32Array, Failure> {
        Ok(Float32Array::from(&self.0.values(BufferId(buffer)).await?[..]))
    }

    /// Where the last maps speak for an output, and where against it: a `GradCam`.
    pub async fn grad_cam(&mut self, target: usize) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.grad_cam(target).await?)?)
    }

    /// How an output changes with each number of the picture.
    pub async fn input_gradient(&mut self, target: usize) -> Result<Float32Array, Failure> {
        Ok(Float32Array::from(&self.0.input_gradient(target).await?[..]))
    }

    /// What an output loses where a patch is covered: an `Occlusion`.
    pub async fn occlusion(&mut self, target: usize) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.occlusion(target).await?)?)
    }

    /// Remembers pictures, one after another, and says how many of them found room.
    pub async fn remember(&mut self, pixels: Vec<u8>) -> Result<usize, Failure> {
        Ok(self.0.remember(&inputs(pixels)).await?)
    }

    /// The remembered pictures that are most like the one that was read last: `Neighbour[]`.
    pub async fn nearest(&mut self, count: usize) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.nearest(count).await?)?)
    }

    /// Changes the picture, step by step, so that the network says `target`: a `Toward`, with its `frames` as a `Uint8Array`.
    pub async fn toward(&mut self, target: usize, steps: usize) -> Result<JsValue, Failure> {
        let toward = self.0.toward(target, steps).await?;
        let object = to_js(&toward)?;
        // A new object takes any property.
        let _ = Reflect::set(&object, &"frames".into(), &Uint8Array::from(&toward.frames[..]));
        Ok(object)
    }
}

fn inputs(pixels: Vec<u8>) -> Vec<f32> {
    pixels.into_iter().map(input_of).collect()
}
