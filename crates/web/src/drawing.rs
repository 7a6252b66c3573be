use atelier_data::{Drawing, Mark, Picture, Prepared, drawing};
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::{Failure, from_js, to_js};

/// A sheet that marks are drawn on.
#[wasm_bindgen]
pub struct Canvas(drawing::Canvas);

#[wasm_bindgen]
impl Canvas {
    /// Empty, of `side` by `side` pixels.
    #[wasm_bindgen(constructor)]
    pub fn new(side: usize) -> Canvas {
        Canvas(drawing::Canvas::new(side))
    }

    /// Empties the sheet and draws a whole `Drawing`.
    pub fn begin(&mut self, drawing: JsValue) -> Result<(), Failure> {
        let drawing: Drawing = from_js(drawing, "drawing")?;
        self.0.begin(&drawing).map_err(Failure::of)
    }

    /// Draws a `Mark`.
    pub fn draw(&mut self, mark: JsValue) -> Result<(), Failure> {
        let mark: Mark = from_js(mark, "mark")?;
        self.0.draw(&mark).map_err(Failure::of)
    }

    /// Draws a `Mark` that is still growing: the next one, drawn or sketched, takes its place.
    pub fn sketch(&mut self, mark: JsValue) -> Result<(), Failure> {
        let mark: Mark = from_js(mark, "mark")?;
        self.0.sketch(&mark).map_err(Failure::of)
    }

    /// Takes a sketch off again.
    pub fn lift(&mut self) {
        self.0.lift();
    }

    /// Its pixels as a page paints them: four bytes each, rows from the top.
    pub fn pixels(&self) -> Vec<u8> {
        self.0.picture().rgba
    }

    /// What a network sees of it: see [`prepare`].
    pub fn prepare(&self, wishes: JsValue) -> Result<JsValue, Failure> {
        prepared(&self.0.picture(), wishes)
    }
}

/// The drawings of a file, ours or of "Quick, Draw!": `Drawing[]`.
#[wasm_bindgen]
pub fn read_drawings(bytes: &[u8]) -> Result<JsValue, Failure> {
    Ok(to_js(&drawing::read(bytes).map_err(Failure::of)?)?)
}

/// What a network of Fashion-MNIST's pictures sees of decoded pixels (four bytes each, rows from the top) with a person's `Wishes`:
/// `{ seen: Uint8Array, readings: Uint8Array, count: number, found: Found }`, the readings one after another and `seen` the first.
#[wasm_bindgen]
pub fn prepare(rgba: Vec<u8>, width: usize, height: usize, wishes: JsValue) -> Result<JsValue, Failure> {
    prepared(&Picture { width, height, rgba }, wishes)
}

fn prepared(picture: &Picture, wishes: JsValue) -> Result<JsValue, Failure> {
    let wishes = from_js(wishes, "wishes")?;
    let Prepared { seen, readings, found } = atelier_data::prepare(picture, &wishes).map_err(Failure::of)?;
    let object = Object::new();
    let set = |name: &str, value: &JsValue| {
        // A new object takes any property.
        let _ = Reflect::set(&object, &name.into(), value);
    };
    set("seen", &Uint8Array::from(&seen[..]));
    set("readings", &Uint8Array::from(&readings.concat()[..]));
    set("count", &(readings.len() as u32).into());
    set("found", &to_js(&found)?);
    Ok(object.into())
}
