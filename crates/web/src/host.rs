use std::cell::{Cell, RefCell};
use std::rc::Rc;

use atelier_session::{Helpers, Host, Job, Room, SessionError};
use js_sys::{Array, Float32Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::spare::Spare;

/// Milliseconds of work after which the worker looks at its messages.
const BREATH: f64 = 24.0;

/// The worker's clock, and its way of letting messages in.
pub(crate) struct Worker {
    /// `() => Promise<void>`, resolved after the messages that wait.
    breathe: Function,
    last: Cell<f64>,
}

impl Worker {
    pub fn new(breathe: Function) -> Self {
        Worker { breathe, last: Cell::new(milliseconds()) }
    }
}

fn milliseconds() -> f64 {
    let worker = js_sys::global().unchecked_into::<web_sys::WorkerGlobalScope>();
    worker.performance().map_or(0.0, |p| p.now())
}

impl Host for Worker {
    fn now(&self) -> f64 {
        milliseconds() / 1000.0
    }

    async fn breathe(&self) {
        if milliseconds() - self.last.get() < BREATH {
            return;
        }
        if let Ok(promise) = self.breathe.call0(&JsValue::NULL) {
            // A breath that fails is only a missed chance to read messages.
            let _ = JsFuture::from(Promise::resolve(&promise)).await;
        }
        self.last.set(milliseconds());
    }

    fn room(&self) -> Room {
        room()
    }
}

/// What this worker's module may still take, and all workers together.
pub(crate) fn room() -> Room {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    let taken = memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length();
    Room { worker: ADDRESSES.saturating_sub(u64::from(taken) + SPARE), together: machine() / 2 }
}

/// Bytes that a wasm module can address, and those left for what else happens in it.
const ADDRESSES: u64 = 1 << 32;
const SPARE: u64 = 256 << 20;

/// Bytes of memory that the machine has, as far as the browser tells: at most 8 GiB, and 3 where it tells nothing, which half
/// of is what a phone's tab survives.
fn machine() -> u64 {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).unwrap_or(JsValue::UNDEFINED);
    let gibibytes = Reflect::get(&navigator, &"deviceMemory".into()).ok().and_then(|memory| memory.as_f64());
    (gibibytes.unwrap_or(3.0) * f64::from(1 << 30)) as u64
}

/// Helper workers, reached through the engine worker's JavaScript.
pub(crate) struct Posts {
    /// `(jobs: Job[]) => Promise<Float32Array[]>`: posts job i to helper i.
    post: Function,
    count: usize,
    spare: Rc<RefCell<Spare>>,
}

impl Posts {
    pub fn new(post: Function, count: usize) -> Self {
        Posts { post, count, spare: Rc::new(RefCell::new(Spare::new(count))) }
    }
}

impl Helpers for Posts {
    fn count(&self) -> usize {
        self.count
    }

    fn start(&mut self, jobs: Vec<Job>) -> impl Future<Output = Result<Vec<Vec<f32>>, SessionError>> + 'static {
        let sent = if jobs.is_empty() { Ok(None) } else { self.send(&jobs).map(Some) };
        let spare = Rc::clone(&self.spare);
        async move {
            let stopped = |e: JsValue| SessionError::Helper { index: 0, reason: message(&e) };
            let Some(promise) = sent.map_err(stopped)? else { return Ok(Vec::new()) };
            let outcomes = JsFuture::from(promise).await.map_err(stopped)?;
            let outcomes = Array::from(&outcomes).into_iter().map(|outcome| {
                let outcome = outcome.unchecked_into::<Float32Array>();
                let numbers = outcome.to_vec();
                spare.borrow_mut().keep(&outcome);
                numbers
            });
            Ok(outcomes.collect())
        }
    }
}

impl Posts {
    fn send(&self, jobs: &[Job]) -> Result<Promise, JsValue> {
        let messages = Array::new();
        for job in jobs {
            let message = Object::new();
            let put = |key: &str, value: &JsValue| Reflect::set(&message, &key.into(), value);
            let parameters = job.parameters.as_deref().unwrap_or_default();
            put("task", &serde_wasm_bindgen::to_value(&job.task)?)?;
            put("parameters", &job.parameters.as_ref().map_or(JsValue::NULL, |known| known.len().into()))?;
            put("inputs", &job.inputs.len().into())?;
            put("numbers", &self.spare.borrow_mut().filled(&[parameters, &job.inputs, &job.targets]))?;
            messages.push(&message);
        }
        Ok(Promise::resolve(&self.post.call1(&JsValue::NULL, &messages)?))
    }
}

fn message(error: &JsValue) -> String {
    let text = Reflect::get(error, &"message".into()).ok().and_then(|m| m.as_string());
    text.or_else(|| error.as_string()).unwrap_or_else(|| "no reason was given".to_owned())
}
