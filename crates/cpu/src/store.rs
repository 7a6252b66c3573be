//! The parameters of the plans on one executor: owned once, with a version, and with what products prepare from them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atelier_nn::plan::Parameter;

use crate::Isa;
use crate::gemm::pack::{Matrix, PackRows};
use crate::layout::TensorLayout;
use crate::memory::{AlignedBuffer, Refused};

/// A tensor, how often it was changed, and its packed copies.
#[derive(Default)]
pub struct Tensor {
    /// Out while an operation writes it. Counted, so that who reads it holds no lock: what is being read is copied before it
    /// is changed.
    numbers: Option<Arc<AlignedBuffer>>,
    /// Grows with each change.
    version: u64,
    /// One for each shape that products multiply by; nearly always one at most.
    panels: Vec<Panels>,
}

/// A right matrix, packed for the register tile.
struct Panels {
    matrix: Matrix,
    numbers: AlignedBuffer,
    /// Version of the tensor that was packed.
    of: Option<u64>,
}

impl Tensor {
    pub fn new(layout: &TensorLayout, isa: Isa) -> Result<Self, Refused> {
        let mut tensor = Tensor { numbers: Some(Arc::new(AlignedBuffer::zeros(layout.len)?)), ..Tensor::default() };
        for matrix in &layout.panels {
            tensor.panels.push(Panels::new(*matrix, isa)?);
        }
        Ok(tensor)
    }

    pub fn numbers(&self) -> &[f32] {
        self.numbers.as_ref().map_or(&[], |numbers| numbers)
    }

    pub fn snapshot(&self) -> Option<Arc<AlignedBuffer>> {
        self.numbers.clone()
    }

    /// Takes the numbers out to be changed; [`Tensor::put`] brings them back.
    pub fn take(&mut self) -> Option<Arc<AlignedBuffer>> {
        self.numbers.take()
    }

    pub fn put(&mut self, numbers: Option<Arc<AlignedBuffer>>) {
        self.numbers = numbers;
        self.version += 1;
    }

    /// Packs the tensor anew if it was changed since.
    pub fn pack(&mut self, panels: usize, isa: Isa) {
        let (version, numbers) = (self.version, self.numbers.as_ref());
        let (panels, Some(numbers)) = (&mut self.panels[panels], numbers) else { return };
        if panels.of != Some(version) {
            let Matrix { columns, .. } = panels.matrix;
            isa.dispatch(PackRows { matrix: &numbers[..panels.matrix.len()], columns, panels: &mut panels.numbers });
            panels.of = Some(version);
        }
    }

    pub fn panels(&self, panels: usize) -> &[f32] {
        &self.panels[panels].numbers
    }
}

impl Panels {
    fn new(matrix: Matrix, isa: Isa) -> Result<Self, Refused> {
        Ok(Panels { matrix, numbers: AlignedBuffer::zeros(matrix.packed_len(isa.tile_size().1))?, of: None })
    }
}

/// What a store holds or is to hold: a parameter's name and shape, and its memory.
#[derive(Clone, Debug)]
pub struct Entry {
    name: String,
    shape: Vec<usize>,
    pub tensor: TensorLayout,
}

impl Entry {
    pub fn new(parameter: &Parameter, tensor: TensorLayout) -> Self {
        Entry { name: parameter.name.clone(), shape: parameter.shape.clone(), tensor }
    }

    /// Whether it is the same parameter, in this plan or another.
    pub fn is(&self, parameter: &Parameter) -> bool {
        self.name == parameter.name && self.shape == parameter.shape
    }
}

/// The parameters of plans that share them. A parameter stays as long as the store does.
#[derive(Default)]
pub struct Store {
    entries: Vec<Entry>,
    pub tensors: Vec<Tensor>,
}

impl Store {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Grows with each change of a parameter.
    pub fn version(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.version).sum()
    }

    /// Allocates what `entries` has beyond the store's own, which it must begin with; all of it or nothing.
    pub fn extend(&mut self, entries: Vec<Entry>, isa: Isa) -> Result<(), Refused> {
        let mut panels = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            for matrix in &entries[index].tensor.panels[entry.tensor.panels.len()..] {
                panels.push((index, Panels::new(*matrix, isa)?));
            }
        }
        let new = entries[self.entries.len()..].iter().map(|entry| Tensor::new(&entry.tensor, isa));
        let new: Vec<Tensor> = new.collect::<Result<_, _>>()?;
        for (index, panels) in panels {
            self.tensors[index].panels.push(panels);
        }
        self.tensors.extend(new);
        self.entries = entries;
        Ok(())
    }
}

/// Plans on several threads may share a store: each holds it for a step.
pub fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    // A thread that panicked in the middle of a step leaves numbers as any interrupted step does.
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
