use atelier_formats::WeightsFile;
use atelier_nn::LayerInfo;
use atelier_session::{SessionError, recognition};
use atelier_zoo::{Classes, Framing, Model, Rgb};
use js_sys::Float32Array;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::host::room;
use crate::{Failure, to_js};

/// A published network that can be chosen.
#[derive(Serialize)]
struct Named {
    name: &'static str,
    title: &'static str,
    side: usize,
}

/// What it is made of, and what it takes.
#[derive(Serialize)]
struct Anatomy {
    layers: Vec<Part>,
    /// Bytes of the network while it answers, and those that there are.
    bytes: u64,
    room: u64,
}

/// A layer without what every cell of it depends on: of large networks that is more than the layers.
#[derive(Serialize)]
struct Part {
    name: String,
    class_name: String,
    inbound: Vec<usize>,
    output_shape: Vec<usize>,
    params: usize,
}

#[derive(Serialize)]
struct Class<'a> {
    synset: &'a str,
    name: &'a str,
}

/// The models in the order in which they are offered: `{ name, title, side }[]`.
#[wasm_bindgen]
pub fn zoo_models() -> Result<JsValue, JsError> {
    let named = |model: Model| Named { name: model.name(), title: model.title(), side: model.side() };
    to_js(&Model::ALL.map(named)[..])
}

/// The layers of a model and the memory that it takes: `{ layers, bytes, room }`.
#[wasm_bindgen]
pub fn zoo_model(name: &str) -> Result<JsValue, Failure> {
    let network = Model::of(name).and_then(Model::trained).map_err(JsError::from)?;
    let part = |layer: LayerInfo| Part {
        name: layer.name,
        class_name: layer.class_name,
        inbound: layer.inbound,
        output_shape: layer.output_shape,
        params: layer.trainable_params + layer.non_trainable_params,
    };
    let layers = network.check().map_err(SessionError::from)?.into_iter().map(part).collect();
    let there = room();
    let bytes = recognition::Recogniser::needs(&network)?;
    Ok(to_js(&Anatomy { layers, bytes, room: there.worker.min(there.together) })?)
}

/// The names of classes as Keras's `imagenet_class_index.json` has them: `{ synset, name }[]`.
#[wasm_bindgen]
pub fn zoo_classes(bytes: &[u8]) -> Result<JsValue, JsError> {
    let classes = Classes::read(bytes)?;
    let all = (0..classes.len()).filter_map(|index| classes.get(index));
    to_js(&all.map(|class| Class { synset: &class.synset, name: &class.name }).collect::<Vec<_>>())
}

/// A published network that answers pictures. One call at a time: its promise must have settled before the next.
#[wasm_bindgen]
pub struct Recogniser {
    model: Model,
    network: recognition::Recogniser,
}

#[wasm_bindgen]
impl Recogniser {
    /// With weights of zero until others are written.
    pub fn make(name: &str) -> Result<Recogniser, Failure> {
        let model = Model::of(name).map_err(JsError::from)?;
        let network = model.trained().map_err(JsError::from)?;
        Ok(Recogniser { model, network: recognition::Recogniser::new(&network, room())? })
    }

    /// Writes weights that know nothing, from a seed.
    pub fn begin(&mut self, seed: u32) -> Result<(), Failure> {
        Ok(self.network.begin(seed)?)
    }

    /// Writes every parameter from a file of weights, or none where one does not fit.
    pub fn weights(&mut self, file: Vec<u8>) -> Result<(), Failure> {
        let file = WeightsFile::open(file).map_err(SessionError::from)?;
        Ok(self.network.take(&file)?)
    }

    /// Every class's probability for decoded pixels: four bytes each, rows from the top, opaque. `crop`: its centre instead of the whole,
    /// drawn out to a square.
    pub async fn answer(
        &mut self,
        rgba: Vec<u8>,
        width: usize,
        height: usize,
        crop: bool,
    ) -> Result<Float32Array, Failure> {
        let pixels = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        let picture = Rgb::new(width, height, pixels).map_err(JsError::from)?;
        let framing = if crop { Framing::Cropped } else { Framing::Stretched };
        let input = self.model.preparation().apply(&picture.framed(self.model.side(), framing).pixels);
        Ok(Float32Array::from(&self.network.answer(&input).await?[..]))
    }
}
