use atelier_nn::BufferId;
use atelier_session::walk::{self, Direction, Pictures, When};
use js_sys::{Array, Float32Array, Object, Reflect, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::gpu::Gpu;
use crate::host::room;
use crate::session::Saved;
use crate::{Failure, from_js, to_js};

/// One update of a saved run, taken apart.
#[wasm_bindgen]
pub struct Walk(walk::Walk);

#[wasm_bindgen]
impl Walk {
    /// The update that the run would make next over pictures: `pixels` of all of them, one label each, of which number `shown` is
    /// shown.
    pub async fn make(saved: &Saved, pixels: Vec<u8>, labels: Vec<u16>, shown: usize) -> Result<Walk, Failure> {
        Ok(Walk(walk::Walk::new(&saved.0, &pictures(pixels, labels), shown, room()).await?))
    }

    /// The same on a GPU.
    pub async fn make_on_gpu(
        gpu: &Gpu,
        saved: &Saved,
        pixels: Vec<u8>,
        labels: Vec<u16>,
        shown: usize,
    ) -> Result<Walk, Failure> {
        Ok(Walk(walk::Walk::on_gpu(&gpu.0, &saved.0, &pictures(pixels, labels), shown).await?))
    }

    /// Its `WalkOutline`.
    pub fn outline(&self) -> Result<JsValue, JsError> {
        to_js(self.0.outline())
    }

    /// The numbers of a buffer, `before` or `after` the update: of one picture of the batch, the shown one if left out, or of all
    /// where there is one tensor for all.
    pub async fn values(&self, buffer: u32, when: String, example: Option<usize>) -> Result<Float32Array, Failure> {
        let when = if when == "before" { When::Before } else { When::After };
        let example = example.unwrap_or(self.0.outline().shown);
        Ok(Float32Array::from(&self.0.values(BufferId(buffer), when, example).await?[..]))
    }

    /// Which number of a buffer is the furthest from zero.
    pub async fn foremost(&self, buffer: u32) -> Result<usize, Failure> {
        Ok(self.0.foremost(BufferId(buffer)).await?)
    }

    /// How a number was made by a step: an `Explanation`.
    pub async fn explain(&self, step: usize, buffer: u32, index: usize) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.explain(step, BufferId(buffer), index).await?)?)
    }

    /// The numbers of other buffers that a number is `made_of` or `goes_into`: `{ buffer: number, indices: Uint32Array }[]`.
    pub fn field(&self, buffer: u32, index: usize, direction: JsValue) -> Result<Array, Failure> {
        let direction: Direction = from_js(direction, "direction")?;
        let fields = self.0.field(BufferId(buffer), index, direction)?;
        let object = |field: walk::Field| {
            let object = Object::new();
            // A new object takes any property.
            let _ = Reflect::set(&object, &"buffer".into(), &field.buffer.0.into());
            let _ = Reflect::set(&object, &"indices".into(), &Uint32Array::from(&field.indices[..]));
            object
        };
        Ok(fields.into_iter().map(object).collect())
    }

    /// Each picture's share of a number that goes over the batch.
    pub async fn shares(&self, step: usize, buffer: u32, index: usize) -> Result<Float32Array, Failure> {
        Ok(Float32Array::from(&self.0.shares(step, BufferId(buffer), index).await?[..]))
    }

    /// Of all numbers of some buffers: a `Survey`.
    pub async fn survey(&self, buffers: Vec<u32>) -> Result<JsValue, Failure> {
        let buffers: Vec<BufferId> = buffers.into_iter().map(BufferId).collect();
        Ok(to_js(&self.0.survey(&buffers).await?)?)
    }

    /// What a layer makes of the shown picture when nobody trains: an `Inference`.
    pub async fn inference(&mut self, layer: usize, index: usize) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.inference(layer, index).await?)?)
    }

    /// The loss with a number moved by each epsilon both ways: a `Nudge`.
    pub async fn nudge(&mut self, buffer: u32, index: usize, epsilons: Vec<f32>) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.nudge(BufferId(buffer), index, &epsilons).await?)?)
    }
}

/// The last updates of a run, made again from a copy of it.
#[wasm_bindgen]
pub struct Replay(walk::Replay);

#[wasm_bindgen]
impl Replay {
    /// From the copy, or `anew` from the first weights of its seed; watched at number `index` of the parameter of that name.
    #[wasm_bindgen(constructor)]
    pub fn new(saved: &Saved, anew: bool, pictures: usize, weight: &str, index: usize) -> Result<Replay, Failure> {
        Ok(Replay(walk::Replay::new(&saved.0, anew, pictures, weight, index, room())?))
    }

    /// Updates that the run had made where the replay stands.
    pub fn iteration(&self) -> u32 {
        self.0.iteration()
    }

    /// The training pictures of the batch that comes next.
    pub fn next_batch(&mut self) -> Vec<u32> {
        self.0.next_batch()
    }

    /// Trains it: a `Moved`.
    pub fn train(&mut self, pixels: &[u8], labels: &[u16]) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.train(pixels, labels)?)?)
    }
}

fn pictures(pixels: Vec<u8>, labels: Vec<u16>) -> Pictures {
    Pictures { inputs: pixels.into_iter().map(atelier_data::input_of).collect(), labels }
}
